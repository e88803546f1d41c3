"""Call attempts: planned, claimed once, ended once.

The claim is committed before dialing. One live attempt a person (primary key of ``active_contacts``) and a number (partial
unique index) is enforced by the database, not by the code.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voicebot.core.tables import (
    ACTIVE_ATTEMPT_STATES,
    Account,
    ActiveContact,
    Call,
    CallAttempt,
    Campaign,
    PhoneNumber,
    Worker,
)

LEASE_S = 15.0
"""A worker that has not renewed its lease for this long counts as dead."""


def create_campaign(session: Session, *, name: str, script: str, rules: str = "id", max_tries: int = 1) -> Campaign:
    """A campaign of that name, made or found; running."""
    campaign = session.scalar(select(Campaign).where(Campaign.name == name))
    if campaign is None:
        campaign = Campaign(name=name, script=script, rules=rules, max_tries=max_tries, status="running")
        session.add(campaign)
        session.flush()
    return campaign


def plan_attempts(session: Session, campaign: Campaign, *, due_at: datetime) -> int:
    """Plan the first try for every open account that has none in this campaign; returns how many."""
    planned = 0
    without_attempt = ~exists().where(CallAttempt.campaign_id == campaign.id, CallAttempt.account_id == Account.id)
    for account in session.scalars(select(Account).where(Account.status == "open", without_attempt).order_by(Account.id)):
        number = session.scalar(
            select(PhoneNumber.e164)
            .where(PhoneNumber.person_id == account.person_id, PhoneNumber.status.in_(("unknown", "good")))
            .order_by(PhoneNumber.rank)
            .limit(1)
        )
        if number is None:
            continue
        session.add(
            CallAttempt(
                campaign_id=campaign.id,
                account_id=account.id,
                person_id=account.person_id,
                try_number=1,
                number=number,
                state="planned",
                due_at=due_at,
            )
        )
        planned += 1
    session.flush()
    return planned


def next_claimable(session: Session, *, now: datetime) -> CallAttempt | None:
    """Lock the next planned attempt of a running campaign whose person and number are free."""
    busy_person = exists().where(ActiveContact.person_id == CallAttempt.person_id)
    other = CallAttempt.__table__.alias("other")
    busy_number = exists().where(other.c.number == CallAttempt.number, other.c.state.in_(ACTIVE_ATTEMPT_STATES))
    return session.scalar(
        select(CallAttempt)
        .join(Campaign)
        .where(
            CallAttempt.state == "planned",
            CallAttempt.due_at <= now,
            Campaign.status == "running",
            ~busy_person,
            ~busy_number,
        )
        .order_by(CallAttempt.due_at, CallAttempt.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=CallAttempt)
    )


def claim(session: Session, attempt: CallAttempt, *, worker_id: str, now: datetime) -> bool:
    """Turn a locked planned attempt into a dialing one; False when the person or number was taken meanwhile.

    The caller commits before it dials.
    """
    try:
        with session.begin_nested():
            session.add(ActiveContact(person_id=attempt.person_id, attempt_id=attempt.id, since_at=now))
            attempt.state = "dialing"
            attempt.worker_id = worker_id
            attempt.dialed_at = now
            session.flush()
    except IntegrityError:
        return False
    return True


def mark_talking(session: Session, attempt_id: int) -> None:
    """The customer has picked up."""
    session.execute(
        update(CallAttempt).where(CallAttempt.id == attempt_id, CallAttempt.state == "dialing").values(state="talking")
    )


def end_attempt(session: Session, attempt_id: int, *, now: datetime, state: str = "finished", reason: str = "") -> bool:
    """End a live attempt once; False when somebody else has ended it already."""
    ended = session.execute(
        update(CallAttempt)
        .where(CallAttempt.id == attempt_id, CallAttempt.state.in_(ACTIVE_ATTEMPT_STATES))
        .values(state=state, ended_at=now, reason=reason)
        .returning(CallAttempt.id)
    ).scalar()
    session.execute(delete(ActiveContact).where(ActiveContact.attempt_id == attempt_id))
    return ended is not None


def put_off(session: Session, attempt: CallAttempt, *, until: datetime | None, reason: str) -> None:
    """The rules forbid this attempt now: plan it for ``until``, or cancel it when no moment is allowed."""
    attempt.reason = reason
    if until is None:
        attempt.state = "cancelled"
    else:
        attempt.due_at = until


def renew_lease(session: Session, worker_id: str, *, lines: int) -> None:
    """Show that this worker lives. Leases run on the database's clock, which all workers share."""
    until = func.now() + timedelta(seconds=LEASE_S)
    if session.execute(update(Worker).where(Worker.id == worker_id).values(lease_until=until)).rowcount == 0:  # type: ignore[attr-defined]
        session.add(Worker(id=worker_id, lines=lines, lease_until=until))


def end_lease(session: Session, worker_id: str) -> None:
    """This worker leaves in good order."""
    session.execute(delete(Worker).where(Worker.id == worker_id))


def interrupt_orphans(session: Session, *, now: datetime) -> list[int]:
    """Mark live attempts of dead workers ``interrupted``; they are never dialed again by themselves."""
    alive = select(Worker.id).where(Worker.lease_until > func.now())
    orphans = list(
        session.scalars(
            update(CallAttempt)
            .where(
                CallAttempt.state.in_(ACTIVE_ATTEMPT_STATES),
                CallAttempt.worker_id.not_in(alive),
            )
            .values(state="interrupted", ended_at=now, reason="the worker process ended during the call")
            .returning(CallAttempt.id)
        )
    )
    if orphans:
        session.execute(delete(ActiveContact).where(ActiveContact.attempt_id.in_(orphans)))
    session.execute(delete(Worker).where(Worker.lease_until <= func.now()))
    return orphans


def count_attempts(session: Session, person_id: int, *, since: datetime) -> int:
    """Attempts dialed to a person since a moment, over all numbers, accounts and campaigns."""
    return (
        session.scalar(
            select(func.count(CallAttempt.id)).where(CallAttempt.person_id == person_id, CallAttempt.dialed_at >= since)
        )
        or 0
    )


def count_answered(session: Session, person_id: int, *, since: datetime) -> int:
    """Calls a person has answered since a moment."""
    return (
        session.scalar(
            select(func.count(Call.id))
            .join(CallAttempt, Call.attempt_id == CallAttempt.id)
            .where(CallAttempt.person_id == person_id, CallAttempt.dialed_at >= since, Call.disposition == "answered")
        )
        or 0
    )


def campaign_is_over(session: Session, campaign_id: int) -> bool:
    """No attempt is planned or live any more."""
    return not session.scalar(
        select(
            exists().where(CallAttempt.campaign_id == campaign_id, CallAttempt.state.in_(("planned", *ACTIVE_ATTEMPT_STATES)))
        )
    )
