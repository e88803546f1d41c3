"""The words that numbers are made of (``phrases/numbers_*.yaml``), glued and broken ones too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from nlu.normalize import Token

_PHRASES = Path(__file__).parent / "phrases"
_LITERAL = re.compile(r"\d+(?:[.,]\d+)*")
_ENDINGS = ("nya", "nye", "kah", "lah", "mah", "pun", "an", "ne", "na", "ku", "e", "pi", "mi", "ji", "ta")
_KEEPS_ENDING = {"unit", "weak_unit", "part", "point", "article", "and", "of", "round", "plus"}
_ENGLISH_ONLY = {"ten", "mil", "nil", "grand"}
_MULTIPLIES = {"times", "plus", "scale"}
_PROVES = _MULTIPLIES | {"of", "part"}
_LEADS = {"tanggal", "jam", "pukul", "tabuh"}
"""Words after which a doubtful unit is a number by itself ("jam pat")."""


class Atom(NamedTuple):
    """A piece of a number: its group in the phrase file, and its value."""

    kind: str
    value: int | Fraction


class Placed(NamedTuple):
    """An atom and the token after the one that it stands in."""

    kind: str
    value: int | Fraction
    end: int


@cache
def lexicon(language: str) -> dict[str, tuple[Atom, ...]]:
    """Number words → their atom; the other language's words count too, since speakers mix them."""
    both = [language, "en" if language == "id" else "id"]
    found: dict[str, tuple[Atom, ...]] = {}
    for each in both:
        data: dict[str, dict[int, list[str]]] = yaml.safe_load((_PHRASES / f"numbers_{each}.yaml").read_text(encoding="utf-8"))
        for kind, values in data.items():
            for value, words in values.items():
                for word in words:
                    if each == language or _travels(each, kind, word, words):
                        found.setdefault(word, (Atom(kind, value),))
    return found


def _travels(origin: str, kind: str, word: str, words: list[str]) -> bool:
    """Whether a word is understood inside the other language: the plain ones, and no particles."""
    if origin == "en":
        return (
            kind not in ("article", "and", "of", "round", "weak_unit", "part", "point")
            and word not in _ENGLISH_ONLY
            and len(word) > 2
        )
    return kind not in ("weak_unit", "slang", "plus", "point") and word == words[0]


@lru_cache(maxsize=8192)
def atoms_of(word: str, language: str) -> tuple[Atom, ...]:
    """The atoms of one word: known, with an ending ("seratusnya"), or several glued together ("duaratus")."""
    known = lexicon(language)
    if word in known:
        return known[word]
    if word[:1].isdigit():
        value = literal_value(word)
        return () if value is None else (Atom("literal", value),)
    if len(word) < 5:
        return ()
    for ending in _ENDINGS:
        stem = known.get(word.removesuffix(ending)) if word.endswith(ending) else None
        if stem is not None and stem[0].kind not in _KEEPS_ENDING:
            return stem
    glued = _glued(word, known)
    return glued if any(atom.kind in _MULTIPLIES for atom in glued[1:]) else ()


def _glued(word: str, known: dict[str, tuple[Atom, ...]]) -> tuple[Atom, ...]:
    """``word`` cut into number words, longest first; empty when it does not come out even."""
    for length in range(len(word), 2, -1):
        first = known.get(word[:length])
        if first is None:
            continue
        if length == len(word):
            return first
        rest = _glued(word[length:], known)
        if rest:
            return first + rest
    return ()


def read_atoms(tokens: Sequence[Token], index: int, language: str) -> list[Placed]:
    """The run of atoms that begins at ``index``; words broken in two ("em pat", "rat us") are put together."""
    run: list[Placed] = []
    at = index
    while at < len(tokens):
        atoms, end = _atoms_at(tokens, at, language)
        if not atoms:
            break
        run.extend(Placed(atom.kind, atom.value, end) for atom in atoms)
        at = end
    after_lead = index > 0 and tokens[index - 1].text in _LEADS
    return _settled(run, after_lead)


def _atoms_at(tokens: Sequence[Token], index: int, language: str) -> tuple[tuple[Atom, ...], int]:
    word = tokens[index].text
    atoms = atoms_of(word, language)
    if index + 1 < len(tokens) and word.isalpha():
        joined = lexicon(language).get(word + tokens[index + 1].text)
        if joined is not None:
            return joined, index + 2
    return atoms, index + 1


def _settled(run: list[Placed], after_lead: bool) -> list[Placed]:
    """Doubtful units become units where a multiplier (or a decimal point) proves them, or end the run."""
    for place, atom in enumerate(run):
        if atom.kind != "weak_unit":
            continue
        following = run[place + 1].kind if place + 1 < len(run) else ""
        proven = following in _PROVES or (place > 0 and run[place - 1].kind == "point")
        if not proven and not (after_lead and place == 0):
            return run[:place]
        run[place] = Placed("unit", atom.value, atom.end)
    return run


def literal_value(text: str) -> Fraction | None:
    """ "1.250.000", "1,5", "350" as a number; dots group by three, otherwise they are decimal."""
    if not _LITERAL.fullmatch(text):
        return None
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", text):
        return Fraction(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        return Fraction(text.replace(",", ""))
    if text.count(".") + text.count(",") > 1:
        return None
    return Fraction(text.replace(",", "."))
