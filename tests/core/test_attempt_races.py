"""Claims by several connections at once: at most one call an attempt, one live call a person, one a number, whatever happens."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from voicebot.core.money import Rupiah
from voicebot.core.store import attempts
from voicebot.core.store.accounts import NewAccount, upsert_account
from voicebot.core.tables import ActiveContact, CallAttempt, Campaign, PhoneNumber, Worker

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SHARED_NUMBER = "+62811000000"


def account(contract: int, customer: int, phones: list[str]) -> NewAccount:
    return NewAccount(
        lender="Contoh", contract_number=f"K-{contract}", customer_id=f"C-{customer}", name="Nasabah Contoh", honorific="Bapak",
        phones=phones, product="motor", team="", amount_due=Rupiah(500_000), principal=Rupiah(400_000), due_on=date(2026, 11, 20),
        as_of=NOW, zone="Asia/Jakarta", language="id", va_bank="", va_number="",
    )  # fmt: skip


@pytest.fixture
def tangled(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """12 accounts of 6 persons (two each); the first four persons share a household's number."""
    with sessions.begin() as session:
        for contract in range(12):
            customer = contract % 6
            phones = [SHARED_NUMBER] if customer < 4 else [f"+6281200000{customer}"]
            upsert_account(session, account(contract, customer, phones))
        campaign = attempts.create_campaign(session, name="c", script="payment_reminder@1.0.0")
        assert attempts.plan_attempts(session, campaign, due_at=NOW) == 12
    return sessions


def claim_one(sessions: sessionmaker[Session], worker: str) -> int | None:
    with sessions.begin() as session:
        attempt = attempts.next_claimable(session, now=NOW)
        if attempt is None or not attempts.claim(session, attempt, worker_id=worker, now=NOW):
            return None
        return attempt.id


def assert_nobody_is_called_twice_at_once(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})  # one moment for both queries
        live = session.scalars(select(CallAttempt).where(CallAttempt.state.in_(("dialing", "talking")))).all()
        assert len({attempt.person_id for attempt in live}) == len(live)
        assert len({attempt.number for attempt in live}) == len(live)
        contacts = set(session.scalars(select(ActiveContact.attempt_id)))
        assert contacts == {attempt.id for attempt in live}


def test_workers_that_claim_and_end_at_random_dial_every_attempt_exactly_once(tangled: sessionmaker[Session]) -> None:
    dialed: list[int] = []
    noted = threading.Lock()

    def work(worker: int) -> None:
        chance = random.Random(worker)
        for _ in range(200):
            attempt_id = claim_one(tangled, f"w{worker}")
            if attempt_id is None:
                with tangled() as session:
                    if session.scalar(select(func.count()).where(CallAttempt.state == "planned")) == 0:
                        return
                continue
            with noted:
                dialed.append(attempt_id)
            assert_nobody_is_called_twice_at_once(tangled)
            with tangled.begin() as session:
                if chance.random() < 0.5:
                    attempts.mark_talking(session, attempt_id)
                assert attempts.end_attempt(session, attempt_id, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(dialed) == sorted(set(dialed))
    assert len(dialed) == 12
    with tangled() as session:
        assert session.scalar(select(func.count(ActiveContact.person_id))) == 0
        assert set(session.scalars(select(CallAttempt.state))) == {"finished"}


@pytest.mark.parametrize("same", ["person", "number"])
def test_of_two_transactions_that_claim_for_one_human_at_the_same_moment_one_wins(
    tangled: sessionmaker[Session], same: str
) -> None:
    """Both have locked their own attempt before either claims: only the database can tell them apart."""
    with tangled() as session:
        everyone = session.scalars(select(CallAttempt).order_by(CallAttempt.id)).all()
    if same == "person":
        first = next(one for one in everyone if one.number != SHARED_NUMBER)
        second = next(one for one in everyone if one.person_id == first.person_id and one.id != first.id)
        with tangled.begin() as session:  # on another number of the same person
            session.add(PhoneNumber(person_id=first.person_id, e164="+628139999999", rank=1))
            session.execute(update(CallAttempt).where(CallAttempt.id == second.id).values(number="+628139999999"))
    else:
        first = next(one for one in everyone if one.number == SHARED_NUMBER)
        second = next(one for one in everyone if one.number == SHARED_NUMBER and one.person_id != first.person_id)
    both_locked = threading.Barrier(2)

    def claim(attempt_id: int) -> bool:
        with tangled.begin() as session:
            attempt = session.scalars(select(CallAttempt).where(CallAttempt.id == attempt_id).with_for_update()).one()
            both_locked.wait(timeout=20)
            return attempts.claim(session, attempt, worker_id=f"w{attempt_id}", now=NOW)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, [first.id, second.id])) == [False, True]
    assert_nobody_is_called_twice_at_once(tangled)
    with tangled() as session:
        assert session.scalar(select(func.count()).where(CallAttempt.state == "dialing")) == 1
        assert session.scalar(select(func.count()).where(CallAttempt.state == "planned")) == 11


