"""The interpreter: a judge of intents, with transparent rules around it and grammars for the values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from nlu.classifier import Judge, Judgement, load_intent_model
from nlu.normalize import joined, tokenize
from nlu.rules import KEYS, Fired, fire, is_value_key, load_rules
from nlu.topics import find_topics
from nlu.understanding import INTENTS, Understanding, primary_of
from nlu.values import find_values, live

_SAYS_NOTHING = re.compile(r"[\W_]*")
_EXCLUSIVE = (("affirm", "deny"),)
"""Of these only the more likely one holds beside a leading intent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an utterance was read: the rules that held, the judge's beliefs, and what came of them."""

    normal: str
    fired: tuple[Fired, ...]
    judgement: Judgement | None
    understanding: Understanding


class HybridInterpreter:
    """Understands one language by ``judge``, or by the shipped intent model; stateless and thread-safe."""

    def __init__(self, language: str = "id", judge: Judge | None = None) -> None:
        self._language = language
        self._judge: Judge = load_intent_model() if judge is None else judge
        load_rules(language)

    def interpret(self, text: str, *, asked: str | None = None, now: datetime) -> Understanding:
        """Understand ``text`` as the answer to ``asked`` at the local time ``now``."""
        return self.read(text, asked=asked, now=now).understanding

    def read(self, text: str, *, asked: str | None = None, now: datetime) -> Reading:
        """The same with the reasons."""
        key = text.strip()
        if key in KEYS and not is_value_key(key, asked):
            return Reading(key, (), None, _certain(text, KEYS[key]))
        normal = joined(tokenize(text, self._language))
        if _SAYS_NOTHING.fullmatch(text):
            return Reading(normal, (), None, _certain(text, "out_of_scope"))
        fired = tuple(fire(normal, self._language, asked))
        judgement = self._judge.judge(text, self._language, asked, sorted({rule.intent for rule in fired}))
        intents = self._intents(judgement)
        entities = live(find_values(text, self._language, intents, asked=asked, now=now), intents, asked)
        ordered = tuple(intent for intent in INTENTS if intent in intents)
        understanding = Understanding(
            text=text,
            intents=ordered,
            primary=primary_of(ordered),
            confidence=round(judgement.confidence, 4),
            entities=entities,
            topics=find_topics(normal, self._language),
        )
        return Reading(normal, fired, judgement, understanding)

    def _intents(self, judgement: Judgement) -> set[str]:
        """The leading intent, and those after it in the order of the contract that are likely enough."""
        primary = judgement.primary
        place = INTENTS.index(primary)
        limits = self._judge.thresholds
        intents = {intent for n, intent in enumerate(INTENTS) if n > place and judgement.every[n] > limits[n]} | {primary}
        for first, second in _EXCLUSIVE:
            if {first, second} <= intents and primary not in (first, second):
                beliefs = {intent: judgement.every[INTENTS.index(intent)] for intent in (first, second)}
                intents.discard(min(beliefs, key=lambda intent: beliefs[intent]))
        return intents


def _certain(text: str, intent: str) -> Understanding:
    return Understanding(text=text, intents=(intent,), primary=intent, confidence=1.0)
