"""Sounds on a line that are nobody's turn: noises, music, keys and coughs, made from a seed. All at 8 kHz in [-1, 1]."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from asr.engine import Waveform

RATE_HZ = 8000
_Array = NDArray[np.float64]
_DTMF_HZ = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336)}


def _time(length_s: float) -> _Array:
    return np.arange(int(length_s * RATE_HZ)) / RATE_HZ


def _band(noise: _Array, low_hz: float, high_hz: float, slope: float = 0.0) -> _Array:
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    shape = np.where((hz >= low_hz) & (hz <= high_hz), np.maximum(hz, 20.0) ** slope, 0.0)
    return np.fft.irfft(spectrum * shape, len(noise))


def white(length_s: float, chance: np.random.Generator) -> _Array:
    """Hiss."""
    return chance.standard_normal(int(length_s * RATE_HZ))


def street(length_s: float, chance: np.random.Generator) -> _Array:
    """Low rumble that swells and ebbs, with engines that pass."""
    time_s = _time(length_s)
    rumble = _band(chance.standard_normal(len(time_s)), 60, 1200, -1.0)
    swell = 1 + 0.8 * np.sin(2 * np.pi * 0.23 * time_s + chance.uniform(0, 6))
    hz = 90 + 25 * np.sin(2 * np.pi * 0.11 * time_s)
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    engine = sum(np.sin(n * phase) / n for n in range(1, 9))
    return rumble / rumble.std() * swell + 0.6 * np.asarray(engine)


def music(length_s: float, chance: np.random.Generator) -> _Array:
    """Chords with a melody over them, as of waiting music."""
    time_s = _time(length_s)
    sound = np.zeros_like(time_s)
    for start in range(0, len(time_s), RATE_HZ // 2):
        stretch = time_s[: min(RATE_HZ // 2, len(time_s) - start)]
        root = 130.8 * 2 ** (chance.choice([0, 2, 4, 5, 7, 9]) / 12)
        for ratio in (1, 1.26, 1.5, float(chance.choice([2, 2.25, 2.52, 3]))):
            for harmonic in (1, 2, 3):
                sound[start : start + len(stretch)] += np.sin(2 * np.pi * root * ratio * harmonic * stretch) / harmonic**2
        sound[start : start + len(stretch)] *= np.exp(-2.5 * stretch)
    return sound


def keyboard(length_s: float, chance: np.random.Generator) -> _Array:
    """Typing: four to nine clicks a second."""
    sound = np.zeros(int(length_s * RATE_HZ))
    at = 0
    while at < len(sound) - 400:
        click = chance.standard_normal(240) * np.exp(-np.arange(240) / 30)
        sound[at : at + 240] += click * chance.uniform(0.4, 1.0)
        at += int(RATE_HZ / chance.uniform(4, 9))
    return sound


def tones(length_s: float, chance: np.random.Generator) -> _Array:
    """Keys pressed at the other end, heard as tones."""
    time_s = _time(length_s)
    sound = np.zeros_like(time_s)
    for start in range(0, len(time_s), int(0.6 * RATE_HZ)):
        low_hz, high_hz = _DTMF_HZ[str(chance.choice(list(_DTMF_HZ)))]
        part = time_s[start : start + int(0.2 * RATE_HZ)]
        sound[start : start + len(part)] = np.sin(2 * np.pi * low_hz * part) + np.sin(2 * np.pi * high_hz * part)
    return sound


def coughs(length_s: float, chance: np.random.Generator) -> _Array:
    """A cough of a third of a second every two and a half seconds."""
    sound = np.zeros(int(length_s * RATE_HZ))
    count = int(0.35 * RATE_HZ)
    envelope = np.exp(-np.arange(count) / (0.07 * RATE_HZ))
    for start in range(RATE_HZ // 2, len(sound) - count, int(2.5 * RATE_HZ)):
        burst = _band(chance.standard_normal(count), 250, 3000, -0.5)
        sound[start : start + count] += burst / burst.std() * envelope
    return sound


SOUNDS: dict[str, Callable[[float, np.random.Generator], _Array]] = {
    "white": white,
    "street": street,
    "music": music,
    "keyboard": keyboard,
    "tones": tones,
    "coughs": coughs,
}


def line_sound(name: str, length_s: float, *, level_db: float, seed: int) -> Waveform:
    """``length_s`` of a sound; ``level_db`` is the loudest 100 ms against full scale."""
    sound = SOUNDS[name](length_s, np.random.default_rng(seed))
    hop = RATE_HZ // 10
    loudest = max(float(np.square(sound[at : at + hop]).mean()) for at in range(0, len(sound) - hop + 1, hop))
    return np.clip(sound * 10 ** (level_db / 20) / np.sqrt(loudest), -1, 1).astype(np.float32)
