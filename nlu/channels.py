"""The payment channel that is named, as people call it; "transfer" alone is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

_FILE = Path(__file__).parent / "phrases" / "channels.yaml"
_PAYS = {"promise_to_pay", "partial_payment", "already_paid", "request_info_how_to_pay", "affirm", "deny", "dispute_other"}
"""Intents in which a named channel is one to pay by; elsewhere it is a shop, an office or an app that does not work."""
_DENIED = re.compile(
    r"\b(bukan|jangan|not|sanes|dudu|lain|daripada|malas|males)( (lewat|dari|by|pakai|pake|via|melalui|the|ke|di))*$"
    r"|\b(tidak|belum|teu|sonde|mboten|indak|ora)( (punya|ada|ado|bisa|ngerti|gadhah|paham|tiasa|duwe|iso|tahu))+$"
)
_UNUSABLE = re.compile(
    r"^( (saya|nya|is|na|lagi|mah|gue|the|rekening|sudah|juga|mawon))*"
    r" (keblokir|tutup|kosong|empty|error|down|ditelan|libur|rejected|crashed|mboten gadhah|nomor|number|penuh|tidak (bisa|ada|punya))\b"
)
_CORRECTS = re.compile(r"\b(eh|ralat|maksud|aduh|ganti|jadinya|no|actually|ding|deh|bukan|not|sori|sorry)\b|, [a-z]+$")


@cache
def _pattern() -> tuple[re.Pattern[str], tuple[str, ...], int]:
    data = cast("dict[str, Any]", yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    alone = rf"(?<!\S)(?:{_alternatives(data['named'], 'n')})"
    prepositions, others = "|".join(data["prepositions"]), "|".join(data["not_from"])
    after = rf"(?<!\S)(?:{prepositions}) (?:{_alternatives(data['after_preposition'], 'p')})(?! (?:{others})(?!\S))"
    names = (*data["named"], *data["after_preposition"])
    return re.compile(rf"(?:{alone}|{after})(?:nya|ne|na|'s)?(?!\S)"), names, len(data["named"])


def _alternatives(forms: dict[str, list[str]], prefix: str) -> str:
    """One group for each channel, named by its place."""
    return "|".join(f"(?P<{prefix}{place}>{'|'.join(each)})" for place, each in enumerate(forms.values()))


def payment_channel(text: str, intents: Collection[str] = ()) -> str | None:
    """The channel that is left when denied ones are gone: the last after a correction, otherwise the first."""
    if intents and not _PAYS & set(intents):
        return None
    chosen: str | None = None
    end = 0
    for name, start, finish in _usable(text):
        if chosen is None or _CORRECTS.search(text[end:start].rstrip()):
            chosen = name
        end = finish
    return chosen


def _usable(text: str) -> Iterator[tuple[str, int, int]]:
    pattern, names, named = _pattern()
    for match in pattern.finditer(text):
        if _DENIED.search(text[: match.start(match.lastgroup or 0)].rstrip()) or _UNUSABLE.match(text[match.end() :]):
            continue
        group = match.lastgroup or ""
        yield names[int(group[1:]) + (0 if group[0] == "n" else named)], match.start(group), match.end()
