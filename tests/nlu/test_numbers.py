"""Number words of Indonesia and English: round trips, regional numerals, what recognizers make of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from nlu.digits import spoken_digits
from nlu.normalize import tokenize
from nlu.number_words import lexicon
from nlu.numbers import find_numbers, number_at, sum_at

BILLION_THOUSAND = 10**12
sparse = st.lists(st.sampled_from("0001234567890"), min_size=1, max_size=12).map(lambda digits: int("".join(digits)))


@given(st.integers(0, BILLION_THOUSAND) | sparse, st.sampled_from(["id", "en"]))
def test_every_number_in_words_reads_back(number: int, language: str) -> None:
    words = str(num2words(number, lang=language)).replace("-", " ").replace(",", "")
    tokens = tokenize(words, language)
    found = number_at(tokens, 0, language)
    assert found is not None
    assert (found.value, found.end) == (number, len(tokens))


@given(st.integers(0, BILLION_THOUSAND))
def test_every_number_in_grouped_digits_reads_back(number: int) -> None:
    found = number_at(tokenize(f"{number:,}".replace(",", "."), "id"), 0, "id")
    assert found is not None
    assert found.value == number


@settings(deadline=None)
@given(st.data(), st.sampled_from(["id", "en"]))
def test_no_order_of_number_words_breaks_the_reader(data: st.DataObject, language: str) -> None:
    words = data.draw(st.lists(st.sampled_from([*lexicon(language), "7", "1,5", "2.000", "di"]), max_size=8))
    tokens = tokenize(" ".join(words), language)
    for index in range(len(tokens)):
        for read in (number_at, sum_at):
            found = read(tokens, index, language)
            assert found is None or (found.start == index < found.end <= len(tokens) and found.value >= 0)


REGIONAL = [
    # Javanese, ngoko and krama
    ("siji", 1), ("telu", 3), ("papat", 4), ("wolu", 8), ("sanga", 9), ("songo", 9), ("sewelas", 11), ("rolas", 12), ("telulas", 13),
    ("patbelas", 14), ("limolas", 15), ("nembelas", 16), ("selikur", 21), ("rolikur", 22), ("telulikur", 23), ("selawe", 25),
    ("seket", 50), ("seket siji", 51), ("sewidak", 60), ("sewidak lima", 65), ("satus", 100), ("rong atus ewu", 200_000),
    ("telung atus seket ewu", 350_000), ("patang puluh", 40), ("limang atus", 500), ("nem atus", 600), ("pitung atus", 700),
    ("wolung puluh", 80), ("sangang atus", 900), ("sewu", 1_000), ("rong ewu", 2_000), ("gangsal atus", 500), ("sekawan dasa", 40),
    ("kalih welas", 12), ("tigang atus ewu", 300_000), ("setunggal yuto", 1_000_000), ("sak yuto", 1_000_000), ("loro setengah yuta", 2_500_000),
    # Sundanese
    ("hiji", 1), ("tilu ratus rebu", 300_000), ("opat puluh", 40), ("genep ratus", 600), ("tujuh belas", 17), ("dalapan ratus", 800),
    ("salapan ratus", 900), ("sapuluh", 10), ("sawelas", 11), ("salikur", 21), ("saratus salawe rebu", 125_000), ("sajuta satengah", 1_500_000),
    # Minang, Palembang
    ("ciek juta", 1_000_000), ("duo ratuih", 200), ("tigo puluah", 30), ("ampek ratuih", 400), ("limo baleh", 15), ("anam", 6), ("tujuah", 7),
    ("salapan ratuih", 800), ("saratuih limo puluah ribu", 150_000),
    # Banjar, Makassar and Bugis, Madura, Batak-coloured, Betawi
    ("talu puluh", 30), ("walu ratus", 800), ("tallu ratus", 300), ("lema ratos ebu", 500_000), ("opat ratus", 400), ("saribu", 1_000),
    ("lapan ratus", 800), ("dua pulu tige", 23),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), REGIONAL)
def test_regional_numerals(text: str, value: int) -> None:
    found = number_at(tokenize(text, "id"), 0, "id")
    assert found is not None
    assert (found.value, found.end) == (value, len(tokenize(text, "id")))


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("em pat", "id", 4), ("du a", "id", 2), ("lim ratus", "id", 500), ("tu juh ratus", "id", 700), ("tiga rat us", "id", 300),
        ("duablas", "id", 12), ("limapulu", "id", 50), ("enamratus", "id", 600), ("duapuluhlima", "id", 25), ("semilan", "id", 9),
        ("dlapan", "id", 8), ("sambilan puluh", "id", 90), ("lima latus libu", "id", 500_000), ("sej uta", "id", 1_000_000),
        ("satu se tengah juta", "id", 1_500_000), ("dua ratus du a puluh lima ribu", "id", 225_000), ("sejuta duaratus ribu", "id", 1_200_000),
        ("thir teen", "en", 13), ("twohundred", "en", 200), ("sicks hundred", "en", 600), ("won million", "en", 1_000_000),
    ],
)  # fmt: skip
def test_what_recognizers_make_of_numbers(text: str, language: str, value: int) -> None:
    tokens = tokenize(text, language)
    found = number_at(tokens, 0, language)
    assert found is not None
    assert (found.value, found.end) == (value, len(tokens))


@pytest.mark.parametrize(
    "text", ["kawan saya", "loro saya", "due date", "bengkel las depan", "juta", "ratus", "setengah hati", "genep bulan"]
)
def test_words_that_mean_other_things_are_numbers_only_with_their_counterpart(text: str) -> None:
    assert find_numbers(tokenize(text, "id"), "id") == []


def test_a_doubtful_word_is_a_number_after_the_word_for_date_or_hour() -> None:
    assert [number.value for number in find_numbers(tokenize("jam loro", "id"), "id")] == [2]
    assert [number.value for number in find_numbers(tokenize("tanggal kalih", "id"), "id")] == [2]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("dua ratus dua ratus", [200, 200]), ("seratus ribu seratus ribu", [100_000, 100_000]), ("tanggal lima tiga ratus ribu", [5, 300_000]),
        ("tanggal sepuluh lima ratus", [10, 500]), ("dua puluh, lima ratus", [20, 500]), ("dua lima", [2, 5]), ("jam empat tiga puluh", [4, 30]),
    ],
)  # fmt: skip
def test_neighbouring_numbers_stay_apart(text: str, values: list[int]) -> None:
    assert [number.value for number in find_numbers(tokenize(text, "id"), "id")] == values


@pytest.mark.parametrize(
    ("text", "language", "digits"),
    [
        ("nol delapan satu dua", "id", "0812"), ("dua belas tiga puluh empat", "id", "1234"), ("papat limo telu", "id", "453"),
        ("double five oh seven", "en", "5507"), ("0812 3456", "id", "08123456"), ("oh, it is one two", "en", "12"),
    ],
)  # fmt: skip
def test_spoken_digits(text: str, language: str, digits: str) -> None:
    assert spoken_digits(text, language) == digits
