"""One pass over a text: at each place the first rule that fits says what it sees; everything else is left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tts.spoken.digits import sweep_digits

Kind = Literal["plain", "amount", "date", "time", "digits", "number", "word"]
Say = Callable[["re.Match[str]"], "str | None"]
"""The words for a match; None when it is not this form after all, so that the rules after it are asked."""
_NAMED = re.compile(r"\(\?P<\w+>")
_OPENING = set("([{\"'“‘«<")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of spoken words; ``kind`` is ``plain`` for text that was left as it was."""

    words: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Rule:
    """A written form: what it looks like and how it is said."""

    kind: Kind
    pattern: re.Pattern[str]
    say: Say


def rule(kind: Kind, pattern: str, say: Say) -> Rule:
    """A rule; the pattern ignores case unless it says ``(?-i:…)``, and ``\\d`` is 0 to 9 only."""
    return Rule(kind, re.compile(pattern, re.IGNORECASE | re.ASCII), say)


class Scanner:
    """Reads texts of one language by its rules, in their order."""

    def __init__(self, rules: Sequence[Rule], language: str) -> None:
        self._rules = tuple(rules)
        self._language = language
        # Group names may repeat from rule to rule, which one pattern does not allow; the rule itself is matched again.
        any_rule = "|".join(f"(?:{_NAMED.sub('(?:', each.pattern.pattern)})" for each in rules)
        self._any_rule = re.compile(any_rule, re.IGNORECASE | re.ASCII)

    def read(self, text: str) -> tuple[Piece, ...]:
        """The pieces of ``text``, in order."""
        pieces: list[Piece] = []
        done = looked = 0
        while (match := self._any_rule.search(text, looked)) is not None:
            found = self._first(text, match.start())
            if found is None:
                looked = match.start() + 1
                continue
            piece, end = found
            if match.start() > done:
                pieces.append(self._plain(text[done : match.start()]))
            pieces.append(piece)
            done = looked = end
        if done < len(text):
            pieces.append(self._plain(text[done:]))
        return tuple(pieces)

    def _first(self, text: str, start: int) -> tuple[Piece, int] | None:
        for each in self._rules:
            match = each.pattern.match(text, start)
            if match is None or match.end() == start:
                continue
            words = each.say(match)
            if words is not None:
                return Piece(sweep_digits(words, self._language), each.kind), match.end()
        return None

    def _plain(self, text: str) -> Piece:
        return Piece(sweep_digits(text, self._language), "plain")


def joined(pieces: Iterable[Piece]) -> str:
    """The words as one text, with a blank where two pieces would grow together."""
    text = ""
    for piece in pieces:
        if text and piece.words and needs_blank(text[-1], piece.words[0]):
            text += " "
        text += piece.words
    return text


def needs_blank(before: str, after: str) -> bool:
    """Whether these two characters, at the border of two pieces, must not touch."""
    if before.isspace() or after.isspace() or before in _OPENING:
        return False
    return after.isalnum() or after in _OPENING
