"""Error rates count edits and give intervals over speakers."""

from __future__ import annotations

import pytest

from asr.error_rate import edit_distance, error_rate


@pytest.mark.parametrize(
    ("reference", "heard", "edits"),
    [("a b c", "a b c", 0), ("a b c", "a x c", 1), ("a b c", "a c", 1), ("a b", "a x b y", 2), ("a b", "", 2), ("", "a", 1)],
)
def test_edits_are_insertions_deletions_and_substitutions(reference: str, heard: str, edits: int) -> None:
    assert edit_distance(reference.split(), heard.split()) == edits


def test_the_share_is_of_reference_words_over_all_speakers() -> None:
    found = error_rate([("ani", "iya betul", "iya betul"), ("budi", "nol satu dua", "nol satu"), ("budi", "tiga", "lima")])
    assert found.share == pytest.approx(2 / 6)
    assert (found.n, found.utterances) == (6, 3)
    assert found.low <= found.share <= found.high


def test_one_speaker_has_no_spread_and_equal_speakers_neither() -> None:
    found = error_rate([(name, "satu dua", "satu lima") for name in ("a", "b", "c")])
    assert found.low == found.high == found.share == 0.5


def test_the_interval_is_the_same_every_time() -> None:
    triples = [(f"s{i}", "satu dua tiga", "satu dua" if i % 3 else "satu dua tiga") for i in range(20)]
    assert error_rate(triples) == error_rate(triples)
    assert error_rate(triples).low < error_rate(triples).high
