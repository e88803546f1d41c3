"""Written forms become the words that people say."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.spoken import spoken_amount, spoken_date, spoken_time, to_spoken

UNITS = {word: n for n, word in enumerate("nol satu dua tiga empat lima enam tujuh delapan sembilan".split())}
UNITS |= {"sepuluh": 10, "sebelas": 11}
SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}


def value_of(words: str) -> int:
    """An independent reading of Indonesian number words."""
    total = group = 0
    for word in words.split():
        if word in SCALES:
            total += (group or 1) * SCALES[word]
            group = 0
        elif word == "seribu":
            total += 1000
        elif word == "seratus":
            group += 100
        elif word == "ratus":
            group = group // 10 * 10 + (group % 10) * 100
        elif word == "belas":
            group += 10
        elif word == "puluh":
            group += (group % 10) * 9
        else:
            group += UNITS[word]
    return total + group


@given(st.integers(min_value=0, max_value=10**12))
def test_every_amount_reads_back_as_itself(amount: int) -> None:
    words = spoken_amount(amount)
    assert words.endswith(" rupiah")
    assert value_of(words.removesuffix(" rupiah")) == amount


@given(st.integers(min_value=0, max_value=10**12))
def test_written_rupiah_are_read_like_the_number(amount: int) -> None:
    written = f"Rp{amount:,}".replace(",", ".")
    assert to_spoken(written) == spoken_amount(amount)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Rp1.250.000", "satu juta dua ratus lima puluh ribu rupiah"),
        ("Rp 1,5 juta", "satu juta lima ratus ribu rupiah"),
        ("Rp1.250.000,00", "satu juta dua ratus lima puluh ribu rupiah"),
        ("25/12/2026", "dua puluh lima Desember dua ribu dua puluh enam"),
        ("2026-12-25", "dua puluh lima Desember dua ribu dua puluh enam"),
        ("tgl 5 Okt", "tanggal lima Oktober"),
        ("15.30", "pukul lima belas tiga puluh"),
        ("pukul 08:05", "pukul delapan nol lima"),
        ("10%", "sepuluh persen"),
        ("ke-3", "ketiga"),
        ("350 rb", "tiga ratus lima puluh ribu"),
        ("angsuran ke-1", "angsuran pertama"),
    ],
)
def test_the_usual_written_forms(written: str, spoken: str) -> None:
    assert to_spoken(written) == spoken


def test_telephone_and_account_numbers_are_read_digit_by_digit() -> None:
    assert to_spoken("0812-3456-7890").replace(",", "") == (
        "nol delapan satu dua tiga empat lima enam tujuh delapan sembilan nol"
    )
    assert "delapan delapan nol delapan" in to_spoken("8808123456789012")


@given(st.text(alphabet=st.sampled_from("0123456789 .,:/-%RrpPabcjtke\u0661"), max_size=40), st.sampled_from(["id", "en"]))
def test_no_digit_is_ever_left(text: str, language: str) -> None:
    assert not any(character.isdigit() for character in to_spoken(text, language))


def test_dates_and_times_in_both_languages() -> None:
    assert spoken_date(date(2026, 11, 24), weekday=True) == "Selasa, dua puluh empat November dua ribu dua puluh enam"
    assert spoken_date(date(2026, 11, 24), "en") == "November twenty fourth, two thousand and twenty six"
    assert spoken_time(time(16, 30)) == "pukul enam belas tiga puluh"
    assert spoken_time(time(9, 0), "en") == "nine o'clock"
