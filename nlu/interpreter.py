"""The interpreter: a judge of intents, with transparent rules around it and grammars for the values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from nlu.certain import certain_intent
from nlu.classifier import Judge, Judgement, load_intent_model
from nlu.normalize import joined, tokenize
from nlu.questions import model_context, read_answer
from nlu.rules import KEYS, Fired, fire, is_value_key, load_rules
from nlu.topics import find_topics
from nlu.understanding import INTENTS, Understanding, primary_of
from nlu.values import find_values, live
from nlu.wording import yes_or_no

_SAYS_NOTHING = re.compile(r"[\W_]*")
_EXCLUSIVE = (("affirm", "deny"),)
"""Of these only the more likely one holds beside a leading intent."""


_ASKS_WHEN = {"ask_payment", "ask_date"}
_BARE_YES = {"affirm", "greeting"}
"""Together with a day, after the question when it will be paid, this is a promise (so in every labelled pass)."""


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
        question, asked = asked, model_context(asked)
        if (certain := certain_intent(normal, self._language, question)) is not None:
            return Reading(normal, (), None, _certain(text, certain))
        fired = tuple(fire(normal, self._language, asked))
        judgement = self._judge.judge(text, self._language, asked, sorted({rule.intent for rule in fired}))
        intents = self._by_rules(text, normal, question, self._intents(judgement), judgement, now)
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

    def _by_rules(
        self, text: str, normal: str, question: str | None, intents: set[str], judgement: Judgement, now: datetime
    ) -> set[str]:
        """What the question and a few rules make of the model's intents."""
        asked = model_context(question)
        if asked in _ASKS_WHEN and intents <= _BARE_YES:
            day = find_values(text, self._language, {"promise_to_pay"}, asked=asked, now=now).date
            intents = intents | {"promise_to_pay"} if day is not None else intents
        if asked == "greeting_identity" and judgement.primary != "affirm" and not self._says_yes(normal, asked):
            intents = intents - {"affirm"}
        return read_answer(text, self._language, question, intents)

    def _says_yes(self, normal: str, asked: str) -> bool:
        """Beside another matter only a spoken yes tells who is speaking: "saya udah bayar kok" does not."""
        topics = find_topics(normal, self._language)
        return yes_or_no(normal, self._language, asked) == "affirm" or "is_customer" in topics

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
