"""The grammar of numbers over atoms: groups below a thousand, each with its scale, from large to small."""

from __future__ import annotations

from fractions import Fraction

from nlu.number_words import Placed

_THOUSAND = 10**3
_MILLION = 10**6
_MOST = 10**15


class NumberReader:
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
            if scale is None and self._kind() == "scale":
                self.place = begin  # "seratus ribu seratus ribu" is twice the same
                return total
            if scale is None:
                return self._unscaled(total, group, last_scale, begin)
            self.scaled = True
            last_scale = int(scale)
            twice = (
                last_scale == _THOUSAND and self._run[begin].kind == "literal" and group >= _THOUSAND and group % _THOUSAND == 0
            )
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
        last = Fraction(last_scale)
        while self._kind() == "slang" and self._value() < last:
            last = self._take()
            total += last
            self.scaled = True
            if self._kind() == "scale" and self._value() == _THOUSAND:
                self.place += 1  # "gopek ribu"
        return total

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
        rest = None if self._hundred_follows() else self._digits() or self._below_hundred()
        if rest is None:
            self.place = begin
        return rest or Fraction(0)

    def _digits(self) -> Fraction | None:
        """ "(tujuh ratus) dua lima": tens said as two digits, in sums."""
        if not self._as_money or self._kind() != "unit" or self._kind(1) != "unit" or self._kind(2) in ("times", "plus"):
            return None
        return 10 * self._take() + self._take()

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
        if not self._value() or (self.place and self._run[self.place - 1].kind in ("times", "hundred", "and", "tens")):
            return False
        if self._kind(1) == "tens":
            return True
        return self._kind(1) == "unit" and self._kind(2) == "times" and self._value(2) == 10

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
