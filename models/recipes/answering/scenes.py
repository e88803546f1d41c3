"""What a line sounds like from the answer on: people, voicemail boxes, announcements, fax, ringback, music, nothing.

A scene is composed clean (clauses, pauses, tones), then sent through a room, noise, a telephone band, a codec and packet loss.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter

from models.recipes.answering.speakers import LINE_HZ, Wave

Span = tuple[float, float]
_BANDS = (butter(3, [300 / 4000, 3400 / 4000], "band"), butter(2, [150 / 4000, 3700 / 4000], "band"))
_PACKET_SAMPLES = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A line at 8 kHz in [-1, 1]. ``spoken`` are the clauses' (start, end), ``beeps`` those of the tones before a message."""

    kind: str
    language: str
    text: str
    speaker: str
    wave: Wave
    source: str = ""
    spoken: tuple[Span, ...] = ()
    beeps: tuple[Span, ...] = ()
    group: str = ""


@dataclass(slots=True)
class Tape:
    """Grows by sounds and silences."""

    pieces: list[NDArray[np.float32]] = field(default_factory=list)
    length_s: float = 0.0
    spoken: list[Span] = field(default_factory=list)
    beeps: list[Span] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        """Silence."""
        self._add(np.zeros(max(0, round(seconds * LINE_HZ)), np.float32))

    def sound(self, wave: Wave) -> None:
        """Anything that is neither speech nor beep."""
        self._add(wave)

    def speech(self, wave: Wave) -> None:
        """A clause."""
        if len(wave):
            self.spoken.append((self.length_s, self.length_s + len(wave) / LINE_HZ))
            self._add(wave)

    def beep(self, wave: Wave) -> None:
        """The tone after which a message is taken."""
        self.beeps.append((self.length_s, self.length_s + len(wave) / LINE_HZ))
        self._add(wave)

    def wave(self) -> Wave:
        """All of it."""
        return np.concatenate(self.pieces).astype(np.float32)

    def _add(self, wave: Wave) -> None:
        self.pieces.append(wave)
        self.length_s += len(wave) / LINE_HZ


def clauses_of(text: str) -> list[tuple[str, str]]:
    """(clause, the mark behind it) of a text; marks are "," and "."."""
    found: list[tuple[str, str]] = []
    clause = ""
    for letter in text + ".":
        if letter in ",.?":
            if clause.strip():
                found.append((clause.strip(), "," if letter == "," else "."))
            clause = ""
        else:
            clause += letter
    return found


