"""Counted and measured things: percent, ordinals, fractions, units, ranges, signs, and numbers by themselves."""

from __future__ import annotations

import re

from tts.spoken.days import ordinal_en
from tts.spoken.figures import (
    DASH,
    FIGURE,
    is_code,
    minus_word,
    read_figure,
    spoken_code_or_figure,
    spoken_figure,
    spoken_number,
    to_word,
)
from tts.spoken.scan import Rule, rule

_UNITS = {
    "id": {
        "km": "kilometer", "kg": "kilogram", "gr": "gram", "g": "gram", "mg": "miligram", "cm": "sentimeter", "mm": "milimeter",
        "m": "meter", "m2": "meter persegi", "m²": "meter persegi", "m3": "meter kubik", "m³": "meter kubik", "l": "liter",
        "ltr": "liter", "ml": "mililiter", "ha": "hektar", "gb": "gigabait", "mb": "megabait", "kwh": "kilowatt jam", "cc": "se se",
        "°c": "derajat Celsius", "bln": "bulan", "thn": "tahun", "th": "tahun", "hr": "hari", "mnt": "menit", "dtk": "detik",
        "mgg": "minggu", "org": "orang", "km/jam": "kilometer per jam", "unit": "unit",
    },
    "en": {
        "km": "kilometers", "kg": "kilograms", "g": "grams", "mg": "milligrams", "cm": "centimeters", "mm": "millimeters",
        "m": "meters", "m2": "square meters", "m²": "square meters", "m³": "cubic meters", "l": "liters", "ml": "milliliters", "gb": "gigabytes",
        "mb": "megabytes", "kwh": "kilowatt hours", "cc": "C C", "°c": "degrees Celsius", "min": "minutes", "mins": "minutes",
        "sec": "seconds", "hr": "hours", "hrs": "hours", "mo": "months", "yr": "years", "yrs": "years",
    },
}  # fmt: skip
_NO_UNIT = {"G", "M"}
"""Capitals that are something else."""
_PERCENT = {"id": "persen", "en": "percent"}
_PER = {
    "id": {"hari": "hari", "hr": "hari", "minggu": "minggu", "bulan": "bulan", "bln": "bulan", "tahun": "tahun", "thn": "tahun", "th": "tahun", "jam": "jam", "menit": "menit", "orang": "orang", "org": "orang", "unit": "unit", "transaksi": "transaksi"},
    "en": {"day": "day", "week": "week", "month": "month", "mo": "month", "year": "year", "yr": "year", "hour": "hour", "hr": "hour", "person": "person", "unit": "unit", "transaction": "transaction"},
}  # fmt: skip
_ALWAYS = {"id": "dua puluh empat jam tujuh hari", "en": "twenty four seven"}
_PARTS_EN = {2: "half", 4: "quarter"}
_COUNTS = re.compile(r"(?i)(?:[\d%,.-]|\b(?:rb|ribu|jt|juta|k|m|rupiah|thousand|million|persen|percent|hari|day))$")
_GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
    "xx": 20,
    "xxi": 21,
}
_BEFORE_ROMAN = {
    "id": r"(?:triwulan|kuartal|semester|tahap|bab|pasal|bagian|kelas|golongan|abad|ke)",
    "en": r"(?:chapter|part|phase|stage|section)",
}


