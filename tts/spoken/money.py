"""Sums of money and scaled numbers: "Rp1.250.000,-", "Rp1,5 juta", "350rb", "Rp1–2 juta", "IDR 2,000,000"."""

from __future__ import annotations

import re

from tts.spoken.figures import DASH, FIGURE, Figure, minus_word, read_figure, spoken_figure, spoken_number, to_word
from tts.spoken.scan import Rule, rule

_SCALES = {
    "id": {"rb": 3, "ribu": 3, "rebu": 3, "k": 3, "jt": 6, "juta": 6, "m": 9, "miliar": 9, "milyar": 9, "t": 12, "triliun": 12, "trilyun": 12},
    "en": {"k": 3, "rb": 3, "thousand": 3, "jt": 6, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9, "trillion": 12},
}  # fmt: skip
"""Powers of ten. A lone ``m`` is a thousand million in Indonesian sums, a million in English ones."""
_LETTERS = {"m", "t"}
"""Scales that are a scale only in a sum of money or as a capital; else they are metres and tons."""
_CURRENCIES = {
    "id": {"rp": "rupiah", "idr": "rupiah", "usd": "dolar Amerika", "us$": "dolar Amerika", "$": "dolar", "sgd": "dolar Singapura", "s$": "dolar Singapura", "myr": "ringgit", "rm": "ringgit", "eur": "euro", "€": "euro", "jpy": "yen"},
    "en": {"rp": "rupiah", "idr": "rupiah", "usd": "U S dollars", "us$": "U S dollars", "$": "dollars", "sgd": "Singapore dollars", "s$": "Singapore dollars", "myr": "ringgit", "rm": "ringgit", "eur": "euros", "€": "euros", "jpy": "yen"},
}  # fmt: skip
_SIGN = r"(?P<minus>(?<![\w)])[-−]\s?)?"
_CURRENCY = r"(?<![A-Za-z])(?P<currency>rp|idr|usd|us\$|\$|sgd|s\$|myr|rm|eur|€|jpy)\.?\s?(?P<inner>[-−])?\s*"
_END = r"(?:,[-–—]+|,=|\.-)?"
_APPROXIMATE = {"id": "an", "en": ""}


def rules(language: str) -> list[Rule]:
    """In the order in which they are tried."""
    names = sorted(_SCALES[language], key=len, reverse=True)
    words = "|".join(name for name in names if name not in _LETTERS)
    in_money = rf"(?:\s?(?P<scale>{'|'.join(names)})(?P<about>an)?\b)"
    first_in_money = rf"(?:\s?(?P<scale1>{'|'.join(names)})\b)"
    plain = rf"(?:\s?(?P<scale>(?:{words})|(?-i:M|T))(?P<about>an)?\b)"
    first_plain = rf"(?:\s?(?P<scale1>(?:{words})|(?-i:M|T))\b)"
    dash = DASH[language]
    unit = r"(?:\s*(?P<unit>rupiah|perak)\b)"
    again = r"(?:(?:rp|idr|usd|us\$|\$)\.?\s*)?"
    say = _Sums(language)
    return [
        rule("amount", rf"{_CURRENCY}(?P<first>{FIGURE}){first_in_money}?{_END}{dash}{again}(?P<figure>{FIGURE}){in_money}?{_END}{unit}?", say.range_of),
        rule("amount", rf"{_SIGN}{_CURRENCY}(?P<figure>{FIGURE}){in_money}?{_END}{unit}?", say.sum_of),
        rule("amount", rf"(?<![\w.,])(?P<first>{FIGURE}){first_in_money}?{dash}(?P<figure>{FIGURE}){in_money}?{unit}", say.range_of),
        rule("amount", rf"{_SIGN}(?<![\w.,])(?P<figure>{FIGURE}){in_money}?{unit}", say.sum_of),
        rule("number", rf"(?<![\w.,])(?P<first>{FIGURE}){first_plain}?{dash}(?P<figure>{FIGURE}){plain}", say.range_of),
        rule("number", rf"{_SIGN}(?<![\w.,])(?P<figure>{FIGURE}){plain}", say.sum_of),
    ]  # fmt: skip


class _Sums:
    """How matches of the rules above are said."""

    def __init__(self, language: str) -> None:
        self._language = language

    def sum_of(self, match: re.Match[str]) -> str | None:
        """One sum, or one scaled number."""
        found = match.groupdict()
        value = self._value(found["figure"], found["scale"], money=_is_money(found))
        if value is None:
            return None
        minus = f"{minus_word(self._language)} " if found.get("minus") or found.get("inner") else ""
        return minus + self._words(value, found)

    def range_of(self, match: re.Match[str]) -> str | None:
        """Two sums; a scale that only the second has counts for a small first one too."""
        found = match.groupdict()
        money = _is_money(found)
        first = self._value(found["first"], found["scale1"], money=money)
        second = self._value(found["figure"], found["scale"], money=money)
        if first is None or second is None:
            return None
        if found["scale"] and not found["scale1"] and first.whole < 1000:
            scale = _scale_word(found["scale"], self._language)
            bare = read_figure(found["figure"], self._language, money=money, scaled=True)
            if bare is None:
                return None
            low, high = spoken_figure(first, self._language), spoken_figure(bare, self._language)
            return f"{low} {to_word(self._language)} {high} {scale}{self._unit(found)}"
        return f"{spoken_figure(first, self._language)} {to_word(self._language)} {self._words(second, found)}"

    def _value(self, text: str, scale: str | None, *, money: bool) -> Figure | None:
        figure = read_figure(text, self._language, money=money, scaled=scale is not None)
        if figure is None or scale is None:
            return figure
        return figure.times(10 ** _SCALES[self._language][scale.lower()])

    def _words(self, value: Figure, found: dict[str, str | None]) -> str:
        unit = self._unit(found)
        about = _APPROXIMATE[self._language] if found.get("about") else ""
        cents = value.decimals.ljust(2, "0") if unit and value.decimals.strip("0") else ""
        if len(cents) == 2:
            small = "cents" if unit.endswith("dollars") else "sen"
            return f"{spoken_number(value.whole, self._language)}{unit} {spoken_number(int(cents), self._language)} {small}"
        if value == Figure(1) and unit.endswith("dollars"):
            unit = unit.removesuffix("s")
        return spoken_figure(value, self._language) + about + unit

    def _unit(self, found: dict[str, str | None]) -> str:
        currency = found.get("currency")
        if currency:
            return f" {_CURRENCIES[self._language][currency.lower()]}"
        unit = found.get("unit")
        return f" {unit.lower()}" if unit else ""


def _is_money(found: dict[str, str | None]) -> bool:
    return bool(found.get("currency") or found.get("unit"))


def _scale_word(scale: str, language: str) -> str:
    power = _SCALES[language][scale.lower()]
    words = {
        "id": {3: "ribu", 6: "juta", 9: "miliar", 12: "triliun"},
        "en": {3: "thousand", 6: "million", 9: "billion", 12: "trillion"},
    }
    return words[language][power]
