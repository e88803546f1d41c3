"""Trigram models as ARPA text, the form that PocketSphinx reads, with a call's own phrases if wished.

Format: Doug Paul's, as in the CMU-Cambridge toolkit: base-10 logarithms, backoff weights behind the grams that are contexts.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from asr.language_model import Trigrams

Gram: TypeAlias = tuple[str, ...]
_NEVER = -99.0
_START, _END = "<s>", "</s>"
_RARE = -3.0
"""Of a phrase's first word where nothing speaks for it."""
_ALONE = -1.7
"""Of a phrase at the very beginning."""
_INSIDE = -0.3
"""Of a phrase's next word."""


@dataclass(frozen=True, slots=True)
class Arpa:
    """Base-10 logarithms: ``grams`` of one, two and three words, backoff ``weights`` of contexts."""

    grams: tuple[dict[Gram, float], dict[Gram, float], dict[Gram, float]]
    weights: dict[Gram, float]

    @classmethod
    def of(cls, model: Trigrams) -> Arpa:
        """The model's n-grams, which are at most three words long."""
        grams: tuple[dict[Gram, float], ...] = ({(_START,): _NEVER}, {}, {})
        for state, _, word, cost in model.arcs:
            gram = (*model.contexts[state], word)
            grams[len(gram) - 1][gram] = -cost / math.log(10)
        for state, cost in model.finals.items():
            gram = (*model.contexts[state], _END)
            grams[len(gram) - 1][gram] = -cost / math.log(10)
        one, two, three = grams
        return cls((one, two, three), {model.contexts[state]: -cost / math.log(10) for state, _, cost in model.backoffs})

    def with_phrases(self, phrases: Sequence[Sequence[str]], *, beside: Collection[str]) -> Arpa:
        """Besides, ``phrases``, likely wherever words like ``beside`` (names, say) stand, and by themselves."""
        one, two, three = (dict(level) for level in self.grams)
        weights = dict(self.weights)
        known = set(beside)
        places: dict[str, float] = {_START: _ALONE}
        for (before, word), chance in two.items():
            if word in known:
                places[before] = max(chance, places.get(before, _NEVER))
        for phrase in phrases:
            for word in phrase:
                one[word,] = max(_RARE, one.get((word,), _NEVER))
                weights.setdefault((word,), 0.0)
            for before, chance in places.items():
                two[before, phrase[0]] = max(chance, two.get((before, phrase[0]), _NEVER))
            for pair in pairwise(phrase):
                two[pair] = max(_INSIDE, two.get(pair, _NEVER))
        return Arpa((one, two, three), weights)

    def text(self) -> str:
        """The file's text."""
        lines = ["\\data\\", *(f"ngram {order}={len(level)}" for order, level in enumerate(self.grams, 1))]
        for order, level in enumerate(self.grams, 1):
            lines += ["", f"\\{order}-grams:"]
            for gram, chance in level.items():
                behind = f"\t{self.weights[gram]:.4f}" if order < 3 and gram in self.weights else ""
                lines.append(f"{chance:.4f}\t{' '.join(gram)}{behind}")
        return "\n".join([*lines, "", "\\end\\", ""])
