"""Decoding graphs: CTC tokens → letters → words → what may be said in a dialogue state (kaldifst, H ∘ L ∘ G).

The only file that builds with kaldifst. Token labels are token numbers + 1, since 0 is epsilon.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import kaldifst

from asr.domain_text import DIGITS, fill, number_words, sentences
from asr.greeting_text import greeting_corpus
from asr.language_model import Trigrams, trigrams
from asr.pronunciation import TOKENS, WORD_MARK, normalize, spellings

GARBAGE = "<unk>"
STATES = ("general", "greeting", "digits", "yes_no", "date", "amount")
_LM_SCALE = 0.7
EXPECTED_LM_SCALE = 1.1
"""Where the sentences are known beforehand, they are trusted more."""
_GARBAGE_ENTRY = 6.0
_GARBAGE_LETTER = 0.65
_SAMPLES = 12_000
_HINT_WEIGHT = 6.0
_SEED = 11
_CUSTOMER_WEIGHT = 0.5
"""Of a sentence that a customer might say beside a sentence of the domain's own lists."""
_MARK = TOKENS.index(WORD_MARK) + 1
_BACKOFF = len(TOKENS) + 1
"""The disambiguation label that carries backoff arcs through the lexicon."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A compiled graph and its words by label."""

    fst: Any
    words: tuple[str, ...]


@lru_cache(maxsize=32)
def graph_for(state: str, hints: tuple[str, ...] = (), *, phrases: tuple[str, ...] = ()) -> Graph:
    """The graph of a dialogue state, with sentences and words (``hints``) likely in this very call.

    ``phrases`` are sentences that recordings are expected to hold: together they weigh as much as all the rest.
    """
    if state not in STATES:
        raise ValueError(f"there is no decoding state {state!r}; known: {', '.join(STATES)}")
    hinted = [normalize(hint) for hint in hints]
    corpus = _corpus(state) + [(hint, _HINT_WEIGHT) for hint in hinted if hint]
    expected = [phrase for phrase in map(normalize, phrases) if phrase]
    share = sum(weight for _, weight in corpus) / max(1, len(expected))
    corpus += [(phrase, share) for phrase in expected]
    corpus += [(word, 0.5) for each in (*hinted, *expected) for word in each.split()]
    scale = EXPECTED_LM_SCALE if expected else _LM_SCALE
    return compile_graph(trigrams(corpus), garbage=state == "yes_no", lm_scale=scale)


def _corpus(state: str) -> list[tuple[str, float]]:
    """(sentence, weight): the state's own sentences first, everything else a caller may say beneath."""
    chance = random.Random(_SEED)
    if state == "greeting":
        return greeting_corpus()
    if state == "digits":
        return [(" ".join(chance.choice(DIGITS) for _ in range(chance.randint(1, 12))), 1.0) for _ in range(6000)]
    general = [(fill(chance.choice(sentences()), chance), 1.0) for _ in range(_SAMPLES)]
    general += [(fill(sentence, chance), 1.0) for sentence in sentences() for _ in range(3)]
    general += [(number_words(chance.randint(1, 99)), 0.3) for _ in range(300)]
    customers = [(sentence, _CUSTOMER_WEIGHT) for sentence in sentences("customers_id")]
    if state == "general":
        return general + customers
    own = [(fill(chance.choice(sentences(f"{state}_id")), chance), 2.0) for _ in range(_SAMPLES // 2)]
    # A person's "tidak" was once heard as "iya" when yes and no stood beside everything that customers say.
    beneath = general[: _SAMPLES // 2 + 1500] + (customers[::3] if state != "yes_no" else [])
    return own + [(sentence, 0.5 * weight) for sentence, weight in beneath]


def compile_graph(model: Trigrams, *, garbage: bool, lm_scale: float = _LM_SCALE) -> Graph:
    """H ∘ L ∘ G. ``garbage`` adds a word that any sound may take, at a price."""
    words = ("<eps>", *model.words, GARBAGE, "#0")
    number = {word: index for index, word in enumerate(words)}
    grammar = _grammar(model, number, garbage, lm_scale)
    lexicon = _lexicon(model.words, number, garbage)
    kaldifst.arcsort(lexicon, "olabel")
    kaldifst.arcsort(grammar, "ilabel")
    lexicon_grammar = kaldifst.compose(lexicon, grammar)
    kaldifst.arcsort(lexicon_grammar, "ilabel")
    topology = _topology()
    kaldifst.arcsort(topology, "olabel")
    fst = kaldifst.compose(topology, lexicon_grammar)
    kaldifst.connect(fst)
    return Graph(fst, words)


def _machine(states: int) -> Any:
    fst = kaldifst.StdVectorFst()
    for _ in range(states):
        fst.add_state()
    fst.start = 0
    return fst


def _arc(taken: int, given: int, cost: float, to: int) -> Any:
    return kaldifst.StdArc(taken, given, kaldifst.TropicalWeight(cost), to)


def _grammar(model: Trigrams, number: dict[str, int], garbage: bool, lm_scale: float) -> Any:
    fst = _machine(model.states)
    for start, end, word, cost in model.arcs:
        fst.add_arc(start, _arc(number[word], number[word], cost * lm_scale, end))
    for start, end, cost in model.backoffs:
        fst.add_arc(start, _arc(number["#0"], 0, cost * lm_scale, end))
    for state, cost in model.finals.items():
        fst.set_final(state, kaldifst.TropicalWeight(cost * lm_scale))
    if garbage:
        for state in (0, 1):
            fst.add_arc(state, _arc(number[GARBAGE], number[GARBAGE], _GARBAGE_ENTRY, 1))
    return fst


def _lexicon(words: Sequence[str], number: dict[str, int], garbage: bool) -> Any:
    """Letters → words; state 0 stands before a word, state 1 after one."""
    fst = _machine(2)
    final = kaldifst.TropicalWeight(0.0)
    for state in (0, 1):
        fst.set_final(state, final)
        fst.add_arc(state, _arc(_BACKOFF, number["#0"], 0.0, state))
    fst.add_arc(1, _arc(_MARK, 0, 0.0, 0))
    for word, letters in ((each, form) for each in words for form in spellings(each)):
        place = 0
        for index, token in enumerate(letters):
            to = 1 if index == len(letters) - 1 else fst.add_state()
            fst.add_arc(place, _arc(token + 1, number[word] if index == 0 else 0, 0.0, to))
            place = to
    if garbage:
        inside = fst.add_state()
        fst.set_final(inside, final)
        fst.add_arc(inside, _arc(_MARK, 0, 0.0, 0))
        for token in range(2, len(TOKENS)):
            fst.add_arc(0, _arc(token + 1, number[GARBAGE], _GARBAGE_LETTER, inside))
            fst.add_arc(inside, _arc(token + 1, 0, _GARBAGE_LETTER, inside))
    return fst


def _topology() -> Any:
    """CTC: blanks fall away, repeats merge, and a doubled letter needs a blank between. State = last token."""
    fst = _machine(len(TOKENS))
    for last in range(len(TOKENS)):
        fst.set_final(last, kaldifst.TropicalWeight(0.0))
        fst.add_arc(last, _arc(1, 0, 0.0, 0))
        for token in range(1, len(TOKENS)):
            fst.add_arc(last, _arc(token + 1, 0 if token == last else token + 1, 0.0, token))
        fst.add_arc(last, _arc(0, _BACKOFF, 0.0, last))
    return fst
