"""A recognizer of 16 kHz models on a line of 8 kHz: its callers' sound is resampled on the way in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr

from asr.engine import Hearing, StreamingRecognizer, Waveform
from asr.transcript import Hypothesis


class LineRateRecognizer:
    """Takes sound at the line's rate for a recognizer of another; as thread-safe as that one."""

    def __init__(self, recognizer: StreamingRecognizer, rate_hz: int) -> None:
        self._recognizer = recognizer
        self._rate_hz = rate_hz

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``Hearing.feed`` expects."""
        return self._rate_hz

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> LineRateHearing:
        """Begin an utterance."""
        return LineRateHearing(self._recognizer.listen(state=state, hints=hints), self._rate_hz, self._recognizer.rate_hz)


class LineRateHearing:
    """One caller's utterance, resampled as it comes."""

    def __init__(self, hearing: Hearing, from_hz: int, to_hz: int) -> None:
        self._hearing = hearing
        self._resampled = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")
        self._final: Hypothesis | None = None

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples."""
        return self._hearing.feed(self._resampled.resample_chunk(np.ascontiguousarray(samples, dtype=np.float32)))

    def finish(self) -> Hypothesis:
        """End the utterance, with what the resampler still holds."""
        if self._final is None:
            self._hearing.feed(self._resampled.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
            self._final = self._hearing.finish()
        return self._final
