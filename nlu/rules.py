"""Transparent rules: phrase patterns for intents, grammars for values, the question asked to settle short answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from nlu.amounts import Amount, find_amount
from nlu.dates import Day, find_day
from nlu.normalize import Token, joined, span_text, tokenize
from nlu.times import TimeOfDay, find_time
from nlu.topics import find_topics
from nlu.understanding import INTENTS, Entities, Understanding, primary_of
from nlu.wording import conditional, payment_channel, person_relation, yes_or_no

_FOLDER = Path(__file__).parent / "phrases"
_DISPUTES = {"dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other"}
_ENDS_ALL = {"deceased", "wrong_number", "third_party"}
_KEYS = {"1": "affirm", "2": "deny", "0": "request_human", "#": "out_of_scope", "*": "out_of_scope"}
_VALUE_QUESTIONS = {"ask_date", "ask_amount", "ask_callback_time"}
_FILLERS = re.compile(r"^((eh|hm+|e+m*|anu|uh|um|oh|ah|nah|lah|deh|dong|sih|pak|bu|mas|mbak|ya|,|\?) ?)*$")


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
        if key in _KEYS and not (key.isdigit() and asked in _VALUE_QUESTIONS):
            return Understanding(text=text, intents=(_KEYS[key],), primary=_KEYS[key], confidence=1.0)
        tokens = tokenize(text, self._language)
        normal = joined(tokens)
        intents = {fired.intent for fired in fire(normal, self._language, asked)}
        intents = _settle(intents, normal)
        yes_no = yes_or_no(normal, self._language, asked)
        entities = self._entities(text, tokens, normal, intents, asked, now)
        if yes_no is not None:
            intents.add(yes_no)
        intents = _by_question(intents, entities, asked, normal, yes_no)
        if intents & _ENDS_ALL or "request_callback" in intents:
            intents -= {"affirm"} if intents & _ENDS_ALL else set()
        if not intents - {"out_of_scope"}:
            intents = {"out_of_scope"}
        elif intents != {"out_of_scope"}:
            intents.discard("out_of_scope")
        if (
            not intents & {"promise_to_pay", "partial_payment", "already_paid", "request_callback", "hardship", "affirm"}
            | intents & _DISPUTES
        ):
            entities = _without_values(entities, intents, asked)
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

    def _entities(
        self, text: str, tokens: Sequence[Token], normal: str, intents: set[str], asked: str | None, now: datetime
    ) -> Entities:
        language = self._language
        time_of_day = find_time(tokens, language, now)
        day = find_day(_without(tokens, time_of_day), language, now.date(), past="already_paid" in intents)
        if time_of_day is not None and time_of_day.moves_date:
            day = Day(now.date(), time_of_day.start, time_of_day.start)
        amount = find_amount(
            _without(_without(tokens, time_of_day), day), language, asked=asked, own_figure=bool(intents & _DISPUTES)
        )
        if (
            amount is not None
            and amount.value is None
            and time_of_day is not None
            and time_of_day.start <= amount.start < time_of_day.end
        ):
            amount = None
        day, amount, time_of_day = _digits_as_value(text, tokens, asked, now, day, amount, time_of_day)
        return Entities(
            date=day.value if day else None,
            date_text=_span(text, tokens, day),
            amount_idr=amount.value if amount else None,
            amount_text=_span(text, tokens, amount),
            time=time_of_day.value if time_of_day else None,
            time_text=_span(text, tokens, time_of_day),
            person_relation=person_relation(normal, language, intents),
            payment_channel=payment_channel(normal),
            conditional=conditional(normal, language),
        )


def _without(tokens: Sequence[Token], used: Day | TimeOfDay | None) -> list[Token]:
    """Tokens with those of another value blanked out, places kept."""
    if used is None:
        return list(tokens)
    return [
        Token("·", t.start, t.end) if used.start <= i < used.end and isinstance(used, TimeOfDay) and used.value else t
        for i, t in enumerate(tokens)
    ]


def _span(text: str, tokens: Sequence[Token], value: Day | Amount | TimeOfDay | None) -> str | None:
    return span_text(text, tokens[value.start : value.end]) or None if value else None


def _digits_as_value(
    text: str,
    tokens: Sequence[Token],
    asked: str | None,
    now: datetime,
    day: Day | None,
    amount: Amount | None,
    at: TimeOfDay | None,
) -> tuple[Day | None, Amount | None, TimeOfDay | None]:
    """A bare number after a question for a value is that value ("25" after ask_date; keys as well)."""
    from nlu.dates import all_days
    from nlu.numbers import number_at

    bare = [token for token in tokens if not _FILLERS.match(token.text)]
    if asked not in _VALUE_QUESTIONS or not bare or len(bare) > 3:
        return day, amount, at
    start = tokens.index(bare[0])
    language = "id" if number_at(tokens, start, "id") else "en"
    number = number_at(tokens, start, language)
    if (number is None or number.end < start + len(bare)) and (asked != "ask_date" or day is not None):
        return day, amount, at
    if number is None:
        return day, amount, at
    if asked == "ask_date" and day is None:
        named = all_days([Token("tanggal", 0, 0), *tokens[start:]], "id", now.date(), past=False)
        if named:
            day = Day(named[0].value, start, start + named[0].end - 1)
            amount = None if amount and amount.start < day.end else amount
    elif asked == "ask_amount" and amount is None and number.value >= 1000:
        amount = Amount(number.value, number.start, number.end)
    elif asked == "ask_callback_time" and at is None and 1 <= number.value <= 20 and day is None:
        from nlu.times import find_time as find

        named_time = find([Token("jam", 0, 0), *tokens[start:]], "id", now)
        if named_time is not None:
            at = TimeOfDay(named_time.value, start, start + named_time.end - 1)
    return day, amount, at


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


def _without_values(entities: Entities, intents: set[str], asked: str | None) -> Entities:
    """Values named in passing do not hold ("saya nggak bilang mau bayar besok")."""
    if asked in _VALUE_QUESTIONS and "deny" not in intents and "refuse_to_pay" not in intents:
        return entities
    if intents & {"deny", "refuse_to_pay", "opt_out", "deceased", "wrong_number", "out_of_scope"}:
        return replace(entities, date=None, date_text=None, amount_idr=None, amount_text=None, time=None, time_text=None)
    return entities


def _confidence(intents: tuple[str, ...], normal: str) -> float:
    """A rough degree of belief until a calibrated model stands beside the rules."""
    words = max(1, len(normal.split()))
    if intents == ("out_of_scope",):
        return 0.4 if words > 3 else 0.6
    return round(max(0.55, 0.95 - 0.01 * max(0, words - 8) - 0.05 * (len(intents) - 1)), 2)
