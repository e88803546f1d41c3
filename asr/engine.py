"""The protocols every recognizer and speech detector keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from asr.transcript import Hypothesis, Word

Waveform: TypeAlias = NDArray[np.float32]
"""Mono samples in [-1, 1] at the engine's ``rate_hz``, shape ``(n,)``."""


class RecognizerError(RuntimeError):
    """A recognizer failed on this very sound; the message says what is lost and what to do."""


class Hearing(Protocol):
    """One caller's utterance in progress: light, made anew for each customer turn."""

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; returns the current partial hypothesis (cheap when nothing new was decoded)."""
        ...

    def finish(self) -> Hypothesis:
        """End the utterance and return the final hypothesis."""
        ...


class StreamingRecognizer(Protocol):
    """A recognizer shared between calls: heavy, thread-safe."""

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``Hearing.feed`` expects."""
        ...

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> Hearing:
        """Begin an utterance.

        ``state`` names the decoding graph (general, greeting, digits, yes_no, date, amount); ``hints`` are words and phrases
        likely in this very call, such as the customer's name.
        """
        ...


class Transcriber(Protocol):
    """A batch recognizer for whole recordings."""

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``transcribe`` expects."""
        ...

    def transcribe(self, samples: Waveform) -> tuple[Word, ...]:
        """The words of one channel with times from its first sample."""
        ...


class SpeechDetector(Protocol):
    """Speech or not, window by window; holds one caller's state."""

    @property
    def rate_hz(self) -> int:
        """Samples a second of the windows."""
        ...

    @property
    def window_samples(self) -> int:
        """Length of the window that ``probability`` expects."""
        ...

    def probability(self, window: Waveform) -> float:
        """Probability in [0, 1] that the window holds speech."""
        ...
