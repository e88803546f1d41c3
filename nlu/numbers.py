"""Number words and digits → integers, Indonesian and English, colloquial and regional forms too.

A number is groups below a thousand, each with its scale, from large to small. ``number_at`` reads it as it is said;
``sum_at`` reads it as money, where scales are left out: "sejuta dua" (1,200,000), "satu setengah", "four fifty".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from nlu.normalize import Token
from nlu.number_words import Placed, literal_value, read_atoms

__all__ = ["Number", "find_numbers", "literal_value", "number_at", "sum_at"]

_THOUSAND = 10**3
_MILLION = 10**6
_MOST = 10**15
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
    reader = _Reader(run, language, as_money)
    value = reader.whole()
    if reader.place == 0 or value.denominator != 1:
        return None
    return Number(
        int(value), index, run[reader.place - 1].end, reader.scaled, literal=run[0].kind == "literal", implied=reader.implied
    )


class _Reader:
    """Goes through one run of atoms; ``place`` is the first that is not used yet."""

    def __init__(self, run: list[Placed], language: str, as_money: bool) -> None:
        self._run = run
        self._language = language
        self._as_money = as_money
        self.place = 0
        self.scaled = False
        self.implied = False

    def whole(self) -> Fraction:
        """The number at the beginning of the run."""
        total = Fraction(0)
        last_scale = _MOST
        while True:
            begin = self.place
            if self._kind() == "slang":
                return self._slang(total, last_scale)
            if self._kind() == "one_scale" and self._value() < last_scale:
                group, scale = Fraction(1), self._take()
            else:
                if total and self._kind() == "and" and self._kind(1) in ("unit", "whole", "tens", "literal"):
                    self.place += 1
                group = self._fraction() or self._group()
                if group is None:
                    self.place = begin
                    return total
                scale = self._scale(group, last_scale)
            if scale is None:
                return self._unscaled(total, group, last_scale, begin)
            self.scaled = True
            last_scale = int(scale)
            twice = last_scale == _THOUSAND and self._run[begin].kind == "literal" and group >= _THOUSAND and group % _THOUSAND == 0
            total += group * (1 if twice else last_scale) + self._half_after() * last_scale

    def _kind(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self._run[place].kind if place < len(self._run) else ""

    def _value(self, ahead: int = 0) -> Fraction:
        return Fraction(self._run[self.place + ahead].value)

    def _take(self) -> Fraction:
        self.place += 1
        return Fraction(self._run[self.place - 1].value)

    def _scale(self, group: Fraction, last_scale: int) -> Fraction | None:
        if self._kind() != "scale" or self._value() >= last_scale:
            return None
        return self._take() if group else None

    def _slang(self, total: Fraction, last_scale: int) -> Fraction:
        if total and last_scale != _MILLION:
            return total
        value = self._take()
        self.scaled = True
        if self._kind() == "scale" and self._value() == _THOUSAND:
            self.place += 1  # "gopek ribu"
        return total + value

    def _unscaled(self, total: Fraction, group: Fraction, last_scale: int, begin: int) -> Fraction:
        """The last group, which has no scale of its own."""
        if group == 0 and self.place > 1:
            self.place = begin
            return total
        if not self._as_money:
            return total + group
        if last_scale == _MILLION and group < _THOUSAND:
            return total + group * (100 * _THOUSAND if group < 10 else _THOUSAND)
        if total or group >= _THOUSAND:
            return total + group
        self.implied = True
        if group.denominator != 1:
            return group * (_MILLION if group < 100 else _THOUSAND)
        return group * _THOUSAND

    def _group(self) -> Fraction | None:
        """A number below a thousand, or digits; with its decimals or its half when a scale follows (or in money)."""
        if self._kind() == "literal":
            group = self._counted(self._take())
        elif self._kind() == "article":
            if self._kind(1) == "round":
                self.place += 1
            if self._kind(1) not in ("times", "scale"):
                return None
            self.place += 1
            group = Fraction(1) if self._kind() == "scale" else self._counted(Fraction(1))
        elif self._kind() == "times" and self._language == "en" and self._kind(1) == "scale":
            group = self._take()  # "hundred thousand" without its article
        else:
            group = self._words()
        if group is None:
            return None
        return group + (self._decimals() or self._half_before())

    def _counted(self, unit: Fraction) -> Fraction:
        """ "5 ratus", "a hundred and fifty"."""
        if self._kind() == "times" and unit < 100:
            return unit * self._take() + self._rest()
        return unit

    def _words(self) -> Fraction | None:
        if self._kind() == "hundred":
            return self._take() + self._rest()
        if self._kind() in ("unit", "whole") and self._hundred_follows():
            unit = self._take()
            if self._kind() == "of":
                self.place += 1
            return unit * self._take() + self._rest()
        if self._kind() == "unit" and self._kind(1) == "of" and self._kind(2) == "scale":
            self.place += 2
            return self._value(-2)
        return self._below_hundred()

    def _hundred_follows(self) -> bool:
        ahead = 2 if self._kind(1) == "of" else 1
        return self._kind(ahead) == "times" and self._value(ahead) == 100

    def _rest(self) -> Fraction:
        """What comes after the hundreds."""
        begin = self.place
        if self._kind() == "and":
            self.place += 1
        if self._kind() == "unit" and self._value() == 0:
            self.place = begin
            return Fraction(0)
        rest = None if self._hundred_follows() else self._below_hundred()
        if rest is None:
            self.place = begin
        return rest or Fraction(0)

    def _below_hundred(self) -> Fraction | None:
        if self._kind() == "whole":
            return self._take()
        if self._kind() == "tens":
            return self._take() + self._ones()
        if self._kind() != "unit":
            return None
        if self._as_money and self._drops_hundred():
            return 100 * self._take() + (self._below_hundred() or 0)
        unit = self._take()
        if self._kind() == "plus" and unit:
            return unit + self._take()
        if self._kind() == "times" and self._value() == 10 and unit:
            return unit * self._take() + self._ones()
        return unit

    def _drops_hundred(self) -> bool:
        """ "empat tiga puluh ribu", "four fifty": a unit, then tens."""
        if not self._value() or self._below_hundred_seen():
            return False
        return self._kind(1) == "tens" or (self._kind(1) == "unit" and self._kind(2) == "times" and self._value(2) == 10)

    def _below_hundred_seen(self) -> bool:
        return self.place > 0 and self._run[self.place - 1].kind in ("times", "hundred", "and", "tens")

    def _ones(self) -> Fraction:
        """A unit after tens, unless it counts something itself."""
        if self._kind() == "unit" and self._value() and self._kind(1) not in ("times", "plus"):
            return self._take()
        return Fraction(0)

    def _decimals(self) -> Fraction:
        """ "koma dua lima" after a group."""
        begin = self.place
        if self._kind() != "point":
            return Fraction(0)
        self.place += 1
        digits = ""
        while self._kind() == "unit" and self._kind(1) not in ("times", "plus"):
            digits += str(self._take())
        if not digits and (group := self._below_hundred()) is not None:
            digits = str(group)
        if digits and (self._kind() == "scale" or self._as_money):
            return Fraction(int(digits), 10 ** len(digits))
        self.place = begin
        return Fraction(0)

    def _half_before(self) -> Fraction:
        """A half (or quarter) between a group and its scale: "dua setengah juta", "two and a half million"."""
        size = self._part_size()
        if size and (self._kind(size) == "scale" or (self._as_money and self._kind(size) == "")):
            self.place += size
            return 1 / self._value(-1)
        return Fraction(0)

    def _half_after(self) -> Fraction:
        """A half after the scale: "sejuta setengah", "a million and a half"."""
        size = self._part_size()
        if size and self._kind(size) != "scale":
            self.place += size
            return 1 / self._value(-1)
        return Fraction(0)

    def _part_size(self) -> int:
        """How many atoms the part of a scale takes that begins here."""
        size = 0
        while self._kind(size) in ("and", "article"):
            size += 1
        return size + 1 if self._kind(size) == "part" else 0

    def _fraction(self) -> Fraction | None:
        """ "setengah juta", "half a million", "three quarters of a million", up to the scale."""
        count = Fraction(1)
        size = 0
        if self._kind() == "unit" and self._kind(1) == "part" and self._value(1) == 4:
            count, size = self._value(), 1
        elif self._kind() == "article":
            size = 1
        if self._kind(size) != "part":
            return None
        divisor = self._value(size)
        size += 1
        while self._kind(size) in ("of", "article"):
            size += 1
        if self._kind(size) != "scale":
            return None
        self.place += size
        return count / divisor
