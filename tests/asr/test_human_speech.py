"""Real people over a simulated telephone band: a floor under the recognizer, measured and never tuned on.

The recordings (INDspeech, CC BY-NC-SA 4.0) are not part of the project; without them these tests are skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr.audio_file import read_audio
from asr.embedded import EmbeddedRecognizer
from asr.error_rate import error_rate

_FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "speech" / "indspeech"
_SPEAKERS = 12

pytestmark = pytest.mark.skipif(not (_FOLDER / "manifest.tsv").is_file(), reason="human recordings are not on this machine")


def _sample(kind: str, wanted: str | None, each: int) -> list[dict[str, str]]:
    """``each`` recordings of the first speakers in the alphabet; ``wanted`` must be in the text."""
    with (_FOLDER / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["path"].startswith(kind)]
    rows = sorted((row for row in rows if wanted is None or wanted in row["text"].split()), key=lambda row: row["path"])
    taken: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        taken.setdefault(row["speaker"], []).append(row)
    return [row for speaker in sorted(taken)[:_SPEAKERS] for row in taken[speaker][:each]]


def _telephone(path: Path) -> NDArray[np.float32]:
    """8 kHz, 300-3400 Hz, µ-law."""
    channels, rate_hz = read_audio(path, rate_hz=8000)
    spectrum = np.fft.rfft(channels[0])
    hz = np.fft.rfftfreq(len(channels[0]), 1 / rate_hz)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    wave = np.fft.irfft(spectrum, len(channels[0]))
    wave = np.clip(wave / max(float(np.abs(wave).max()), 1e-6) * 0.5, -1, 1)
    companded = np.round(np.sign(wave) * np.log1p(255 * np.abs(wave)) / np.log(256) * 127) / 127
    return (np.sign(companded) * (256 ** np.abs(companded) - 1) / 255).astype(np.float32)


def _heard(recognizer: EmbeddedRecognizer, row: dict[str, str], state: str) -> str:
    hearing = recognizer.listen(state=state)
    hearing.feed(_telephone(_FOLDER / row["path"]))
    return hearing.finish().text


@pytest.mark.parametrize(
    ("kind", "wanted", "state", "each", "bound"),
    [
        ("digits", None, "digits", 4, 0.10),
        ("phrases", "rupiah", "amount", 3, 0.50),
        ("phrases", "halo", "general", 3, 0.50),
    ],
)
def test_people_are_understood(
    kind: str, wanted: str | None, state: str, each: int, bound: float, record_property: Callable[[str, object], None]
) -> None:
    rows = _sample(kind, wanted, each)
    recognizer = EmbeddedRecognizer()
    found = error_rate([(row["speaker"], row["text"], _heard(recognizer, row, state)) for row in rows])
    record_property("word_error_rate", str(found))
    assert len({row["speaker"] for row in rows}) >= 8
    assert found.share < bound, f"{kind}/{wanted} in {state}: {found}"
