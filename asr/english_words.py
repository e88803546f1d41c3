"""How English words, and the Indonesian names and words among them, sound: phones of the CMU dictionary.

Pronunciations come from the dictionary in the pocketsphinx wheel, then ``phrases/lexicon_en.txt`` (loan words, abbreviations,
brands), else from Indonesian spelling, which is nearly phonemic: nearly all that is left over are Indonesian names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_LEXICON = Path(__file__).parent / "phrases" / "lexicon_en.txt"
PHONES = tuple("AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split())
_SOUNDS = {
    "ng": "NG", "ny": "N Y", "sy": "SH", "kh": "K", "ai": "AY", "au": "AW", "oi": "OY", "dh": "D", "th": "T", "ch": "CH", "oe": "UW",
    "tj": "CH", "dj": "JH", "a": "AA", "b": "B", "c": "CH", "d": "D", "f": "F", "g": "G", "h": "HH", "i": "IY", "j": "JH", "k": "K",
    "l": "L", "m": "M", "n": "N", "o": "OW", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "UW", "v": "F", "w": "W", "x": "K S",
    "y": "Y", "z": "Z",
}  # fmt: skip
_UNIT = re.compile("|".join(sorted([*_SOUNDS, "e"], key=len, reverse=True)))
_VARIANT = re.compile(r"\(\d+\)$")


def by_spelling(word: str) -> tuple[str, ...]:
    """The phones of a word spelled as Indonesian is; an e may be that of "bed" or a schwa."""
    units = [match[0] for match in _UNIT.finditer(word.lower())]
    forms = [" ".join(sound if unit == "e" else _SOUNDS[unit] for unit in units) for sound in ("EH", "AH")]
    return tuple(dict.fromkeys(form for form in forms if form))


@cache
def _lexicon() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, phones = line.split("\t")
            found[word] = (*found.get(word, ()), phones)
    return found


def pronunciations(words: Iterable[str], dictionary: Path) -> dict[str, tuple[str, ...]]:
    """Every word with the ways it may sound; the large ``dictionary`` is read through once and not kept."""
    wanted = set(words)
    found: dict[str, list[str]] = {}
    with dictionary.open(encoding="utf-8") as stream:
        for line in stream:
            entry, _, phones = line.rstrip().partition(" ")
            word = _VARIANT.sub("", entry)
            if word in wanted:
                found.setdefault(word, []).append(phones)
    return {word: (*found.get(word, ()), *_lexicon().get(word, ())) or by_spelling(word) for word in sorted(wanted)}


def dictionary_text(sounds: dict[str, tuple[str, ...]]) -> str:
    """The words as a PocketSphinx dictionary."""
    lines: list[str] = []
    for word, forms in sounds.items():
        lines += [f"{word}{f'({number})' if number > 1 else ''} {phones}" for number, phones in enumerate(forms, 1)]
    return "\n".join(lines) + "\n"