def test_a_claim_that_was_rolled_back_leaves_the_person_free(tangled: sessionmaker[Session]) -> None:
    with tangled() as session:
        attempt = attempts.next_claimable(session, now=NOW)
        assert attempt is not None
        attempt_id = attempt.id
        assert attempts.claim(session, attempt, worker_id="w", now=NOW)
        session.rollback()
    assert claim_one(tangled, "other") == attempt_id


def test_an_attempt_ends_once_whoever_comes_first(tangled: sessionmaker[Session]) -> None:
    attempt_id = claim_one(tangled, "w")
    assert attempt_id is not None
    with tangled.begin() as session:
        assert attempts.end_attempt(session, attempt_id, now=NOW, state="interrupted", reason="killed")
    with tangled.begin() as session:
        assert not attempts.end_attempt(session, attempt_id, now=NOW + timedelta(minutes=1))
        attempts.mark_talking(session, attempt_id)
    with tangled() as session:
        ended = session.get_one(CallAttempt, attempt_id)
        assert (ended.state, ended.reason, ended.ended_at) == ("interrupted", "killed", NOW)


def test_only_dead_workers_lose_their_attempts(tangled: sessionmaker[Session]) -> None:
    with tangled.begin() as session:
        attempts.renew_lease(session, "alive", lines=4)
        attempts.renew_lease(session, "dead", lines=4)
    mine, theirs = claim_one(tangled, "alive"), claim_one(tangled, "dead")
    with tangled.begin() as session:
        assert attempts.interrupt_orphans(session, now=NOW) == []
        session.execute(update(Worker).where(Worker.id == "dead").values(lease_until=func.now() - text("interval '1 second'")))
    with tangled.begin() as session:
        assert attempts.interrupt_orphans(session, now=NOW) == [theirs]
    with tangled() as session:
        assert session.get_one(CallAttempt, theirs).state == "interrupted"
        assert session.get_one(CallAttempt, mine).state == "dialing"
        assert session.scalars(select(Worker.id)).all() == ["alive"]


def test_processes_that_look_for_orphans_at_once_report_each_only_once(tangled: sessionmaker[Session]) -> None:
    orphan = claim_one(tangled, "never-had-a-lease")

    def look(_: int) -> list[int]:
        with tangled.begin() as session:
            return attempts.interrupt_orphans(session, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(look, range(4)), reverse=True) == [[orphan], [], [], []]


def test_a_lease_is_renewed_not_doubled_and_ended_in_good_order(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        attempts.renew_lease(session, "w", lines=4)
        attempts.renew_lease(session, "w", lines=4)
    with sessions.begin() as session:
        worker = session.scalars(select(Worker)).one()
        left = session.scalar(select(worker.lease_until - func.now()))
        assert timedelta(0) < (left or timedelta(0)) <= timedelta(seconds=attempts.LEASE_S)
        attempts.end_lease(session, "w")
        assert session.scalars(select(Worker)).all() == []


@pytest.mark.parametrize("status", ["paused", "stopped", "done", "draft"])
def test_a_campaign_that_does_not_run_gives_no_attempts(tangled: sessionmaker[Session], status: str) -> None:
    with tangled.begin() as session:
        session.execute(update(Campaign).values(status=status))
    assert claim_one(tangled, "w") is None


def test_attempts_are_not_claimed_before_they_are_due(tangled: sessionmaker[Session]) -> None:
    with tangled.begin() as session:
        assert attempts.next_claimable(session, now=NOW - timedelta(seconds=1)) is None
        attempt = attempts.next_claimable(session, now=NOW)
        assert attempt is not None
        attempts.put_off(session, attempt, until=NOW + timedelta(days=1), reason="outside hours")
        attempts.put_off(session, session.get_one(CallAttempt, attempt.id + 1), until=None, reason="opted out")
    with tangled() as session:
        states = [(one.state, one.due_at) for one in session.scalars(select(CallAttempt).order_by(CallAttempt.id).limit(2))]
    assert states == [("planned", NOW + timedelta(days=1)), ("cancelled", NOW)]
    assert claim_one(tangled, "w") not in (attempt.id, attempt.id + 1)


def test_attempts_of_a_person_count_over_all_numbers_and_accounts(tangled: sessionmaker[Session]) -> None:
    claimed = claim_one(tangled, "w")
    with tangled.begin() as session:
        first = session.get_one(CallAttempt, claimed)
        second = session.scalars(
            select(CallAttempt).where(CallAttempt.person_id == first.person_id, CallAttempt.id != first.id)
        ).one()
        attempts.end_attempt(session, first.id, now=NOW)
        assert attempts.claim(session, second, worker_id="w", now=NOW + timedelta(hours=1))
    with tangled() as session:
        assert attempts.count_attempts(session, first.person_id, since=NOW) == 2
        assert attempts.count_attempts(session, first.person_id, since=NOW + timedelta(minutes=1)) == 1
        assert attempts.count_answered(session, first.person_id, since=NOW) == 0
