"""Labels that the sound contradicts: slips of whoever labelled them, or prompts that all callers of a kind read otherwise.

The base head decodes every utterance, and where it hears other words, both texts are weighed by their likelihood. That finds suspects
only: a weak base mishears much, and its own mistakes are what adaptation is for and must stay in. So the suspects get a second
opinion, by heads that have learnt from *other* callers and know what these sentences sound like. What such a head still contradicts is
doubted.

Of 500 phrases by 16 people, 30 under wrong labels, the base contradicts 107 (by 0.5 nats a letter), and no threshold on it finds more
than 22 wrong ones without a right one. The second opinion finds 27 and doubts no right label. (Teaching by
unsuspected utterances only leaves out just the words that need to be learnt, and doubted six right ones.) What is missed are
sentences that differ from the label in one word.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from asr.pronunciation import spell

SUSPECT_NATS = 0.5
"""A letter of the label: so much likelier must be what the base heard."""
DOUBTED_NATS = 3.0
"""The same for the second opinion."""
SHARED_NATS = 1.0
"""The same where several callers say the same other words."""
ALONE_NATS = 4.5
"""The same for the base, where nobody is left to give a second opinion."""
FEWEST_CALLERS = 3
"""That must contradict a sentence alike."""
FEWEST_TEACHERS = 20
"""Utterances that a second opinion takes."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is written of an utterance, and who said it."""

    text: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a head hears, and by how many nats a letter that is likelier than the label (0 when they agree)."""

    heard: str
    nats: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label that the sound contradicts."""

    index: int
    opinion: Opinion
    callers: int
    """That contradict this sentence in the same way."""

    @property
    def reason(self) -> str:
        """For the report."""
        alike = f"; {self.callers} callers say the same" if self.callers >= FEWEST_CALLERS else ""
        return f"the sound fits other words much better ({self.opinion.nats:.1f} nats a letter{alike})"


Listen = Callable[[Sequence[int]], dict[int, Opinion]]
"""A head's opinions on utterances given by their numbers."""
Teach = Callable[[Sequence[int]], Listen]
"""Trains a head on utterances given by their numbers."""


def weigh(log_probs: NDArray[np.float32], text: str, heard: str) -> Opinion:
    """``log_probs`` of shape (steps, tokens)."""
    if not heard or heard == text:
        return Opinion(heard, 0.0)
    scores = torch.from_numpy(log_probs)
    return Opinion(heard, (_loss(scores, text) - _loss(scores, heard)) / len(text))


def _loss(scores: torch.Tensor, text: str) -> float:
    tokens = spell(text)
    sizes = torch.tensor([len(scores)]), torch.tensor([len(tokens)])
    return float(functional.ctc_loss(scores[:, None], torch.tensor(tokens), *sizes, reduction="sum"))


def doubtful(labels: Sequence[Label], first: Sequence[Opinion], teach: Teach, *, seed: int) -> list[Doubt]:
    """The doubted labels; ``first`` are the base's opinions. Without suspects nothing is taught."""
    suspects = [i for i, opinion in enumerate(first) if opinion.nats >= SUSPECT_NATS]
    if not suspects:
        return []
    callers = sorted({label.speaker for label in labels})
    random.Random(seed).shuffle(callers)
    opinions: dict[int, Opinion] = {}
    alone: set[int] = set()
    for half in (set(callers[::2]), set(callers[1::2])):
        asked = [i for i in suspects if labels[i].speaker not in half]
        teachers = [i for i in range(len(labels)) if labels[i].speaker in half]
        if len(teachers) < FEWEST_TEACHERS:
            alone |= set(asked)
            opinions |= {i: first[i] for i in asked}
        elif asked:
            opinions |= teach(teachers)(asked)
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for i in suspects:
        if i not in alone and opinions[i].nats >= SHARED_NATS:
            alike[labels[i].text, _difference(labels[i].text, opinions[i].heard)].add(labels[i].speaker)
    found: list[Doubt] = []
    for i in suspects:
        same = len(alike[labels[i].text, _difference(labels[i].text, opinions[i].heard)])
        least = ALONE_NATS if i in alone else DOUBTED_NATS
        if opinions[i].nats >= least or (i not in alone and same >= FEWEST_CALLERS):
            found.append(Doubt(i, opinions[i], same))
    return found


def _difference(text: str, heard: str) -> str:
    """Where the two part, as words: ``kereta→bus``."""
    words, others = text.split(), heard.split()
    steps = SequenceMatcher(a=words, b=others, autojunk=False).get_opcodes()
    return ", ".join(f"{' '.join(words[a:b])}→{' '.join(others[c:d])}" for kind, a, b, c, d in steps if kind != "equal")
