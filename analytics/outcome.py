"""What came of a human agent's call, by what the customer said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from analytics.recording import Recording
from nlu.understanding import Understanding
from voicebot.core.clock import now_utc
from voicebot.core.engines import make_interpreter

_ASKED = (
    (
        re.compile(
            r"\b(apakah|benar|betul|bisa|boleh) (\w+ ){0,4}(bapak|ibu|pak|bu|mas|mbak|saudara)\b.*\?|\bdengan (bapak|ibu|pak|bu)\b",
            re.I,
        ),
        "greeting_identity",
    ),
    (re.compile(r"\b(catat|ulangi|konfirmasi|sudah benar|betul (ya|begitu))\b", re.I), "confirm_promise"),
    (re.compile(r"\b(kapan|tanggal berapa)\b.*\b(hubungi|telepon)\b", re.I), "ask_callback_time"),
    (re.compile(r"\b(kapan|tanggal berapa|hari apa)\b", re.I), "ask_date"),
    (re.compile(r"\bberapa\b", re.I), "ask_amount"),
    (re.compile(r"\b(apa yang tidak sesuai|dijelaskan)\b", re.I), "ask_dispute_reason"),
)
_FINAL = (
    ("deceased", {"deceased"}),
    ("wrong_number", {"wrong_number"}),
    ("third_party", {"third_party"}),
    ("dispute", {"dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other"}),
    ("opt_out", {"opt_out"}),
)
_OFFERS = {"promise_to_pay", "partial_payment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The call's outcome, and the promise where there is one."""

    outcome: str
    promised_on: date | None = None
    date_text: str | None = None
    amount: int | None = None
    confirmed_identity: bool = False
    intents: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def reached(self) -> bool:
        """The right party was on the line."""
        return self.outcome not in ("third_party", "wrong_number")

    @property
    def promised(self) -> bool:
        """A promise was made."""
        return self.outcome == "promise_to_pay"


def judge_outcome(recording: Recording, language: str = "id") -> Outcome:
    """By the customer's turns in order; what was said later overrides, except for what ends every debt talk."""
    interpreter = make_interpreter(language)
    now = (recording.call_at or now_utc()).astimezone(ZoneInfo("Asia/Jakarta"))
    heard = [
        (turn.index, interpreter.interpret(turn.text, asked=_asked_before(recording, turn.index), now=now))
        for turn in recording.turns
        if turn.speaker == "customer"
    ]
    seen = {intent for _, understood in heard for intent in understood.intents}
    confirmed = any("affirm" in u.intents and _asked_before(recording, i) == "greeting_identity" for i, u in heard)
    intents = tuple((index, understood.intents) for index, understood in heard)
    final = next((name for name, wanted in _FINAL if wanted & seen), None)
    if final in ("third_party", "wrong_number") and confirmed:
        final = None
    promised_on, date_text, amount = _promise(heard, recording, now)
    if final is None:
        final = _last_word(heard, promised=bool(seen & _OFFERS) and (promised_on is not None or date_text is not None))
    return Outcome(
        outcome=final,
        promised_on=promised_on if final == "promise_to_pay" else None,
        date_text=date_text if final == "promise_to_pay" else None,
        amount=amount if final == "promise_to_pay" else None,
        confirmed_identity=confirmed,
        intents=intents,
    )


def _last_word(heard: list[tuple[int, Understanding]], *, promised: bool) -> str:
    seen = {intent for _, understood in heard for intent in understood.intents}
    if promised:
        return "promise_to_pay"
    if "already_paid" in seen:
        return "already_paid"
    if "request_human" in seen:
        return "transfer_human"
    for _, understood in reversed(heard):
        if "request_callback" in understood.intents:
            return "callback"
        if "refuse_to_pay" in understood.intents:
            return "refused"
        if "hardship" in understood.intents:
            return "hardship"
    return "no_resolution"


def _promise(
    heard: list[tuple[int, Understanding]], recording: Recording, now: datetime
) -> tuple[date | None, str | None, int | None]:
    """The last day and sum that the customer named; a sum that only the agent read back counts when it was agreed to."""
    day: date | None = None
    text: str | None = None
    amount: int | None = None
    for index, understood in heard:
        entities = understood.entities
        if {"promise_to_pay", "partial_payment", "affirm"} & set(understood.intents):
            if entities.date is not None or entities.date_text:
                day, text = entities.date, entities.date_text
            if entities.amount_idr is not None:
                amount = entities.amount_idr
            elif entities.amount_text and re.search(r"penuh|semua|full|lunas|sesuai", entities.amount_text, re.I):
                amount = recording.ledger.amount_due or amount
        if "affirm" in understood.intents and amount is None and index:
            before = make_interpreter("id").interpret(recording.turns[index - 1].text, asked="ask_amount", now=now)
            if _asked_before(recording, index) == "confirm_promise":
                amount = before.entities.amount_idr
    return day, text, amount


def _asked_before(recording: Recording, index: int) -> str | None:
    """The question that the agent's last turn put, as interpreters name it."""
    for turn in reversed(recording.turns[:index]):
        if turn.speaker == "agent":
            return next((name for asked, name in _ASKED if asked.search(turn.text)), None)
    return None
