"""Whether what is said hangs on something else, by wording: "kalau gajian turun", "once I get paid"."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import cast

import yaml

_FILE = Path(__file__).parent / "phrases" / "conditions.yaml"
_NEVER = {"already_paid", "dispute_not_mine", "dispute_fraud", "dispute_other", "deceased", "wrong_number", "abuse"}
_AGREED = {"promise_to_pay", "partial_payment", "request_callback", "refuse_to_pay", "hardship"}


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = cast("dict[str, dict[str, list[str]]]", yaml.safe_load(_FILE.read_text(encoding="utf-8")))[language]
    conditional, not_conditional = (
        re.compile(rf"(?<!\S)(?:{'|'.join(f'(?:{each})' for each in data[name])})(?!\S)")
        for name in ("conditional", "not_conditional")
    )
    return conditional, not_conditional


def conditional(text: str, language: str, intents: Collection[str] = ()) -> bool:
    """Whether a conditional wording governs what is said; never where there is nothing that could depend on it."""
    held = set(intents)
    if held & _NEVER and not held & _AGREED:
        return False
    pattern, look_alikes = _patterns(language)
    return pattern.search(look_alikes.sub(" ", text)) is not None