def tone(hz: Sequence[float], seconds: float, level: float) -> Wave:
    """One or more sines with short ramps."""
    time_s = np.arange(round(seconds * LINE_HZ)) / LINE_HZ
    wave = sum((np.sin(2 * np.pi * each * time_s) for each in hz), np.zeros(len(time_s))) * level
    ramp = min(40, len(wave) // 4)
    wave[:ramp] *= np.linspace(0, 1, ramp)
    wave[-ramp:] *= np.linspace(1, 0, ramp)
    return wave.astype(np.float32)


def person(waves: Sequence[Wave], marks: Sequence[str], chance: random.Random, *, waits_s: float = 5.0) -> Tape:
    """Somebody picks up, says something and waits."""
    tape = Tape()
    tape.pause(chance.uniform(0.15, 1.3))
    for wave, mark in zip(waves, marks, strict=True):
        tape.speech(wave)
        tape.pause(chance.uniform(0.1, 0.35) if mark == "," else chance.uniform(0.5, 1.3))
    tape.pause(waits_s)
    return tape


def voicemail(waves: Sequence[Wave], marks: Sequence[str], chance: random.Random) -> Tape:
    """A greeting, then a beep of any kind, two, or none."""
    tape = Tape()
    tape.pause(chance.uniform(0.05, 1.2))
    for wave, mark in zip(waves, marks, strict=True):
        tape.speech(wave)
        tape.pause(chance.uniform(0.1, 0.35) if mark == "," else chance.uniform(0.3, 0.8))
    kind = chance.random()
    hz = chance.choice(
        [400.0, 425.0, 440.0, 620.0, 800.0, 850.0, 950.0, 1000.0, 1004.0, 1100.0, 1400.0, 2000.0]
    ) * chance.uniform(0.98, 1.02)
    level = 10 ** (chance.uniform(-24, -8) / 20)
    if kind < 0.85:
        tape.pause(chance.uniform(0.0, 1.2))
        tape.beep(tone([hz], chance.choice([0.15, 0.2, 0.3, 0.4, 0.5, 0.8, 1.0, 1.4]), level))
    if kind < 0.08:
        tape.pause(chance.uniform(0.2, 0.5))
        tape.beep(tone([hz], 0.25, level))
    tape.pause(4.0)
    return tape


def announcement(waves: Sequence[Wave], marks: Sequence[str], chance: random.Random) -> Tape:
    """Special information tones or a jingle sometimes, the text, and often the text again."""
    tape = Tape()
    tape.pause(chance.uniform(0.05, 0.8))
    if chance.random() < 0.25:
        level = 10 ** (chance.uniform(-24, -12) / 20)
        for hz in (950.0, 1400.0, 1800.0):
            tape.sound(tone([hz], 0.33, level))
        tape.pause(chance.uniform(0.1, 0.6))
    for _ in range(chance.choice([1, 1, 2])):
        for wave, mark in zip(waves, marks, strict=True):
            tape.speech(wave)
            tape.pause(chance.uniform(0.1, 0.3) if mark == "," else chance.uniform(0.25, 0.7))
        tape.pause(chance.uniform(0.4, 1.2))
    tape.pause(3.0)
    return tape


def ringing(chance: random.Random, *, then: Tape | None = None) -> Tape:
    """A gateway answers and the ringback goes on, until somebody picks up behind it."""
    tape = Tape()
    tape.pause(chance.uniform(0.1, 2.0))
    hz = [chance.uniform(420.0, 430.0)]
    for _ in range(chance.randint(1, 3)):
        tape.sound(tone(hz, 1.0, 0.08))
        tape.pause(4.0 if then is None else chance.uniform(1.0, 4.0))
    if then is not None:
        began_s = tape.length_s
        tape.sound(then.wave())
        tape.spoken = [(start + began_s, end + began_s) for start, end in then.spoken]
    return tape


def music(chance: random.Random, *, seconds: float = 9.0) -> Tape:
    """A personal ring-back tone: plucked chords over a bass, no singing."""
    tape = Tape()
    tape.pause(chance.uniform(0.05, 0.5))
    beat_s, root_hz = chance.uniform(0.25, 0.5), chance.uniform(150, 300)
    wave = np.zeros(round(seconds * LINE_HZ))
    for beat in range(int(seconds / beat_s)):
        start = round(beat * beat_s * LINE_HZ)
        steps = chance.sample([0, 3, 4, 5, 7, 9, 12, 16, 19], 3)
        ringing_s = np.arange(min(len(wave) - start, round(2 * beat_s * LINE_HZ))) / LINE_HZ
        for step in steps:
            for harmonic, share in enumerate((1.0, 0.5, 0.3, 0.15), start=1):
                hz = root_hz * 2 ** (step / 12) * harmonic
                if hz < 3600:
                    sound = share * np.sin(2 * np.pi * hz * ringing_s) * np.exp(-3 * ringing_s)
                    wave[start : start + len(ringing_s)] += sound
    tape.sound((wave / np.sqrt(np.mean(np.square(wave))) * 0.08).astype(np.float32))
    tape.pause(2.0)
    return tape


def fax(chance: random.Random) -> Tape:
    """The answering tone of T.30."""
    tape = Tape()
    tape.pause(chance.uniform(0.2, 2.0))
    tape.sound(tone([2100.0 + chance.uniform(-10, 10)], chance.uniform(2.6, 4.0), 0.12))
    tape.pause(2.0)
    return tape


def synthetic_noise(count: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """White, coloured, uneven or humming noise of unit power."""
    white = dice.standard_normal(count)
    kind = dice.integers(0, 4)
    if kind == 1:
        white = lfilter([1], [1, -0.95], white)
    elif kind == 2:
        knots = max(2, count // 800)
        white = lfilter([1], [1, -0.8], white) * np.interp(np.arange(count), np.linspace(0, count, knots), dice.random(knots))
    elif kind == 3:
        white = np.sin(2 * np.pi * dice.choice([50, 100, 150]) * np.arange(count) / LINE_HZ) + 0.4 * white
    return white / (np.sqrt(np.mean(np.square(white))) + 1e-9)


def over_line(
    wave: Wave,
    dice: np.random.Generator,
    *,
    room: bool = False,
    noise: NDArray[np.float64] | None = None,
    snr_db: tuple[float, float] = (12.0, 40.0),
) -> Wave:
    """Room, noise, level, band, codec, packet loss. ``noise`` (unit power, at least as long) replaces the synthetic kinds."""
    sound = wave.astype(np.float64)
    if room and dice.random() < 0.6:
        tail = dice.standard_normal(round(0.25 * LINE_HZ)) * np.exp(
            -np.arange(round(0.25 * LINE_HZ)) / (dice.uniform(0.02, 0.08) * LINE_HZ)
        )
        tail[0] = 12.0
        wet = fftconvolve(sound, tail)[: len(sound)]
        sound = wet / (np.sqrt(np.mean(np.square(wet))) + 1e-9) * np.sqrt(np.mean(np.square(sound)))
    loud = np.sqrt(np.mean(np.square(sound[np.abs(sound) > 0.01]))) if (np.abs(sound) > 0.01).any() else 0.05
    bed = synthetic_noise(len(sound), dice) if noise is None else noise[: len(sound)]
    sound = sound + bed * loud * 10 ** (-dice.uniform(*snr_db) / 20)
    sound = lfilter(*_BANDS[int(dice.random() < 0.4)], sound)
    sound = np.clip(sound / (loud + 1e-9) * 10 ** (dice.uniform(-32, -14) / 20), -1, 1)
    sound = _codec(sound, dice)
    if dice.random() < 0.1:
        sound = _lost_packets(sound, dice)
    return sound.astype(np.float32)


def _codec(wave: NDArray[np.float64], dice: np.random.Generator) -> NDArray[np.float64]:
    """µ-law or A-law mostly, GSM for the rest."""
    subtype = dice.choice(["ULAW", "ALAW", "GSM610"], p=[0.4, 0.35, 0.25])
    stream = io.BytesIO()
    soundfile.write(stream, wave, LINE_HZ, format="WAV", subtype=str(subtype))
    stream.seek(0)
    decoded, _ = soundfile.read(stream)
    return np.pad(decoded, (0, max(0, len(wave) - len(decoded))))[: len(wave)]


def _lost_packets(wave: NDArray[np.float64], dice: np.random.Generator) -> NDArray[np.float64]:
    wave = wave.copy()
    for start in range(0, len(wave) - _PACKET_SAMPLES, _PACKET_SAMPLES):
        if dice.random() < 0.02:
            wave[start : start + _PACKET_SAMPLES] = 0
    return wave
