"""What the customer meant: intents, the leading one, and the values they named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Protocol

INTENTS: tuple[str, ...] = (
    "deceased",
    "wrong_number",
    "third_party",
    "dispute_fraud",
    "dispute_not_mine",
    "dispute_amount",
    "dispute_other",
    "already_paid",
    "request_human",
    "refuse_to_pay",
    "request_callback",
    "partial_payment",
    "promise_to_pay",
    "opt_out",
    "hardship",
    "request_info_how_to_pay",
    "request_info_amount",
    "request_info_due_date",
    "repeat_request",
    "abuse",
    "deny",
    "affirm",
    "out_of_scope",
    "goodbye",
    "greeting",
)
"""Every intent, in the order that decides ``primary`` when several hold."""

CONTEXTS: tuple[str, ...] = (
    "greeting_identity",
    "ask_payment",
    "ask_date",
    "ask_amount",
    "confirm_promise",
    "ask_dispute_reason",
    "ask_callback_time",
    "closing",
)
"""The bot's last question, as interpreters know it (``asked``)."""

QUESTIONS: tuple[str, ...] = (*CONTEXTS, "ask_channel", "ask_paid_details")
"""Every question that a script may ask; those beyond ``CONTEXTS`` are read by rules (``nlu.questions``)."""

TOPICS: tuple[str, ...] = (
    "withdraws",
    "is_customer",
    "minor",
    "fetching_customer",
    "speak_english",
    "speak_indonesian",
    "is_robot",
    "suspects_scam",
    "who_is_calling",
    "why_calling",
    "hold_on",
)
"""What an utterance is about besides its intents, for a fitting reply; most of them are ``out_of_scope`` as intents."""


def primary_of(intents: Iterable[str]) -> str:
    """The intent that leads, by the order of ``INTENTS``; ``out_of_scope`` when there is none."""
    held = set(intents)
    return next((intent for intent in INTENTS if intent in held), "out_of_scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """Values that still hold at the end of the utterance; negated, corrected or merely queried ones are ``None``.

    ``*_text`` are verbatim spans of the text. Dates are local dates of the account's zone; amounts whole rupiah.
    """

    date: date | None = None
    date_text: str | None = None
    amount_idr: int | None = None
    amount_text: str | None = None
    time: time | None = None
    time_text: str | None = None
    person_relation: str | None = None
    payment_channel: str | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """One utterance, understood. ``confidence`` in [0, 1] is of ``primary``."""

    text: str
    intents: tuple[str, ...]
    primary: str
    confidence: float
    entities: Entities = field(default_factory=Entities)
    topics: tuple[str, ...] = ()


class Interpreter(Protocol):
    """Turns text into meaning."""

    def interpret(self, text: str, *, asked: str | None = None, now: datetime) -> Understanding:
        """Understand ``text`` as the answer to ``asked`` (one of ``CONTEXTS``) at the local time ``now`` (aware)."""
        ...
