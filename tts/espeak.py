"""The built-in voice: espeak-ng in process (GPL-3.0, loaded at run time from the espeakng-loader wheel).

The library holds one global engine, so all voices share it under a lock; a sentence takes about a millisecond.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from tts.engine import Waveform
from tts.spoken import to_spoken

_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8_AND_PHONEMES = 1 | 0x100
_RATE, _PITCH, _RANGE = 1, 3, 4
_FADE_S = 0.005
_PAUSE_S = 0.25
"""Silence after a sentence, as people leave one."""
_PEAK = 0.8
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LEXICON = Path(__file__).parent / "lexicon" / "id.txt"


class EspeakError(RuntimeError):
    """espeak-ng could not be loaded or refused a voice."""


class _Engine:
    """The process's one espeak-ng."""

    def __init__(self) -> None:
        try:
            import espeakng_loader

            self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path().encode()
        except (ImportError, OSError) as error:
            raise EspeakError(f"espeak-ng cannot be loaded ({error}); reinstall santun or choose another voice") from error
        self.rate_hz = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT))
        if self.rate_hz <= 0:
            raise EspeakError("espeak-ng did not start; its data folder may be damaged: reinstall espeakng-loader")
        self.lock = threading.Lock()
        self._pieces: list[NDArray[np.int16]] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = kind(self._take)  # kept alive as long as the library may call it
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if count > 0 and samples:
            self._pieces.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 0

    def say(self, text: str, voice: str, rate_wpm: int, pitch: int, pitch_range: int) -> NDArray[np.int16]:
        """One sentence at ``rate_hz``."""
        data = text.encode("utf-8", "ignore").replace(b"\0", b" ") + b"\0"
        with self.lock:
            self._pieces = []
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise EspeakError(f"espeak-ng has no voice named {voice!r}")
            for knob, value in ((_RATE, rate_wpm), (_PITCH, pitch), (_RANGE, pitch_range)):
                self._library.espeak_SetParameter(knob, value, 0)
            self._library.espeak_Synth(data, len(data), 0, 1, 0, _UTF8_AND_PHONEMES, None, None)
            self._library.espeak_Synchronize()
            return np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)


_starting = threading.Lock()


def _engine() -> _Engine:
    with _starting:  # initialising twice at once crashes the library
        return _the_engine()


@cache
def _the_engine() -> _Engine:
    return _Engine()


class EspeakVoice:
    """A voice of espeak-ng.

    ``variant`` names one of its speakers (``f2``, ``m3``, ``Andrea`` …), ``rate_hz`` the sound wanted (8000 on the telephone).
    """

    def __init__(
        self,
        *,
        language: str = "id",
        variant: str = "f2",
        rate_hz: int = 8000,
        rate_wpm: int = 175,
        pitch: int = 50,
        pitch_range: int = 50,
    ) -> None:
        self._language = "en" if language.startswith("en") else "id"
        self._voice = f"{'en-us' if language == 'en' else language}+{variant}" if variant else language
        self._rate_hz = rate_hz
        self._manner = (rate_wpm, pitch, pitch_range)

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    @property
    def key(self) -> str:
        """Names everything that changes the sound; for caches."""
        return f"espeak/{self._voice}/{self._rate_hz}/{'/'.join(map(str, self._manner))}"

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text`` (amounts, dates and numbers as people say them), a chunk for each sentence."""
        for sentence in sentences_of(text):
            spoken = to_spoken(sentence, self._language)
            samples = _engine().say(respell(spoken, self._language), self._voice, *self._manner)
            if len(samples):
                yield self._finish(samples)

    def _finish(self, samples: NDArray[np.int16]) -> Waveform:
        wave = samples.astype(np.float32) / 32768
        wave = soxr.resample(wave, _engine().rate_hz, self._rate_hz).astype(np.float32)
        wave *= _PEAK / max(float(np.abs(wave).max()), _PEAK / 4)
        fade_samples = min(int(_FADE_S * self._rate_hz), len(wave) // 2)
        if fade_samples:
            ramp = np.linspace(0, 1, fade_samples, dtype=np.float32)
            wave[:fade_samples] *= ramp
            wave[-fade_samples:] *= ramp[::-1]
        return np.pad(wave, (0, int(_PAUSE_S * self._rate_hz)))


def sentences_of(text: str) -> list[str]:
    """The sentences of ``text``; a dot inside a number or abbreviation does not end one."""
    return [part.strip() for part in _SENTENCE_END.split(text.strip()) if part.strip()]


@cache
def _respellings() -> dict[str, str]:
    """Words that espeak-ng's rules read wrongly, spelled as they sound."""
    found: dict[str, str] = {}
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, sound = line.split("\t")
            found[word] = sound
    return found


def respell(text: str, language: str) -> str:
    """Replace words of the lexicon by their sound."""
    if language != "id":
        return text
    known = _respellings()
    return re.sub(r"[a-zA-Z]+(?:-[a-zA-Z]+)?", lambda match: known.get(match[0].lower(), match[0]), text)
