"""Recordings of any length: cut at pauses, heard piece by piece, with word times of the whole and bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from asr.audio_blocks import open_blocks
from asr.engine import StreamingRecognizer, Transcriber, Waveform
from asr.redecoding import StretchDecoder, moved
from asr.transcript import Word
from asr.vad import speech_spans

_BLOCK_S = 10.0
_PIECE_S = 120.0
_TAIL_S = 30.0
"""A piece is cut in the longest pause of its last seconds."""

Progress = Callable[[float, float | None], None]
"""Told (seconds done, seconds altogether or None if the file does not say)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardChannel:
    """One channel's words, with times from the first sample of the recording."""

    words: tuple[Word, ...]
    duration_s: float


@dataclass(slots=True)
class _Channel:
    held: list[Waveform] = field(default_factory=list[Waveform])
    held_samples: int = 0
    passed_samples: int = 0
    words: list[Word] = field(default_factory=list[Word])


def transcribe_recording(
    path: Path, transcriber: Transcriber, *, progress: Progress = lambda done_s, total_s: None
) -> tuple[HeardChannel, ...]:
    """Hear every channel of a file. Holds about two minutes of it at a time, however long it is.

    Raises :class:`asr.audio_file.AudioFileError` for a file that cannot be read.
    """
    rate_hz = transcriber.rate_hz
    with open_blocks(path, rate_hz=rate_hz, block_s=_BLOCK_S) as recording:
        channels = [_Channel() for _ in range(recording.channels)]
        for block in recording.blocks():
            for channel, samples in zip(channels, block, strict=True):
                channel.held.append(samples)
                channel.held_samples += len(samples)
                if channel.held_samples >= (_PIECE_S + _TAIL_S) * rate_hz:
                    _hear(channel, transcriber, last=False)
            progress(channels[0].passed_samples / rate_hz, recording.duration_s)
        for channel in channels:
            _hear(channel, transcriber, last=True)
        progress(channels[0].passed_samples / rate_hz, recording.duration_s)
    return tuple(HeardChannel(words=tuple(each.words), duration_s=each.passed_samples / rate_hz) for each in channels)


def _hear(channel: _Channel, transcriber: Transcriber, *, last: bool) -> None:
    sound = np.concatenate(channel.held) if channel.held else np.zeros(0, dtype=np.float32)
    cut = len(sound) if last else pause_in(sound, transcriber.rate_hz)
    channel.words += moved(transcriber.transcribe(sound[:cut]), channel.passed_samples / transcriber.rate_hz)
    channel.passed_samples += cut
    channel.held = [sound[cut:].copy()]
    channel.held_samples = len(sound) - cut


def pause_in(sound: Waveform, rate_hz: int) -> int:
    """A sample in the last half minute at which no word is cut: the middle of its longest pause, or its quietest moment."""
    first = max(0, len(sound) - int(_TAIL_S * rate_hz))
    tail = sound[first:]
    spans = [(0, 0), *speech_spans(tail, rate_hz), (len(tail), len(tail))]
    pauses = [(after[0] - before[1], (after[0] + before[1]) // 2) for before, after in pairwise(spans)]
    length, middle = max(pauses)
    if length > 0:
        return first + middle
    hop = rate_hz // 10
    places = range(len(tail) // 3, len(tail) - hop, hop)
    quietest = min(places, key=lambda place: float(np.square(tail[place : place + hop]).mean()))
    return first + quietest + hop // 2


class StretchTranscriber:
    """Whole channels by an engine that decodes stretches: speech is found first, so that silence and noise stay empty."""

    def __init__(self, decoder: StretchDecoder, *, hints: Sequence[str] = ()) -> None:
        self._decoder = decoder
        self._hints = tuple(hints)

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``transcribe`` expects."""
        return self._decoder.rate_hz

    def transcribe(self, samples: Waveform) -> tuple[Word, ...]:
        """The words of one channel with times from its first sample."""
        words: list[Word] = []
        for start, end in joined(
            speech_spans(samples, self.rate_hz, max_s=self._decoder.longest_s - 0.5),
            longest=int(self._decoder.longest_s * self.rate_hz),
            pause=int(self._decoder.joined_pause_s * self.rate_hz),
        ):
            length_s = (end - start) / self.rate_hz
            heard = self._decoder.decode(samples[start:end], hints=self._hints)
            words += moved([inside(word, length_s) for word in heard], start / self.rate_hz)
        return tuple(words)


def inside(word: Word, length_s: float) -> Word:
    """The word with its times drawn into a stretch of ``length_s``; engines round, and Whisper's may lie in its padding."""
    start_s = min(max(word.start_s, 0.0), length_s)
    end_s = min(max(word.end_s, start_s), length_s)
    confidence = round(min(max(word.confidence, 0.0), 1.0), 3)
    return Word(text=word.text, start_s=start_s, end_s=end_s, confidence=confidence)


def joined(spans: Sequence[tuple[int, int]], *, longest: int, pause: int) -> list[tuple[int, int]]:
    """Neighbouring spans as one where the pause between is short and the whole not longer than ``longest``."""
    whole: list[tuple[int, int]] = []
    for start, end in spans:
        if whole and start - whole[-1][1] <= pause and end - whole[-1][0] <= longest:
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return whole


class StreamedStretches:
    """A streaming recognizer as a :class:`StretchDecoder`: each stretch is an utterance."""

    joined_pause_s = 0.5

    def __init__(self, recognizer: StreamingRecognizer, *, state: str = "general", longest_s: float = 20.0) -> None:
        self._recognizer = recognizer
        self._state = state
        self._longest_s = longest_s

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``decode`` expects."""
        return self._recognizer.rate_hz

    @property
    def longest_s(self) -> float:
        """Longest stretch fed to one utterance."""
        return self._longest_s

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        """The words of one stretch."""
        hearing = self._recognizer.listen(state=self._state, hints=hints)
        hearing.feed(samples)
        return hearing.finish().words
