"""Silero's speech detector (MIT) through onnxruntime: 32 ms windows at 8 or 16 kHz, one light state a caller."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from asr.engine import Waveform
from models.store import find

_CONTEXT = {8000: 32, 16000: 64}
_WINDOW = {8000: 256, 16000: 512}


@cache
def _session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    path = find("silero-vad") / "silero_vad.onnx"
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class SileroDetector:
    """Speech or not for one caller; the model is shared by all."""

    def __init__(self, rate_hz: int = 8000) -> None:
        if rate_hz not in _WINDOW:
            raise ValueError(f"the detector hears at 8000 or 16000 Hz, not {rate_hz}")
        self._rate_hz = rate_hz
        self._rate = np.array(rate_hz, dtype=np.int64)
        self._session = _session()
        self.reset()

    @property
    def rate_hz(self) -> int:
        """Samples a second of the windows."""
        return self._rate_hz

    @property
    def window_samples(self) -> int:
        """256 at 8 kHz, 512 at 16 kHz: 32 ms."""
        return _WINDOW[self._rate_hz]

    def reset(self) -> None:
        """Forget what was heard."""
        self._state: NDArray[np.float32] = np.zeros((2, 1, 128), dtype=np.float32)
        self._context: NDArray[np.float32] = np.zeros(_CONTEXT[self._rate_hz], dtype=np.float32)

    def probability(self, window: Waveform) -> float:
        """Probability in [0, 1] that ``window`` (of ``window_samples``) holds speech."""
        sound = np.concatenate([self._context, window])[None].astype(np.float32, copy=False)
        found, state = self._session.run(None, {"input": sound, "state": self._state, "sr": self._rate})
        self._state = np.asarray(state, dtype=np.float32)
        self._context = window[-_CONTEXT[self._rate_hz] :]
        return float(np.asarray(found)[0, 0])


def speech_spans(
    samples: Waveform, rate_hz: int, *, pause_s: float = 0.35, pad_s: float = 0.15, threshold: float = 0.5, max_s: float = 7.2
) -> list[tuple[int, int]]:
    """(start, end) samples of each stretch of speech in a whole channel; pauses of ``pause_s`` part them.

    Stretches longer than ``max_s`` are cut at their quietest window.
    """
    detector = SileroDetector(rate_hz)
    size = detector.window_samples
    count = len(samples) // size
    chances = np.array([detector.probability(samples[i * size : (i + 1) * size]) for i in range(count)], dtype=np.float32)
    loudness = np.square(samples[: count * size].reshape(count, size)).mean(axis=1)
    stretches: list[list[tuple[int, int]]] = []
    quiet = max(1, int(pause_s * rate_hz / size))
    pad = int(pad_s * rate_hz)
    start = last = -1
    for index, chance in enumerate(chances):
        if chance >= threshold:
            if start < 0:
                start = index
            last = index
        elif start >= 0 and index - last >= quiet:
            stretches.append(_cut(start, last + 1, loudness, int(max_s * rate_hz / size)))
            start = -1
    if start >= 0:
        stretches.append(_cut(start, last + 1, loudness, int(max_s * rate_hz / size)))
    spans: list[tuple[int, int]] = []
    for stretch in stretches:  # padded at its ends only: what is cut inside must not be heard twice
        for place, (a, b) in enumerate(stretch):
            before = pad if place == 0 else 0
            after = pad if place == len(stretch) - 1 else 0
            spans.append((max(0, a * size - before), min(len(samples), b * size + after)))
    return spans


def _cut(start: int, end: int, loudness: NDArray[np.float32], longest: int) -> list[tuple[int, int]]:
    """Pieces of at most ``longest`` windows, parted where three windows together are quietest."""
    pieces: list[tuple[int, int]] = []
    while end - start > longest:
        low, high = start + longest // 3, start + longest - 1
        smooth = np.convolve(loudness[low - 1 : high + 1], np.ones(3, dtype=np.float32), mode="valid")
        place = low + int(np.argmin(smooth))
        pieces.append((start, place))
        start = place
    return [*pieces, (start, end)]
