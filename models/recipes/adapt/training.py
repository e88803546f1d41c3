"""The whole head trained on: half of each batch new, half replayed from what it could already.

Figures of a study with people's recordings: freezing parts of the head is the worst choice, replay the safeguard; 25 utterances are worth it,
100 are good, beyond 400 little is gained; after 120 steps nothing is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

from models.recipes.adapt.base import Base, Earlier
from models.recipes.adapt.features import Taps, Told, synthetic_examples, taps_over_lines
from models.recipes.adapt.sound import Utterance
from models.recipes.id_phone.train import Head
from models.recipes.id_phone.voices import ESPEAK_VARIANTS, HELD_OUT
from models.recipes.mixture import Example, Source, log_prior, train

STEPS = 120
SYNTHETIC = 600
"""Utterances spoken to replay."""
_RATE = 7e-4
_WARM_UP = 20
_COPIES = 2
"""Lines that each utterance goes over, besides the sound as it is."""
_REPLAY_SHARE = 0.5
JUDGED_VOICES = [voice.removeprefix("espeak:") for voice in HELD_OUT if voice.startswith("espeak:")]
TRAINED_VOICES = [voice for voice in ESPEAK_VARIANTS if voice not in JUDGED_VOICES]


def spoken_examples(count: int, base: Base, *, seed: int, jobs: int, told: Told) -> list[Example]:
    """Synthetic speech to replay."""
    return synthetic_examples(count, base.encoder, variants=TRAINED_VOICES, seed=seed + 1, jobs=jobs, told=told)


def own_examples(
    found: Sequence[Utterance], taps: Sequence[Taps], base: Base, *, seed: int, jobs: int, told: Told
) -> list[Example]:
    """Each utterance as it is and over other lines."""
    waves = [one.wave for one in found]
    copies = taps_over_lines(waves, base.encoder, copies=_COPIES, seed=seed, jobs=jobs, told=told)
    return [(one.row.text, each) for one, mine, more in zip(found, taps, copies, strict=True) for each in (mine, *more)]


def train_on(
    base: Head,
    earlier: Sequence[Earlier],
    own: Sequence[Example],
    synthetic: Sequence[Example],
    *,
    steps: int,
    seed: int,
    told: Callable[[int, float], None] = lambda step, loss: None,
) -> tuple[Head, list[float]]:
    """A copy of the base's whole head trained on, half of each batch replayed in equal parts; and its log prior."""
    replayed: list[Sequence[Example]] = [synthetic]
    for each in earlier:
        if len(each.replay):
            replayed.append([(said.text, taps) for said, taps in zip(each.replay.said, each.replay.taps, strict=True)])
    sources = [Source(own, 1 - _REPLAY_SHARE), *(Source(each, _REPLAY_SHARE / len(replayed)) for each in replayed)]
    head = train(copy.deepcopy(base), sources, steps=steps, rate=_RATE, warm_up=_WARM_UP, seed=seed, told=told)
    return head, log_prior(head, sources, seed=seed)
