"""Abbreviations → words (``abbreviations_id.tsv``, ``abbreviations_en.tsv``), and signs between words.

Columns: written (without its last dot), spoken, and when: ``dot`` only with a dot after it, ``upper`` only in capitals as given,
``number`` only before a number or code, ``name`` only before a capital (a name), ``glued`` with dots inside; empty is always.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tts.spoken.letters import is_unpronounceable, spelled
from tts.spoken.scan import Rule, rule

_AND = {"id": "dan", "en": "and"}
_NUMBER = {"id": "nomor", "en": "number"}
_LONGEST_ACRONYM = 6


class _Entry(NamedTuple):
    written: str
    spoken: str
    when: str


def rules(language: str) -> list[Rule]:
    """In the order in which they are tried."""
    entries = sorted(_entries(language), key=lambda entry: len(entry.written), reverse=True)
    by_condition: dict[str, dict[str, str]] = {}
    for entry in entries:
        known = by_condition.setdefault(entry.when, {})
        known[entry.written if entry.when == "upper" else entry.written.lower()] = entry.spoken
    found = [
        _table(by_condition.get("glued", {}), r"(?<![\w.])(?P<word>{})(?![\w])\.?"),
        _table(by_condition.get("number", {}), r"(?<![\w.])(?P<word>{})(?:\.(?=\s*[\dA-Z])|(?=\s*:?\s*\d))"),
        _table(by_condition.get("dot", {}), r"(?<![\w.])(?P<word>{})\.(?=\s*[\w,;)]|$)"),
        _table(by_condition.get("name", {}), r"(?<![\w.])(?P<word>{})\.?(?=\s+(?-i:[A-Z])|/)"),
        _table(by_condition.get("upper", {}), r"(?<![\w.@-])(?-i:(?P<word>{}))(?![\w@])(?:\.(?=\s+(?-i:[a-z0-9])))?", cased=True),
        _table(by_condition.get("", {}), r"(?<![\w.@-])(?P<word>{})(?![\w@])(?:\.(?=\s+(?-i:[a-z0-9])))?"),
        rule("word", rf"(?<![\w.@-])(?P<word>(?-i:[A-Z]{{2,{_LONGEST_ACRONYM}}}))(?![\w@])", lambda match: _acronym(match, language)),
        rule("word", r"\s?&\s?", lambda _: f" {_AND[language]} "),
        rule("word", r"(?<=[a-z.])\s?/\s?(?=[a-z])", lambda _: " "),
        rule("word", r"#(?=\d)", lambda _: f"{_NUMBER[language]} "),
    ]  # fmt: skip
    return [each for each in found if each is not None]


def _table(words: dict[str, str], frame: str, *, cased: bool = False) -> Rule | None:
    if not words:
        return None
    pattern = frame.replace("{}", "|".join(re.escape(word) for word in words))
    return rule("word", pattern, lambda match: words[match["word"] if cased else match["word"].lower()])


def _acronym(match: re.Match[str], language: str) -> str | None:
    """Capitals without a vowel cannot be a word, unless everything around is written in capitals."""
    if not is_unpronounceable(match["word"]) or (match.string.isupper() and " " in match.string.strip()):
        return None
    return spelled(match["word"], language)


def _entries(language: str) -> Iterator[_Entry]:
    path = Path(__file__).with_name(f"abbreviations_{language}.tsv")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            written, spoken, *when = line.split("\t")
            yield _Entry(written, spoken, when[0] if when else "")
