"""Rupiah: whole numbers, in and out as Indonesians write them."""

from __future__ import annotations

import re
from typing import NewType

Rupiah = NewType("Rupiah", int)
"""Whole rupiah; never a float."""

_PLAIN = re.compile(r"\d+")
_DOTTED = re.compile(r"\d{1,3}(\.\d{3})+")
_COMMAED = re.compile(r"\d{1,3}(,\d{3})+")


def format_rupiah(amount: int) -> str:
    """Such as ``Rp1.250.000``."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def parse_rupiah(text: str) -> Rupiah:
    """Whole rupiah from ``1250000``, ``1.250.000``, ``1,250,000`` or ``Rp 1.250.000,00``; raises ``ValueError``."""
    cleaned = re.sub(r"(?i)^\s*(rp|idr)\.?\s*", "", text).strip()
    cleaned = re.sub(r"(?<=\d)([.,])00$", "", cleaned) if re.search(r"[.,]00$", cleaned) else cleaned
    if not any(pattern.fullmatch(cleaned) for pattern in (_PLAIN, _DOTTED, _COMMAED)):
        raise ValueError("not an amount in whole rupiah such as 1250000 or 1.250.000")
    return Rupiah(int(re.sub(r"[.,]", "", cleaned)))
