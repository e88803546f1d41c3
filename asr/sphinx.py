"""English by PocketSphinx: the US English model of its wheel, our words, and a language model for each dialogue state.

The model hears 16 kHz; sound from the telephone is brought up to that, and the bands above 3.4 kHz stay empty. A decoder is
heavy (about 20 MB) and serves one utterance at a time, so decoders are pooled: as many live as callers speak English at once.
"""

from __future__ import annotations

import math
import re
import weakref
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from threading import Lock

import numpy as np
import soxr
from numpy.typing import NDArray

from asr.engine import Waveform
from asr.english_models import STATES, ModelFiles, normal_phrases
from asr.pocketsphinx_library import FRAMES_A_S, Decoder, Segment, load, model_folder
from asr.transcript import Hypothesis, Word

RATE_HZ = 16000
_MEAN_S = 1.0
"""Sound from which the line's mean is taken before decoding begins; shorter answers are decoded at their end, as a whole."""
_PARTIAL_EVERY_S = 0.32
_MIN_DECODED_S = 0.24
_LONGEST_S = 20.0
_IDLE_DECODERS = 4
_VARIANT = re.compile(r"\(\d+\)$")
_BELIEF, _BELIEF_FIT, _BELIEF_SHARE = 1.9, 0.17, 1.3
"""Logistic to a belief in [0, 1], fitted on synthetic voices that no test uses."""
_LEAST_SHARE = -10.0
_LONGEST_WORD_S = 1.3
_PARTIAL_BELIEF = 0.5
"""Of every word before the end: only then are words weighed against each other."""
_OPTIONS: dict[str, str | float | bool] = {"fwdflat": False}


class _PooledDecoder:
    """A decoder with one call's phrases in its dictionary; language models are added as states come up."""

    def __init__(self, files: ModelFiles, phrases: tuple[tuple[str, ...], ...]) -> None:
        self.phrases = phrases
        self._files = files
        self._states: set[str] = set()
        self.busy = False
        """An utterance has begun and not ended."""
        dictionary, features = files.dictionary(phrases), files.features()
        self.decoder = Decoder(dictionary, featparams=str(features), **_OPTIONS)
        dictionary.unlink()
        features.unlink()

    def begin(self, state: str) -> None:
        """Start an utterance."""
        self.decoder.begin(state)
        self.busy = True

    def end(self) -> tuple[Segment, ...]:
        """End it; its best path."""
        self.decoder.end()
        self.busy = False
        return tuple(self.decoder.path())

    def prepare(self, state: str) -> None:
        """Have the state's language model."""
        if state in self._states:
            return
        path = self._files.language_model(state, self.phrases)
        self.decoder.add_language_model(state, path)
        path.unlink()
        self._states.add(state)


class _Pool:
    """The process's decoders that are not hearing anybody."""

    def __init__(self) -> None:
        self._files = ModelFiles(model_folder())
        self._idle: list[_PooledDecoder] = []
        self._lock = Lock()

    def take(self, state: str, phrases: tuple[tuple[str, ...], ...]) -> _PooledDecoder:
        """An idle decoder with these phrases, or a new one (a few hundred ms)."""
        with self._lock:
            place = next((i for i, each in enumerate(self._idle) if each.phrases == phrases), None)
            found = self._idle.pop(place) if place is not None else None
        found = found or _PooledDecoder(self._files, phrases)
        if found.busy:  # its caller has gone
            found.end()
        found.prepare(state)
        return found

    def put_back(self, decoder: _PooledDecoder) -> None:
        """It has ended its utterance. Beyond a few idle ones, the oldest goes; a call's names leave with it."""
        with self._lock:
            self._idle.append(decoder)
            surplus = [self._idle.pop(0) for _ in range(len(self._idle) - _IDLE_DECODERS)]
        for each in surplus:
            each.decoder.close()


@cache
def _pool() -> _Pool:
    return _Pool()


