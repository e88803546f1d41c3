"""Letters by their names: abbreviations, codes of letters and digits, e-mail and web addresses."""

from __future__ import annotations

import re

from tts.spoken.digits import grouped, named
from tts.spoken.figures import spoken_number

_NAMES_ID = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "a be ce de e ef ge ha i je ka el em en o pe ki er es te u ve we eks ye zet".split(),
        strict=True,
    )
)
_VOWELS = set("AEIOU")
_WORDLIKE = 4
"""From this many letters on a run with a vowel is read as a word ("COVID-19", "budi123")."""
_SYLLABLE = re.compile(r"(?i)[^aeiou][aeiou][^aeiou]|[aeiou][^aeiou][aeiou]")
"""What three letters need to be a word ("bit", "ovo") and no abbreviation ("ojk", "bca")."""
_SIGNS = {
    "id": {"@": "et", ".": "titik", "-": "strip", "_": "garis bawah", "/": "garis miring", "+": "plus", "?": "tanda tanya", "=": "sama dengan", "&": "dan", "%": "persen", "#": "pagar", ":": "titik dua", "~": "tilde"},
    "en": {"@": "at", ".": "dot", "-": "dash", "_": "underscore", "/": "slash", "+": "plus", "?": "question mark", "=": "equals", "&": "and", "%": "percent", "#": "hash", ":": "colon", "~": "tilde"},
}  # fmt: skip
_DOMAINS = {
    "id": {"com": "kom", "co": "ko", "id": "i de", "go": "go", "www": "we we we"},
    "en": {"com": "com", "co": "co", "id": "I D", "go": "go", "www": "W W W"},
}


def spelled(letters: str, language: str) -> str:
    """Each letter by its name: ``be ce a``, ``B C A``."""
    plain = [letter for letter in letters.upper() if letter in _NAMES_ID]
    return " ".join(plain if language == "en" else [_NAMES_ID[letter] for letter in plain])


def is_unpronounceable(letters: str) -> bool:
    """Whether a run of letters has no vowel, as most abbreviations."""
    return not _VOWELS & set(letters.upper())


def spoken_code(code: str, language: str) -> str:
    """``INV-2026/00123`` → letters by name and digits by name, a pause where a sign stands."""
    parts: list[str] = []
    for segment in re.split(r"[-/.]", code):
        runs = re.findall(r"[A-Za-z]+|\d+", segment)
        parts.append(" ".join(_run(run, code, language) for run in runs))
    return ", ".join(part for part in parts if part)


def _run(run: str, code: str, language: str) -> str:
    if run.isdigit():
        short = len(run) <= 2 and not run.startswith("0") and len(re.findall(r"\d", code)) == len(run)
        return spoken_number(int(run), language) if short else ", ".join(named(group, language) for group in grouped(run))
    if len(run) >= _WORDLIKE and not is_unpronounceable(run):
        return run
    return spelled(run, language)


def spoken_address(address: str, language: str) -> str:
    """An e-mail or web address, sign by sign; the scheme is left out."""
    address = re.sub(r"(?i)^(?:https?://)", "", address).rstrip("/")
    words: list[str] = []
    for run in re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", address):
        if run.isdigit():
            words.append(", ".join(named(group, language) for group in grouped(run)))
        elif run.isalpha():
            words.append(_label(run, language))
        else:
            words.append(_SIGNS[language].get(run, ""))
    return " ".join(word for word in words if word)


def _label(run: str, language: str) -> str:
    known = _DOMAINS[language].get(run.lower())
    if known:
        return known
    return spelled(run, language) if is_unpronounceable(run) or (len(run) <= 3 and not _SYLLABLE.search(run)) else run
