"""RHVoice's speakers: voices of other languages, given Indonesian in the letters of their own.

Only voices whose licence lets anyone use them are taken (LGPL-2.1+, GPL-3, CC BY-SA 4.0; Debian's ``copyright`` file lists
each); those for non-commercial use are left alone.
"""

from __future__ import annotations

import ctypes
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.recipes.id_phone.voices import VOWELS, Utterance, checked, phones, texts

_UKRAINIAN = dict(
    zip("a i u e o b d f g h j k l m n p r s t w z".split(), "а і у е о б д ф ґ г й к л м н п р с т в з".split(), strict=True)
) | {"@": "и|е", "ng": "нґ", "ny": "нь", "sy": "ш", "kh": "х", "c": "ч", "dj": "дж", "ai": "ай", "au": "ау", "oi": "ой"}
_KYRGYZ = dict(
    zip("a i u e o b d f g h j k l m n p r s t w z".split(), "а и у э о б д ф г х й к л м н п р с т в з".split(), strict=True)
) | {"@": "ы|э", "ng": "ң", "ny": "нй", "sy": "ш", "kh": "х", "c": "ч", "dj": "ж", "ai": "ай", "au": "ау", "oi": "ой"}
_RUSSIAN = _UKRAINIAN | {"i": "и|и|ы", "e": "э", "@": "э|ы", "g": "г", "h": "х", "ng": "нг"}
_ESPERANTO = {letter: letter for letter in "aiueobdfghjklmnprstz"} | {
    "@": "e", "w": "ŭ", "ng": "ng", "ny": "nj", "sy": "ŝ", "kh": "ĥ", "c": "ĉ", "dj": "ĝ", "ai": "aj", "au": "aŭ", "oi": "oj",
}  # fmt: skip
_ENGLISH = {letter: letter for letter in "bdfghklmnprstwz"} | {
    "a": "ah", "i": "ee", "u": "oo", "e": "eh", "o": "oh", "@": "uh", "j": "y", "ng": "ng", "ny": "ny", "sy": "sh", "kh": "k",
    "c": "ch", "dj": "j", "ai": "eye", "au": "ow", "oi": "oy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language writes our phones; ``by_syllable`` keeps vowels from being reduced, ``stress`` goes before a vowel."""

    letters: dict[str, str]
    by_syllable: bool = False
    stress: str = ""


_UK = Spelling(_UKRAINIAN, stress="+")
_RU = Spelling(_RUSSIAN, by_syllable=True, stress="+")
_EN = Spelling(_ENGLISH, by_syllable=True)
VOICES = {
    "anatol": _UK, "natalia": _UK, "volodymyr": _UK, "azamat": Spelling(_KYRGYZ), "nazgul": Spelling(_KYRGYZ),
    "spomenka": Spelling(_ESPERANTO), "aleksandr-hq": _RU, "anna": _RU, "elena": _RU, "irina": _RU, "yuriy": _RU,
    "bdl": _EN, "clb": _EN, "slt": _EN, "alan": _EN,
}  # fmt: skip


def syllables(sounds: list[str]) -> list[list[str]]:
    """Phones of a word in groups with one vowel each; a group begins with the last consonant before its vowel."""
    groups: list[list[str]] = [[]]
    has_vowel = False
    for index, sound in enumerate(sounds):
        next_is_vowel = index + 1 < len(sounds) and sounds[index + 1] in VOWELS
        if has_vowel and (sound in VOWELS or next_is_vowel):
            groups.append([])
            has_vowel = False
        groups[-1].append(sound)
        has_vowel = has_vowel or sound in VOWELS
    return groups


def spell(text: str, spelling: Spelling, chance: random.Random) -> str:
    """A sentence in the letters of another language."""
    words: list[str] = []
    for word in text.split():
        groups = syllables(phones(word, chance))
        stressed = range(len(groups)) if spelling.by_syllable else [max(0, len(groups) - 2)]
        written: list[str] = []
        for place, group in enumerate(groups):
            part = ""
            for sound in group:
                mark = spelling.stress if sound in VOWELS and place in stressed else ""
                part += mark + chance.choice(spelling.letters.get(sound, "").split("|"))
            written.append(part)
        words.append((" " if spelling.by_syllable else "").join(written))
    return " ".join(words)


class _Engine:
    """RHVoice in process through its C library (Debian's ``librhvoice5``): starting the program anew costs more than speaking."""

    def __init__(self) -> None:
        self._library: Any = ctypes.CDLL("libRHVoice.so.5")
        self._library.RHVoice_new_tts_engine.restype = ctypes.c_void_p
        self._library.RHVoice_new_message.restype = ctypes.c_void_p
        self._pieces: list[NDArray[np.int16]] = []
        self._rate_hz = 0
        self._callbacks = (_SET_RATE(self._set_rate), _PLAY(self._take))  # kept alive as long as the library may call them
        start = _Start(data_path=b"/usr/share/RHVoice", config_path=b"/etc/RHVoice")
        start.set_rate, start.play = self._callbacks
        self._engine = self._library.RHVoice_new_tts_engine(ctypes.byref(start))

    def _set_rate(self, rate_hz: int, _: Any) -> int:
        self._rate_hz = rate_hz
        return 1

    def _take(self, samples: Any, count: int, _: Any) -> int:
        self._pieces.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 1

    def say(self, text: str, voice: str, *, rate: float, pitch: float) -> tuple[NDArray[np.float32], int]:
        """The sentence as a wave in [-1, 1] and its samples a second; ``rate`` and ``pitch`` are factors."""
        self._pieces = []
        manner = _Manner(profile=voice.encode(), relative_rate=rate, relative_pitch=pitch, relative_volume=1.0)
        data = text.encode()
        message = ctypes.c_void_p(
            self._library.RHVoice_new_message(
                ctypes.c_void_p(self._engine), data, len(data), 0, ctypes.byref(manner), ctypes.c_void_p(0)
            )
        )
        self._library.RHVoice_speak(message)
        self._library.RHVoice_delete_message(message)
        wave = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        return wave.astype(np.float32) / 32768, self._rate_hz


_SET_RATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_PLAY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_uint, ctypes.c_void_p)


