"""Days as people name them: families of phrases, what they stand for on one Tuesday, and which of several holds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.calendar_days import day_of_month, next_weekday, weekday_of_next_week
from nlu.dates import find_day
from nlu.day_words import ENGLISH_WEEKDAYS, MONTHS, WEEKDAYS
from nlu.named_day import Day, Talk
from nlu.normalize import span_text, tokenize

TODAY = date(2026, 11, 24)  # a Tuesday
PAST = Talk(past=True)
SHARED = Talk(shared=True)
CONFIRM = Talk(asked="confirm_promise")
ASKED = Talk(asked="ask_date")


def _day(text: str, language: str = "id", talk: Talk = Talk(), today: date = TODAY) -> Day | None:  # noqa: B008
    return find_day(tokenize(text, language), language, today, talk, text=text)


def _value(text: str, language: str = "id", talk: Talk = Talk()) -> str | None:  # noqa: B008
    found = _day(text, language, talk)
    return found.value.isoformat() if found is not None and found.value is not None else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hari ini", "2026-11-24"), ("besok", "2026-11-25"), ("bsk", "2026-11-25"), ("lusa", "2026-11-26"), ("besok lusa", "2026-11-26"),
        ("jumat", "2026-11-27"), ("hari selasa", "2026-12-01"), ("jumat depan", "2026-12-04"), ("jumat besok", "2026-11-27"),
        ("besok sabtu", "2026-11-28"), ("senin minggu depan", "2026-11-30"), ("minggu depan hari kamis", "2026-12-03"),
        ("rabu pekan depan", "2026-12-02"), ("jumat minggu ini", "2026-11-27"), ("hari minggu", "2026-11-29"),
        ("malam minggu", "2026-11-28"), ("malam jumat", "2026-11-26"), ("malming", "2026-11-28"), ("weekend", "2026-11-28"),
        ("akhir pekan", "2026-11-28"), ("weekend depan", "2026-12-05"),
        ("tanggal 25", "2026-11-25"), ("tanggal 20", "2026-12-20"), ("tgl 31", "2026-12-31"), ("tanggal dua puluh lima", "2026-11-25"),
        ("tanggal dua lima", "2026-11-25"), ("tanggal dua puluhan", "2026-12-20"), ("tanggal sepuluhan", "2026-12-10"),
        ("5 desember", "2026-12-05"), ("lima januari", "2027-01-05"), ("25/12", "2026-12-25"), ("25/12/2026", "2026-12-25"),
        ("tanggal lima bulan depan", "2026-12-05"), ("bulan depan tanggal lima", "2026-12-05"), ("desember tanggal tiga", "2026-12-03"),
        ("tanggal tujuh bulan dua belas", "2026-12-07"), ("jumat tanggal 27", "2026-11-27"), ("jumat, tanggal 4 desember", "2026-12-04"),
        ("akhir bulan", "2026-11-30"), ("akhir bulan depan", "2026-12-31"), ("awal bulan", "2026-12-01"), ("akhir Januari", "2027-01-31"),
        ("pertengahan Desember", "2026-12-15"), ("tengah bulan", "2026-12-15"), ("akhir tahun", "2026-12-31"), ("awal tahun", "2027-01-01"),
        ("minggu depan", "2026-12-01"), ("dua minggu lagi", "2026-12-08"), ("tiga hari lagi", "2026-11-27"), ("sebulan lagi", "2026-12-24"),
        ("sepuluh hari dari sekarang", "2026-12-04"), ("seminggu terhitung hari ini", "2026-12-01"), ("minta tempo seminggu", "2026-12-01"),
        ("dalam dua hari", "2026-11-26"), ("kasih waktu dua minggu", "2026-12-08"), ("H+3", "2026-11-27"), ("h plus dua", "2026-11-26"),
        ("sehari setelah natal", "2026-12-26"), ("malam tahun baru", "2026-12-31"), ("H+2 lebaran", "2027-03-12"),
        ("sore ini", "2026-11-24"), ("nanti malam", "2026-11-24"), ("malem ini juga", "2026-11-24"), ("nanti aja", "2026-11-24"),
        ("sampai jumat", "2026-11-27"), ("paling telat tanggal dua", "2026-12-02"), ("nggak akan lewat dari senin", "2026-11-30"),
    ],
)  # fmt: skip
def test_indonesian_days(text: str, day: str) -> None:
    assert _value(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-11-25"), ("the day after tomorrow", "2026-11-26"), ("tonight", "2026-11-24"), ("this afternoon", "2026-11-24"),
        ("Friday", "2026-11-27"), ("this Friday", "2026-11-27"), ("next Friday", "2026-12-04"), ("Wednesday next week", "2026-12-02"),
        ("next week, Tuesday", "2026-12-01"), ("Friday week", "2026-12-04"), ("a week on Thursday", "2026-12-03"), ("next week", "2026-12-01"),
        ("on the 25th", "2026-11-25"), ("the twenty fifth", "2026-11-25"), ("December 5th", "2026-12-05"), ("the fifth of December", "2026-12-05"),
        ("January the thirteenth", "2027-01-13"), ("twelve twelve", "2026-12-12"), ("first of January", "2027-01-01"),
        ("end of the month", "2026-11-30"), ("month end", "2026-11-30"), ("beginning of the month", "2026-12-01"), ("mid January", "2027-01-15"),
        ("early December", "2026-12-01"), ("end of January", "2027-01-31"), ("end of next week", "2026-12-04"), ("end of the week", "2026-11-27"),
        ("the weekend", "2026-11-28"), ("in two weeks", "2026-12-08"), ("within five days", "2026-11-29"), ("three days from now", "2026-11-27"),
        ("a month from today", "2026-12-24"), ("in a fortnight", "2026-12-08"), ("after five days", "2026-11-29"),
        ("give me until Friday", "2026-11-27"), ("give me two days", "2026-11-26"), ("I'll pay it now", "2026-11-24"),
        ("tmr", "2026-11-25"), ("on fry day", "2026-11-27"), ("satur day", "2026-11-28"), ("to morrow", "2026-11-25"), ("end of monf", "2026-11-30"),
    ],
)  # fmt: skip
def test_english_days(text: str, day: str) -> None:
    assert _value(text, "en") == day


@pytest.mark.parametrize("number", range(7))
def test_all_weekdays_in_both_languages(number: int) -> None:
    coming = next_weekday(TODAY, number).isoformat()
    assert _value(f"hari {WEEKDAYS[number]} saya bayar") == coming
    assert _value(f"besok {WEEKDAYS[number]} ya") == coming
    assert _value(f"I'll pay on {ENGLISH_WEEKDAYS[number]}", "en") == coming
    assert _value(f"next {ENGLISH_WEEKDAYS[number]}", "en") == weekday_of_next_week(TODAY, number).isoformat()
    assert _value(f"{ENGLISH_WEEKDAYS[number]} aja ya saya transfer") == coming


@pytest.mark.parametrize("number", range(1, 13))
def test_all_months(number: int) -> None:
    year = 2026 if number == 12 else 2027
    assert _value(f"tanggal lima belas {MONTHS[number - 1]}") == (
        f"2026-{number:02}-15" if number == 12 else f"{year}-{number:02}-15"
    )
    assert _value(f"awal {MONTHS[number - 1]}") == f"{year}-{number:02}-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("sesuk tak bayar", "2026-11-25"), ("mbenjing nggih", "2026-11-25"), ("benjang tiang bayar", "2026-11-25"), ("isukan weh", "2026-11-25"),
        ("lagghu' bula majar", "2026-11-25"), ("jemaq tiang bayar", "2026-11-25"), ("singoh", "2026-11-25"), ("beso pagi", "2026-11-25"),
        ("benjing enjing kulo setor", "2026-11-25"), ("pageto", "2026-11-26"), ("suk emben yo", "2026-11-26"), ("buin telun", "2026-11-27"),
        ("mengko sore", "2026-11-24"), ("mangke mawon", "2026-11-24"), ("kaina sore", "2026-11-24"), ("dina iki iso", "2026-11-24"),
        ("Setu isuk", "2026-11-28"), ("dinten jumaah", "2026-11-27"), ("slasa ngarep", "2026-12-01"), ("minggu ngarep", "2026-12-01"),
        ("minggu payun", "2026-12-01"), ("minggu hareup", "2026-12-01"), ("minggu muka", "2026-12-01"), ("rong minggu maneh", "2026-12-08"),
        ("tilu dinten deui", "2026-11-27"), ("tanggal selikur", "2026-12-21"), ("tanggal selawe", "2026-11-25"), ("kaping salawe", "2026-11-25"),
        ("tanggal limolas", "2026-12-15"), ("tanggal rong puluh pitu", "2026-11-27"), ("tanggal kalih dasa", "2026-12-20"),
        ("tanggal telu likur", "2026-12-23"), ("tanggal duo puluah duo", "2026-12-22"), ("tanggal pitu wulan ngarep", "2026-12-07"),
        ("akhir wulan", "2026-11-30"), ("pungkasan Desember", "2026-12-31"),
    ],
)  # fmt: skip
def test_regional_days(text: str, day: str) -> None:
    assert _value(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("bosok sore", "2026-11-25"), ("be sok", "2026-11-25"), ("ahir bulan", "2026-11-30"), ("nan ti malam", "2026-11-24"), ("saptu", "2026-11-28"),
        ("cumat", "2026-11-27"), ("tang gal lima", "2026-12-05"), ("tangal lima", "2026-12-05"), ("tanggalima", "2026-12-05"),
        ("tanggal duablas", "2026-12-12"), ("tanggal dua pulu lapan", "2026-11-28"), ("tanggal lima jan uari", "2027-01-05"),
        ("tiga ha ri lagi", "2026-11-27"), ("dua ming gu lagi", "2026-12-08"), ("wiken", "2026-11-28"), ("awal bulang", "2026-12-01"),
    ],
)  # fmt: skip
def test_damaged_days(text: str, day: str) -> None:
    assert _value(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("kemarin", "2026-11-23"), ("semalam", "2026-11-23"), ("tadi pagi sudah", "2026-11-24"), ("barusan", "2026-11-24"),
        ("baru aja gue bayar", "2026-11-24"), ("tanggal dua puluh kemarin", "2026-11-20"), ("tanggal 30", "2026-10-30"),
        ("jumat kemarin", "2026-11-20"), ("jumat", "2026-11-20"), ("minggu lalu", "2026-11-17"), ("dua hari yang lalu", "2026-11-22"),
        ("seminggu kepungkur", "2026-11-17"), ("Setu wingi", "2026-11-21"), ("wau enjing", "2026-11-24"), ("akhir Oktober", "2026-10-31"),
    ],
)  # fmt: skip
def test_days_of_what_was_paid(text: str, day: str) -> None:
    assert _value(text, talk=PAST) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("last Friday", "2026-11-20"), ("two days ago", "2026-11-22"), ("this morning", "2026-11-24"), ("last night", "2026-11-23"), ("on the 20th", "2026-11-20")],
)  # fmt: skip
def test_english_days_of_what_was_paid(text: str, day: str) -> None:
    assert _value(text, "en", PAST) == day


@pytest.mark.parametrize("text", ["bulan depan", "habis gajian", "minggu ini", "tanggal muda", "abis lebaran", "sebelum natal"])
def test_vague_days_keep_their_words_without_a_date(text: str) -> None:
    found = _day(f"saya bayar {text}")
    assert found is not None
    assert found.value is None
    assert span_text(f"saya bayar {text}", tokenize(f"saya bayar {text}", "id")[found.start : found.end]) == text


@pytest.mark.parametrize(
    "text",
    [
        "besok nggak bisa", "saya nggak bilang mau bayar besok", "jangan besok", "ora sesuk", "besok belum ada", "Sabtu Minggu bank tutup",
        "jatuh temponya tanggal lima", "kemarin saya sebut tujuh ratus", "tadi saya salah dengar", "cicil tiap minggu", "telat dua minggu",
    ],
)  # fmt: skip
def test_denied_and_other_days_do_not_count(text: str) -> None:
    assert _value(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("bukan besok tapi lusa", "2026-11-26"), ("eh bukan jumat", "2026-11-27"), ("besok eh lusa deng", "2026-11-26"),
        ("senin, maksudnya selasa", "2026-12-01"), ("senin depan, selasa maksudnya, senin saya masih di kereta", "2026-12-01"),
        ("tanggal dua puluh eh bukan, dua lima", "2026-11-25"), ("tanggal 28 eh 29 deh", "2026-11-29"), ("tanggal tiga, ralat, tanggal lima", "2026-12-05"),
        ("awal bulan, eh terlalu mepet, pertengahan aja", "2026-12-15"), ("jangan rabu, kamis aja, rabu ada ujian", "2026-11-26"),
        ("lusa aja, besok saya rapat", "2026-11-26"), ("besok saja, hari ini ada tamu", "2026-11-25"), ("kalau besok libur, rabunya saja", "2026-11-25"),
        ("nggak usah nunggu sabtu, sekarang aja", "2026-11-24"), ("besok, eh besoknya lagi", "2026-11-26"), ("tanggal dua, besoknya saya bayar", "2026-12-03"),
        ("tanggal tujuh lah, lima kan sabtu bank tutup", "2026-12-07"),
    ],
)  # fmt: skip
def test_the_last_word_holds(text: str, day: str) -> None:
    assert _value(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Monday, I mean Tuesday", "2026-12-01"), ("no, not Thursday, Friday", "2026-11-27"), ("not tomorrow but the day after", "2026-11-26"),
        ("tomorrow, actually make it Saturday", "2026-11-28"), ("sat not fri", "2026-11-28"), ("I can't do Wednesday, but Thursday's fine", "2026-11-26"),
    ],
)  # fmt: skip
def test_the_last_word_holds_in_english(text: str, day: str) -> None:
    assert _value(text, "en") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("besok atau lusa", "2026-11-25"), ("kamis apa jumat", "2026-11-26"), ("antara tanggal dua dan tanggal empat", "2026-12-02"),
        ("dari senin sampai rabu", "2026-11-30"), ("Kamis, Jumat, gitulah", "2026-11-26"), ("kalau nggak besok ya lusa", "2026-11-25"),
        ("tanggal loro opo telu", "2026-12-02"), ("antara rebo karo kemis", "2026-11-25"), ("27 atau 28 lah", "2026-11-27"),
    ],
)  # fmt: skip
def test_of_alternatives_the_first_holds(text: str, day: str) -> None:
    assert _value(text, talk=ASKED) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("separo tanggal delapan, sisanya tanggal dua lima", "2026-12-08"), ("besok dua ratus, lusa dua ratus", "2026-11-25"),
        ("dua kali, pertama tanggal dua lima eh dua enam, sisanya sepuluh desember", "2026-11-26"), ("saya kirim sekarang, sisanya tanggal dua", "2026-11-24"),
        ("tiap minggu seratus, mulai sabtu", "2026-11-28"), ("sisanya minggu depan", None), ("dua ratus dulu, sisanya nanti", None),
    ],
)  # fmt: skip
def test_of_instalments_the_first_holds(text: str, day: str | None) -> None:
    assert _value(text, talk=SHARED) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("bukan dua lima, dua enam", "2026-11-26"), ("salah, saya bilang enam belas bukan enam", "2026-12-16"), ("bkn 25 tp 27", "2026-11-27"), ("1", None), ("dua kali boleh?", None)],
)  # fmt: skip
def test_bare_numbers_when_a_day_is_read_back(text: str, day: str | None) -> None:
    assert _value(text, talk=CONFIRM) == day


def test_now_is_no_day_for_a_call_unless_it_is_offered() -> None:
    calling = Talk(calling=True)
    assert _value("sekarang masih rapat", talk=calling) is None
    assert _value("sekarang aja nggak papa", talk=calling) == "2026-11-24"


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(1, 31))
def test_a_day_of_the_month_is_never_in_the_past(today: date, number: int) -> None:
    found = _day(f"tanggal {number}", today=today)
    assert found is not None
    assert found.value == day_of_month(today, number, past=False)
    assert found.value is not None
    assert found.value >= today
    earlier = _day(f"tanggal {number}", talk=PAST, today=today)
    assert earlier is not None
    assert earlier.value is not None
    assert earlier.value <= today


_WORDS = (
    "besok lusa tanggal dua puluh lima eh bukan jumat minggu depan bulan , ? jam setengah lagi akhir awal januari hari ini the 5th of next week "
    "in two days nanti sekarang kemarin tadi h + 3 malam natal tahun baru isuk enjing setu sisanya atau sampai 25 25/12 noon half past".split()
)


@given(
    st.lists(st.sampled_from(_WORDS), max_size=9),
    st.sampled_from(["id", "en"]),
    st.sampled_from([Talk(), PAST, SHARED, CONFIRM]),
)
def test_any_jumble_of_day_words_is_read_within_its_bounds(words: list[str], language: str, talk: Talk) -> None:
    text = " ".join(words)
    found = _day(text, language, talk)
    assert found is None or 0 <= found.start < found.end <= len(tokenize(text, language))
