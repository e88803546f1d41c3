"""Pieces of sound → one: neighbours overlap for a moment, so that a join does not click."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tts.engine import Waveform

CROSSFADE_S = 0.015


def spliced(pieces: Sequence[Waveform], rate_hz: int, *, gaps_s: Sequence[float] = ()) -> Waveform:
    """The pieces in order, each overlapping the next by up to ``CROSSFADE_S`` with equal power.

    ``gaps_s[i]`` is the silence between pieces ``i`` and ``i + 1``; where it is 0 they overlap.
    """
    whole = np.zeros(0, np.float32)
    for index, piece in enumerate(pieces):
        gap_s = gaps_s[index - 1] if 0 < index <= len(gaps_s) else 0.0
        if gap_s > 0:
            whole = np.concatenate((whole, np.zeros(int(gap_s * rate_hz), np.float32), piece))
            continue
        overlap = min(int(CROSSFADE_S * rate_hz), len(whole), len(piece))
        angle = np.linspace(0, np.pi / 2, overlap, dtype=np.float32)
        kept = len(whole) - overlap
        middle = whole[kept:] * np.cos(angle) + piece[:overlap] * np.sin(angle)
        whole = np.concatenate((whole[:kept], middle, piece[overlap:]))
    return whole.astype(np.float32)
