"""Written forms become the words that people say."""

from __future__ import annotations

import csv
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.normalize import tokenize
from nlu.numbers import number_at
from tts.sentences import sentences_of
from tts.spoken import spoken_amount, spoken_date, spoken_digits, spoken_number, spoken_pieces, spoken_time, to_spoken
from tts.spoken.digits import DIGITS
from tts.spoken.figures import MOST

CASES = Path(__file__).parent / "spoken_cases"
LANGUAGES = st.sampled_from(["id", "en"])


def cases(language: str) -> list[tuple[str, str, str]]:
    with (CASES / f"{language}.tsv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE) if row and not row[0].startswith("# ")]
    return [(language, written, spoken) for written, spoken in rows]


ALL_CASES = cases("id") + cases("en")


@pytest.mark.parametrize(("language", "written", "spoken"), ALL_CASES, ids=[f"{c[0]}: {c[1]}" for c in ALL_CASES])
def test_a_written_form_is_said_so(language: str, written: str, spoken: str) -> None:
    assert to_spoken(written, language).strip() == spoken


@pytest.mark.parametrize(("language", "written", "spoken"), ALL_CASES, ids=[f"{c[0]}: {c[1]}" for c in ALL_CASES])
def test_what_is_spoken_already_stays(language: str, written: str, spoken: str) -> None:
    assert to_spoken(spoken, language) == spoken


def test_each_language_has_its_many_cases() -> None:
    assert len(cases("id")) >= 300
    assert len(cases("en")) >= 150


def value_of(words: str, language: str) -> int:
    tokens = tokenize(words, language)
    number = number_at(tokens, 0, language)
    assert number is not None
    assert number.end == len(tokens), "words were left over"
    return number.value


@settings(deadline=None)
@given(st.one_of(st.integers(0, 3000), st.integers(0, MOST - 1)), LANGUAGES)
def test_a_number_in_words_is_understood_as_itself(number: int, language: str) -> None:
    assert value_of(spoken_number(number, language), language) == number


@settings(deadline=None)
@given(
    st.integers(0, MOST - 1),
    st.sampled_from(["Rp{:,}", "Rp {:,},-", "Rp{:,},00", "IDR {:,}", "rp{:,}", "Rp. {:,}", "{:,} rupiah"]),
    LANGUAGES,
)
def test_every_sum_is_read_like_its_number(amount: int, form: str, language: str) -> None:
    written = form.format(amount).replace(",", ".", amount and f"{amount:,}".count(","))
    assert to_spoken(written, language) == spoken_amount(amount, language)


@settings(deadline=None)
@given(st.integers(10**6, MOST - 1))
def test_commas_group_sums_as_dots_do(amount: int) -> None:
    assert to_spoken(f"IDR {amount:,}", "en") == spoken_amount(amount, "en")
    assert to_spoken(f"Rp{amount:,}") == spoken_amount(amount)


@settings(deadline=None)
@given(
    st.integers(1, 999),
    st.integers(0, 9),
    st.sampled_from([("rb", 10**3), ("ribu", 10**3), ("jt", 10**6), ("juta", 10**6), ("miliar", 10**9)]),
)
def test_scaled_sums_are_exact(whole: int, tenth: int, scale: tuple[str, int]) -> None:
    name, size = scale
    written = f"Rp{whole},{tenth} {name}" if tenth else f"Rp{whole}{name}"
    assert to_spoken(written) == spoken_amount(whole * size + tenth * size // 10)


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), LANGUAGES)
def test_every_way_to_write_a_day_is_read_alike(day: date, language: str) -> None:
    spoken = spoken_date(day, language)
    for form in ("{0:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d-%m-%Y}", "{0:%Y-%m-%d}", "{0:%d.%m.%Y}"):
        assert to_spoken(form.format(day), language) == spoken


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_indonesian_months_may_be_short(day: date) -> None:
    short = "Jan Feb Mar Apr Mei Jun Jul Agt Sep Okt Nov Des".split()[day.month - 1]
    assert to_spoken(f"{day.day} {short} {day.year}") == spoken_date(day)
    assert to_spoken(f"tgl {day.day}/{day.month}/{day.year}") == f"tanggal {spoken_date(day)}"


@settings(deadline=None)
@given(st.times())
def test_indonesian_times_keep_the_written_clock(moment: time) -> None:
    spoken = spoken_time(moment)
    assert to_spoken(f"{moment:%H.%M}") == to_spoken(f"pukul {moment:%H:%M}") == spoken


@settings(deadline=None)
@given(st.text(alphabet="0123456789", min_size=8, max_size=20).filter(lambda digits: digits[0] == "0" or len(digits) > 7))
def test_account_numbers_keep_every_digit_in_its_place(digits: str) -> None:
    words = to_spoken(f"nomor {digits}").removeprefix("nomor ")
    assert [DIGITS["id"].index(word) for word in words.replace(",", "").split()] == [int(digit) for digit in digits]
    groups = [group.split() for group in words.split(", ")]
    assert all(2 <= len(group) <= 5 for group in groups)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789 .,:/-%RrpPabcjtke\u0661²½–@#x+()'H"), max_size=40), LANGUAGES)
def test_no_digit_is_ever_left(text: str, language: str) -> None:
    assert not any(character.isdigit() for character in to_spoken(text, language))


@settings(deadline=None)
@given(st.text(max_size=60), LANGUAGES)
def test_any_text_can_be_read(text: str, language: str) -> None:
    assert not any(character.isdigit() for character in to_spoken(text, language))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "saya akan bayar besok lewat bank Budi Siti Pak Anda terima kasih selamat pagi No Des Jan Mar Wit".split()
        ),
        max_size=12,
    )
)
def test_plain_words_and_names_are_left_alone(words: list[str]) -> None:
    text = " ".join(words)
    assert to_spoken(text) == text


def test_pieces_tell_what_they_were() -> None:
    pieces = spoken_pieces("Tagihan Rp50.000 jatuh tempo 25/12/2026 ke VA 8808123456789012.")
    assert [piece.kind for piece in pieces if piece.kind != "plain"] == ["amount", "date", "word", "digits"]


def test_days_and_times_in_both_languages() -> None:
    assert spoken_date(date(2026, 11, 24), weekday=True) == "Selasa, dua puluh empat November dua ribu dua puluh enam"
    assert spoken_date(date(2026, 11, 24), "en") == "November twenty fourth, twenty twenty six"
    assert spoken_time(time(16, 30)) == "pukul enam belas tiga puluh"
    assert spoken_time(time(9, 0), "en") == "nine a m"
    assert spoken_date(date(2026, 1, 1) + timedelta(days=58)) == "dua puluh delapan Februari dua ribu dua puluh enam"


def test_digits_by_themselves() -> None:
    assert spoken_digits("8808") == "delapan delapan nol delapan"
    assert spoken_digits("12-34", "en") == "one two, three four"


def test_abbreviations_end_no_sentence() -> None:
    assert sentences_of("Bpk. Budi di Jl. Mawar No. 12. Terima kasih! Benar? Rp. 5.000.") == [
        "Bpk. Budi di Jl. Mawar No. 12.",
        "Terima kasih!",
        "Benar?",
        "Rp. 5.000.",
    ]
    assert sentences_of('Halo… Apa kabar? "Baik." Jatuh tempo 24.11.2026!') == [
        "Halo…",
        "Apa kabar?",
        '"Baik."',
        "Jatuh tempo 24.11.2026!",
    ]
