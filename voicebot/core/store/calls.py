"""What came of calls, written in one transaction; and the list of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from voicebot.core.tables import (
    Account,
    Call,
    CallAttempt,
    Callback,
    Consent,
    Dispute,
    Person,
    PhoneNumber,
    Promise,
    Recording,
    Turn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """One thing said; seconds count from the answer."""

    speaker: str
    text: str
    start_s: float
    end_s: float
    step: str = ""
    because: str = ""
    intents: Sequence[str] = ()
    confidence: float | None = None
    voice_to_voice_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """What a conversation, spoken or written, has come to."""

    ended_at: datetime
    disposition: str = "answered"
    party: str = "unverified"
    outcome: str | None = None
    promise_amount: int | None = None
    promised_on: date | None = None
    promise_channel: str = ""
    promise_conditional: bool = False
    dispute_kind: str = ""
    dispute_reason: str = ""
    callback_at: datetime | None = None
    callback_quote: str = ""
    opt_out_quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall(NewResult):
    """Everything that came of one attempt."""

    attempt_id: int
    script: str
    guards: Sequence[str] = ()
    started_at: datetime
    answered_at: datetime | None = None
    hung_up_by: str | None = None
    turns: Sequence[NewTurn] = ()
    recording_path: str | None = None
    recording_duration_s: float = 0.0
    details: dict[str, object] = field(default_factory=dict)


def save_call(session: Session, new: NewCall) -> Call:
    """Store a call and what follows from it; a second time for the same attempt returns the first one (journal replay)."""
    found = session.scalar(select(Call).where(Call.attempt_id == new.attempt_id))
    if found is not None:
        return found
    attempt = session.get_one(CallAttempt, new.attempt_id)
    call = Call(
        attempt_id=attempt.id,
        account_id=attempt.account_id,
        script=new.script,
        disposition=new.disposition,
        party=new.party,
        outcome=new.outcome,
        guards=list(new.guards),
        started_at=new.started_at,
        answered_at=new.answered_at,
        ended_at=new.ended_at,
        hung_up_by=new.hung_up_by,
    )
    for index, turn in enumerate(new.turns):
        call.turns.append(
            Turn(
                index=index,
                speaker=turn.speaker,
                text=turn.text,
                step=turn.step,
                because=turn.because,
                intents=list(turn.intents),
                confidence=turn.confidence,
                start_s=turn.start_s,
                end_s=turn.end_s,
                voice_to_voice_s=turn.voice_to_voice_s,
            )
        )
    session.add(call)
    session.flush()
    save_consequences(
        session, new, person=attempt.person, account_id=attempt.account_id, number=attempt.number, call_id=call.id
    )
    if new.recording_path is not None:
        session.add(
            Recording(
                call_id=call.id,
                path=new.recording_path,
                source="bot",
                channels=["customer", "agent"],
                duration_s=new.recording_duration_s,
                agent_id="bot",
                recorded_at=new.answered_at or new.started_at,
                details=dict(new.details),
            )
        )
    session.flush()
    return call


def save_consequences(
    session: Session, new: NewResult, *, person: Person, account_id: int, number: str, call_id: int | None = None
) -> None:
    """What outlives the conversation: promises, disputes, hardship, wrong numbers, deaths, opt-outs, call backs."""
    if new.outcome in ("promise_to_pay", "partial_promise") and new.promise_amount is not None and new.promised_on is not None:
        session.add(
            Promise(
                account_id=account_id,
                call_id=call_id,
                amount=new.promise_amount,
                promised_on=new.promised_on,
                channel=new.promise_channel,
                conditional=new.promise_conditional,
            )
        )
    elif new.outcome == "dispute":
        kind = new.dispute_kind or "dispute_other"
        session.add(Dispute(account_id=account_id, call_id=call_id, kind=kind, reason=new.dispute_reason))
        _set_account_status(session, account_id, "disputed")
    elif new.outcome == "hardship":
        _set_account_status(session, account_id, "hardship")
    elif new.outcome == "deceased":
        person.deceased = True
    elif new.outcome == "opt_out":
        session.add(
            Consent(
                person_id=person.id,
                channel="call",
                kind="contact",
                granted=False,
                quote=new.opt_out_quote,
                call_id=call_id,
                recorded_at=new.ended_at,
            )
        )
    if new.outcome == "callback" or new.callback_at is not None:
        by = "human" if new.outcome == "transfer_human" else "bot"
        session.add(Callback(account_id=account_id, call_id=call_id, due_at=new.callback_at, quote=new.callback_quote, by=by))
    status = {"wrong_number": "wrong", "right_party": "good"}.get(new.party)
    if new.disposition == "invalid_number":
        status = "invalid"
    if status is not None:
        _set_number_status(session, person.id, number, status)


def _set_account_status(session: Session, account_id: int, status: str) -> None:
    session.execute(update(Account).where(Account.id == account_id).values(status=status))


def _set_number_status(session: Session, person_id: int, number: str, status: str) -> None:
    session.execute(
        update(PhoneNumber).where(PhoneNumber.person_id == person_id, PhoneNumber.e164 == number).values(status=status)
    )


def list_calls(session: Session, *, limit: int = 50, before_id: int | None = None) -> Sequence[Call]:
    """The newest calls first, with account, person, promise and recording; page on with the last one's id."""
    query = (
        select(Call)
        .options(
            joinedload(Call.account).joinedload(Account.person),
            joinedload(Call.promise),
            joinedload(Call.callback),
            joinedload(Call.recording).selectinload(Recording.reports),
        )
        .order_by(Call.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(Call.id < before_id)
    return session.scalars(query).unique().all()


def get_call(session: Session, call_id: int) -> Call | None:
    """One call with everything that its page shows."""
    return session.scalar(
        select(Call)
        .where(Call.id == call_id)
        .options(
            selectinload(Call.turns),
            joinedload(Call.account).joinedload(Account.person),
            joinedload(Call.promise),
            joinedload(Call.recording).selectinload(Recording.reports),
        )
    )
