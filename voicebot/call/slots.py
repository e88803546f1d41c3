"""Values kept during a call, and the rules by which they are taken: never in the past, never more than is due, never invented."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from nlu.understanding import Entities, Understanding
from voicebot.core.money import Rupiah
from voicebot.core.rules import RulePack

_ALL = re.compile(
    r"\b(penuh|full|semua|semuanya|seluruhnya|lunas\w*|sesuai tagihan|total|everything|all of it|whole)\b", re.IGNORECASE
)
_HALF = re.compile(r"\b(setengah\w*|separuh\w*|separo\w*|half)\b", re.IGNORECASE)
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
_MIN_PROMISE = 1000


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

    date: date | None = None
    amount: Rupiah | None = None
    callback_at: datetime | None = None
    callback_quote: str = ""
    reason: str = ""
    channel: str = ""
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


def take_values(
    slots: Slots, heard: Understanding, names: Iterable[str], *, due: Rupiah, now: datetime, rules: RulePack, horizon_days: int
) -> Slots:
    """``slots`` with those of ``names`` that the customer named in a usable form."""
    entities = heard.entities
    for name in names:
        if name == "date" and (day := _payment_day(entities, now, horizon_days)):
            slots = replace(slots, date=day)
        elif name == "amount" and (amount := _amount(entities, due)):
            slots = replace(slots, amount=amount)
        elif name == "callback_at" and (moment := _callback(entities, now, rules)):
            slots = replace(slots, callback_at=moment, callback_quote=heard.text)
        elif name == "reason":
            slots = replace(slots, reason=f"{slots.reason} {heard.text}".strip())
        elif name == "channel" and entities.payment_channel:
            slots = replace(slots, channel=entities.payment_channel)
    return replace(slots, conditional=slots.conditional or entities.conditional)


def _payment_day(entities: Entities, now: datetime, horizon_days: int) -> date | None:
    day = entities.date
    if day is None or not now.date() <= day <= now.date() + timedelta(days=horizon_days):
        return None
    return day


def _amount(entities: Entities, due: Rupiah) -> Rupiah | None:
    """A sum within what is due; "penuh" is all of it and "setengahnya" half."""
    if entities.amount_idr is not None:
        return Rupiah(entities.amount_idr) if _MIN_PROMISE <= entities.amount_idr <= due else None
    text = entities.amount_text or ""
    if _ALL.search(text):
        return due
    return Rupiah(due // 2) if _HALF.search(text) else None


def _callback(entities: Entities, now: datetime, rules: RulePack) -> datetime | None:
    """The wished moment, moved to the next one at which calls are permitted."""
    at = entities.time
    if at is None:
        hour = next((hour for word, hour in _PARTS_OF_DAY if word in (entities.time_text or "").lower()), None)
        at = time(hour) if hour is not None else None
    if at is None and entities.date is None:
        return None
    day = entities.date or now.date()
    if at is None:
        if day <= now.date():
            return None
        at = time(_OFFICE_HOUR)
    moment = datetime.combine(day, at, tzinfo=now.tzinfo)
    if moment <= now:
        moment += timedelta(days=1)
    return rules.next_open(moment)
