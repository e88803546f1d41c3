"""An utterance as the intent model sees it: hashed pieces of words as they are and in their everyday standard form.

Every word is looked at twice, as it was said and as ``phrases/informal.yaml`` and ``regional_*.yaml`` give it in standard
Indonesian, so that what was learnt of "belum bayar" also holds for "durung mbayar". Hashes are CRC-32, the same everywhere.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from functools import cache, lru_cache
from itertools import pairwise
from math import log
from pathlib import Path

import yaml

from nlu.normalize import spellings
from nlu.understanding import CONTEXTS

BUCKETS = 2**15
"""Places for pieces of words in the embedding of the neural half."""
LINEAR_BUCKETS = 2**17
"""Places for features of the linear half."""
MAX_WORDS = 56
MAX_PIECES = 36
_TOKEN = re.compile(r"[a-z']+|\d|[?!.,%#*]")
_DICTIONARIES = ("informal", "regional_java", "regional_islands")
_PHRASES = Path(__file__).parent / "phrases"


@cache
def dictionary() -> dict[str, str]:
    """Variant → standard form, of all dictionaries; where they differ the first one wins."""
    found: dict[str, str] = {}
    for name in reversed(_DICTIONARIES):
        data: dict[str, list[str]] = yaml.safe_load((_PHRASES / f"{name}.yaml").read_text(encoding="utf-8"))
        found |= {variant: form for form, variants in data.items() for variant in variants}
    return found | spellings("id")


def words_of(text: str) -> list[str]:
    """Lower-case words, single digits and punctuation; at most ``MAX_WORDS``."""
    return _TOKEN.findall(text.lower())[:MAX_WORDS]


@lru_cache(maxsize=100_000)
def standard_form(word: str, language: str) -> str:
    """The word's everyday standard form (one or more words); itself when none is known."""
    short = re.sub(r"([a-z])\1{2,}", r"\1", word)
    known = dictionary() if language == "id" else spellings("en")
    return known.get(word) or known.get(short) or short


@lru_cache(maxsize=100_000)
def word_pieces(word: str, language: str) -> tuple[int, ...]:
    """Buckets of the word, of its pieces of two to five letters, and of those of its standard form."""
    found = _pieces(word)
    form = standard_form(word, language)
    if form != word:
        for part in form.split():
            found += _pieces(part)
    return tuple(found[:MAX_PIECES])


def _pieces(word: str) -> list[int]:
    marked = f"<{word}>"
    found = [_bucket(marked, BUCKETS)]
    for size in (2, 3, 4, 5):
        found += [_bucket(f"{size}{marked[i : i + size]}", BUCKETS) for i in range(len(marked) - size + 1)]
    return found


def _bucket(text: str, buckets: int) -> int:
    return zlib.crc32(text.encode()) % buckets


def context_index(asked: str | None, language: str) -> int:
    """The question (or its absence) and the language as one number below ``CONTEXT_COUNT``."""
    place = CONTEXTS.index(asked) + 1 if asked in CONTEXTS else 0
    return place + (len(CONTEXTS) + 1) * (language == "en")


CONTEXT_COUNT = 2 * (len(CONTEXTS) + 1)


def linear_features(text: str, language: str, asked: str | None, fired: tuple[str, ...]) -> dict[str, float]:
    """Named features with their damped counts; ``fired`` are the intents of the phrase rules that held."""
    words = words_of(text)
    forms = " ".join(standard_form(word, language) for word in words).split()
    names: list[str] = []
    for word in words:
        marked = f"_{word}_"
        names += [f"c {marked[i : i + size]}" for size in (2, 3, 4, 5) for i in range(len(marked) - size + 1)]
    names += [f"n {word}" for word in forms]
    names += [f"n {a} {b}" for a, b in pairwise(forms)]
    names += [f"n {a} {b} {c}" for a, b, c in zip(forms, forms[1:], forms[2:], strict=False)]
    names += [f"p {a} * {c}" for a, c in zip(forms, forms[2:], strict=False)]
    names += [f"r {a} {b}" for a, b in pairwise(words)]
    names += [f"x {asked} {word}" for word in forms[:8]]
    names += [f"q {asked}"] * 2
    for intent in fired:
        names += [f"f {intent}"] * 2 + [f"f {asked} {intent}"]
    return {name: 1 + log(count) for name, count in Counter(names).items()}


def linear_bucket(name: str) -> int:
    """Where a named feature lies."""
    return _bucket(name, LINEAR_BUCKETS)
