"""Number words and digits → integers, Indonesian and English, colloquial forms too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from nlu.normalize import Token

_ID_UNITS = {
    word: n for n, word in enumerate(["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"])
} | {"kosong": 0, "tujuh": 7, "sepuluh": 10, "sebelas": 11}
_ID_SMALL = {"belas", "puluh", "ratus"}
_ID_WHOLE = {"seratus": 100}
_ID_SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "milyar": 10**9, "triliun": 10**12}
_ID_ONE_SCALES = {"seribu": 10**3, "sejuta": 10**6, "semiliar": 10**9, "setriliun": 10**12}
_ID_SLANG = {
    "seceng": 1_000, "goceng": 5_000, "ceban": 10_000, "noban": 20_000, "goban": 50_000, "gocap": 50_000,
    "cepek": 100_000, "nopek": 200_000, "gopek": 500_000, "pekgo": 150_000,
}  # fmt: skip
_EN_UNITS = {
    word: n
    for n, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_EN_TENS = {
    word: 10 * n for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_EN_SCALES = {"thousand": 10**3, "k": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_LITERAL = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in tokens ``start`` to ``end`` (exclusive); ``scaled`` when a word such as juta (or slang) was said."""

    value: int
    start: int
    end: int
    scaled: bool
    literal: bool = False


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
    return _english(tokens, index) if language == "en" else _indonesian(tokens, index)


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


def _indonesian(tokens: Sequence[Token], start: int) -> Number | None:
    total = Fraction(0)
    group: Fraction | None = None
    last_scale = 10**15
    scaled = literal = False
    index = start
    while index < len(tokens):
        word = tokens[index].text
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if word in _ID_SLANG and group is None and total == 0:
            return Number(_ID_SLANG[word], start, index + 1, True)
        if word in _ID_UNITS:
            unit = _ID_UNITS[word]
            if group is not None and (group % 10 != 0 or group == 0 or (unit >= 10 and group % 100 != 0) or literal):
                break
            if group is not None and unit == 0:
                break
            if group is not None and group % 100 != 0 and following in _ID_SMALL | {"ratus"}:
                break
            group = (group or Fraction(0)) + unit
        elif word in _ID_WHOLE:
            if group is not None:
                break
            group = Fraction(100)
        elif word in _ID_SMALL and group is not None and not literal and 0 < group % 10 < 10:
            unit = group % 10
            rest = group - unit
            factor = {"belas": unit + 10, "puluh": unit * 10, "ratus": unit * 100}[word]
            if word == "ratus" and rest:
                break
            group = rest + factor
        elif word in _ID_ONE_SCALES and group is None and _ID_ONE_SCALES[word] < last_scale:
            last_scale = _ID_ONE_SCALES[word]
            total += last_scale
            scaled = True
        elif word == "setengah" and following in _ID_SCALES:
            group = (group or Fraction(0)) + Fraction(1, 2)
        elif word in _ID_SCALES and group is not None and _ID_SCALES[word] < last_scale:
            last_scale = _ID_SCALES[word]
            total += group * last_scale
            group = None
            scaled, literal = True, False
        elif group is None and (value := literal_value(word)) is not None:
            group = value
            literal = True
        else:
            break
        index += 1
    if index == start:
        return None
    if group is not None and last_scale == 10**6 and 100 <= group < 1000 and group % 50 == 0:
        group *= 1000  # "sejuta dua ratus" leaves the thousand unsaid
    value = total + (group or 0)
    if value.denominator != 1:
        return None
    was_literal = _LITERAL.fullmatch(tokens[start].text) is not None
    return Number(int(value), start, index, scaled, was_literal)


def _english(tokens: Sequence[Token], start: int) -> Number | None:
    total = Fraction(0)
    group: Fraction | None = None
    last_scale = 10**15
    scaled = literal = False
    index = start
    while index < len(tokens):
        word = tokens[index].text
        if word in _EN_UNITS:
            unit = _EN_UNITS[word]
            if group is not None and (
                group % 10 != 0 or group == 0 or (unit >= 10 and group % 100 != 0) or unit == 0 or literal
            ):
                break
            group = (group or Fraction(0)) + unit
        elif word in _EN_TENS and (group is None or group % 100 == 0) and not literal:
            group = (group or Fraction(0)) + _EN_TENS[word]
        elif word == "hundred" and group is not None and 0 < group < 100:
            group *= 100
        elif word in _EN_SCALES and group is not None and _EN_SCALES[word] < last_scale:
            last_scale = _EN_SCALES[word]
            total += group * last_scale
            group = None
            scaled, literal = True, False
        elif (
            word == "half"
            and index + 2 < len(tokens)
            and tokens[index + 1].text == "a"
            and tokens[index + 2].text in _EN_SCALES
        ):
            group = (group or Fraction(0)) + Fraction(1, 2)
            index += 1
        elif (
            word == "and"
            and (group is not None or total)
            and index + 1 < len(tokens)
            and tokens[index + 1].text in (_EN_UNITS.keys() | _EN_TENS.keys())
        ):
            pass
        elif (
            word == "a"
            and group is None
            and index + 1 < len(tokens)
            and tokens[index + 1].text in ("hundred", "thousand", "million")
        ):
            group = Fraction(1)
        elif group is None and (value := literal_value(word)) is not None:
            group = value
            literal = True
        else:
            break
        index += 1
    while index > start and tokens[index - 1].text in ("and", "a"):
        index -= 1
    if index == start or (group is None and not scaled):
        return None
    value = total + (group or 0)
    if value.denominator != 1:
        return None
    return Number(int(value), start, index, scaled, _LITERAL.fullmatch(tokens[start].text) is not None)
