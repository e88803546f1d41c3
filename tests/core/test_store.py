"""The store: idempotent accounts, attempts claimed once, calls stored once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from voicebot.campaign.accounts import import_accounts
from voicebot.core.store import attempts
from voicebot.core.store.calls import NewCall, NewTurn, save_call
from voicebot.core.tables import (
    Account,
    ActiveContact,
    Call,
    CallAttempt,
    Callback,
    Dispute,
    Person,
    PhoneNumber,
    Promise,
    Worker,
)

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def planned(sessions: sessionmaker[Session], portfolio: Path) -> sessionmaker[Session]:
    with sessions.begin() as session:
        import_accounts(session, portfolio)
        campaign = attempts.create_campaign(session, name="test", script="payment_reminder")
        assert attempts.plan_attempts(session, campaign, due_at=NOW) == 10
    return sessions


def claim_next(sessions: sessionmaker[Session], worker: str) -> int | None:
    with sessions.begin() as session:
        attempt = attempts.next_claimable(session, now=NOW)
        if attempt is None or not attempts.claim(session, attempt, worker_id=worker, now=NOW):
            return None
        return attempt.id


def ended(attempt_id: int, **fields: object) -> NewCall:
    known: dict[str, object] = {"disposition": "answered", "started_at": NOW, "ended_at": NOW + timedelta(minutes=1)}
    return NewCall(attempt_id=attempt_id, script="payment_reminder@1.0.0", **(known | fields))  # type: ignore[arg-type]


def test_importing_the_same_file_twice_adds_nothing(sessions: sessionmaker[Session], portfolio: Path) -> None:
    with sessions.begin() as session:
        first = import_accounts(session, portfolio)
    with sessions.begin() as session:
        second = import_accounts(session, portfolio)
        assert session.scalar(select(func.count(Account.id))) == 10
        assert session.scalar(select(func.count(PhoneNumber.id))) == 10
        assert len(set(session.scalars(select(Person.zone)))) == 3
    assert (first.added, first.renewed, second.added, second.renewed) == (10, 0, 0, 10)


def test_planning_twice_plans_nothing_new(planned: sessionmaker[Session]) -> None:
    with planned.begin() as session:
        campaign = attempts.create_campaign(session, name="test", script="payment_reminder")
        assert attempts.plan_attempts(session, campaign, due_at=NOW) == 0


def test_racing_workers_never_claim_the_same_attempt(planned: sessionmaker[Session]) -> None:
    start = threading.Barrier(6)

    def work(number: int) -> list[int]:
        start.wait()
        found: list[int] = []
        while (attempt_id := claim_next(planned, f"w{number}")) is not None:
            found.append(attempt_id)
        return found

    with ThreadPoolExecutor(6) as pool:
        claimed = [attempt for found in pool.map(work, range(6)) for attempt in found]
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 10


def test_one_person_with_two_accounts_is_never_called_twice_at_once(planned: sessionmaker[Session]) -> None:
    with planned.begin() as session:
        first, second = session.scalars(select(CallAttempt).order_by(CallAttempt.id).limit(2)).all()
        second.person_id = first.person_id
        session.execute(
            text("UPDATE call_attempts SET state = 'cancelled' WHERE id NOT IN (:a, :b)"), {"a": first.id, "b": second.id}
        )
    start = threading.Barrier(4)

    def work(number: int) -> int | None:
        start.wait()
        return claim_next(planned, f"w{number}")

    with ThreadPoolExecutor(4) as pool:
        claimed = [attempt for attempt in pool.map(work, range(4)) if attempt is not None]
    assert len(claimed) == 1
    assert claim_next(planned, "later") is None


def test_the_database_itself_refuses_a_second_live_attempt_to_a_number(planned: sessionmaker[Session]) -> None:
    claim_next(planned, "w1")
    with pytest.raises(IntegrityError), planned.begin() as session:
        live = session.scalars(select(CallAttempt).where(CallAttempt.state == "dialing")).one()
        other = session.scalars(select(CallAttempt).where(CallAttempt.state == "planned").limit(1)).one()
        other.number, other.state, other.worker_id = live.number, "dialing", "w2"


def test_a_dead_workers_attempts_are_interrupted_and_not_dialed_again(planned: sessionmaker[Session]) -> None:
    attempt_id = claim_next(planned, "dead")
    alive_id = claim_next(planned, "alive")
    with planned.begin() as session:
        session.add(Worker(id="dead", lines=4, lease_until=datetime.now(UTC) - timedelta(seconds=1)))
        attempts.renew_lease(session, "alive", lines=4)
    with planned.begin() as session:
        assert attempts.interrupt_orphans(session, now=NOW) == [attempt_id]
        assert session.get_one(CallAttempt, alive_id).state == "dialing"
    with planned.begin() as session:
        assert session.get_one(CallAttempt, attempt_id).state == "interrupted"
        assert session.scalar(select(func.count()).select_from(ActiveContact)) == 1
    rest = {claim_next(planned, "alive") for _ in range(12)}
    assert attempt_id not in rest


def test_a_call_is_stored_once_with_what_follows_from_it(planned: sessionmaker[Session]) -> None:
    attempt_id = claim_next(planned, "w")
    assert attempt_id is not None
    new = ended(
        attempt_id,
        party="right_party",
        outcome="partial_promise",
        promise_amount=500_000,
        promised_on=date(2026, 11, 28),
        turns=[NewTurn(speaker="bot", text="Selamat pagi", start_s=0.0, end_s=1.0)],
        recording_path="2026/a.wav",
    )
    for _ in range(2):
        with planned.begin() as session:
            attempts.end_attempt(session, attempt_id, now=NOW)
            save_call(session, new)
    with planned() as session:
        assert session.scalar(select(func.count(Call.id))) == 1
        promise = session.scalars(select(Promise)).one()
        assert (promise.amount, promise.promised_on) == (500_000, date(2026, 11, 28))
        assert session.get_one(CallAttempt, attempt_id).state == "finished"
        assert session.scalar(select(func.count()).select_from(ActiveContact)) == 0


@pytest.mark.parametrize(
    ("fields", "table"),
    [
        ({"outcome": "dispute", "party": "right_party", "dispute_kind": "dispute_amount", "dispute_reason": "x"}, Dispute),
        ({"outcome": "callback", "party": "right_party", "callback_at": NOW}, Callback),
    ],
)
def test_disputes_and_call_backs_are_kept(planned: sessionmaker[Session], fields: dict[str, object], table: type) -> None:
    attempt_id = claim_next(planned, "w")
    assert attempt_id is not None
    with planned.begin() as session:
        save_call(session, ended(attempt_id, **fields))
        assert session.scalar(select(func.count(table.id))) == 1


def test_naive_moments_are_refused(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(Exception, match="naive"), sessions.begin() as session:
        session.add(Worker(id="x", lines=1, lease_until=datetime(2026, 1, 1)))
