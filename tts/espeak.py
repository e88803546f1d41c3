"""The built-in voice: espeak-ng in process (GPL-3.0, loaded at run time from the espeakng-loader wheel).

The library holds one global engine, so all voices share it under a lock; a second of speech takes it about a millisecond.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from tts.engine import VoiceError, Waveform
from tts.loudness import PAUSE_S, PEAK, SPEECH_DBFS, active_level_db, faded_in, faded_out, trimmed
from tts.sentences import sentences_of
from tts.spoken import Piece, spoken_pieces
from tts.spoken.scan import needs_blank

__all__ = ["DEFAULT_VARIANT", "NORMAL_WPM", "EspeakError", "EspeakVoice", "phonemes", "respell", "sentences_of", "speakers"]

NORMAL_WPM = 175
"""espeak-ng's own speed; what a script calls 1."""
DEFAULT_VARIANT = "f2"
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_IPA = 2
_UTF8_AND_PHONEMES = _UTF8 | 0x100
_RATE, _PITCH, _RANGE = 1, 3, 4
_SLOWEST_WPM, _FASTEST_WPM = 80, 450
_LEXICON = Path(__file__).parent / "lexicon"
_PAUSE = "[[_:]]"
"""A short silence, in espeak-ng's phonemes."""
_PAUSED = {"amount", "digits"}
"""A listener gets a moment to be ready for these."""
_CALIBRATION = "Baik, terima kasih. Kami akan menghubungi Anda kembali besok pagi."
_WORD = re.compile(r"[a-zA-Z]+(?:-[a-zA-Z]+)?")


class EspeakError(VoiceError):
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
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if count > 0 and samples:
            self._pieces.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 0

    def say(self, text: str, voice: str, manner: tuple[int, int, int]) -> NDArray[np.int16]:
        """One sentence at ``rate_hz``; ``manner`` is words a minute, pitch and its range."""
        data = _encoded(text)
        with self.lock:
            self._pieces = []
            self._choose(voice)
            for knob, value in zip((_RATE, _PITCH, _RANGE), manner, strict=True):
                self._library.espeak_SetParameter(knob, value, 0)
            self._library.espeak_Synth(data, len(data), 0, 1, 0, _UTF8_AND_PHONEMES, None, None)
            self._library.espeak_Synchronize()
            return np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)

    def phonemes(self, text: str, voice: str, mode: int) -> str:
        """How ``text`` is read, in espeak-ng's own phoneme names or (``_IPA``) the phonetic alphabet; a blank between words."""
        position = ctypes.c_char_p(_encoded(text))
        clauses: list[str] = []
        with self.lock:
            self._choose(voice)
            while position.value is not None:
                read = self._library.espeak_TextToPhonemes(ctypes.byref(position), _UTF8, mode)
                clauses.append((read or b"").decode("utf-8", "replace").strip())
        return " ".join(clause for clause in clauses if clause)

    def _choose(self, voice: str) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise EspeakError(f"espeak-ng has no voice named {voice!r}")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "ignore").replace(b"\0", b" ") + b"\0"


_starting = threading.Lock()


def _engine() -> _Engine:
    with _starting:  # initialising twice at once crashes the library
        return _the_engine()


@cache
def _the_engine() -> _Engine:
    return _Engine()


@cache
def speakers() -> tuple[str, ...]:
    """What ``variant`` may be. espeak-ng itself takes any name, and speaks with its usual voice for one it does not know."""
    try:
        import espeakng_loader
    except ImportError as error:
        raise EspeakError(f"espeak-ng is not here ({error}); reinstall santun or choose another voice") from error
    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    return tuple(sorted(path.name for path in folder.glob("*")))