class SphinxRecognizer:
    """Recognizes live callers; ``rate_hz`` is that of the line. Raises
    :class:`asr.pocketsphinx_library.PocketSphinxError` where the wheel is missing."""

    def __init__(self, *, rate_hz: int = 8000) -> None:
        self._rate_hz = rate_hz
        load()

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``Hearing.feed`` expects."""
        return self._rate_hz

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> SphinxHearing:
        """Begin an utterance in a dialogue state. Raises ``ValueError`` for an unknown one."""
        state = "general" if state == "greeting" else state  # English machines are told by what any model hears
        if state not in STATES:
            raise ValueError(f"there is no decoding state {state!r}; known: {', '.join(STATES)}")
        return SphinxHearing(self._rate_hz, state, normal_phrases(hints))

    def warm(self, states: Sequence[str], hints: Sequence[str] = ()) -> None:
        """Have a decoder with these states ready, so that the first answer is not slow."""
        decoder: _PooledDecoder | None = None
        for state in states:
            if decoder is None:
                decoder = _pool().take(state, normal_phrases(hints))
            decoder.prepare(state)
        if decoder is not None:
            _pool().put_back(decoder)


class SphinxHearing:
    """One caller's utterance. The decoder follows the sound as it comes, so that little is left to do when the caller ends."""

    def __init__(self, rate_hz: int, state: str, phrases: tuple[tuple[str, ...], ...]) -> None:
        self._state = state
        self._phrases = phrases
        self._upward = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")
        self._held: list[NDArray[np.int16]] = []
        self._held_samples = 0
        self._borrowed: _PooledDecoder | None = None
        self._give_back: Callable[[], object] = lambda: None
        self._told_samples = 0
        self._settled: tuple[Word, ...] = ()
        self._settled_samples = 0
        self._last = Hypothesis()

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; the hypothesis is renewed every 320 ms."""
        self._take(self._upward.resample_chunk(np.ascontiguousarray(samples, dtype=np.float32)))
        pooled = self._decoder()
        if not pooled.busy:
            if self._held_samples < _MEAN_S * RATE_HZ:
                return self._last
            self._begin(pooled)
        if self._held_samples - self._told_samples >= _PARTIAL_EVERY_S * RATE_HZ:
            self._told_samples = self._held_samples
            words = words_of(pooled.decoder.path(), self._settled_s, final=False)
            self._last = hypothesis((*self._settled, *words))
            if self._held_samples - self._settled_samples > _LONGEST_S * RATE_HZ:
                self._settle(pooled)
        return self._last

    def finish(self) -> Hypothesis:
        """End the utterance; the final hypothesis."""
        if self._last.is_final:
            return self._last
        self._take(self._upward.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
        pooled = self._decoder()
        if not pooled.busy:
            sound = np.concatenate(self._held) if self._held else np.zeros(0, np.int16)
            if len(sound) >= _MIN_DECODED_S * RATE_HZ and sound.any():
                pooled.begin(self._state)
                pooled.decoder.hear(sound, whole=True)
        words = words_of(pooled.end(), self._settled_s) if pooled.busy else ()
        self._last = hypothesis((*self._settled, *words), is_final=True)
        self._give_back()
        return self._last

    @property
    def _settled_s(self) -> float:
        return self._settled_samples / RATE_HZ

    def _decoder(self) -> _PooledDecoder:
        """Borrowed from the first sound to the end, also if nobody ever asks for the end."""
        if self._borrowed is None:
            self._borrowed = _pool().take(self._state, self._phrases)
            self._give_back = weakref.finalize(self, _pool().put_back, self._borrowed)
        return self._borrowed

    def _take(self, wave: Waveform) -> None:
        sound = (np.clip(wave, -1.0, 1.0) * 32767).astype(np.int16)
        self._held_samples += len(sound)
        if self._borrowed is not None and self._borrowed.busy:
            self._borrowed.decoder.hear(sound)
        else:
            self._held.append(sound)

    def _begin(self, pooled: _PooledDecoder) -> None:
        sound = np.concatenate(self._held)
        self._held = []
        pooled.decoder.listen_to_the_line(sound[: int(_MEAN_S * RATE_HZ)])
        pooled.begin(self._state)
        pooled.decoder.hear(sound)

    def _settle(self, pooled: _PooledDecoder) -> None:
        """Fix the words so far; a decoder's memory and its last pass grow with the utterance."""
        self._settled += words_of(pooled.end(), self._settled_s)
        self._settled_samples = self._held_samples
        pooled.begin(self._state)


def words_of(path: Iterable[Segment], from_s: float = 0.0, *, final: bool = True) -> tuple[Word, ...]:
    """The words of a path with their times and how far each is to be believed; noises as words without letters."""
    words: list[Word] = []
    for segment in path:
        if segment.word[0] == "<":  # silence
            continue
        text = "" if segment.word[0] == "[" else _VARIANT.sub("", segment.word)
        start_s, end_s = from_s + segment.start / FRAMES_A_S, from_s + segment.end / FRAMES_A_S
        belief = 0.0 if not text else belief_in(segment) if final else _PARTIAL_BELIEF
        words.append(Word(text=text, start_s=round(start_s, 3), end_s=round(end_s, 3), confidence=belief))
    return tuple(words)


def belief_in(segment: Segment) -> float:
    """From how far the word's sounds fall behind the best sounds of any kind, and from the share of the lattice with it."""
    frames = max(1, segment.end - segment.start)
    if frames > _LONGEST_WORD_S * FRAMES_A_S:  # a tone, hummed through by one vowel
        return 0.0
    share = max(segment.posterior, _LEAST_SHARE)
    return round(1.0 / (1.0 + math.exp(-(_BELIEF + _BELIEF_FIT * segment.score / frames + _BELIEF_SHARE * share))), 3)


def hypothesis(words: Sequence[Word], *, is_final: bool = False) -> Hypothesis:
    """Believed as the words are in the mean over time, noises among them counting as not believed at all."""
    total_s = sum(word.end_s - word.start_s for word in words)
    believed_s = sum(word.confidence * (word.end_s - word.start_s) for word in words)
    kept = tuple(word for word in words if word.text)
    return Hypothesis(words=kept, is_final=is_final, confidence=round(believed_s / total_s, 3) if kept else 0.0)
