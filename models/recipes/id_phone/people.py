"""Recordings of people as a telephone line would bring them, and their taps; for measuring, never for choosing weights.

Needs a folder with ``manifest.tsv`` (path, speaker, gender, split, sentence_heldout, duration_s, text); the recordings may be
under any licence that allows measuring, since nothing of them is kept in the package.
"""

from __future__ import annotations

import csv
import io
import pickle
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, lfilter

from asr.audio_file import read_audio
from asr.pronunciation import normalize

LINE_HZ = 8000
CONDITIONS = ("clean", "15 dB", "8 dB and GSM")
_SNR_DB = {"15 dB": 15.0, "8 dB and GSM": 8.0}
_BAND = butter(3, [300 / 4000, 3400 / 4000], "band")
_MAX_S = 7.9
_SEED = 5


@dataclass(frozen=True, slots=True)
class Person:
    """One utterance by a person."""

    speaker: str
    text: str
    path: Path
    is_digits: bool
    is_held_out: bool
    """Whether the sentence is one that no training may see, whoever says it."""
    split: str


def people(folder: Path, *, each: int = 1000) -> list[Person]:
    """The recordings that fit one window, at most ``each`` a speaker and kind, spread over the speaker's list."""
    spoken: dict[tuple[str, bool], list[Person]] = defaultdict(list)
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if float(row["duration_s"]) <= _MAX_S:
                digits = row["path"].startswith("digits")
                held_out = row["sentence_heldout"] == "1"
                person = Person(row["speaker"], normalize(row["text"]), folder / row["path"], digits, held_out, row["split"])
                spoken[row["speaker"], digits].append(person)
    chance = random.Random(_SEED)
    return [one for mine in spoken.values() for one in (mine if len(mine) <= each else chance.sample(mine, each))]


def on_the_line(person: Person, condition: str, noise: NDArray[np.float64] | None = None) -> NDArray[np.float32]:
    """300–3400 Hz at 8 kHz; µ-law, or GSM after noise. Without a recording of noise, speech-shaped noise stands in."""
    channels, rate_hz = read_audio(person.path)
    wave = lfilter(*_BAND, soxr.resample(channels.mean(axis=0), rate_hz, LINE_HZ))
    if condition in _SNR_DB:
        dice = np.random.default_rng(sum(map(ord, person.path.name)))
        if noise is None:
            sound = lfilter([1], [1, -0.85], dice.standard_normal(len(wave)))
        else:
            sound = np.take(noise, np.arange(len(wave)) + dice.integers(len(noise)), mode="wrap")
        sound = lfilter(*_BAND, sound)
        loud = np.square(wave)[np.square(wave) > np.square(wave).max() * 1e-3]  # of speech, not of the silence around it
        scale = np.sqrt(loud.mean() / np.square(sound).mean()) * 10 ** (-_SNR_DB[condition] / 20)
        wave = wave + sound * scale
    wave = np.clip(wave / (np.abs(wave).max() + 1e-9) * 0.5, -1, 1)
    if condition.endswith("GSM"):
        return _gsm(wave)
    size = np.round(np.log1p(255 * np.abs(wave)) / np.log1p(255) * 127.5) / 127.5
    return (np.sign(wave) * (np.power(256.0, size) - 1) / 255).astype(np.float32)


def _gsm(wave: NDArray[np.float64]) -> NDArray[np.float32]:
    stream = io.BytesIO()
    soundfile.write(stream, wave, LINE_HZ, format="WAV", subtype="GSM610")
    stream.seek(0)
    return soundfile.read(stream, dtype="float32")[0]


def taps_of(
    found: Sequence[Person], condition: str, encoder: Path, cache: Path, *, noise: Path | None = None, jobs: int = 2
) -> list[NDArray[np.float16]]:
    """The encoder's output for each utterance, shape (T, 768); kept in ``cache``."""
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"people_{condition.replace(' ', '_')}_{len(found)}.pkl"
    if not path.exists():
        parts = [found[k::8] for k in range(8)]
        with ProcessPoolExecutor(jobs) as pool:
            done = list(pool.map(_taps, [(part, condition, encoder, noise) for part in parts]))
        taps: list[NDArray[np.float16]] = [done[i % 8][i // 8] for i in range(len(found))]
        path.write_bytes(pickle.dumps(taps, protocol=5))
    return pickle.loads(path.read_bytes())


def _taps(job: tuple[Sequence[Person], str, Path, Path | None]) -> list[NDArray[np.float16]]:
    from models.recipes.id_phone.features import Encoder

    found, condition, path, noise = job
    encoder = Encoder(path)
    sound = read_audio(noise, rate_hz=LINE_HZ)[0][0].astype(np.float64) if noise else None
    return [encoder(on_the_line(person, condition, sound)) for person in found]


def folds(speakers: Sequence[str], count: int = 5) -> Iterator[frozenset[str]]:
    """Speaker-disjoint parts, for cross-validation."""
    order = sorted(set(speakers))
    random.Random(_SEED).shuffle(order)
    for k in range(count):
        yield frozenset(order[k::count])
