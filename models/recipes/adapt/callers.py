"""Which callers are held out: a head must be judged by voices that it has not heard."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

from models.recipes.adapt.errors import AdaptError

HELD_OUT_SHARE = 0.2
FEWEST_HELD_OUT = 2
FEWEST_TRAINED = 2
FEWEST_UTTERANCES = 25
"""To train on; below, too little changes."""
FEWEST_JUDGED = 10


def held_out_callers(speakers: Sequence[str], *, seed: int) -> frozenset[str]:
    """A fifth of the callers, two at least; ``speakers`` is one an utterance. Raises ``AdaptError`` when there are too few."""
    spoken = Counter(speakers)
    order = sorted(spoken)
    random.Random(seed).shuffle(order)
    wanted = max(FEWEST_HELD_OUT, math.ceil(HELD_OUT_SHARE * len(order)))
    if len(order) < wanted + FEWEST_TRAINED:
        raise AdaptError(
            f"{len(order)} callers are too few: {FEWEST_HELD_OUT} are held out to judge by and {FEWEST_TRAINED} at least must "
            f"remain to learn from. Label calls of more people (column speaker)"
        )
    while sum(spoken[caller] for caller in order[:wanted]) < FEWEST_JUDGED and len(order) > wanted + FEWEST_TRAINED:
        wanted += 1
    held = frozenset(order[:wanted])
    judged = sum(spoken[caller] for caller in held)
    trained = len(speakers) - judged
    if trained < FEWEST_UTTERANCES or judged < FEWEST_JUDGED:
        raise AdaptError(
            f"too few utterances: {trained} of {len(order) - len(held)} callers to learn from and {judged} of {len(held)} held-out "
            f"callers to judge by; {FEWEST_UTTERANCES} and {FEWEST_JUDGED} are the least. A hundred make a good start"
        )
    return held
