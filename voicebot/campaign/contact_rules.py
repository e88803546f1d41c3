"""May we contact this person now? The rule pack's calendar, caps over everything, opt-outs and holds. Fails closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.core.rules import RulePack
from voicebot.core.store.attempts import count_answered, count_attempts
from voicebot.core.tables import Account, Consent, Person, PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Allowed, or which rule forbids it and when it next is (None: not by waiting)."""

    allowed: bool
    rule: str = ""
    reason: str = ""
    next_at: datetime | None = None


ALLOWED = Permission(allowed=True)


def may_call(session: Session, person: Person, account: Account, number: str, *, now: datetime, rules: RulePack) -> Permission:
    """Decide for one call; ``now`` is aware. Run it in the transaction that claims the attempt."""
    for check in (_holds, _opted_out, _number, _stage, _calendar, _caps):
        permission = check(session, person, account, number, now, rules)
        if not permission.allowed:
            return permission
    return ALLOWED


def _forbidden(rule: str, reason: str, next_at: datetime | None = None) -> Permission:
    return Permission(allowed=False, rule=rule, reason=reason, next_at=next_at)


def _holds(_s: Session, person: Person, account: Account, _n: str, _now: datetime, _r: RulePack) -> Permission:
    if person.deceased:
        return _forbidden("deceased", "the account holder has died")
    if account.status != "open":
        return _forbidden("hold", f"the account is {account.status}")
    return ALLOWED


def _opted_out(session: Session, person: Person, _a: Account, _n: str, _now: datetime, _r: RulePack) -> Permission:
    newest = session.scalar(
        select(Consent)
        .where(Consent.person_id == person.id, Consent.channel == "call", Consent.kind == "contact")
        .order_by(Consent.recorded_at.desc(), Consent.id.desc())
        .limit(1)
    )
    return _forbidden("opt_out", "the customer does not want calls") if newest is not None and not newest.granted else ALLOWED


def _number(session: Session, person: Person, _a: Account, number: str, _now: datetime, _r: RulePack) -> Permission:
    status = session.scalar(select(PhoneNumber.status).where(PhoneNumber.person_id == person.id, PhoneNumber.e164 == number))
    if status not in ("unknown", "good"):
        return _forbidden("number", f"the number is {status or 'not the customer’s any more'}")
    return ALLOWED


def _stage(_s: Session, person: Person, account: Account, _n: str, now: datetime, rules: RulePack) -> Permission:
    today = now.astimezone(ZoneInfo(person.zone)).date()
    days_past_due = (today - account.due_on).days
    if days_past_due < rules.stages.dpd_from:
        opens = account.due_on + timedelta(days=rules.stages.dpd_from)
        first = datetime.combine(opens, rules.hours.opens, tzinfo=ZoneInfo(person.zone))
        return _forbidden("stage", f"too early ({days_past_due} days past due)", rules.next_open(first))
    if days_past_due > rules.stages.dpd_to:
        return _forbidden("stage", f"too late for a bot ({days_past_due} days past due); hand over to a human")
    return ALLOWED


def _calendar(_s: Session, person: Person, _a: Account, _n: str, now: datetime, rules: RulePack) -> Permission:
    local = now.astimezone(ZoneInfo(person.zone))
    closed = rules.closed_because(local)
    return ALLOWED if closed is None else _forbidden(*closed, rules.next_open(local))


def _caps(session: Session, person: Person, _a: Account, _n: str, now: datetime, rules: RulePack) -> Permission:
    zone = ZoneInfo(person.zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = rules.next_open((midnight + timedelta(days=1)).replace(hour=rules.hours.opens.hour))
    caps = rules.caps
    if count_answered(session, person.id, since=midnight) >= caps.answered_per_day:
        return _forbidden("caps", f"answered {caps.answered_per_day} call(s) today already", tomorrow)
    if count_attempts(session, person.id, since=midnight) >= caps.attempts_per_day:
        return _forbidden("caps", f"{caps.attempts_per_day} attempts today already", tomorrow)
    if count_attempts(session, person.id, since=now - timedelta(days=7)) >= caps.attempts_per_7_days:
        return _forbidden("caps", f"{caps.attempts_per_7_days} attempts in 7 days already", tomorrow)
    return ALLOWED
