"""Word error rates with bootstrap intervals over speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """``share`` of errors among ``n`` reference words, with its 95 % interval."""

    share: float
    low: float
    high: float
    n: int
    utterances: int

    def __str__(self) -> str:
        return f"{100 * self.share:.1f} % [{100 * self.low:.1f}–{100 * self.high:.1f}], {self.n} words, {self.utterances} utterances"


def edit_distance(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Fewest insertions, deletions and substitutions."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, word in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != word))
    return row[-1]


def error_rate(results: Iterable[tuple[str, str, str]], *, draws: int = 1000, seed: int = 0) -> ErrorRate:
    """From (speaker, reference, heard) triples; the interval resamples whole speakers."""
    by_speaker: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for speaker, reference, heard in results:
        words = reference.split()
        by_speaker[speaker].append((edit_distance(words, heard.split()), len(words)))
    totals = np.array([np.sum(pairs, axis=0) for pairs in by_speaker.values()], dtype=np.float64).reshape(-1, 2)
    errors, words_total = totals.sum(0)
    picks = np.random.default_rng(seed).integers(0, len(totals), (draws, len(totals)))
    sums = totals[picks].sum(1)
    low, high = np.percentile(sums[:, 0] / np.maximum(sums[:, 1], 1), [2.5, 97.5])
    utterances = sum(len(pairs) for pairs in by_speaker.values())
    return ErrorRate(share=errors / max(words_total, 1), low=low, high=high, n=int(words_total), utterances=utterances)
