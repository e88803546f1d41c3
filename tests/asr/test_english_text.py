"""English sentences as the recognizer's words: numbers as said, classes filled, every word with a sound."""

from __future__ import annotations

import random

import pytest

from asr.domain_text import fill, sentences
from asr.english_models import STATES, normal_phrases, vocabulary
from asr.english_text import CLASSES, normalize, number_words, ordinal_words
from asr.english_words import PHONES, by_spelling, pronunciations
from asr.pocketsphinx_library import model_folder

LISTS = ("general_en", "yes_no_en", "date_en", "amount_en")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I\u2019ll pay Rp1,250,000!", "i'll pay rp one million two hundred fifty thousand"),
        ("50% now", "fifty percent now"),
        ("  'Kay -- OK? ", "kay ok"),
        ("call 08123", "call zero eight one two three"),
        ("café", "cafe"),
        ("?!", ""),
    ],
)
def test_text_becomes_the_words_that_are_said(text: str, words: str) -> None:
    assert normalize(text) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "zero"), (21, "twenty one"), (1_250_000, "one million two hundred fifty thousand")]
)
def test_numbers_are_said_without_and(number: int, words: str) -> None:
    assert number_words(number) == words


def test_ordinals_are_said_in_words() -> None:
    assert [ordinal_words(day) for day in (1, 12, 31)] == ["first", "twelfth", "thirty first"]


@pytest.mark.parametrize("name", LISTS)
def test_every_sentence_is_fillable_and_in_the_recognizers_spelling(name: str) -> None:
    chance = random.Random(0)
    for sentence in sentences(name):
        for _ in range(3):
            filled = fill(sentence, chance, CLASSES)
            assert filled == normalize(filled), sentence


def test_no_sentence_stands_twice_in_a_list() -> None:
    for name in LISTS:
        known = sentences(name)
        twice = {sentence for sentence in known if known.count(sentence) > 1}
        assert not twice, f"{name}: {sorted(twice)}"


def test_every_word_of_every_state_has_sounds_the_model_knows() -> None:
    words = frozenset[str]().union(*(vocabulary(state) for state in STATES))
    sounds = pronunciations(words, model_folder() / "cmudict-en-us.dict")
    assert sounds.keys() == words
    wrong = {word: forms for word, forms in sounds.items() if not forms or {p for f in forms for p in f.split()} - set(PHONES)}
    assert not wrong


def test_indonesian_names_sound_as_they_are_spelled() -> None:
    assert by_spelling("budi") == ("B UW D IY",)
    assert by_spelling("nyoman") == ("N Y OW M AA N",)
    assert by_spelling("dewi") == ("D EH W IY", "D AH W IY")


def test_hints_become_phrases_without_doubles() -> None:
    assert normal_phrases(["Zulkifli Rahmadi", "zulkifli, rahmadi", "", "!"]) == (("zulkifli", "rahmadi"),)
