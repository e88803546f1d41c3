"""The sound of labelled rows at 8 kHz, checked: readable, of one speaker's channel, speech in it, and short enough for one window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.audio_file import AudioFileError, read_audio
from asr.pronunciation import spell
from asr.vad import speech_spans
from models.recipes.adapt.labelled import Row, SetAside

LINE_HZ = 8000
LONGEST_S = 7.9
_STEP_S = 0.04
"""Of the head's output: a letter takes at least one."""
_SHORTEST_S = 0.24


@dataclass(frozen=True, slots=True)
class Utterance:
    """A usable row and its sound."""

    row: Row
    wave: NDArray[np.float32]

    @property
    def duration_s(self) -> float:
        """Of the sound that is trained on."""
        return len(self.wave) / LINE_HZ


def hear_rows(
    rows: Sequence[Row], told: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Utterance], list[SetAside]]:
    """The rows' sound, in their order; ``told`` hears (done, all)."""
    found: list[Utterance] = []
    aside: list[SetAside] = []
    kept: tuple[Path, NDArray[np.float32] | str] | None = None  # rows of one recording mostly follow each other
    for done, row in enumerate(rows, 1):
        if kept is None or kept[0] != row.audio:
            kept = (row.audio, _read(row.audio))
        try:
            found.append(Utterance(row, _stretch(row, kept[1])))
        except ValueError as error:
            aside.append(SetAside(line=row.line, audio=str(row.audio), text=row.text, reason=str(error)))
        told(done, len(rows))
    return found, aside


def _read(path: Path) -> NDArray[np.float32] | str:
    """Channels at 8 kHz, or what is wrong with the file."""
    try:
        return read_audio(path, rate_hz=LINE_HZ)[0]
    except AudioFileError as error:
        return f"cannot be read: {error}"


def _stretch(row: Row, channels: NDArray[np.float32] | str) -> NDArray[np.float32]:
    """The row's speech. Raises ``ValueError`` with the reason why there is none to train on."""
    if isinstance(channels, str):
        raise ValueError(channels)
    if row.channel is None and len(channels) > 1:
        raise ValueError(f"{len(channels)} channels: say in a column `channel` which one is the speaker's (0 is the first)")
    if (row.channel or 0) >= len(channels):
        raise ValueError(f"there is no channel {row.channel}; the first is 0")
    wave = channels[row.channel or 0]
    wave = wave[int(row.start_s * LINE_HZ) : None if row.end_s is None else int(row.end_s * LINE_HZ)]
    if len(wave) < _SHORTEST_S * LINE_HZ:
        raise ValueError("the stretch lies beyond the recording's end, or is shorter than a word")
    spans = speech_spans(wave, LINE_HZ, max_s=1e6)
    if not spans:
        raise ValueError("no speech is heard in it")
    if len(wave) > LONGEST_S * LINE_HZ:
        wave = wave[spans[0][0] : spans[-1][1]]
    if len(wave) > LONGEST_S * LINE_HZ:
        raise ValueError(f"more than {LONGEST_S:g} s of speech; label shorter stretches (start_s, end_s)")
    tokens = spell(row.text)
    needed = len(tokens) + sum(one == other for one, other in pairwise(tokens))
    if needed * _STEP_S > len(wave) / LINE_HZ:
        raise ValueError("more letters than so short a sound can hold: is this the text of another stretch?")
    return np.ascontiguousarray(wave)
