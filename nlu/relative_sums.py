"""Sums that are told against the balance: "setengahnya", "semuanya", "sesuai tagihan", "half of it"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlu.normalize import Token, joined
from nlu.sum_words import SumWords, sum_words


@dataclass(frozen=True, slots=True)
class RelativeSum:
    """Tokens ``start`` to ``end``; ``full`` when all of it is meant."""

    start: int
    end: int
    full: bool


def find_relative(tokens: Sequence[Token], language: str) -> RelativeSum | None:
    """The last relative sum that is not denied; an Indonesian sentence may name it in English."""
    text = joined(tokens)
    found = list(_all_relative(text, language))
    if not found and language == "id":
        found = list(_all_relative(text, "en"))
    shares = [each for each in found if not _REST.match(tokens[each.start].text)] or found
    return shares[-1] if shares else None


def _all_relative(text: str, language: str) -> Iterator[RelativeSum]:
    words = sum_words(language)
    relative, not_after, not_before = _patterns(language)
    for match in relative.finditer(text):
        after = text[match.end() :]
        if not_after.search(text[: match.start()]) or not_before.match(after) or words.rejected_after.match(after):
            continue
        start = text[: match.start()].count(" ")
        yield RelativeSum(start, start + match[0].count(" ") + 1, _is_full(match[0], words))


_REST = re.compile(r"sisa|sesa|siso|rest|the$|remainder")
"""What is left over is only meant where no other share is named ("half first and the rest later")."""


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = sum_words(language)
    return (
        re.compile(rf"(?<!\S)(?:{'|'.join(words.relative)})(?!\S)"),
        re.compile(rf"(?<!\S){words.relative_not_after} $"),
        re.compile(rf" {words.relative_not_before}(?!\S)"),
    )


def _is_full(text: str, words: SumWords) -> bool:
    return re.search(rf"\b{words.full}\b", text) is not None
