"""Features agree with Whisper's formula, written slowly at its own 16 kHz, and do not depend on how the sound comes in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.mel import MelFrames, log_mel


def _slow(samples: np.ndarray) -> np.ndarray:
    """Whisper's log-mel of 16 kHz sound with loops and a plain DFT matrix in double precision."""

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


def _speechlike(rate_hz: int, seconds: float) -> np.ndarray:
    """A sum of tones between 300 and 3400 Hz that swell and fade: the same sound at any rate."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = np.zeros(len(t))
    for tone_hz, swell_hz in ((310, 2.0), (730, 3.1), (1250, 1.3), (2470, 4.7), (3290, 2.9)):
        wave += np.sin(2 * np.pi * tone_hz * t) * (0.55 + 0.45 * np.sin(2 * np.pi * swell_hz * t))
    return (0.05 * wave).astype(np.float32)


def test_features_of_8_khz_sound_equal_whispers_of_the_same_sound_at_16_khz() -> None:
    found = log_mel(_speechlike(8000, 0.3))
    wanted = _slow(_speechlike(16000, 0.3))
    assert found.shape == wanted.shape == (80, 30)
    assert found.dtype == np.float32
    middle = slice(2, -2)  # at the ends the mirror image makes a corner whose overtones only 16 kHz can hold
    loud = wanted[:, middle] > wanted.max() - 1  # within 40 dB of the loudest: beneath, it is rounding that is compared
    assert np.abs(found[:, middle] - wanted[:, middle])[loud].max() < 0.01


def test_loudness_and_offset_do_not_change_the_features() -> None:
    wave = np.random.default_rng(4).normal(size=8000).astype(np.float32) * 0.2
    np.testing.assert_allclose(log_mel(wave), log_mel(wave * np.float32(0.3) + np.float32(0.05)), atol=2e-3)


@pytest.mark.parametrize("samples", [320, 8000, 64000])
def test_silence_gives_finite_features_of_the_right_length(samples: int) -> None:
    found = log_mel(np.zeros(samples, dtype=np.float32))
    assert found.shape == (80, samples // 80)
    assert np.isfinite(found).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=30), st.integers(0, 2**31))
def test_sound_may_come_in_pieces_of_any_size(sizes: list[int], seed: int) -> None:
    wave = np.random.default_rng(seed).normal(size=sum(sizes) + 400).astype(np.float32)
    frames = MelFrames()
    place = 0
    for size in [*sizes, 400]:
        frames.feed(wave[place : place + size])
        place += size
    np.testing.assert_allclose(frames.features(), log_mel(wave), atol=1e-5)


def test_a_dropped_beginning_leaves_the_later_frames_as_they_were() -> None:
    wave = np.random.default_rng(5).normal(size=16000).astype(np.float32)
    frames = MelFrames()
    frames.feed(wave)
    frames.drop(3200)
    assert frames.features().shape == (80, 160)
    np.testing.assert_allclose(frames.features()[:, 5:-5], log_mel(wave)[:, 45:-5], atol=0.05)
