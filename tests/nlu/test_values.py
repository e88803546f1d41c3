"""Numbers, amounts, dates and times as people say them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from nlu.amounts import find_amount
from nlu.dates import find_day
from nlu.normalize import span_text, tokenize
from nlu.numbers import number_at
from nlu.times import find_time

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(["id", "en"]))
def test_every_number_in_words_reads_back(number: int, language: str) -> None:
    words = str(num2words(number, lang=language)).replace("-", " ").replace(",", "")
    tokens = tokenize(words, language)
    found = number_at(tokens, 0, language)
    assert found is not None
    assert (found.value, found.end) == (number, len(tokens))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("sejuta dua ratus", 1_200_000), ("dua setengah juta", 2_500_000), ("satu setengah juta", 1_500_000), ("setengah juta", 500_000),
        ("1,5 juta", 1_500_000), ("350 rebu", 350_000), ("gopek", 500_000), ("goban", 50_000), ("cepek", 100_000), ("goceng", 5_000),
        ("Rp 1.250.000", 1_250_000), ("Rp1.250.000,-", 1_250_000), ("saya bayar lima ratus dulu", 500_000), ("500rb aja", 500_000),
        ("tujuh ratus lima puluh ribu rupiah", 750_000), ("bukan lima ratus ribu, tapi tiga ratus ribu", 300_000), ("2jt", 2_000_000),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: int) -> None:
    found = find_amount(tokenize(text, "id"), "id", asked="ask_amount", own_figure=False)
    assert found is not None
    assert found.value == amount


@pytest.mark.parametrize("text", ["tanggal 25", "jam tiga sore", "dua hari lagi", "nomor 12", "tiga kali", "25 desember"])
def test_what_is_no_money(text: str) -> None:
    found = find_amount(tokenize(text, "id"), "id", asked=None, own_figure=False)
    assert found is None or found.value is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hari ini", "2026-11-24"), ("besok", "2026-11-25"), ("bsk", "2026-11-25"), ("lusa", "2026-11-26"), ("besok lusa", "2026-11-26"),
        ("jumat", "2026-11-27"), ("hari selasa", "2026-12-01"), ("jumat depan", "2026-12-04"), ("jumat besok", "2026-11-27"),
        ("tanggal 25", "2026-11-25"), ("tanggal 20", "2026-12-20"), ("tgl 31", "2026-12-31"), ("tanggal dua puluh lima", "2026-11-25"),
        ("5 desember", "2026-12-05"), ("lima januari", "2027-01-05"), ("25/12", "2026-12-25"), ("25/12/2026", "2026-12-25"),
        ("akhir bulan", "2026-11-30"), ("awal bulan", "2026-12-01"), ("minggu depan", "2026-12-01"), ("dua minggu lagi", "2026-12-08"),
        ("tiga hari lagi", "2026-11-27"), ("sebulan lagi", "2026-12-24"), ("malam minggu", "2026-11-28"), ("weekend", "2026-11-28"),
        ("tanggal lima bulan depan", "2026-12-05"), ("bukan besok tapi lusa", "2026-11-26"), ("eh bukan jumat", "2026-11-27"),
        ("besok atau lusa", "2026-11-25"),
    ],
)  # fmt: skip
def test_days(text: str, day: str) -> None:
    found = find_day(tokenize(text, "id"), "id", NOW.date(), past=False)
    assert found is not None
    assert found.value == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["bulan depan", "habis gajian", "minggu ini", "tanggal muda"])
def test_vague_days_keep_their_words_without_a_date(text: str) -> None:
    tokens = tokenize(f"saya bayar {text}", "id")
    found = find_day(tokens, "id", NOW.date(), past=False)
    assert found is not None
    assert found.value is None
    assert span_text(f"saya bayar {text}", tokens[found.start : found.end]) == text


@pytest.mark.parametrize("text", ["besok nggak bisa", "saya nggak bilang mau bayar besok", "jangan besok"])
def test_denied_days_do_not_count(text: str) -> None:
    assert find_day(tokenize(text, "id"), "id", NOW.date(), past=False) is None


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(1, 31))
def test_a_day_of_the_month_is_never_in_the_past(today: date, number: int) -> None:
    found = find_day(tokenize(f"tanggal {number}", "id"), "id", today, past=False)
    assert found is not None
    assert found.value is not None
    assert found.value >= today
    assert found.value.day == number
    earlier = find_day(tokenize(f"tanggal {number}", "id"), "id", today, past=True)
    assert earlier is not None
    assert earlier.value is not None
    assert earlier.value <= today


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("jam setengah lima sore", "16:30"), ("setengah tiga" and "jam setengah tiga", "14:30"), ("jam tiga", "15:00"), ("jam tujuh malam", "19:00"),
        ("jam 10 pagi", "10:00"), ("pukul 15.30", "15:30"), ("jam sembilan", "09:00"), ("sejam lagi", "11:00"), ("dua jam lagi", "12:00"),
        ("setengah jam lagi", "10:30"), ("jam satu siang", "13:00"),
    ],
)  # fmt: skip
def test_times(text: str, at: str) -> None:
    found = find_time(tokenize(text, "id"), "id", NOW)
    assert found is not None
    assert found.value == time.fromisoformat(at)


@pytest.mark.parametrize(
    ("text", "day", "amount"),
    [
        ("I will pay 500 thousand on Friday", "2026-11-27", 500_000),
        ("tomorrow, one million two hundred fifty thousand", "2026-11-25", 1_250_000),
        ("next Friday", "2026-12-04", None),
        ("on the 25th", "2026-11-25", None),
        ("December 5th", "2026-12-05", None),
        ("end of the month", "2026-11-30", None),
    ],
)
def test_english_values(text: str, day: str, amount: int | None) -> None:
    tokens = tokenize(text, "en")
    found = find_day(tokens, "en", NOW.date(), past=False)
    assert found is not None
    assert found.value == date.fromisoformat(day)
    money = find_amount(tokens, "en", asked=None, own_figure=False)
    assert (money.value if money else None) == amount
