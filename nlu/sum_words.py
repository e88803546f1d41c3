"""The words around sums of money (``phrases/sums_*.yaml``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

_PHRASES = Path(__file__).parent / "phrases"


@dataclass(frozen=True, slots=True, kw_only=True)
class SumWords:
    """One language's lists; what each means stands beside it in the file."""

    currency: frozenset[str]
    paying: frozenset[str]
    asks_paying: frozenset[str]
    moment_before: frozenset[str]
    label_before: frozenset[str]
    moment_after: frozenset[str]
    weekdays: frozenset[str]
    counted_after: frozenset[str]
    rejecting_before: frozenset[str]
    correcting: frozenset[str]
    choosing: frozenset[str]
    following: frozenset[str]
    rejecting_phrases: re.Pattern[str]
    rejected_after: re.Pattern[str]
    earning_before: re.Pattern[str]
    dispute_before: dict[str, int]
    dispute_after: dict[str, int]
    relative: tuple[str, ...]
    full: str
    relative_not_after: str
    relative_not_before: str


@cache
def sum_words(language: str) -> SumWords:
    """The lists of a language."""
    data = cast("dict[str, Any]", yaml.safe_load((_PHRASES / f"sums_{language}.yaml").read_text(encoding="utf-8")))
    sets = {name: frozenset(map(str, value)) for name, value in data.items() if name in _SETS}
    dispute = cast("dict[str, dict[int, list[str]]]", data["dispute"])
    return SumWords(
        **sets,
        rejecting_phrases=re.compile(rf"(?:^| )(?:{'|'.join(data['rejecting_phrases'])}) $"),
        rejected_after=re.compile(rf" (?:{'|'.join(data['rejected_after'])})(?!\S)"),
        earning_before=re.compile(rf"(?:^| ){data['earning_before'].strip()} $"),
        dispute_before=_weights(dispute["before"]),
        dispute_after=_weights(dispute["after"]),
        relative=tuple(data["relative"]),
        full=data["full"].strip(),
        relative_not_after=data["relative_not_after"].strip(),
        relative_not_before=data["relative_not_before"].strip(),
    )


_SETS = {
    "currency", "paying", "asks_paying", "moment_before", "label_before", "moment_after", "counted_after", "weekdays", "rejecting_before",
    "correcting", "choosing", "following",
}  # fmt: skip


def _weights(lists: dict[int, list[str]]) -> dict[str, int]:
    return {word: weight for weight, words in lists.items() for word in words}
