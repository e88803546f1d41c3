"""Transparent rules: phrase patterns for intents, grammars for values, the question asked to settle short answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from nlu.normalize import joined, tokenize
from nlu.topics import find_topics
from nlu.understanding import INTENTS, Entities, Understanding, primary_of
from nlu.values import find_values, live
from nlu.wording import yes_or_no

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


class RuleInterpreter:
    """Understands one language by rules alone; light, stateless and thread-safe."""

    def __init__(self, language: str = "id") -> None:
        self._language = language
        load_rules(language)

    def interpret(self, text: str, *, asked: str | None = None, now: datetime) -> Understanding:
        """Understand ``text`` as the answer to ``asked`` at the local time ``now``."""
        key = text.strip()
        if key in KEYS and not is_value_key(key, asked):
            return Understanding(text=text, intents=(KEYS[key],), primary=KEYS[key], confidence=1.0)
        tokens = tokenize(text, self._language)
        normal = joined(tokens)
        intents = {fired.intent for fired in fire(normal, self._language, asked)}
        intents = _settle(intents, normal)
        yes_no = yes_or_no(normal, self._language, asked)
        entities = find_values(text, self._language, intents, asked=asked, now=now)
        if yes_no is not None:
            intents.add(yes_no)
        intents = _by_question(intents, entities, asked, normal, yes_no)
        if intents & _ENDS_ALL or "request_callback" in intents:
            intents -= {"affirm"} if intents & _ENDS_ALL else set()
        if not intents - {"out_of_scope"}:
            intents = {"out_of_scope"}
        elif intents != {"out_of_scope"}:
            intents.discard("out_of_scope")
        entities = live(entities, intents, asked)
        ordered = tuple(intent for intent in INTENTS if intent in intents)
        primary = primary_of(ordered)
        return Understanding(
            text=text,
            intents=ordered,
            primary=primary,
            confidence=_confidence(ordered, normal),
            entities=entities,
            topics=find_topics(normal, self._language),
        )


def _settle(intents: set[str], normal: str) -> set[str]:
    """Intents that exclude each other."""
    intents = set(intents)
    if "dispute_fraud" in intents:
        intents.discard("dispute_not_mine")
    if intents & {"dispute_fraud", "dispute_not_mine", "dispute_amount"}:
        intents.discard("dispute_other")
    if "already_paid" in intents:
        intents -= {"promise_to_pay", "hardship"} if "sisanya" not in normal else set()
    if "refuse_to_pay" in intents:
        intents -= {"promise_to_pay"}
    if "opt_out" in intents:
        intents.discard("request_callback")
    if intents & {"deceased", "wrong_number"}:
        intents -= {"third_party", "dispute_not_mine", "promise_to_pay", "hardship"}
    if "request_info_how_to_pay" in intents and "promise_to_pay" in intents and "?" in normal:
        intents.discard("promise_to_pay")
    return intents


def _by_question(intents: set[str], entities: Entities, asked: str | None, normal: str, yes_no: str | None) -> set[str]:
    """What the bot's question adds to a short answer."""
    strong = intents - {
        "affirm",
        "deny",
        "greeting",
        "goodbye",
        "out_of_scope",
        "hardship",
        "partial_payment",
        "promise_to_pay",
    }
    if strong:
        return intents
    denied = yes_no == "deny" and asked != "confirm_promise"
    has_date = entities.date is not None or entities.date_text is not None
    has_amount = entities.amount_idr is not None or entities.amount_text is not None
    if asked == "ask_callback_time" and (has_date or entities.time is not None or entities.time_text is not None):
        intents |= {"request_callback"}
        intents -= {"promise_to_pay"} if "bayar" not in normal else set()
    elif (
        asked in ("ask_date", "ask_payment", "confirm_promise") and has_date and not denied and "hardship" not in intents
    ) or (asked in ("ask_amount", "confirm_promise") and has_amount and not denied and "hardship" not in intents):
        intents |= {"promise_to_pay"}
    if (
        "promise_to_pay" in intents
        and asked != "confirm_promise"
        and yes_no == "affirm"
        and asked not in ("ask_payment", "greeting_identity")
    ):
        intents.discard("affirm")
    return intents


def _confidence(intents: tuple[str, ...], normal: str) -> float:
    """A rough degree of belief until a calibrated model stands beside the rules."""
    words = max(1, len(normal.split()))
    if intents == ("out_of_scope",):
        return 0.4 if words > 3 else 0.6
    return round(max(0.55, 0.95 - 0.01 * max(0, words - 8) - 0.05 * (len(intents) - 1)), 2)
