"""A clean voice becomes a telephone call: speed, room, colour, band, noise, level, codec, lost packets."""

from __future__ import annotations

import io
from collections.abc import Sequence

import av
import numpy as np
import pyworld
import soundfile
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter

Wave = NDArray[np.float64]
LINE_HZ = 8000
_PACKET_SAMPLES = 160
_NOISY = 0.9
"""Share of utterances with a background."""
_SNR_DB = (2.0, 30.0)
_BANDS = (butter(3, [300 / 4000, 3400 / 4000], "band"), butter(2, [150 / 4000, 3700 / 4000], "band"))


def to_line(
    samples: NDArray[np.float16], dice: np.random.Generator, *, voices: Sequence[Wave] = (), noises: Sequence[Wave] = ()
) -> NDArray[np.float32]:
    """16 kHz speech → 8 kHz as a called party would hear it.

    ``voices`` (8 kHz speech of others) babble in the background of some, ``noises`` (8 kHz recordings) sound behind others.
    """
    wave = samples.astype(np.float64)
    if dice.random() < 0.12:
        wave = _other_throat(wave, dice)
        speed = dice.uniform(0.95, 1.05)
    else:
        speed = dice.uniform(0.86, 1.16)
    wave = soxr.resample(wave, 16000 * speed, LINE_HZ)
    wave = np.concatenate(
        [np.zeros(int(dice.uniform(0.05, 0.4) * LINE_HZ)), wave, np.zeros(int(dice.uniform(0.1, 0.5) * LINE_HZ))]
    )
    wave = _room(wave, dice)
    if dice.random() < 0.6:
        wave = lfilter([1, dice.uniform(-0.6, 0.6)], [1, dice.uniform(-0.5, 0.5)], wave)
    wave = lfilter(*_BANDS[0 if dice.random() < 0.6 else 1], wave)
    wave = wave / _rms(wave)
    if dice.random() < _NOISY:
        sound = _background(dice, len(wave), voices, noises)
        wave = wave + sound / _rms(sound) * 10 ** (-dice.uniform(*_SNR_DB) / 20)
    wave = wave * 10 ** (dice.uniform(-34, -14) / 20)
    if dice.random() < 0.08:
        wave = wave * 8
    wave = _codec(np.clip(wave, -1, 1), dice)
    return (_lost_packets(wave, dice) if dice.random() < 0.1 else wave).astype(np.float32)


def _rms(wave: Wave) -> float:
    return float(np.sqrt(np.mean(np.square(wave)))) + 1e-9


def _other_throat(wave: Wave, dice: np.random.Generator) -> Wave:
    """Formants, tilt, breath and melody moved by the WORLD vocoder (Morise et al., 2016)."""
    pitch, times = pyworld.dio(wave, 16000)
    pitch = pyworld.stonemask(wave, pitch, times, 16000)
    envelope = pyworld.cheaptrick(wave, pitch, times, 16000, fft_size=1024)
    breath = pyworld.d4c(wave, pitch, times, 16000, fft_size=1024)
    bands = envelope.shape[1]
    source = np.clip(np.arange(bands) / dice.uniform(0.84, 1.2), 0, bands - 1)
    low = source.astype(int)
    high = np.minimum(low + 1, bands - 1)
    share = source - low
    logs = np.log(envelope + 1e-12)
    logs = logs[:, low] * (1 - share) + logs[:, high] * share + np.linspace(0, dice.uniform(-3, 3), bands)
    breath = np.clip(breath ** dice.uniform(0.6, 1.1), 1e-4, 1)
    wander = np.exp(np.convolve(dice.standard_normal(len(pitch)) * 0.05, np.ones(8) / 8, "same"))
    pitch = np.where(pitch > 0, pitch * dice.uniform(0.75, 1.4) * wander, 0)
    period_ms = 5 / dice.uniform(0.85, 1.2)
    parts = [np.ascontiguousarray(part) for part in (pitch, np.exp(logs), breath)]
    return pyworld.synthesize(*parts, 16000, frame_period=period_ms)