class EspeakVoice:
    """A voice of espeak-ng.

    ``variant`` names one of its speakers (``f2``, ``m3``, ``Andrea`` …), ``rate_hz`` the sound wanted (8000 on the telephone),
    ``speed`` how fast it speaks beside ``rate_wpm`` (0.9 is a tenth slower).
    """

    def __init__(
        self,
        *,
        language: str = "id",
        variant: str = DEFAULT_VARIANT,
        rate_hz: int = 8000,
        rate_wpm: int = NORMAL_WPM,
        speed: float = 1.0,
        pitch: int = 50,
        pitch_range: int = 50,
    ) -> None:
        if variant and variant not in speakers():
            raise EspeakError(f"the built-in voice has no speaker {variant!r}; known: {', '.join(speakers())}")
        self._language = "en" if language.startswith("en") else "id"
        self._voice = f"{'en-us' if language == 'en' else language}+{variant}" if variant else language
        self._rate_hz = rate_hz
        wpm = min(_FASTEST_WPM, max(_SLOWEST_WPM, round(rate_wpm * speed)))
        self._manner = (wpm, pitch, pitch_range)

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    @property
    def key(self) -> str:
        """Names everything that changes the sound; for caches."""
        return f"espeak-2/{self._voice}/{self._rate_hz}/{'/'.join(map(str, self._manner))}"

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text`` (amounts, dates and numbers as people say them), a chunk for each sentence, the first at once."""
        for sentence in sentences_of(text):
            written = with_pauses(spoken_pieces(sentence, self._language), self._language)
            wave = trimmed(self._at_line_rate(_engine().say(written, self._voice, self._manner)), self._rate_hz)
            if len(wave):
                wave = np.clip(wave * _gain(self._voice, self._manner), -PEAK, PEAK)
                wave = faded_out(faded_in(wave, self._rate_hz), self._rate_hz)
                yield np.pad(wave, (0, int(PAUSE_S * self._rate_hz)))

    def _at_line_rate(self, samples: NDArray[np.int16]) -> Waveform:
        wave = samples.astype(np.float32) / 32768
        return soxr.resample(wave, _engine().rate_hz, self._rate_hz).astype(np.float32)


@lru_cache(maxsize=64)
def _gain(voice: str, manner: tuple[int, int, int]) -> np.float32:
    """What brings this voice to the bot's level. One for all sentences: within one voice their levels differ by about 1 dB."""
    wave = _engine().say(_CALIBRATION, voice, manner).astype(np.float32) / np.float32(32768)
    return np.float32(10 ** ((SPEECH_DBFS - active_level_db(wave, _engine().rate_hz)) / 20))


def with_pauses(pieces: Iterable[Piece], language: str) -> str:
    """What espeak-ng is given: words that its rules read wrongly as sounds, and a pause before amounts and numbers."""
    text = ""
    for piece in pieces:
        words = respell(piece.words, language)
        if text and words and needs_blank(text[-1], words[0]):
            text += " "
        if piece.kind in _PAUSED and re.search(r"\w\s*$", text):
            text += f"{_PAUSE} "
        text += words
    return text


def phonemes(text: str, language: str = "id", *, ipa: bool = False) -> str:
    """How espeak-ng's own rules read ``text``, in its phoneme names or the International Phonetic Alphabet."""
    return _engine().phonemes(text, "en-us" if language == "en" else language, _IPA if ipa else 0)


@cache
def _sounds() -> dict[str, str]:
    """Words that espeak-ng's rules read wrongly → how to write them for it."""
    found = {word: f"[[{sound}]]" for word, sound in _table("id.tsv")}
    return found | dict(_table("loanwords_id.tsv"))


def _table(name: str) -> Iterator[tuple[str, str]]:
    for line in (_LEXICON / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, sound = line.split("\t")
            yield word, sound


def respell(text: str, language: str) -> str:
    """Replace words of the lexicon by their sound; brackets of the text itself are no phonemes."""
    text = text.replace("[[", "[ [")
    if language != "id":
        return text
    known = _sounds()
    return _WORD.sub(lambda match: known.get(match[0].lower(), match[0]), text)
