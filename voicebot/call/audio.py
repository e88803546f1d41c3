"""Sound on the line, and its way to and from the engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME_S = 0.02
"""Length of one frame on the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFrame:
    """20 ms of mono sound on the line; ``start_s`` counts from the answer."""

    samples: NDArray[np.int16]
    rate_hz: int
    start_s: float


def frame_samples(rate_hz: int) -> int:
    """Samples in one frame."""
    return round(rate_hz * FRAME_S)


def to_line(wave: NDArray[np.float32]) -> NDArray[np.int16]:
    """Engine sound in [-1, 1] → line sound."""
    return (np.clip(wave, -1.0, 1.0) * 32767).astype(np.int16)


def to_engine(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Line sound → engine sound in [-1, 1]."""
    return samples.astype(np.float32) * np.float32(1 / 32768)


def frames_of(samples: NDArray[np.int16], rate_hz: int, *, start_s: float = 0.0) -> Iterator[AudioFrame]:
    """Whole frames of a wave; the last is filled up with silence."""
    size = frame_samples(rate_hz)
    for number, start in enumerate(range(0, len(samples), size)):
        piece = samples[start : start + size]
        if len(piece) < size:
            piece = np.pad(piece, (0, size - len(piece)))
        yield AudioFrame(samples=piece, rate_hz=rate_hz, start_s=start_s + number * FRAME_S)
