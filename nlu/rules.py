"""Transparent rules: phrase patterns for intents, grammars for values, the question asked to settle short answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from nlu.understanding import INTENTS

_FOLDER = Path(__file__).parent / "phrases"
_DISPUTES = {"dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other"}
_ENDS_ALL = {"deceased", "wrong_number", "third_party"}
KEYS = {"1": "affirm", "2": "deny", "0": "request_human", "#": "out_of_scope", "*": "out_of_scope"}
_VALUE_QUESTIONS = {"ask_date", "ask_amount", "ask_callback_time"}
_FILLERS = re.compile(r"^((eh|hm+|e+m*|anu|uh|um|oh|ah|nah|lah|deh|dong|sih|pak|bu|mas|mbak|ya|,|\?) ?)*$")


def is_value_key(key: str, asked: str | None) -> bool:
    """A digit pressed or typed in answer to a question for a value is that value."""
    return key.isdigit() and asked in _VALUE_QUESTIONS


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that held: intent, pattern and the words it found."""

    intent: str
    pattern: str
    found: str


@dataclass(frozen=True, slots=True)
class _IntentRule:
    intent: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    asked: tuple[str, ...]


@cache
def load_rules(language: str) -> tuple[_IntentRule, ...]:
    """The phrase rules of a language, in the order of ``INTENTS``."""
    data = cast("dict[str, dict[str, Any]]", yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")))
    unknown = set(data) - set(INTENTS)
    if unknown:
        raise ValueError(f"phrases/{language}.yaml names unknown intents: {', '.join(sorted(unknown))}")
    return tuple(
        _IntentRule(
            intent=intent,
            patterns=tuple(re.compile(pattern) for pattern in rule["any"]),
            unless=tuple(re.compile(pattern) for pattern in rule.get("unless") or ()),
            asked=tuple(rule.get("asked") or ()),
        )
        for intent, rule in sorted(data.items(), key=lambda item: INTENTS.index(item[0]))
    )


def fire(text: str, language: str, asked: str | None) -> list[Fired]:
    """Every phrase rule that holds for a normalised text."""
    found: list[Fired] = []
    for rule in load_rules(language):
        if rule.asked and asked not in rule.asked and not (asked is None and len(text.split()) <= 4):
            continue
        for pattern in rule.patterns:
            match = pattern.search(text)
            if match is not None:
                if not any(exception.search(text) for exception in rule.unless):
                    found.append(Fired(rule.intent, pattern.pattern, match[0]))
                break
    return found