class _Start(ctypes.Structure):
    """``RHVoice_init_params``."""

    _fields_ = (
        ("data_path", ctypes.c_char_p),
        ("config_path", ctypes.c_char_p),
        ("resource_paths", ctypes.c_void_p),
        ("set_rate", _SET_RATE),
        ("play", _PLAY),
        ("unused", ctypes.c_void_p * 7),
        ("options", ctypes.c_uint),
    )


class _Manner(ctypes.Structure):
    """``RHVoice_synth_params``."""

    _fields_ = (
        ("profile", ctypes.c_char_p),
        *((name, ctypes.c_double) for name in ("absolute_rate", "absolute_pitch", "absolute_volume")),
        *((name, ctypes.c_double) for name in ("relative_rate", "relative_pitch", "relative_volume")),
        ("punctuation_mode", ctypes.c_int),
        ("punctuation_list", ctypes.c_char_p),
        ("capitals_mode", ctypes.c_int),
        ("flags", ctypes.c_int),
    )


def speak(voice: str, count: int, seed: int, words: list[str]) -> list[Utterance]:
    """``count`` utterances of a voice, each with a pace and pitch of its own."""
    engine = _Engine()
    chance = random.Random(f"rhvoice{voice}{seed}")
    source = texts(chance, words)
    hurry = 1.35 if VOICES[voice].by_syllable else 1.0
    found: list[Utterance] = []
    while len(found) < count:
        text = next(source)
        rate, pitch = chance.uniform(0.8, 1.5) * hurry, chance.uniform(0.75, 1.3)
        wave, rate_hz = engine.say(spell(text, VOICES[voice], chance), voice, rate=rate, pitch=pitch)
        utterance = checked(wave, rate_hz, text, f"rhvoice:{voice}")
        if utterance is not None:
            found.append(utterance)
    return found
