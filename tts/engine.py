"""The protocol every voice keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Waveform: TypeAlias = NDArray[np.float32]
"""Mono samples in [-1, 1] at the engine's ``rate_hz``, shape ``(n,)``."""


class VoiceError(RuntimeError):
    """A voice's package, model or speech program is missing, damaged or failed; the message says what to do."""


class Synthesizer(Protocol):
    """A voice: a plain generator, one chunk for each sentence; thread-safe."""

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        ...

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text``; each yielded chunk is one sentence (or clause) and may be played at once."""
        ...
