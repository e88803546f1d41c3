"""Whisper-style log-mel features: 80 Slaney mel bands of 16 kHz sound, one frame each 10 ms.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022); the wave is first brought to zero mean
and unit variance, as the encoder behind ``id-phone`` was trained.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from asr.engine import Waveform

RATE_HZ = 16000
HOP_SAMPLES = 160
_FFT_SAMPLES = 400
_BANDS = 80
_FLOOR = 1e-10
_DYNAMIC_RANGE = 8.0


def log_mel(samples: Waveform) -> NDArray[np.float32]:
    """Features of a 16 kHz wave, shape ``(80, len(samples) // 160)``; the length must be a multiple of 160."""
    centred = samples - samples.mean(dtype=np.float64).astype(np.float32)
    normal = centred / np.float32(np.sqrt(np.mean(np.square(centred), dtype=np.float64) + 1e-7))
    padded = np.pad(normal, _FFT_SAMPLES // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT_SAMPLES)[::HOP_SAMPLES][:-1]
    spectrum = np.fft.rfft(frames * _window(), axis=-1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    bands = np.log10(np.maximum(power.astype(np.float32) @ _filters(), _FLOOR)).T
    bands = np.maximum(bands, bands.max() - _DYNAMIC_RANGE)
    return np.ascontiguousarray((bands + 4.0) / 4.0, dtype=np.float32)


@cache
def _window() -> NDArray[np.float32]:
    return np.hanning(_FFT_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _filters() -> NDArray[np.float32]:
    """Triangular filters of equal area, shape (201, 80)."""
    bins_hz = np.linspace(0, RATE_HZ / 2, _FFT_SAMPLES // 2 + 1)
    edges_hz = _mel_to_hz(np.linspace(_hz_to_mel(0.0), _hz_to_mel(RATE_HZ / 2), _BANDS + 2))
    rising = (bins_hz[:, None] - edges_hz[None, :-2]) / np.diff(edges_hz)[None, :-1]
    falling = (edges_hz[None, 2:] - bins_hz[:, None]) / np.diff(edges_hz)[None, 1:]
    area = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return (np.maximum(0.0, np.minimum(rising, falling)) * area).astype(np.float32)


# Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
_HZ_PER_MEL = 200.0 / 3
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    if hz < _BREAK_HZ:
        return hz / _HZ_PER_MEL
    return float(_BREAK_MEL + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL)))
