"""Trigram models over sentences, with absolute discounting, as weighted acceptors."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_DISCOUNT = 0.5
_START, _END = "<s>", "</s>"


@dataclass(frozen=True, slots=True)
class Trigrams:
    """Costs (negative natural logs). ``arcs``: (from, to, word, cost); ``backoffs``: (from, to, cost); state 0 starts.

    ``contexts`` holds the words that lead to each state.
    """

    states: int
    arcs: list[tuple[int, int, str, float]]
    backoffs: list[tuple[int, int, float]]
    finals: dict[int, float]
    words: tuple[str, ...]
    contexts: tuple[tuple[str, ...], ...] = ()


def trigrams(weighted: Iterable[tuple[str, float]], *, min_count: float = 0.0) -> Trigrams:
    """A backoff trigram model of (sentence, weight) pairs; weights add up like counts."""
    counts: list[defaultdict[tuple[str, ...], float]] = [defaultdict(float), defaultdict(float), defaultdict(float)]
    for sentence, weight in weighted:
        words = [_START, *sentence.split(), _END]
        for order in range(3):
            for i in range(len(words) - order):
                counts[order][tuple(words[i : i + order + 1])] += weight
    del counts[0][(_START,)]
    unigram_total = sum(counts[0].values())
    contexts: dict[tuple[str, ...], int] = {(_START,): 0, (): 1}
    for gram in [*counts[0], *counts[1]]:
        if gram[-1] != _END and gram not in contexts:
            contexts[gram] = len(contexts)

    def target(gram: tuple[str, ...]) -> int:
        gram = gram[-2:]
        while gram not in contexts:
            gram = gram[1:]
        return contexts[gram]

    probability: dict[tuple[str, ...], float] = {
        g: (c + 0.1) / (unigram_total + 0.1 * len(counts[0])) for g, c in counts[0].items()
    }
    lower = probability
    arcs: list[tuple[int, int, str, float]] = []
    backoffs: list[tuple[int, int, float]] = []
    finals: dict[int, float] = {}
    for (word,), p in probability.items():
        if word == _END:
            finals[1] = -math.log(p)
        else:
            arcs.append((1, target((word,)), word, -math.log(p)))
    for order in (1, 2):
        followers: dict[tuple[str, ...], list[tuple[str, float]]] = defaultdict(list)
        for gram, count in counts[order].items():
            followers[gram[:-1]].append((gram[-1], count))
        higher: dict[tuple[str, ...], float] = {}
        for context, words_counts in followers.items():
            if context not in contexts:
                continue
            total = sum(count for _, count in words_counts)
            discount = _DISCOUNT * min(count for _, count in words_counts)
            held_back = discount * len(words_counts) / total
            state = contexts[context]
            for word, count in words_counts:
                below = lower.get((*context[1:], word), 1e-7)
                p = (count - discount) / total + held_back * below
                higher[(*context, word)] = p
                if word == _END:
                    finals[state] = -math.log(p)
                else:
                    arcs.append((state, target((*context, word)), word, -math.log(p)))
            backoffs.append((state, contexts[context[1:]], -math.log(held_back)))
        lower = higher
    vocabulary = tuple(sorted(word for (word,) in counts[0] if word != _END))
    with_backoff = {state for state, _, _ in backoffs}
    for context, state in contexts.items():  # contexts never continued back off for free
        if context and state not in with_backoff:
            backoffs.append((state, contexts.get(context[1:], 1), 0.0))
    return Trigrams(len(contexts), arcs, backoffs, finals, vocabulary, tuple(contexts))
