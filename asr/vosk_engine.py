"""Vosk (Kaldi) models, in a worker process of their own that is started again when it dies."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asr.domain_text import DIGITS, sentences
from asr.engine import RecognizerError, Waveform
from asr.model_folder import one_of
from asr.redecoding import belief
from asr.speech_track import SpeechTrack
from asr.transcript import Hypothesis, Word
from asr.vosk_process import WorkerDiedError, WorkerProcess

_RATE_HZ = 16000
_SENT_EVERY_S = 0.1
_LEAD_S = 0.6
"""Sound before the first speech that goes to the worker; the detector is late by a tenth of a second."""
_DIGITS = {"id": DIGITS, "en": ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")}


def load(folder: Path, language: str, threads: int = 1) -> VoskRecognizer:
    """The Kaldi model in ``folder``. Raises ``ValueError`` with what to do."""
    del threads  # Kaldi decodes an utterance on one
    remedy = "give the folder of a Vosk model; `santun models list` shows some that `santun models pull NAME` fetches"
    for needed in (("am/final.mdl", "final.mdl"), ("conf/model.conf", "mfcc.conf"), ("graph/*.fst", "*.fst")):
        if one_of(folder, *needed) is None:
            raise ValueError(f"{folder} is no Vosk model: it lacks {needed[0]}; {remedy}")
    return VoskRecognizer(folder, language)


class VoskRecognizer:
    """Follows live callers; thread-safe: requests of several callers take turns at the one worker.

    ``state`` and ``hints`` matter only to models whose graph comes in two parts (HCLr.fst and Gr.fst): the digits and yes_no
    states then hear nothing but such phrases.
    """

    rate_hz = _RATE_HZ

    def __init__(self, folder: Path, language: str) -> None:
        self.worker = WorkerProcess(folder, _RATE_HZ)
        self._language = language

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> VoskHearing:
        """Begin an utterance."""
        return VoskHearing(self.worker, self._grammar(state, hints))

    def close(self) -> None:
        """End the worker process; it also ends with this one."""
        self.worker.close()

    def _grammar(self, state: str, hints: Sequence[str]) -> tuple[str, ...]:
        if state == "digits":
            return (*_DIGITS.get(self._language, ()), *hints)
        if state == "yes_no" and self._language == "id":
            return (*sentences("yes_no_id"), *hints)
        return ()


class VoskHearing:
    """One caller's utterance. Keeps the sound since the last settled words, to hear it again if the worker dies."""

    def __init__(self, worker: WorkerProcess, grammar: tuple[str, ...]) -> None:
        self._worker = worker
        self.grammar = grammar
        self._track = SpeechTrack(_RATE_HZ)
        self._unsent: list[Waveform] = []
        self._unsent_samples = 0
        self._kept: list[bytes] = []
        self._kept_from_s = self._offset_s = 0.0
        self._settled: tuple[Word, ...] = ()
        self._last = Hypothesis()
        self.number, self._generation = worker.open(grammar)
        self._dropped = weakref.finalize(self, worker.drop, self.number, self._generation)

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; they go to the worker in pieces of 100 ms."""
        self._track.feed(samples)
        self._unsent.append(samples)
        self._unsent_samples += len(samples)
        if self._track.began_s is None:
            self._forget_silence()
        elif self._unsent_samples >= _SENT_EVERY_S * _RATE_HZ:
            self._send("feed")
        return self._last

    def finish(self) -> Hypothesis:
        """End the utterance; the final hypothesis."""
        if not self._last.is_final:
            if self._track.began_s is not None:
                self._send("finish")
                self._dropped.detach()
            self._last = Hypothesis(words=self._last.words, confidence=self._last.confidence, is_final=True)
        return self._last

    def _forget_silence(self) -> None:
        """Keep little of what comes before the first speech: the worker has enough to do."""
        surplus = self._unsent_samples - int(_LEAD_S * _RATE_HZ)
        if surplus > _RATE_HZ:
            self._unsent = [np.concatenate(self._unsent)[surplus:]]
            self._unsent_samples -= surplus
            self._kept_from_s += surplus / _RATE_HZ
            self._offset_s = self._kept_from_s

    def _send(self, what: str) -> None:
        sound = _to_int16(np.concatenate([*self._unsent, np.zeros(0, dtype=np.float32)]))
        self._unsent, self._unsent_samples = [], 0
        self._kept.append(sound)
        try:
            answer = self._worker.ask(what, self.number, self._generation, sound)
        except WorkerDiedError:
            answer = self._hear_again(what)
        for result in answer["settled"]:
            self._settled += self._words(result.get("result", ()))
        partial = self._words(answer["partial"].get("partial_result", ()))
        if answer["settled"]:
            self._kept_from_s += sum(map(len, self._kept)) / 2 / _RATE_HZ
            self._kept = []
        words = (*self._settled, *partial)
        self._last = Hypothesis(words=words, confidence=belief(words))

    def _hear_again(self, what: str) -> dict[str, Any]:
        """Open the utterance anew at the worker that took the dead one's place, and send what is not settled."""
        self._dropped.detach()
        self.number, self._generation = self._worker.open(self.grammar)
        self._dropped = weakref.finalize(self, self._worker.drop, self.number, self._generation)
        self._offset_s = self._kept_from_s
        try:
            return self._worker.ask(what, self.number, self._generation, b"".join(self._kept))
        except WorkerDiedError as error:
            raise RecognizerError(
                f"{error}, twice on the same sound; this utterance is lost, the next ones are heard"
            ) from error

    def _words(self, found: Sequence[dict[str, Any]]) -> tuple[Word, ...]:
        words = (
            Word(
                text=str(each["word"]),
                start_s=round(self._offset_s + float(each["start"]), 3),
                end_s=round(self._offset_s + float(each["end"]), 3),
                confidence=min(1.0, max(0.0, float(each.get("conf", 0.0)))),
            )
            for each in found
            if each["word"] != "[unk]"
        )
        return tuple(word for word in words if self._track.holds_speech(word.start_s, word.end_s))


def _to_int16(samples: Waveform) -> bytes:
    return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
