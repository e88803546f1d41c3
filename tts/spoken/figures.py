"""Written figures ("1.250.000,50", "1,5 juta", "2.5m") → exact values → words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from num2words import num2words

from tts.spoken.digits import named, spoken_digits

FIGURE = r"\d+(?:[.,]\d+)*"
"""Anything that may be a figure; :func:`read_figure` decides."""
DASH = {
    "id": r"\s*(?:[-–—−]|\bs(?:\.\s?d\b\.?|/d\b|d\b\.?)|\bsampai(?:\s+dengan)?\b|\bhingga\b)\s*",
    "en": r"\s*(?:[-–—−]|\bto\b|\buntil\b)\s*",
}
"""Between the ends of a range."""
MOST = 10**15
"""From here on number words leave what people (and our own reader of numbers) know; digits are named instead."""
_POINT = {"id": "koma", "en": "point"}
_MINUS = {"id": "minus", "en": "minus"}
_TO = {"id": "sampai", "en": "to"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A value: its whole part, and its decimals as they are written."""

    whole: int
    decimals: str = ""

    def times(self, scale: int) -> Figure:
        """The value times a power of ten, exactly."""
        power = len(str(scale)) - 1
        padded = self.decimals.ljust(power, "0")
        return Figure(self.whole * scale + int(padded[:power] or "0"), padded[power:].rstrip("0"))


@lru_cache(maxsize=4096)
def spoken_number(number: int, language: str = "id") -> str:
    """``number`` in words, without hyphens or commas."""
    if number < 0:
        return f"{_MINUS[language]} {spoken_number(-number, language)}"
    if number >= MOST:
        return spoken_digits(str(number), language)
    return str(num2words(number, lang=language)).replace("-", " ").replace(",", "")


def spoken_amount(amount: int, language: str = "id") -> str:
    """Such as ``satu juta dua ratus lima puluh ribu rupiah``."""
    return f"{spoken_number(amount, language)} rupiah"


def spoken_figure(figure: Figure, language: str) -> str:
    """With its decimals, such as ``dua koma lima``."""
    decimals = figure.decimals if figure.decimals.strip("0") else ""
    return spoken_number(figure.whole, language) + (f" {_POINT[language]} {named(decimals, language)}" if decimals else "")


def to_word(language: str) -> str:
    """Between the ends of a range."""
    return _TO[language]


def minus_word(language: str) -> str:
    """Before what is below zero."""
    return _MINUS[language]


def read_figure(text: str, language: str, *, money: bool = False, scaled: bool = False) -> Figure | None:
    """The value of a written figure, or None when it is none (a version, an address).

    Indonesian groups with dots and has a decimal comma, English the other way round, and both meet in one text. A single
    separator before three digits groups where the language says so; in ``money`` it always does, since sums have two decimals
    or none, unless a scale follows ("1,250 juta").
    """
    if text.isdigit():
        return Figure(int(text))
    separators = re.findall(r"[.,]", text)
    last = separators[-1]
    kinds = set(separators)
    groups = re.split(r"[.,]", text)
    if len(kinds) == 2:
        if separators[:-1] != [separators[0]] * (len(separators) - 1) or separators[0] == last:
            return None
        return _grouped(groups[:-1], groups[-1])
    if len(separators) > 1:
        return _grouped(groups, "")
    whole, rest = groups
    may_group = len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    groups_here = last == ("," if language == "en" else ".") or (money and not scaled)
    if may_group and groups_here:
        return Figure(int(whole + rest))
    return Figure(int(whole), rest)


def _grouped(groups: list[str], decimals: str) -> Figure | None:
    first, *others = groups
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in others):
        return None
    return Figure(int("".join(groups)), decimals)


def is_code(text: str) -> bool:
    """Whether bare digits are a number of something rather than how many: they begin with 0, or are very many."""
    return text.isdigit() and ((text.startswith("0") and len(text) > 1) or len(text) > 7)


def spoken_code_or_figure(text: str, language: str) -> str:
    """What a figure without any context is: a value, else its digits with the separators named."""
    if is_code(text):
        return spoken_digits(text, language)
    figure = read_figure(text, language)
    if figure is not None:
        return spoken_figure(figure, language)
    dot = {"id": " titik ", "en": " point "}[language]
    return dot.join(
        spoken_number(int(part), language) if len(part) < 4 else named(part, language) for part in re.split(r"[.,]", text)
    )
