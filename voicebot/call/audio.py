"""Sound on the line, and its way to and from the engines."""

from __future__ import annotations

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
