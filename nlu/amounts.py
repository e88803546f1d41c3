"""Sums of money that the speaker means now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.normalize import Token
from nlu.numbers import Number, find_numbers

_BEFORE_NOT_MONEY = {
    "tanggal", "jam", "pukul", "nomor", "hari", "ke", "bulan", "tahun", "umur", "date", "number", "at", "day",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "on", "the", "rt", "rw", "kode",
}  # fmt: skip
_AFTER_NOT_MONEY = {
    "hari", "minggu", "bulan", "tahun", "jam", "menit", "kali", "x", "orang", "pm", "am", "days", "day", "weeks", "week",
    "months", "month", "years", "hours", "hour", "minutes", "times", "o'clock", "pagi", "siang", "sore", "malam",
    "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november",
    "desember", "january", "february", "march", "may", "june", "july", "august", "october", "december", "anak", "%",
    "persen", "percent", "th",
}  # fmt: skip
_CURRENCY = {"rp", "rupiah", "perak", "idr", "rupiahs"}
_PAYING = re.compile(
    r"\b(bayar|transfer|cicil|setor|lunas|dulu|uang|sebesar|kasih|adanya|ada|tagihan\w*|denda\w*|bunga\w*|pay|paid|owe|have|bill)\b"
)
_NEGATING = {"bukan", "tidak", "not", "no"}
_MIN_LITERAL = 1000
_RELATIVE = {
    "id": re.compile(
        r"\b(setengah nya|setengahnya|setengah|separuhnya|separuh|sebagian|sisanya|semuanya|penuh|sesuai tagihan|lunas|total|seluruhnya|"
        r"segitu|segini|seadanya|semampu\w*|minimum|minimal)\b"
    ),
    "en": re.compile(
        r"\b(half( of it)?|in full|full|the full amount|the whole (thing|amount)|everything|all of it|the rest|part of it|minimum)\b"
    ),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """``value`` in rupiah, or None for one relative to the balance; tokens ``start`` to ``end``."""

    value: int | None
    start: int
    end: int


def find_amount(tokens: Sequence[Token], language: str, *, asked: str | None, own_figure: bool) -> Amount | None:
    """The last sum that still holds; ``own_figure`` prefers what the speaker says it should be (disputes)."""
    sums = [(number, _as_money(number, tokens, asked)) for number in find_numbers(tokens, language)]
    live = [
        Amount(value, number.start, _with_currency(tokens, number.end))
        for number, value in sums
        if value is not None and not _is_rejected(tokens, number)
    ]
    if own_figure and live:
        for amount in live:
            if any(
                token.text in ("harusnya", "seharusnya", "mestinya", "should")
                for token in tokens[max(0, amount.start - 4) : amount.start]
            ):
                return amount
    if live:
        return live[-1]
    return None if any(value is not None for _, value in sums) else _relative(tokens, language)


def _as_money(number: Number, tokens: Sequence[Token], asked: str | None) -> int | None:
    before = tokens[number.start - 1].text if number.start else ""
    after = tokens[number.end].text if number.end < len(tokens) else ""
    currency = before in _CURRENCY or after in _CURRENCY
    if not currency and (before in _BEFORE_NOT_MONEY or after in _AFTER_NOT_MONEY):
        return None
    if number.value <= 0 or number.value > 10**12:
        return None
    if number.scaled or currency:
        return number.value
    if number.literal and number.value >= _MIN_LITERAL and len(tokens[number.start].text.replace(".", "")) < 10:
        return number.value
    text = " ".join(token.text for token in tokens)
    money_talk = asked == "ask_amount" or _PAYING.search(text) is not None
    if money_talk and 100 <= number.value < 1000:
        return number.value * 1000
    return None


def _is_rejected(tokens: Sequence[Token], number: Number) -> bool:
    """Said only to be denied ("bukan lima ratus") or asked about ("kok dua juta?")."""
    before = [token.text for token in tokens[max(0, number.start - 3) : number.start]]
    if "," in before:
        before = before[len(before) - before[::-1].index(",") :]
    return bool(before) and (before[-1] in _NEGATING or before[-2:-1] == ["bukan"] or before[-2:] == ["tidak", "sampai"])


def _with_currency(tokens: Sequence[Token], end: int) -> int:
    return end + 1 if end < len(tokens) and tokens[end].text in _CURRENCY else end


def _relative(tokens: Sequence[Token], language: str) -> Amount | None:
    text = " ".join(token.text for token in tokens)
    match = next(iter(reversed(list(_RELATIVE[language].finditer(text)))), None)
    if match is None or re.search(r"\b(sudah|jam|pukul) (\w+ )?$", text[: match.start()]):
        return None
    start = text[: match.start()].count(" ")
    return Amount(None, start, start + match[0].count(" ") + 1)
