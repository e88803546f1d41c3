"""Features agree with the formula, written slowly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from asr.mel import log_mel


def _slow(samples: np.ndarray) -> np.ndarray:
    """Whisper's log-mel with loops and a plain DFT matrix in double precision."""

    def mel(hz: float) -> float:
        return hz * 3 / 200 if hz < 1000 else 15 + math.log(hz / 1000) / (math.log(6.4) / 27)

    def hz(mels: float) -> float:
        return mels * 200 / 3 if mels < 15 else 1000 * math.exp((mels - 15) * math.log(6.4) / 27)

    x = samples.astype(np.float64)
    x = (x - x.mean()) / math.sqrt(((x - x.mean()) ** 2).mean() + 1e-7)
    x = np.concatenate([x[200:0:-1], x, x[-2:-202:-1]])
    window = np.array([0.5 - 0.5 * math.cos(2 * math.pi * n / 400) for n in range(400)])
    dft = np.exp(-2j * math.pi * np.outer(np.arange(201), np.arange(400)) / 400)
    edges = [hz(mel(8000) * k / 81) for k in range(82)]
    frames = len(samples) // 160
    out = np.zeros((80, frames))
    for t in range(frames):
        power = np.abs(dft @ (x[t * 160 : t * 160 + 400] * window)) ** 2
        for band in range(80):
            low, middle, high = edges[band : band + 3]
            total = 0.0
            for k in range(201):
                f = k * 40.0
                share = min((f - low) / (middle - low), (high - f) / (high - middle))
                total += max(0.0, share) * 2 / (high - low) * power[k]
            out[band, t] = math.log10(max(total, 1e-10))
    return (np.maximum(out, out.max() - 8) + 4) / 4


def test_features_equal_the_slow_formula() -> None:
    chance = np.random.default_rng(3)
    t = np.arange(3200) / 16000
    wave = (0.3 * np.sin(2 * np.pi * 440 * t) + 0.02 * chance.normal(size=len(t)) + 0.1).astype(np.float32)
    found = log_mel(wave)
    assert found.shape == (80, 20)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, _slow(wave), atol=2e-4)


def test_loudness_and_offset_do_not_change_the_features() -> None:
    wave = np.random.default_rng(4).normal(size=16000).astype(np.float32) * 0.2
    np.testing.assert_allclose(log_mel(wave), log_mel(wave * np.float32(0.3) + np.float32(0.05)), atol=2e-3)


@pytest.mark.parametrize("samples", [640, 16000, 128000])
def test_silence_gives_finite_features_of_the_right_length(samples: int) -> None:
    found = log_mel(np.zeros(samples, dtype=np.float32))
    assert found.shape == (80, samples // 160)
    assert np.isfinite(found).all()
