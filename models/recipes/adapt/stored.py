"""Utterances of an adaptation as taps, kept beside its head: to replay, and to see that later heads do not forget them.

They hold what customers said; whoever must delete it deletes the files, and later adaptations go without.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

REPLAY, HELD_OUT = "replay.npz", "held_out.npz"
MOST = 150
"""Utterances in each file, some 30 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said, by which caller (a number), in which domain."""

    text: str
    speaker: str
    domain: str


@dataclass(frozen=True, slots=True)
class Utterances:
    """Utterances and their taps, shape (T, 768) each."""

    said: Sequence[Said]
    taps: Sequence[NDArray[np.float16]]

    def __len__(self) -> int:
        return len(self.said)


def save(path: Path, utterances: Utterances, hints: Sequence[str] = ()) -> None:
    """For its owner's eyes only; at most ``MOST``, spread over all. ``hints`` are sentences that the decoder may expect."""
    picked = np.unique(np.linspace(0, len(utterances) - 1, min(MOST, len(utterances))).astype(int))
    taps = [utterances.taps[i] for i in picked]
    words = json.dumps({"said": [asdict(utterances.said[i]) for i in picked], "hints": list(hints)})
    np.savez_compressed(path, taps=np.concatenate(taps), lengths=[len(each) for each in taps], words=np.array(words))
    os.chmod(path, 0o600)


def load(path: Path) -> tuple[Utterances, tuple[str, ...]]:
    """(utterances, hints); none of either where the file was deleted."""
    if not path.is_file():
        return Utterances([], []), ()
    with np.load(path) as kept:
        words = json.loads(str(kept["words"]))
        taps = np.split(kept["taps"], np.cumsum(kept["lengths"])[:-1])
    return Utterances([Said(**each) for each in words["said"]], taps), tuple(words["hints"])
