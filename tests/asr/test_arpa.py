"""ARPA text of our trigrams: proper probabilities, and phrases where names stand."""

from __future__ import annotations

import random

import pytest

from asr.arpa import Arpa
from asr.language_model import trigrams

SENTENCES = [
    ("yes this is budi", 1.0),
    ("this is sarah", 1.0),
    ("no this is his wife", 1.0),
    ("yes", 3.0),
    ("i will pay on friday", 1.0),
    ("i will pay tomorrow", 2.0),
]


def chance(model: Arpa, *words: str) -> float:
    """The probability of the last word after those before it, backing off as readers of the format do."""
    found = model.grams[len(words) - 1].get(words)
    if found is not None:
        return 10**found
    return 10 ** model.weights.get(words[:-1], 0.0) * chance(model, *words[1:])


@pytest.mark.parametrize("context", [(), ("<s>",), ("this",), ("this", "is"), ("will", "pay"), ("wife",), ("friday", "yes")])
def test_what_may_follow_a_context_adds_up_to_one(context: tuple[str, ...]) -> None:
    model = Arpa.of(trigrams(SENTENCES))
    words = [word for (word,) in model.grams[0] if word != "<s>"]
    assert sum(chance(model, *context, word) for word in words) == pytest.approx(1.0, abs=2e-3)


def test_the_text_counts_its_grams_and_ends() -> None:
    model = Arpa.of(trigrams(SENTENCES))
    lines = model.text().splitlines()
    assert lines[0] == "\\data\\"
    assert [line for line in lines if line.startswith("ngram ")] == [
        f"ngram {order}={len(level)}" for order, level in enumerate(model.grams, 1)
    ]
    assert lines[-1] == "\\end\\"
    assert sum(line[0] in "-0123456789" for line in lines if line) == sum(len(level) for level in model.grams)


def test_a_phrase_becomes_likely_where_names_stand_and_nowhere_else() -> None:
    plain = Arpa.of(trigrams(SENTENCES))
    hinted = plain.with_phrases([("zulkifli", "rahmadi")], beside={"budi", "sarah"})
    assert chance(hinted, "is", "zulkifli") >= chance(plain, "is", "budi") * 0.99
    assert chance(hinted, "zulkifli", "rahmadi") == pytest.approx(0.5, abs=0.01)
    assert chance(hinted, "pay", "zulkifli") < 0.01
    assert ("zulkifli",) not in plain.grams[0]


def test_a_model_of_many_sentences_stays_a_distribution() -> None:
    dice = random.Random(2)
    sentences = [
        (" ".join(dice.choice("abcdefg") for _ in range(dice.randint(1, 6))), dice.choice([0.5, 1.0])) for _ in range(300)
    ]
    model = Arpa.of(trigrams(sentences))
    for context in [("a",), ("b", "c"), ("g", "g")]:
        total = sum(chance(model, *context, word) for (word,) in model.grams[0] if word != "<s>")
        assert total == pytest.approx(1.0, abs=2e-3)