def rules(language: str) -> list[Rule]:
    """In the order in which they are tried."""
    say = _Quantities(language)
    edge = r"(?<![\w.,/])"
    sign = r"(?P<sign>(?<![\w)])[-−+±]\s?)?"
    dash = DASH[language]
    units = "|".join(sorted(map(re.escape, _UNITS[language]), key=len, reverse=True))
    found = [
        rule("number", rf"{edge}24/7(?![\w/])", lambda _: _ALWAYS[language]),
        rule("number", rf"{edge}(?P<first>{FIGURE})\s?%?{dash}(?P<figure>{FIGURE})\s*(?:%|{_PERCENT[language]}\b)", say.percent_range),
        rule("number", rf"{sign}{edge}(?P<figure>{FIGURE})\s*%", say.percent),
        rule("number", rf"{edge}(?P<whole>\d+)?\s?(?P<glyph>[{''.join(_GLYPHS)}])", say.glyph),
        rule("number", rf"{edge}(?:(?P<whole>\d{{1,3}}) )?(?P<upper>\d{{1,3}})/(?P<lower>\d{{1,3}})(?![\w/]|[.,]\d)", say.fraction),
        rule("number", rf"{edge}(?P<first>{FIGURE}){dash}(?P<figure>{FIGURE})\s?(?P<unit>{units})(?![\w])", say.unit_range),
        rule("number", rf"{sign}{edge}(?P<figure>{FIGURE})\s?(?P<unit>{units})(?![\w])", say.unit),
        rule("number", rf"{edge}(?P<figure>{FIGURE})\s?[x×](?![\w])", say.times),
        rule("number", rf"{edge}(?P<first>{FIGURE})(?:\s*[–—−]\s*|-|{dash})(?P<figure>{FIGURE})(?![\w/]|[.,-]\d)", say.span),
        rule("number", rf"\b(?P<before>{_BEFORE_ROMAN[language]})[\s-]+(?P<roman>(?-i:[IVX]+))\b", say.roman),
        rule("word", r"(?<!\w)(?P<unit>m[²³])(?!\w)", lambda match: _UNITS[language][match["unit"].lower()]),
        rule("word", rf"\s?/\s?(?P<per>{'|'.join(sorted(_PER[language], key=len, reverse=True))})\b", say.per),
    ]  # fmt: skip
    if language == "id":
        found[:0] = [
            rule("number", r"(?<![\w])ke-\s?(?P<first>\d{1,4})\s*(?:[-–—]|s\.?/?d\.?|sampai|hingga)\s*(?:ke-\s?)?(?P<number>\d{1,4})(?![\w]|[.,]\d)", say.ordinal_range_id),
            rule("number", r"(?<![\w])ke-\s?(?P<number>\d{1,4})(?![\w]|[.,]\d)", say.ordinal_id),
            rule("number", r"(?<![\w])(?P<letter>(?-i:[HDT]))(?P<sign>[-+−–])(?P<number>\d{1,3})(?![\w]|[.,]\d)", say.countdown),
            rule("number", r"\b(?P<before>rt|rw)\.?\s*(?P<number>\d{1,3})(?:\s*/\s*(?:rw\.?\s*)?(?P<other>\d{1,3}))?(?![\w/])", say.neighbourhood),
        ]  # fmt: skip
    else:
        found[:0] = [rule("number", rf"{edge}(?P<number>\d{{1,4}})(?:st|nd|rd|th)\b", say.ordinal_en)]
    return found


def bare_rules(language: str) -> list[Rule]:
    """A figure without anything that tells what it is; the last resort."""

    def bare(match: re.Match[str]) -> str | None:
        minus = f"{minus_word(language)} " if match["sign"] and not is_code(match["figure"]) else ""
        return minus + spoken_code_or_figure(match["figure"], language)

    return [rule("number", rf"(?P<sign>(?<![\w)])[-−])?(?P<figure>{FIGURE})", bare)]


