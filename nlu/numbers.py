"""Number words and digits → integers, Indonesian and English, colloquial and regional forms too.

A number is groups below a thousand, each with its scale, from large to small. ``number_at`` reads it as it is said;
``sum_at`` reads it as money, where scales are left out: "sejuta dua" (1,200,000), "satu setengah", "four fifty".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.normalize import Token
from nlu.number_grammar import NumberReader
from nlu.number_words import literal_value, read_atoms

__all__ = ["Number", "find_numbers", "literal_value", "number_at", "sum_at"]

_STARTS = {"unit", "whole", "tens", "hundred", "literal", "article", "slang", "one_scale", "part", "times", "round"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in tokens ``start`` to ``end`` (exclusive).

    ``scaled`` when a word such as juta (or slang) was said, ``literal`` when it begins with digits, and ``implied`` when only
    talk of money makes it the ``value`` ("lima ratus" for 500,000).
    """

    value: int
    start: int
    end: int
    scaled: bool
    literal: bool = False
    implied: bool = False


def find_numbers(tokens: Sequence[Token], language: str) -> list[Number]:
    """Every number, in order."""
    found: list[Number] = []
    index = 0
    while index < len(tokens):
        number = number_at(tokens, index, language)
        if number is None:
            index += 1
        else:
            found.append(number)
            index = number.end
    return found


def number_at(tokens: Sequence[Token], index: int, language: str) -> Number | None:
    """The longest number that starts at ``index``."""
    return _read(tokens, index, language, as_money=False)


def sum_at(tokens: Sequence[Token], index: int, language: str) -> Number | None:
    """The longest number that starts at ``index``, with the scales that people leave out of sums put in."""
    return _read(tokens, index, language, as_money=True)


def _read(tokens: Sequence[Token], index: int, language: str, *, as_money: bool) -> Number | None:
    run = read_atoms(tokens, index, language)
    if not run or run[0].kind not in _STARTS:
        return None
    reader = NumberReader(run, language, as_money)
    value = reader.whole()
    if reader.place == 0 or value.denominator != 1:
        return None
    return Number(
        int(value), index, run[reader.place - 1].end, reader.scaled, literal=run[0].kind == "literal", implied=reader.implied
    )
