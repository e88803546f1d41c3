"""What both grammars of days share: a named day, the words around it, numbers of either language, counted spans, slashes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from nlu.calendar_days import add_months, day_in_month, day_of_month, exact, plus
from nlu.day_words import ENGLISH_MONTHS, MONTHS
from nlu.numbers import Number, number_at
from nlu.rewording import Words

Kind = Literal["weekday", "number", "bare", "relative", "span", "edge", "vague"]
MONTH_NUMBERS = {name: n for names in (MONTHS, ENGLISH_MONTHS) for n, name in enumerate(names, 1)} | {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_UNIT_ORDINALS = {name: n for n, name in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)}
_ORDINALS = _UNIT_ORDINALS | {
    name: n
    for n, name in enumerate(
        "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(), 10
    )
} | {"thirtieth": 30}  # fmt: skip
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2,4}))?")
_ISO = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_UNITS = {
    "hari": "day", "harian": "day", "day": "day", "days": "day", "minggu": "week", "mingguan": "week", "pekan": "week",
    "week": "week", "weeks": "week", "fortnight": "fortnight", "bulan": "month", "bulanan": "month", "month": "month",
    "months": "month",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """A named day in words ``start`` to ``end``; ``value`` is None when it only narrows the time ("bulan depan")."""

    value: date | None
    start: int
    end: int
    kind: Kind = "relative"
    weak: bool = False
    """Fits any talk ("nanti", "sekarang"): gives way to every other day."""
    over: bool = False
    """Can only be of what has happened ("kemarin", "tadi")."""

    def widened(self, start: int) -> Day:
        """The same day, said from an earlier word on."""
        return replace(self, start=start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What an utterance is about: its days and times are read in this light."""

    past: bool = False
    """It tells of a payment that was made."""
    shared: bool = False
    """It is about instalments: the first one counts."""
    calling: bool = False
    """It asks for a call, not for time to pay."""
    asked: str | None = None
    """The question that it answers."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words of an utterance, the day on which they are said, and what they are about."""

    words: Words
    today: date
    talk: Talk
    _numbers: dict[int, Number | None] = field(default_factory=dict[int, "Number | None"], compare=False, repr=False)

    @property
    def past(self) -> bool:
        """Whether it tells of what is done."""
        return self.talk.past

    def word(self, index: int) -> str:
        """The word there, "" outside."""
        return self.words.words[index].text if 0 <= index < len(self.words.words) else ""

    def phrase(self, index: int, count: int) -> str:
        """The ``count`` words from there on, "" where there are not so many."""
        return self.words.text(index, index + count) if 0 <= index <= len(self.words.words) - count else ""

    def number(self, index: int) -> Number | None:
        """A number of either language."""
        if not 0 <= index < len(self.words.tokens):
            return None
        if index not in self._numbers:
            tokens = self.words.tokens
            self._numbers[index] = number_at(tokens, index, "id") or number_at(tokens, index, "en")
        return self._numbers[index]


def day_number(said: Said, index: int) -> tuple[int, int] | None:
    """A day of the month and the word after it; "dua lima" is the 25th."""
    number = said.number(index)
    if number is None or number.scaled:
        return None
    value, end = number.value, number.end
    unit = said.number(end) if value in (1, 2, 3, 20) else None
    if unit is not None and not unit.scaled and not unit.literal and unit.value <= 9 and unit.end - end == 1:
        tens = value if value == 20 else value * 10
        if 10 <= tens + unit.value <= 31 and said.word(unit.end) not in ("ratus", "ribu", "juta"):
            value, end = tens + unit.value, unit.end
    return (value, end) if 1 <= value <= 31 else None


def ordinal(said: Said, i: int) -> tuple[int, int] | None:
    """ "fifth", "twenty fifth", "25th": the number and the word after it."""
    word, following = said.word(i), said.word(i + 1)
    if word in ("twenty", "thirty") and following in _UNIT_ORDINALS:
        return {"twenty": 20, "thirty": 30}[word] + _UNIT_ORDINALS[following], i + 2
    if word in _ORDINALS:
        return _ORDINALS[word], i + 1
    if word.isdigit() and following in ("st", "nd", "rd", "th", "eth"):
        return int(word), i + 2
    return None


def shifted(said: Said, count: int, unit: str) -> date:
    """``count`` units from today (into the past when negative)."""
    if unit == "month":
        return add_months(said.today, count)
    return plus(said.today, count * {"day": 1, "week": 7, "fortnight": 14}[unit])


def counted_span(said: Said, index: int) -> tuple[int, str, int] | None:
    """ "tiga hari", "two weeks", "a month": the count, its unit and the word after it."""
    if said.word(index) in ("a", "an", "another") and (unit := _UNITS.get(said.word(index + 1))):
        return 1, unit, index + 2
    number = said.number(index)
    if number is None or not 0 < number.value <= 366:
        return None
    end = number.end + (said.word(number.end) in ("more", "whole"))
    unit = _UNITS.get(said.word(end))
    return None if unit is None else (number.value, unit, end + 1)


def slashed_day(said: Said, index: int) -> Day | None:
    """ "25/12", "25/12/2026", "2026/12/25"."""
    word = said.word(index)
    if match := _ISO.fullmatch(word):
        value = exact(int(match[1]), int(match[2]), int(match[3]))
        return None if value is None else Day(value, index, index + 1, "number")
    match = _SLASHED.fullmatch(word)
    if match is None or ("." in word and match[3] is None):
        return None
    year = int(match[3]) + (2000 if int(match[3]) < 100 else 0) if match[3] else None
    value = day_in_month(said.today, int(match[2]), int(match[1]), year, past=said.past)
    return None if value is None else Day(value, index, index + 1, "number")


def in_named_month(said: Said, start: int, number: int, month: int, end: int) -> Day | None:
    """The day of a named month; a year may follow."""
    year = said.number(end)
    told = year is not None and 2020 <= year.value <= 2100
    value = day_in_month(said.today, month, number, year.value if year and told else None, past=said.past)
    return None if value is None else Day(value, start, year.end if year and told else end, "number")


def in_this_or_next(said: Said, start: int, number: int, end: int) -> Day | None:
    """The day of the month without a month: the next one, or the last one of the past."""
    value = day_of_month(said.today, number, past=said.past)
    return None if value is None else Day(value, start, end, "number")
