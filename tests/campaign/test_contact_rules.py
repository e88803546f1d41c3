"""May this person be called now? Holds, opt-outs, stages, the calendar and caps; every no names its rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from voicebot.campaign.accounts import import_accounts
from voicebot.campaign.contact_rules import Permission, may_call
from voicebot.core.clock import local_time
from voicebot.core.rules import load_rules
from voicebot.core.store.attempts import create_campaign, plan_attempts
from voicebot.core.tables import Account, Call, CallAttempt, Consent

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
RULES = load_rules()


@pytest.fixture
def session(sessions: sessionmaker[Session], portfolio: Path) -> Session:
    with sessions() as opened:
        import_accounts(opened, portfolio)
        plan_attempts(opened, create_campaign(opened, name="c", script="payment_reminder"), due_at=NOW)
        yield opened


def first(session: Session) -> Account:
    return session.scalars(select(Account).order_by(Account.id).limit(1)).one()


def ask(session: Session, account: Account, now: datetime = NOW) -> Permission:
    session.flush()
    return may_call(session, account.person, account, account.person.numbers[0].e164, now=now, rules=RULES)


def test_an_open_account_in_hours_may_be_called(session: Session) -> None:
    assert ask(session, first(session)).allowed


def test_each_hold_is_named(session: Session) -> None:
    account = first(session)
    account.status = "disputed"
    assert ask(session, account).rule == "hold"
    account.status = "open"
    account.person.deceased = True
    assert ask(session, account).rule == "deceased"
    account.person.deceased = False
    account.person.numbers[0].status = "wrong"
    assert ask(session, account).rule == "number"


def test_an_opt_out_holds_until_a_newer_consent(session: Session) -> None:
    account = first(session)
    for granted, hours in ((False, 2), (True, 1)):
        moment = NOW - timedelta(hours=hours)
        session.add(Consent(person_id=account.person_id, channel="call", kind="contact", granted=granted, recorded_at=moment))
        assert ask(session, account).allowed is granted


@pytest.mark.parametrize(
    ("due_on", "allowed"),
    [(date(2026, 12, 1), True), (date(2026, 12, 2), False), (date(2026, 8, 26), True), (date(2026, 8, 25), False)],
)
def test_the_bot_calls_from_seven_days_before_to_ninety_after_the_due_date(
    session: Session, due_on: date, allowed: bool
) -> None:
    account = first(session)
    account.due_on = due_on
    assert ask(session, account).allowed is allowed


def test_caps_count_every_account_and_number_of_a_person(session: Session) -> None:
    account, other = session.scalars(select(Account).order_by(Account.id).limit(2)).all()
    other.person_id = account.person_id
    attempts = session.scalars(select(CallAttempt).order_by(CallAttempt.id).limit(2)).all()
    for attempt in attempts:
        attempt.person_id = account.person_id
        attempt.state, attempt.worker_id, attempt.dialed_at = "finished", "w", NOW - timedelta(minutes=30)
    assert ask(session, account).allowed
    session.add(Call(attempt_id=attempts[0].id, disposition="answered", started_at=NOW, script="s"))
    refused = ask(session, account)
    assert refused.rule == "caps"
    assert refused.next_at is not None
    assert local_time("Asia/Jakarta", refused.next_at).date() == date(2026, 11, 25)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_moment_a_yes_is_inside_local_hours_and_a_no_says_when(session: Session, moment: datetime) -> None:
    for account in session.scalars(select(Account).limit(4)):
        account.due_on = moment.date()
        permission = ask(session, account, moment)
        local = local_time(account.person.zone, moment)
        if permission.allowed:
            assert 8 <= local.hour < 20
            assert local.weekday() != 6
        else:
            assert permission.next_at is not None
            assert permission.next_at > moment