def _room(wave: Wave, dice: np.random.Generator) -> Wave:
    """Decaying noise as a room's response (T60 80–450 ms)."""
    if dice.random() > 0.4:
        return wave
    length = int(LINE_HZ * dice.uniform(0.08, 0.45))
    response = dice.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length) * dice.uniform(0.05, 0.4)
    response[0] = 1.0
    return fftconvolve(wave, response)[: len(wave)]


def _background(dice: np.random.Generator, count: int, voices: Sequence[Wave], noises: Sequence[Wave]) -> Wave:
    """A recording, other people talking, or made noise."""
    kind = dice.random()
    if noises and kind < 0.3:
        return _stretch(noises[dice.integers(len(noises))], dice, count)
    if voices and kind < 0.55:
        return np.sum([_stretch(voices[dice.integers(len(voices))], dice, count) for _ in range(dice.integers(2, 8))], axis=0)
    return _noise(dice, count)


def _stretch(wave: Wave, dice: np.random.Generator, count: int) -> Wave:
    """``count`` samples from anywhere in ``wave``, repeated as needed."""
    return np.take(wave, np.arange(count) + dice.integers(len(wave)), mode="wrap")


def _noise(dice: np.random.Generator, count: int) -> Wave:
    """White, brown, fluctuating, humming or babbling noise."""
    white = dice.standard_normal(count)
    kind = dice.integers(0, 5)
    if kind == 0:
        return white
    if kind == 1:
        return lfilter([1], [1, -0.95], white)
    slow = np.interp(np.arange(count), np.linspace(0, count, max(2, count // 800)), dice.random(max(2, count // 800)))
    if kind == 2:
        return lfilter([1], [1, -0.8], white) * slow
    if kind == 3:
        return np.sin(2 * np.pi * dice.choice([50, 100, 150, 180]) * np.arange(count) / LINE_HZ) + 0.3 * white
    voiced = lfilter([1], [1, -1.6, 0.9], white) + lfilter([1], [1, -0.5, 0.8], dice.standard_normal(count))
    return voiced * np.square(slow)


def _codec(wave: Wave, dice: np.random.Generator) -> Wave:
    """µ-law mostly, sometimes GSM or low-rate Opus, sometimes none."""
    kind = dice.random()
    if kind < 0.6:
        sign, size = np.sign(wave), np.log1p(255 * np.abs(wave)) / np.log1p(255)
        return sign * (np.power(256.0, np.round(size * 127.5) / 127.5) - 1) / 255
    if kind < 0.75:
        stream = io.BytesIO()
        soundfile.write(stream, wave, LINE_HZ, format="WAV", subtype="GSM610")
        stream.seek(0)
        decoded, _ = soundfile.read(stream)
        return np.resize(decoded, len(wave)) if len(decoded) < len(wave) else decoded[: len(wave)]
    return _opus(wave, 6000 if kind < 0.85 else 8000) if kind < 0.9 else wave


def _opus(wave: Wave, bits_per_second: int) -> Wave:
    stream = io.BytesIO()
    with av.open(stream, "w", format="ogg") as target:
        out = target.add_stream("libopus", rate=LINE_HZ)
        out.bit_rate = bits_per_second
        frame = av.AudioFrame.from_ndarray((wave * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = LINE_HZ
        for packet in [*out.encode(frame), *out.encode(None)]:
            target.mux(packet)
    stream.seek(0)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=LINE_HZ)
    with av.open(stream) as source:
        pieces = [f.to_ndarray()[0] for frame in source.decode(audio=0) for f in resampler.resample(frame)]
    decoded = np.concatenate(pieces).astype(np.float64) if pieces else np.zeros(0)
    return np.pad(decoded, (0, max(0, len(wave) - len(decoded))))[: len(wave)]


def _lost_packets(wave: Wave, dice: np.random.Generator) -> Wave:
    wave = wave.copy()
    loss_share = dice.uniform(0.01, 0.06)
    for start in range(_PACKET_SAMPLES, len(wave) - _PACKET_SAMPLES, _PACKET_SAMPLES):
        if dice.random() < loss_share:
            before = wave[start - _PACKET_SAMPLES : start]
            wave[start : start + _PACKET_SAMPLES] = 0 if dice.random() < 0.5 else before * 0.7
    return wave
