"""Accounts renewed, calls and recordings listed, scores with their findings, users: what the pages and imports rely on."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from voicebot.core.database import transaction
from voicebot.core.money import Rupiah
from voicebot.core.store import attempts
from voicebot.core.store.accounts import NewAccount, find_account, upsert_account
from voicebot.core.store.calls import NewCall, NewTurn, get_call, list_calls, save_call
from voicebot.core.store.recordings import (
    add_human_recording,
    count_recordings,
    get_recording,
    list_recordings,
    save_report,
    unscored,
)
from voicebot.core.store.users import add_user, audit, count_users, find_user
from voicebot.core.tables import (
    Account,
    AuditEntry,
    CallAttempt,
    Consent,
    FindingRow,
    Person,
    PhoneNumber,
    Promise,
    Recording,
    Report,
)

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NEW = NewAccount(
    lender="Contoh", contract_number="K-1", customer_id="C-1", name="Nasabah Contoh", honorific="Ibu", phones=["+62811000001"],
    product="motor", team="", amount_due=Rupiah(500_000), principal=Rupiah(400_000), due_on=date(2026, 11, 20), as_of=NOW,
    zone="Asia/Makassar", language="id", va_bank="", va_number="",
)  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "script": "payment_reminder@1.0.0",
    "scorecard": "collections@1",
    "score": 82.5,
    "outcome": "promise_to_pay",
    "auto_fail": [],
    "engines": {"recognizer": "embedded"},
    "measures": {"silence_share": 0.1},
    "checklist": {"greeting": "pass", "thanks_closing": "unsure", "callback_or_next_step": "na"},
    "evidence": {"greeting": {"turn": 0, "quote": "selamat pagi", "start_s": 0.4}, "thanks_closing": None},
}


@pytest.fixture
def attempt_id(sessions: sessionmaker[Session]) -> int:
    """An attempt that is being dialed."""
    with sessions.begin() as session:
        upsert_account(session, NEW)
        campaign = attempts.create_campaign(session, name="c", script="payment_reminder@1.0.0")
        attempts.plan_attempts(session, campaign, due_at=NOW)
        attempt = attempts.next_claimable(session, now=NOW)
        assert attempt is not None
        assert attempts.claim(session, attempt, worker_id="w", now=NOW)
        return attempt.id


def call(attempt_id: int, **more: Any) -> NewCall:
    told: dict[str, Any] = {"disposition": "answered", "party": "right_party"}
    return NewCall(
        attempt_id=attempt_id, script="payment_reminder@1.0.0", started_at=NOW, answered_at=NOW, ended_at=NOW, **(told | more)
    )


def human_recording(session: Session, number: int) -> tuple[Recording, bool]:
    return add_human_recording(
        session,
        path=f"human/{number}.wav",
        sha256=f"{number:064d}",
        channels=["agent", "customer"],
        duration_s=61.5,
        recorded_at=NOW,
    )


def test_an_account_that_comes_again_is_renewed_in_place(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first, is_new = upsert_account(session, NEW)
        assert is_new
        session.flush()
        session.get_one(Account, first.id).status = "disputed"
        session.scalars(select(PhoneNumber)).one().status = "wrong"
    with sessions.begin() as session:
        renewed = dataclasses.replace(
            NEW, amount_due=Rupiah(250_000), name="Nasabah Baru", phones=["+62811000009", "+62811000001"]
        )
        second, is_new = upsert_account(session, renewed)
        assert not is_new
        assert second.id == first.id
    with sessions() as session:
        account = find_account(session, "Contoh", "K-1")
        assert account is not None
        assert (account.amount_due, account.person.name, account.status) == (250_000, "Nasabah Baru", "disputed")
        numbers = [(number.e164, number.status) for number in account.person.numbers]
        assert numbers == [("+62811000009", "unknown"), ("+62811000001", "wrong")], "what was learnt of a number is kept"


def test_one_customer_with_two_contracts_is_one_person_but_not_across_lenders(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        for change in ({}, {"contract_number": "K-2"}, {"lender": "Lain"}):
            upsert_account(session, dataclasses.replace(NEW, **change))
        assert session.scalar(select(func.count(Account.id))) == 3
        assert session.scalar(select(func.count(Person.id))) == 2


@pytest.mark.parametrize("change", [{"phones": ["08123"]}, {"amount_due": -1}, {"language": "su"}])
def test_the_database_refuses_what_no_import_should_let_through(
    sessions: sessionmaker[Session], change: dict[str, Any]
) -> None:
    with sessions() as session, pytest.raises(IntegrityError):
        upsert_account(session, dataclasses.replace(NEW, **change))


def test_moments_of_any_zone_come_back_as_the_same_moment_in_utc(sessions: sessionmaker[Session]) -> None:
    local = datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    with sessions.begin() as session:
        upsert_account(session, dataclasses.replace(NEW, as_of=local))
    with sessions() as session:
        stored = session.scalars(select(Account)).one().as_of
        assert stored == local
        assert stored.utcoffset() == timedelta(0)
    with sessions() as session, pytest.raises(StatementError, match="naive"):
        upsert_account(session, dataclasses.replace(NEW, as_of=local.replace(tzinfo=None)))


def test_a_database_error_does_not_repeat_the_row_it_refused(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, pytest.raises(IntegrityError) as refused:
        upsert_account(session, dataclasses.replace(NEW, amount_due=Rupiah(-1)))
    assert "[parameters" not in str(refused.value)


def test_a_transaction_that_fails_stores_nothing(sessions: sessionmaker[Session]) -> None:
    def break_off() -> None:
        with transaction(sessions) as session:
            upsert_account(session, NEW)
            raise RuntimeError("the import broke")

    with pytest.raises(RuntimeError, match="broke"):
        break_off()
    with sessions() as session:
        assert session.scalar(select(func.count(Person.id))) == 0


def test_a_call_with_its_turns_is_read_back_as_it_was_said(sessions: sessionmaker[Session], attempt_id: int) -> None:
    turns = [
        NewTurn(speaker="bot", text="Selamat pagi", start_s=0.2, end_s=1.4, step="greeting"),
        NewTurn(speaker="customer", text="iya", start_s=1.9, end_s=2.2, intents=["affirm"], confidence=0.9),
    ]
    with sessions.begin() as session:
        call_id = save_call(session, call(attempt_id, turns=turns, recording_path="bot/1.wav", recording_duration_s=9.5)).id
    with sessions() as session:
        found = get_call(session, call_id)
        assert found is not None
        assert [(turn.index, turn.speaker, turn.text, turn.intents) for turn in found.turns] == [
            (0, "bot", "Selamat pagi", []),
            (1, "customer", "iya", ["affirm"]),
        ]
        assert found.recording is not None
        assert (found.recording.path, found.recording.channels, found.recording.status) == (
            "bot/1.wav",
            ["customer", "agent"],
            "new",
        )
        assert session.scalars(select(PhoneNumber.status)).one() == "good"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"party": "wrong_number", "outcome": None}, "wrong"),
        ({"party": "unverified", "disposition": "invalid_number"}, "invalid"),
        ({"party": "unverified", "disposition": "no_answer"}, "unknown"),
    ],
)
def test_what_a_call_tells_of_its_number_is_kept(
    sessions: sessionmaker[Session], attempt_id: int, told: dict[str, Any], status: str
) -> None:
    with sessions.begin() as session:
        save_call(session, call(attempt_id, **told))
    with sessions() as session:
        assert session.scalars(select(PhoneNumber.status)).one() == status


def test_an_opt_out_is_kept_with_the_words_that_asked_for_it(sessions: sessionmaker[Session], attempt_id: int) -> None:
    with sessions.begin() as session:
        call_id = save_call(session, call(attempt_id, outcome="opt_out", opt_out_quote="jangan telepon lagi")).id
    with sessions() as session:
        consent = session.scalars(select(Consent)).one()
        assert (consent.granted, consent.kind, consent.quote, consent.call_id) == (
            False,
            "contact",
            "jangan telepon lagi",
            call_id,
        )


def test_a_promise_without_a_sum_or_a_day_is_no_promise(sessions: sessionmaker[Session], attempt_id: int) -> None:
    with sessions.begin() as session:
        save_call(session, call(attempt_id, outcome="promise_to_pay", promise_amount=500_000))
        assert session.scalar(select(func.count(Promise.id))) == 0


def test_a_call_of_an_unknown_outcome_is_refused_whole(sessions: sessionmaker[Session], attempt_id: int) -> None:
    with sessions() as session, pytest.raises(IntegrityError):
        save_call(session, call(attempt_id, outcome="maybe", recording_path="bot/1.wav"))
    with sessions() as session:
        assert count_recordings(session) == 0
        assert list_calls(session) == []
        assert session.get_one(CallAttempt, attempt_id).state == "dialing"


def test_the_same_recording_twice_is_one(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first, is_new = human_recording(session, 1)
        assert is_new
        again, is_new = human_recording(session, 1)
        assert not is_new
        assert again.id == first.id
        assert count_recordings(session) == 1


def test_pages_of_recordings_show_each_once_newest_first(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        everyone = [human_recording(session, number)[0].id for number in range(7)]
    seen: list[int] = []
    with sessions() as session:
        before_id = None
        while page := list_recordings(session, limit=3, before_id=before_id):
            seen += [recording.id for recording in page]
            before_id = seen[-1]
    assert seen == everyone[::-1]


def test_a_report_keeps_every_verdict_with_its_quote_and_versions(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        recording, _ = human_recording(session, 1)
        assert [waiting.id for waiting in unscored(session)] == [recording.id]
        save_report(session, recording, DOCUMENT, [{"speaker": "agent", "text": "selamat pagi"}])
        assert unscored(session) == []
    with sessions() as session:
        found = get_recording(session, recording.id)
        assert found is not None
        report = found.reports[0]
        assert (report.score, report.script, report.scorecard) == (82.5, "payment_reminder@1.0.0", "collections@1")
        assert [(one.rule_id, one.verdict, one.quote, one.turn, one.at_s) for one in report.findings] == [
            ("greeting", "pass", "selamat pagi", 0, 0.4),
            ("thanks_closing", "unsure", "", None, None),
            ("callback_or_next_step", "na", "", None, None),
        ]


def test_scoring_again_adds_a_newer_report_and_keeps_the_old(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        recording, _ = human_recording(session, 1)
        save_report(session, recording, DOCUMENT, [])
        save_report(session, recording, DOCUMENT | {"score": 90.0}, [])
    with sessions() as session:
        found = get_recording(session, recording.id)
        assert found is not None
        assert [report.score for report in found.reports] == [90.0, 82.5]


@pytest.mark.parametrize("wrong", [{"score": 101}, {"checklist": {"greeting": "maybe"}}])
def test_a_score_or_verdict_outside_its_range_is_refused(sessions: sessionmaker[Session], wrong: dict[str, Any]) -> None:
    with sessions.begin() as session:
        recording, _ = human_recording(session, 1)
    with sessions() as session, pytest.raises(IntegrityError):
        save_report(session, session.get_one(Recording, recording.id), DOCUMENT | wrong, [])
    with sessions() as session:
        assert session.scalar(select(func.count(Report.id))) == session.scalar(select(func.count(FindingRow.id))) == 0
        assert session.get_one(Recording, recording.id).status == "new"


def test_a_users_address_is_one_in_any_case_and_what_they_did_is_written_down(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        user = add_user(session, email=" Ana@Contoh.id ", password_hash="x", role="qa")
        audit(session, "login", user_id=user.id, entity="user", entity_id=user.id, details={"way": "password"})
    with sessions() as session:
        assert count_users(session) == 1
        found = find_user(session, "ANA@contoh.ID")
        assert found is not None
        assert found.id == user.id
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.entity_id, entry.details) == ("login", str(user.id), {"way": "password"})
    with sessions() as session, pytest.raises(IntegrityError):
        add_user(session, email="ana@contoh.id", password_hash="y", role="qa")
