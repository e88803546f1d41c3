"""SVOX Pico's six speakers (Apache-2.0; Debian's ``libttspico-utils``), told the phones in X-SAMPA."""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from pathlib import Path

from models.recipes.id_phone.rhvoice import syllables
from models.recipes.id_phone.voices import VOWELS, Utterance, load, phones, texts

_SHARED = {phone: phone for phone in "aiueobdfgjklmnprstwz"} | {
    "@": "@", "h": "h", "ng": "N", "ny": "n j", "sy": "S", "kh": "k", "c": "tS", "dj": "dZ", "ai": "a i", "au": "a u", "oi": "o i",
}  # fmt: skip
_ENGLISH = {"a": "A:", "i": "i:", "u": "u:", "e": "e", "o": "O:", "r": "r", "ai": "aI", "au": "aU", "oi": "OI"}
_PHONES: dict[str, dict[str, str]] = {
    "en-GB": _SHARED | _ENGLISH,
    "en-US": _SHARED | _ENGLISH | {"e": "E", "a": "A"},
}
"""Language → its phones for ours."""
_LETTERS = {letter: letter for letter in "aiueobdfghjklmnprstwz"} | {"@": "e", "ai": "ai", "au": "au", "oi": "oi"}
SPELLED: dict[str, dict[str, str]] = {
    "it-IT": _LETTERS | {"h": "", "j": "i", "w": "u", "ng": "ng", "ny": "gni", "sy": "sci", "kh": "k", "c": "C", "dj": "G"},
    "es-ES": _LETTERS
    | {"h": "j", "j": "y", "w": "u", "z": "s", "ng": "ng", "ny": "ñ", "sy": "s", "kh": "j", "c": "ch", "dj": "ll"},
    "de-DE": _LETTERS
    | {"s": "ss", "z": "s", "ng": "ng", "ny": "nj", "sy": "sch", "kh": "ch", "c": "tsch", "dj": "dsch", "ai": "ei", "oi": "eu"},
}
"""Language → its letters for our phones, where the voice reads phones badly."""
LANGUAGES = (*_PHONES, *SPELLED)
_RESPELLED: dict[str, tuple[tuple[str, str], ...]] = {
    "it-IT": (
        ("g(?=[ei])", "gh"),
        ("k(?=[ei])", "ch"),
        ("k", "c"),
        ("C(?=[ei])", "c"),
        ("C", "ci"),
        ("G(?=[ei])", "g"),
        ("G", "gi"),
    ),
    "es-ES": (("g(?=[ei])", "gu"),),
    "de-DE": (),
}
"""Where a letter sounds otherwise before e and i."""


def speak(language: str, count: int, seed: int, words: list[str]) -> list[Utterance]:
    """``count`` utterances of a language's speaker, each with a pace and pitch of its own."""
    chance = random.Random(f"pico{language}{seed}")
    source = texts(chance, words)
    found: list[Utterance] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.wav"
        while len(found) < count:
            text = next(source)
            told = " ".join(_written(word, language, chance) for word in text.split())
            told = f'<speed level="{chance.randint(75, 135)}"><pitch level="{chance.randint(75, 130)}">{told}</pitch></speed>'
            subprocess.run(["pico2wave", "-l", language, "-w", str(path), told], capture_output=True, check=False)
            utterance = load(path, text, f"pico:{language}")
            if utterance is not None:
                found.append(utterance)
    return found


def _written(word: str, language: str, chance: random.Random) -> str:
    sounds = phones(word, chance)
    if language in SPELLED:
        written = "".join(SPELLED[language].get(sound, "") for sound in sounds)
        for pattern, letters in _RESPELLED[language]:
            written = re.sub(pattern, letters, written)
        return written
    groups = syllables(sounds)
    stressed = max(0, len(groups) - 2)
    parts: list[str] = []
    for place, group in enumerate(groups):
        spoken = [part for sound in group for part in chance.choice(_PHONES[language].get(sound, "").split("|")).split()]
        has_vowel = any(sound in VOWELS for sound in group)
        parts.append(("&quot;" if place == stressed and has_vowel else "") + "".join(spoken))
    return f'<phoneme ph="{".".join(part for part in parts if part)}"/>'
