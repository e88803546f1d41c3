"""Engines that decode whole stretches only, made to follow a live caller: the stretch grows and is decoded again.

A speech detector stands before the engine: what holds no speech is never decoded, since Whisper and its kin invent text there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from asr.engine import Waveform
from asr.speech_track import SpeechTrack
from asr.transcript import Hypothesis, Word

_PARTIAL_EVERY_S = 0.32
_PARTIAL_COST_SHARE = 0.5
"""Most of a caller's time that is spent on partial hypotheses: a slow engine gives them more rarely."""
_PAD_S = 0.3
_HOP_S = 0.1
_FORGOTTEN_S = 1.0
"""Silence before the first word is dropped in pieces of at least this length."""


@runtime_checkable
class StretchDecoder(Protocol):
    """Turns a stretch of speech into words; thread-safe."""

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``decode`` expects."""
        ...

    @property
    def longest_s(self) -> float:
        """Longest stretch that ``decode`` takes."""
        ...

    @property
    def joined_pause_s(self) -> float:
        """Pauses up to this length are left inside a stretch; more for engines that pay by the stretch, not the second."""
        ...

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        """The words of at most ``longest_s`` of speech, with times from its first sample."""
        ...


def moved(words: Sequence[Word], by_s: float) -> tuple[Word, ...]:
    """The same words, ``by_s`` later."""
    return tuple(replace(word, start_s=round(word.start_s + by_s, 3), end_s=round(word.end_s + by_s, 3)) for word in words)


def belief(words: Sequence[Word]) -> float:
    """Confidence of an utterance whose engine gives only that of words: their mean."""
    return round(sum(word.confidence for word in words) / len(words), 3) if words else 0.0


class RedecodingRecognizer:
    """Follows live callers with an engine that decodes whole stretches; as thread-safe as its decoder.

    Dialogue states make no difference to such engines.
    """

    def __init__(self, decoder: StretchDecoder) -> None:
        self._decoder = decoder

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``Hearing.feed`` expects."""
        return self._decoder.rate_hz

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> RedecodingHearing:
        """Begin an utterance."""
        del state
        return RedecodingHearing(self._decoder, tuple(hints))


class RedecodingHearing:
    """One caller's utterance; what goes beyond the decoder's longest stretch is settled at a quiet place."""

    def __init__(self, decoder: StretchDecoder, hints: tuple[str, ...]) -> None:
        self._decoder = decoder
        self._hints = hints
        self._track = SpeechTrack(decoder.rate_hz)
        self._pieces: list[Waveform] = []
        self._held_samples = 0
        self._held_from_s = 0.0
        self._settled: tuple[Word, ...] = ()
        self._decoded_to_s = 0.0
        self._decoded_span = (0.0, 0.0)
        self._cost_s = 0.0
        self._last = Hypothesis()

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; decodes again once enough of them are new and hold speech."""
        self._track.feed(samples)
        self._pieces.append(samples)
        self._held_samples += len(samples)
        if self._track.began_s is None:
            self._forget_silence()
            return self._last
        while self._held_samples > self._decoder.longest_s * self.rate_hz:
            self._settle()
        wait_s = max(_PARTIAL_EVERY_S, self._cost_s / _PARTIAL_COST_SHARE)
        if self._now_s - self._decoded_to_s >= wait_s and self._span(self._now_s) != self._decoded_span:
            self._last = self._decode()
        return self._last

    def finish(self) -> Hypothesis:
        """End the utterance; decodes once more unless the last partial hypothesis was of the very same sound."""
        if self._track.began_s is not None and self._span(self._now_s) != self._decoded_span and not self._last.is_final:
            self._last = self._decode()
        self._last = replace(self._last, is_final=True)
        return self._last

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``feed`` expects."""
        return self._decoder.rate_hz

    @property
    def _now_s(self) -> float:
        return self._held_from_s + self._held_samples / self.rate_hz

    @property
    def _held(self) -> Waveform:
        if len(self._pieces) != 1:
            self._pieces = [np.concatenate(self._pieces) if self._pieces else np.zeros(0, dtype=np.float32)]
        return self._pieces[0]

    def _forget_silence(self) -> None:
        surplus = self._held_samples - int(2 * _PAD_S * self.rate_hz)
        if surplus > _FORGOTTEN_S * self.rate_hz:
            self._drop(surplus)

    def _drop(self, count: int) -> None:
        self._pieces = [self._held[count:].copy()]
        self._held_samples -= count
        self._held_from_s += count / self.rate_hz

    def _decode(self) -> Hypothesis:
        began = time.perf_counter()
        words = (*self._settled, *self._heard(self._held))
        self._cost_s = time.perf_counter() - began
        self._decoded_to_s = self._now_s
        self._decoded_span = self._span(self._now_s)
        return Hypothesis(words=words, confidence=belief(words))

    def _span(self, end_s: float) -> tuple[float, float]:
        """From when to when there is speech in what is held up to ``end_s``, with some silence around it."""
        begin_s = max(self._held_from_s, (self._track.began_s or 0.0) - _PAD_S)
        return begin_s, max(begin_s, min(end_s, self._track.ended_s + _PAD_S))

    def _heard(self, samples: Waveform) -> tuple[Word, ...]:
        """Words of a piece at the start of what is held, if it holds speech."""
        end_s = self._held_from_s + len(samples) / self.rate_hz
        if not self._track.holds_speech(self._held_from_s, end_s):
            return ()
        begin_s, end_s = self._span(end_s)
        start, stop = (round((each_s - self._held_from_s) * self.rate_hz) for each_s in (begin_s, end_s))
        words = self._decoder.decode(samples[start:stop], hints=self._hints)
        return tuple(word for word in moved(words, begin_s) if self._track.holds_speech(word.start_s, word.end_s))

    def _settle(self) -> None:
        """Fix the words before the quietest 100 ms between a third and the end of the longest stretch; go on with the rest."""
        longest = int(self._decoder.longest_s * self.rate_hz)
        hop = int(_HOP_S * self.rate_hz)
        places = range(longest // 3, longest - hop, hop // 2)
        held = self._held
        loudness = [float(np.square(held[place : place + hop]).mean()) for place in places]
        cut = places[int(np.argmin(loudness))] + hop // 2
        self._settled += self._heard(held[:cut])
        self._drop(cut)
