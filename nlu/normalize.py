"""Text → tokens in one spelling, each knowing the span of the original that it stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_TOKEN = re.compile(r"[a-z']+|\d+(?:[.,:/]\d+)*|[#*+%]|[?!.,;]", re.IGNORECASE)
_PUNCTUATION = set("?!.,;")
_PHRASES = Path(__file__).parent / "phrases"


@dataclass(frozen=True, slots=True)
class Token:
    """One normalised word; ``start`` and ``end`` are offsets in the original text."""

    text: str
    start: int
    end: int


@cache
def spellings(language: str) -> dict[str, str]:
    """Colloquial, regional and misspelt forms → the form that the rules use (one or more words)."""
    data: dict[str, list[str]] = yaml.safe_load((_PHRASES / f"spelling_{language}.yaml").read_text(encoding="utf-8"))
    return {str(variant): form for form, variants in data.items() for variant in variants}


def tokenize(text: str, language: str) -> tuple[Token, ...]:
    """Normalised tokens; punctuation that ends a clause is kept as ``,`` or ``?``."""
    known = spellings(language)
    flat = _same_length_lower(text)
    found: list[Token] = []
    for match in _TOKEN.finditer(flat):
        word = match[0]
        if word in _PUNCTUATION:
            found.append(Token("?" if word == "?" else ",", match.start(), match.end()))
            continue
        word = word.strip("'") or "'"
        for form in known.get(word, _reduced(word, known)).split():
            found.append(Token(form, match.start(), match.end()))
    return tuple(found)


def _same_length_lower(text: str) -> str:
    """Lower case without accents, every character still in its place."""
    out: list[str] = []
    for character in text:
        base = unicodedata.normalize("NFKD", character)[0].lower()
        out.append(base[0] if base else " ")
    return "".join("'" if character in "\u2019`" else character for character in out)


def _reduced(word: str, known: dict[str, str]) -> str:
    """Drawn-out letters shortened ("iyaaa"); common clitics of Indonesian kept as they are."""
    short = re.sub(r"([a-z])\1{2,}", r"\1", word)
    return known.get(short, short)


def joined(tokens: Sequence[Token]) -> str:
    """The normalised text, one blank between tokens and none around; what the phrase rules look at."""
    return " ".join(token.text for token in tokens)


def span_text(original: str, tokens: Sequence[Token]) -> str:
    """The verbatim piece of the original that ``tokens`` cover."""
    return original[tokens[0].start : tokens[-1].end] if tokens else ""
