"""Whisper-style log-mel features of telephone sound: 80 Slaney mel bands up to 8 kHz, one frame each 10 ms.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022); the wave counts as brought to zero mean and
unit variance, as the encoder behind ``id-phone`` was trained. The encoder wants 16 kHz sound, but a line carries 8 kHz: a
spectrum of 200 samples at 8 kHz holds what one of 400 samples at 16 kHz would, so nothing is resampled, and since the
normalisation is a shift of logarithms, each frame of a growing window is computed once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from asr.engine import Waveform

RATE_HZ = 8000
HOP_SAMPLES = 80
_FFT_SAMPLES = 200
_HALF = _FFT_SAMPLES // 2
_BANDS = 80
_TOP_HZ = 8000
_FLOOR = 1e-10
_DYNAMIC_RANGE = 8.0
_SAME_POWER = 4.0
"""Of a frame at 16 kHz, which has twice the samples, to one at 8 kHz."""


class MelFrames:
    """The features of a window of sound that grows at its end and may be shortened at its beginning."""

    def __init__(self) -> None:
        self._wave: Waveform = np.zeros(0, np.float32)
        self._power: NDArray[np.float32] = np.zeros((0, _BANDS), np.float32)

    @property
    def wave(self) -> Waveform:
        """The window's samples at 8 kHz."""
        return self._wave

    def feed(self, samples: Waveform) -> None:
        """Take samples at 8 kHz."""
        self._wave = np.concatenate([self._wave, samples])
        known = len(self._power)
        # Frame t lies around sample 80 t; what lies before the window is its mirror image.
        complete = (len(self._wave) - _HALF) // HOP_SAMPLES + 1
        if complete > known and len(self._wave) > _HALF:
            first = known * HOP_SAMPLES - _HALF
            start = np.pad(self._wave[: _HALF + 1], (_HALF, 0), mode="reflect")[:_HALF] if first < 0 else self._wave[:0]
            sound = np.concatenate([start[len(start) + first :] if first < 0 else start, self._wave[max(0, first) :]])
            self._power = np.concatenate([self._power, _powers(sound, complete - known)])

    def drop(self, samples: int) -> None:
        """Forget the first samples, a whole number of frames."""
        self._wave = self._wave[samples:]
        self._power = self._power[samples // HOP_SAMPLES :]

    def features(self) -> NDArray[np.float32]:
        """Of the whole frames, shape ``(80, len(wave) // 80)``."""
        count = len(self._wave) // HOP_SAMPLES
        wave = self._wave[: count * HOP_SAMPLES]
        power = self._power[:count]
        if len(power) < count:  # the last frame looks beyond the end, at the mirror image of what came before
            tail = np.pad(wave, (_HALF, _HALF), mode="reflect")[len(power) * HOP_SAMPLES :]
            power = np.concatenate([power, _powers(tail, count - len(power))])
        variance = np.var(wave, dtype=np.float64) + 1e-7
        bands = np.log10(np.maximum(power * np.float32(_SAME_POWER / variance), _FLOOR)).T
        bands = np.maximum(bands, bands.max() - _DYNAMIC_RANGE)
        return np.ascontiguousarray((bands + 4.0) / 4.0, dtype=np.float32)


def log_mel(samples: Waveform) -> NDArray[np.float32]:
    """Features of an 8 kHz wave, shape ``(80, len(samples) // 80)``."""
    frames = MelFrames()
    frames.feed(samples)
    return frames.features()


def _powers(sound: Waveform, count: int) -> NDArray[np.float32]:
    """Power in each band of ``count`` frames, the first at the beginning of ``sound``; shape ``(count, 80)``."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FFT_SAMPLES)[::HOP_SAMPLES][:count]
    frames = frames - frames.mean(axis=1, keepdims=True)  # a line's offset is no sound
    spectrum = np.fft.rfft(frames * _window(), axis=-1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return power.astype(np.float32) @ _filters()


@cache
def _window() -> NDArray[np.float32]:
    return np.hanning(_FFT_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _filters() -> NDArray[np.float32]:
    """Triangular filters of equal area up to 8 kHz, their lower half, shape (101, 80)."""
    bins_hz = np.linspace(0, RATE_HZ / 2, _FFT_SAMPLES // 2 + 1)
    edges_hz = _mel_to_hz(np.linspace(_hz_to_mel(0.0), _hz_to_mel(_TOP_HZ), _BANDS + 2))
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
