"""Decoding graphs accept what may be said, and language models are proper distributions."""

from __future__ import annotations

import math
import random
from collections import defaultdict

import numpy as np
import pytest

from asr.domain_text import CLASSES, fill, sentences
from asr.embedded import decode
from asr.graphs import GARBAGE, STATES, graph_for
from asr.language_model import trigrams
from asr.pronunciation import BLANK, TOKENS, normalize, spell, spellings


def _said(text: str, *, certainty: float = 12.0) -> np.ndarray:
    """Scores of a perfect recognizer hearing ``text``: each letter one step, blanks between."""
    steps = [BLANK]
    for token in spell(text):
        steps += [token, BLANK]
    scores = np.full((len(steps), len(TOKENS)), -certainty, dtype=np.float32)
    scores[np.arange(len(steps)), steps] = 0.0
    return scores


def _read(text: str, state: str, hints: tuple[str, ...] = ()) -> list[str]:
    return [word.text for word in decode(_said(text), graph_for(state, hints), frame_s=0.04).words]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("general", "saya sudah bayar kemarin lewat mobile banking"),
        ("general", "maaf salah sambung"),
        ("digits", "nol delapan satu dua kosong sembilan"),
        ("yes_no", "iya saya sendiri"),
        ("date", "tanggal dua puluh lima desember"),
        ("amount", "satu juta dua ratus lima puluh ribu rupiah"),
        ("amount", "bukan saya"),
        ("date", "nanti saya telepon lagi"),
    ],
)
def test_each_state_reads_its_answers_and_other_likely_sentences(state: str, text: str) -> None:
    assert _read(text, state) == text.split()


def test_doubled_letters_need_a_blank_between_and_are_kept() -> None:
    assert _read("maaf", "general") == ["maaf"]


def test_a_name_is_read_only_when_the_call_hints_at_it() -> None:
    assert "zulfikri" not in _read("saya zulfikri", "general")
    assert _read("saya zulfikri", "general", ("Zulfikri",)) == ["saya", "zulfikri"]


def test_speech_outside_the_yes_no_graph_becomes_garbage_but_not_in_digits() -> None:
    assert GARBAGE in _read("qwxzvq zxqvw xqzzv", "yes_no")
    assert GARBAGE not in _read("qwxzvq zxqvw xqzzv", "digits")


def test_sure_sound_gives_more_confidence_than_unlikely_sound() -> None:
    sure = _said("nol satu dua")
    unlikely = sure + np.random.default_rng(1).normal(size=sure.shape).astype(np.float32) * 6
    graph = graph_for("digits")
    assert decode(sure, graph, frame_s=0.04).confidence > 0.9
    assert decode(unlikely, graph, frame_s=0.04).confidence < 0.5


def test_words_that_no_digit_resembles_are_not_believed() -> None:
    assert decode(_said("saya mau bayar"), graph_for("digits"), frame_s=0.04).confidence < 0.5


def test_words_have_rising_times_inside_the_sound() -> None:
    scores = _said("saya bayar besok")
    words = decode(scores, graph_for("general"), frame_s=0.04, start_s=2.0).words
    times = [time for word in words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[0] >= 2.0
    assert times[-1] <= 2.0 + len(scores) * 0.04 + 1e-6


def test_an_unknown_state_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'singing'.*general"):
        graph_for("singing")


def test_the_same_graph_is_built_once_and_alike() -> None:
    assert graph_for("date") is graph_for("date")
    assert all(graph_for(state).fst.num_states > 100 for state in STATES)


def test_probabilities_after_any_context_sum_to_at_most_one() -> None:
    chance = random.Random(5)
    model = trigrams([(fill(chance.choice(sentences()), chance), 1.0) for _ in range(300)])
    direct: dict[int, float] = defaultdict(float)
    for state, _, _, cost in model.arcs:
        assert math.isfinite(cost)
        direct[state] += math.exp(-cost)
    for state, cost in model.finals.items():
        direct[state] += math.exp(-cost)
    assert max(direct.values()) <= 1.0 + 1e-6
    assert direct[1] == pytest.approx(1.0, abs=1e-6)


def test_sentences_seen_often_cost_less_than_rare_ones() -> None:
    model = trigrams([("iya betul", 9.0), ("iya bukan", 1.0)])
    after = {word: cost for state, _, word, cost in model.arcs for start, to, first, _ in model.arcs
             if first == "iya" and start == 0 and state == to}  # fmt: skip
    assert after["betul"] < after["bukan"]


def test_every_sentence_of_the_lists_uses_known_classes_and_spellable_words() -> None:
    chance = random.Random(2)
    for name in ("general_id", "yes_no_id", "date_id", "amount_id"):
        for sentence in sentences(name):
            said = fill(sentence, chance)
            assert said == normalize(said), f"{name}: {sentence}"
    assert {"amount", "date", "time", "name"} <= set(CLASSES)


def test_accents_case_and_punctuation_do_not_matter_and_loan_words_have_several_sounds() -> None:
    assert normalize("  Halo, PAK Joséph!  ") == "halo pak joseph"
    assert len(spellings("account")) > 1
    assert len(spellings("bayar")) == 1
