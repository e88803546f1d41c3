"""Where a caller has spoken so far: the speech detector's verdicts, window by window, for engines that hallucinate in silence."""

from __future__ import annotations

import numpy as np

from asr.engine import Waveform
from asr.vad import SileroDetector

_THRESHOLD = 0.5
_SLACK_S = 0.2
"""How far from detected speech a word's middle may lie: the detector's lag at either end, and coarse word times."""


class SpeechTrack:
    """Follows one stream of samples at 8 or 16 kHz; about 4 bytes a 32 ms window are kept."""

    def __init__(self, rate_hz: int) -> None:
        self._detector = SileroDetector(rate_hz)
        self._window_s = self._detector.window_samples / rate_hz
        self._left: Waveform = np.zeros(0, dtype=np.float32)
        self._speech: list[bool] = []
        self._first = self._last = -1

    def feed(self, samples: Waveform) -> None:
        """Take the next samples."""
        sound = np.concatenate([self._left, samples])
        size = self._detector.window_samples
        whole = len(sound) // size * size
        for start in range(0, whole, size):
            is_speech = self._detector.probability(sound[start : start + size]) >= _THRESHOLD
            if is_speech:
                self._first = len(self._speech) if self._first < 0 else self._first
                self._last = len(self._speech)
            self._speech.append(is_speech)
        self._left = sound[whole:]

    @property
    def began_s(self) -> float | None:
        """When speech was heard first, in seconds from the first sample; None while there was none."""
        return self._first * self._window_s if self._first >= 0 else None

    @property
    def ended_s(self) -> float:
        """When speech was heard last."""
        return (self._last + 1) * self._window_s

    def holds_speech(self, start_s: float, end_s: float) -> bool:
        """Whether anyone spoke around the stretch from ``start_s`` to ``end_s``."""
        low = max(0, int((start_s - _SLACK_S) / self._window_s))
        return any(self._speech[low : int((end_s + _SLACK_S) / self._window_s) + 1])
