"""Values kept during a call, and the rules by which they are taken: never in the past, never beyond the terms, never invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from nlu.normalize import tokenize
from nlu.numbers import find_numbers
from nlu.understanding import Entities, Understanding
from voicebot.core.money import Rupiah
from voicebot.core.rules import RulePack
from voicebot.core.script import Negotiation, Settles

_ALL = re.compile(
    r"\b(penuh\w*|sepenuh\w*|full\w*|fully|semu[ae]\w*|samu[ae]\w*|kabeh\w*|sa?kabeh\w*|sadaya\w*|sedaya|sedoyo|seluruh\w*|keseluruhan\w*|"
    r"\w*lunas\w*|sesuai|total\w*|utuh|everything|all|whole|sekaligus)\b",
    re.IGNORECASE,
)
_HALF = re.compile(r"\b(se?tengah\w*|s[ae]tenga\w*|stengah\w*|s[ae]par[ou]\w*|separ[ou]h\w*|sapalih|half)\b", re.IGNORECASE)
_PARTS_OF_DAY = (
    ("pagi", 9),
    ("morning", 9),
    ("siang", 13),
    ("noon", 13),
    ("afternoon", 15),
    ("sore", 16),
    ("evening", 18),
    ("malam", 19),
    ("tonight", 19),
)
_OFFICE_HOUR = 9
_VALUE_INTENTS = {"promise_to_pay", "partial_payment", "affirm", "deny", "hardship", "out_of_scope"}
_THOUSAND = 1000
_Date = date
"""The type, where a field of the same name would hide it from those who read annotations at run time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What was promised: whole rupiah by a local day."""

    amount: Rupiah
    due_on: date
    channel: str = ""
    conditional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Values named so far."""

    date: _Date | None = None
    amount: Rupiah | None = None
    paid_on: _Date | None = None
    callback_at: datetime | None = None
    callback_quote: str = ""
    reason: str = ""
    channel: str = ""
    rating: int | None = None
    conditional: bool = False

    def has(self, name: str) -> bool:
        """Whether a value is known."""
        return bool(getattr(self, name))

    def without(self, names: Iterable[str]) -> Slots:
        """The same, some values forgotten."""
        empty = Slots()
        return replace(self, **{name: getattr(empty, name) for name in names})

    def promise(self) -> Promise | None:
        """The promise, when both amount and day are known."""
        if self.date is None or self.amount is None:
            return None
        return Promise(amount=self.amount, due_on=self.date, channel=self.channel, conditional=self.conditional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What may be agreed on in one call: sums in whole rupiah, days local and inclusive."""

    due: Rupiah
    today: date
    minimum: Rupiah
    latest: date
    plan_amount: Rupiah
    plan_on: date

    @classmethod
    def of(cls, negotiation: Negotiation, due: Rupiah, today: date) -> Terms:
        """The script's negotiation applied to what is due today; shares are rounded up to whole thousands."""
        return cls(
            due=due,
            today=today,
            minimum=_share(due, negotiation.minimum_share),
            latest=today + timedelta(days=negotiation.longest_days),
            plan_amount=_share(due, negotiation.plan_share),
            plan_on=today + timedelta(days=negotiation.plan_days),
        )


def _share(due: int, share: float) -> Rupiah:
    return Rupiah(min(due, -(-int(due * share) // _THOUSAND) * _THOUSAND or _THOUSAND))


def settle(slots: Slots, how: Settles | None, terms: Terms) -> Slots:
    """``slots`` with what agreeing to the question settles."""
    if how == "due":
        return replace(slots, amount=slots.amount or terms.due)
    if how == "minimum":
        return replace(slots, amount=terms.minimum)
    if how == "latest_date":
        return replace(slots, date=terms.latest, amount=slots.amount or terms.due)
    if how == "plan":
        return replace(slots, amount=terms.plan_amount, date=terms.plan_on)
    return slots


def notices(heard: Understanding, terms: Terms, *, now: datetime, rules: RulePack, asked: str | None) -> Iterator[str]:
    """What the terms and the calling hours say of the values that were named (``voicebot.core.script.NOTICES``)."""
    entities = heard.entities
    if heard.primary in _VALUE_INTENTS:
        if entities.date is not None and entities.date > terms.latest:
            yield "date_too_late"
        if entities.amount_idr is not None and 0 < entities.amount_idr < terms.minimum:
            yield "amount_too_low"
        if entities.amount_idr is not None and entities.amount_idr > terms.due:
            yield "amount_too_high"
    if heard.primary == "request_callback" or asked == "ask_callback_time":
        wished = _wished_moment(entities, now)
        if wished is not None and rules.next_open(wished) != wished:
            yield "callback_moved"


def take_values(
    slots: Slots, heard: Understanding, names: Iterable[str], *, terms: Terms, now: datetime, rules: RulePack, language: str
) -> Slots:
    """``slots`` with those of ``names`` that the customer named in a usable form."""
    entities = heard.entities
    for name in names:
        if name == "date" and entities.date is not None and terms.today <= entities.date <= terms.latest:
            slots = replace(slots, date=entities.date)
        elif name == "amount" and (amount := _amount(entities, terms)):
            slots = replace(slots, amount=amount)
        elif name == "paid_on" and entities.date is not None and entities.date <= terms.today:
            slots = replace(slots, paid_on=entities.date)
        elif name == "callback_at" and (wished := _wished_moment(entities, now, slots.callback_at)):
            slots = replace(slots, callback_at=rules.next_open(wished), callback_quote=heard.text)
        elif name == "reason" and heard.text not in slots.reason:
            slots = replace(slots, reason=f"{slots.reason} {heard.text}".strip())
        elif name == "channel" and entities.payment_channel:
            slots = replace(slots, channel=entities.payment_channel)
        elif name == "rating" and (rating := _rating(heard.text, language)):
            slots = replace(slots, rating=rating)
    return replace(slots, conditional=slots.conditional or entities.conditional)


def _amount(entities: Entities, terms: Terms) -> Rupiah | None:
    """A sum within the terms; "penuh" is all of it and "setengahnya" half."""
    if entities.amount_idr is not None:
        return Rupiah(entities.amount_idr) if terms.minimum <= entities.amount_idr <= terms.due else None
    text = entities.amount_text or ""
    if _HALF.search(text):
        return Rupiah(terms.due // 2)
    return terms.due if _ALL.search(text) else None


def _wished_moment(entities: Entities, now: datetime, agreed: datetime | None = None) -> datetime | None:
    """The moment at which the customer wants to be called, permitted or not; an hour alone is of the day ``agreed`` so far."""
    at = entities.time
    if at is None:
        vague = (entities.time_text or "").lower()
        hour = next((hour for word, hour in _PARTS_OF_DAY if re.search(rf"\b{word}", vague)), None)
        at = time(hour) if hour is not None else None
    if at is None and entities.date is None:
        return None
    day = entities.date or (agreed or now).date()
    if at is None:
        if day <= now.date():
            return None
        at = time(_OFFICE_HOUR)
    moment = datetime.combine(day, at, tzinfo=now.tzinfo)
    return moment + timedelta(days=1) if moment <= now else moment


def _rating(text: str, language: str) -> int | None:
    """The first number from 1 to 5."""
    numbers = find_numbers(tokenize(text, language), language)
    return next((number.value for number in numbers if 1 <= number.value <= 5), None)
