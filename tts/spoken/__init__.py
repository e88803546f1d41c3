"""Written text → the words that people say: amounts, dates, times, telephone and account numbers, abbreviations.

The text is read once from left to right (``tts.spoken.scan``); each language has an ordered list of written forms
(``indonesian``, ``english``). What is no written form stays as it is, letter for letter.
"""

from __future__ import annotations

from functools import cache

from tts.spoken import english, indonesian
from tts.spoken.days import spoken_date, spoken_time
from tts.spoken.digits import spoken_digits
from tts.spoken.figures import spoken_amount, spoken_number
from tts.spoken.scan import Piece, Scanner, joined

__all__ = [
    "Piece",
    "spoken_amount",
    "spoken_date",
    "spoken_digits",
    "spoken_number",
    "spoken_pieces",
    "spoken_time",
    "to_spoken",
]


def to_spoken(text: str, language: str = "id") -> str:
    """``text`` with nothing left that a voice reads wrongly; no digit remains. ``language`` is ``id`` or ``en``."""
    return joined(spoken_pieces(text, language))


def spoken_pieces(text: str, language: str = "id") -> tuple[Piece, ...]:
    """The same in pieces, each telling which kind of written form it was, so that a voice can pause before an amount."""
    return _scanner(language).read(text)


@cache
def _scanner(language: str) -> Scanner:
    return Scanner((english if language == "en" else indonesian).RULES, language)
