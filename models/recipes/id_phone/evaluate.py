"""Word error rates on people: recordings that no training has heard, over a simulated telephone band, decoded by the product.

Needs a folder with ``manifest.tsv`` (path, speaker, gender, split, sentence_heldout, duration_s, text); the recordings may be
under any licence that allows measuring, since nothing of them is kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, lfilter

from asr.audio_file import read_audio
from asr.embedded import AcousticModel, transcribe_window, without_garbage
from asr.error_rate import error_rate
from asr.graphs import Graph, compile_graph, graph_for
from asr.language_model import trigrams
from asr.pronunciation import normalize

LINE_HZ = 8000
_BAND = butter(3, [300 / 4000, 3400 / 4000], "band")
_MAX_S = 7.9


@dataclass(frozen=True, slots=True)
class Person:
    """One utterance by a person."""

    speaker: str
    text: str
    path: Path
    is_digits: bool


def evaluate(folder: Path, weights: Path, *, limit_per_speaker: int = 1000) -> dict[str, str]:
    """Print and return the error rate of each set and graph."""
    model = AcousticModel(weights)
    people = list(_people(folder, limit_per_speaker))
    sentences = sorted({person.text for person in people if not person.is_digits})
    graphs: dict[str, tuple[bool, Graph]] = {
        "digits": (True, graph_for("digits")),
        "phrases, domain graph that contains them": (
            False,
            compile_graph(trigrams((s, 1.0) for s in sentences), garbage=False),
        ),
    }
    results: dict[str, list[tuple[str, str, str]]] = {name: [] for name in graphs}
    for person in people:
        wave = _over_telephone(person.path)
        for name, (digits, graph) in graphs.items():
            if digits == person.is_digits:
                decoded = transcribe_window(model, wave, LINE_HZ, graph, start_s=0.0)
                heard = " ".join(word.text for word in without_garbage(decoded.words))
                results[name].append((person.speaker, person.text, heard))
    told = {name: f"{error_rate(found)}, {len({s for s, _, _ in found})} speakers" for name, found in results.items() if found}
    for name, line in told.items():
        print(f"  {name}: {line}", flush=True)
    return told


def _people(folder: Path, limit_per_speaker: int) -> Iterator[Person]:
    counts: dict[tuple[str, bool], int] = {}
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            digits = row["path"].startswith("digits")
            key = (row["speaker"], digits)
            counts[key] = counts.get(key, 0) + 1
            if float(row["duration_s"]) <= _MAX_S and counts[key] <= limit_per_speaker:
                yield Person(row["speaker"], normalize(row["text"]), folder / row["path"], digits)


def _over_telephone(path: Path) -> NDArray[np.float32]:
    """300–3400 Hz at 8 kHz, µ-law."""
    channels, rate_hz = read_audio(path)
    wave = lfilter(*_BAND, soxr.resample(channels.mean(axis=0), rate_hz, LINE_HZ))
    wave = np.clip(wave / (np.abs(wave).max() + 1e-9) * 0.5, -1, 1)
    size = np.round(np.log1p(255 * np.abs(wave)) / np.log1p(255) * 127.5) / 127.5
    return (np.sign(wave) * (np.power(256.0, size) - 1) / 255).astype(np.float32)
