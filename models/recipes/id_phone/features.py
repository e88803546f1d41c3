"""Line sound → encoder taps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from asr.mel import log_mel

_TAP_SAMPLES = 160
_MAX_TAPS = 400


class Encoder:
    """The cut encoder on one thread."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def __call__(self, line: NDArray[np.float32]) -> NDArray[np.float16]:
        """8 kHz sound (at most 8 s are used, the last ones) → taps of shape (T, 768)."""
        wave = line[-_MAX_TAPS * _TAP_SAMPLES :]
        wave = np.pad(wave, (0, -len(wave) % (2 * _TAP_SAMPLES))).astype(np.float32)
        taps = self._session.run(None, {"log_mel": log_mel(wave)[None]})[0]
        return np.asarray(taps)[0].astype(np.float16)