class _Quantities:
    """How matches of the rules above are said."""

    def __init__(self, language: str) -> None:
        self._language = language

    def _figure(self, text: str) -> str | None:
        figure = read_figure(text, self._language)
        return None if figure is None else spoken_figure(figure, self._language)

    def _signed(self, match: re.Match[str], unit: str) -> str | None:
        words = self._figure(match["figure"])
        sign = {"-": "minus ", "−": "minus ", "+": "plus ", "±": {"id": "kurang lebih ", "en": "about "}[self._language]}
        return words and f"{sign.get((match['sign'] or '').strip(), '')}{words} {unit}"

    def _range(self, match: re.Match[str], unit: str) -> str | None:
        low, high = self._figure(match["first"]), self._figure(match["figure"])
        return f"{low} {to_word(self._language)} {high}{unit}" if low and high else None

    def percent(self, match: re.Match[str]) -> str | None:
        """2,5%"""
        return self._signed(match, _PERCENT[self._language])

    def percent_range(self, match: re.Match[str]) -> str | None:
        """5–10%"""
        return self._range(match, f" {_PERCENT[self._language]}")

    def unit(self, match: re.Match[str]) -> str | None:
        """12 km, but not 4G"""
        if match["unit"] in _NO_UNIT:
            return None
        return self._signed(match, self._unit_word(match))

    def unit_range(self, match: re.Match[str]) -> str | None:
        """10-15 mnt"""
        return self._range(match, f" {self._unit_word(match)}")

    def _unit_word(self, match: re.Match[str]) -> str:
        word = _UNITS[self._language][match["unit"].lower()]
        return word.removesuffix("s") if self._language == "en" and match["figure"] == "1" else word

    def times(self, match: re.Match[str]) -> str | None:
        """12x"""
        words = self._figure(match["figure"])
        return words and f"{words} {'kali' if self._language == 'id' else 'times'}"

    def span(self, match: re.Match[str]) -> str | None:
        """3-5: from the smaller to the larger; else it is no range."""
        low, high = read_figure(match["first"], self._language), read_figure(match["figure"], self._language)
        if low is None or high is None or is_code(match["first"]) or is_code(match["figure"]):
            return None
        if (low.whole, low.decimals) >= (high.whole, high.decimals):
            return None
        return self._range(match, "")

    def per(self, match: re.Match[str]) -> str | None:
        """/bulan, after a sum or a number"""
        if not _COUNTS.search(match.string[: match.start()]):
            return None
        return f" per {_PER[self._language][match['per'].lower()]}"

    def glyph(self, match: re.Match[str]) -> str | None:
        """1½"""
        part = self._part(*_GLYPHS[match["glyph"]])
        return self._with_whole(match["whole"], part)

    def fraction(self, match: re.Match[str]) -> str | None:
        """3/4, 2 1/2, and "cicilan 5/12" (the fifth of twelve)."""
        upper, lower = int(match["upper"]), int(match["lower"])
        if 0 < upper < lower <= 10 and not match["upper"].startswith("0"):
            return self._with_whole(match["whole"], self._part(upper, lower))
        between = {"id": "dari", "en": "of"}[self._language]
        words = f"{spoken_number(upper, self._language)} {between} {spoken_number(lower, self._language)}"
        return f"{spoken_number(int(match['whole']), self._language)} {words}" if match["whole"] else words

    def _with_whole(self, whole: str | None, part: str) -> str:
        if not whole:
            return part
        between = " and " if self._language == "en" else " "
        return f"{spoken_number(int(whole), self._language)}{between}{part}"

    def _part(self, upper: int, lower: int) -> str:
        if self._language == "id":
            if lower == 2:
                return "setengah"
            return f"{'se' if upper == 1 else spoken_number(upper) + ' '}per{spoken_number(lower)}"
        name = _PARTS_EN.get(lower) or ordinal_en(lower)
        if upper == 1:
            return f"{'a' if lower in _PARTS_EN else 'one'} {name}"
        return f"{spoken_number(upper, 'en')} {name}s"

    def ordinal_id(self, match: re.Match[str]) -> str | None:
        """ke-3"""
        return _ordinal_id(int(match["number"]))

    def ordinal_range_id(self, match: re.Match[str]) -> str | None:
        """ke-3 s.d. ke-5"""
        return f"{_ordinal_id(int(match['first']))} sampai {_ordinal_id(int(match['number']))}"

    def ordinal_en(self, match: re.Match[str]) -> str | None:
        """3rd"""
        return ordinal_en(int(match["number"]))

    def countdown(self, match: re.Match[str]) -> str | None:
        """H-3: three days before the day."""
        letter = {"H": "ha", "D": "de", "T": "te"}[match["letter"]]
        return f"{letter} {'plus' if match['sign'] == '+' else 'minus'} {spoken_number(int(match['number']))}"

    def neighbourhood(self, match: re.Match[str]) -> str | None:
        """RT 03/RW 05"""
        first = "er te" if match["before"].lower() == "rt" else "er we"
        words = f"{first} {spoken_number(int(match['number']))}"
        return f"{words} er we {spoken_number(int(match['other']))}" if match["other"] else words

    def roman(self, match: re.Match[str]) -> str | None:
        """triwulan III"""
        number = _ROMAN.get(match["roman"].lower())
        return None if number is None else f"{match['before']} {spoken_number(number, self._language)}"


def _ordinal_id(number: int) -> str:
    return "pertama" if number == 1 else f"ke{spoken_number(number)}"
