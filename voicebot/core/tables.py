"""The whole schema on one page.

Moments are aware UTC (``_at``), days are local (``_on``), money is whole rupiah. Disposition, party and outcome of a call
are three columns that are never mixed; what became of a promise stands on the promise.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voicebot.core.database import Base

ACTIVE_ATTEMPT_STATES = ("dialing", "talking")
ATTEMPT_STATES = ("planned", *ACTIVE_ATTEMPT_STATES, "finished", "interrupted", "cancelled")
DISPOSITIONS = ("answered", "no_answer", "busy", "voicemail", "invalid_number", "dropped", "rejected", "failed")
PARTIES = ("right_party", "third_party", "wrong_number", "unverified")
OUTCOMES = (
    "promise_to_pay",
    "partial_promise",
    "already_paid",
    "callback",
    "dispute",
    "hardship",
    "refused",
    "opt_out",
    "deceased",
    "transfer_human",
    "complaint",
    "hung_up",
    "no_resolution",
)
PROMISE_STATES = ("open", "kept", "kept_partly", "broken", "withdrawn")
RECORDING_STATES = ("recording", "new", "scored", "failed")
VERDICTS = ("pass", "fail", "na", "unsure")
ROLES = ("admin", "qa", "manager", "agent")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    quoted = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({quoted})", name=f"{column}_known")


class Person(Base):
    """A human being, apart from their accounts; ``customer_key`` is lender + customer id, or a hash of the NIK."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_key: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    honorific: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(2), default="id")
    zone: Mapped[str] = mapped_column(String(64), default="Asia/Jakarta")
    deceased: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    accounts: Mapped[list[Account]] = relationship(back_populates="person")
    numbers: Mapped[list[PhoneNumber]] = relationship(back_populates="person", order_by="PhoneNumber.rank")

    __table_args__ = (CheckConstraint("language IN ('id', 'en')", name="language_known"),)


class PhoneNumber(Base):
    """A number under which a person may be reached; ``rank`` 0 is dialed first."""

    __tablename__ = "phone_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    e164: Mapped[str] = mapped_column(String(20), index=True)
    rank: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(20), default="unknown")

    person: Mapped[Person] = relationship(back_populates="numbers")

    __table_args__ = (
        UniqueConstraint("person_id", "e164"),
        CheckConstraint("status IN ('unknown', 'good', 'wrong', 'invalid')", name="status_known"),
        CheckConstraint("e164 ~ '^[+][0-9]{5,15}$'", name="e164_form"),
    )


class Consent(Base):
    """What a person has allowed (``granted``) or forbidden on a channel; the newest one counts."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20), default="call")
    kind: Mapped[str] = mapped_column(String(20))
    granted: Mapped[bool]
    quote: Mapped[str] = mapped_column(Text, default="")
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("kind IN ('contact', 'outside_hours')", name="kind_known"),)


class Account(Base):
    """A contract in arrears, or about to be; amounts are as of ``as_of``."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    lender: Mapped[str] = mapped_column(String(120))
    contract_number: Mapped[str] = mapped_column(String(120))
    product: Mapped[str] = mapped_column(String(120))
    team: Mapped[str] = mapped_column(String(120), default="")
    amount_due: Mapped[int]
    principal: Mapped[int]
    due_on: Mapped[date] = mapped_column(Date)
    as_of: Mapped[datetime]
    va_bank: Mapped[str] = mapped_column(String(60), default="")
    va_number: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    person: Mapped[Person] = relationship(back_populates="accounts")

    __table_args__ = (
        UniqueConstraint("lender", "contract_number"),
        CheckConstraint("status IN ('open', 'paid', 'disputed', 'hardship', 'closed')", name="status_known"),
        CheckConstraint("amount_due >= 0", name="amount_due_not_negative"),
        Index("ix_accounts_status_due_on", "status", "due_on"),
    )


class Campaign(Base):
    """Many calls with one script."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    script: Mapped[str] = mapped_column(String(120))
    rules: Mapped[str] = mapped_column(String(120), default="id")
    status: Mapped[str] = mapped_column(String(20), default="draft")
    max_tries: Mapped[int] = mapped_column(default=1)
    options: Mapped[dict[str, bool]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("status IN ('draft', 'running', 'paused', 'stopped', 'done')", name="status_known"),)


class Worker(Base):
    """A worker process that shows that it lives; attempts of one whose lease ran out are ``interrupted``."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    lines: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime]


class CallAttempt(Base):
    """One try to reach one person about one account; committed as ``dialing`` before the first SIP message leaves."""

    __tablename__ = "call_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    try_number: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="planned")
    due_at: Mapped[datetime]
    worker_id: Mapped[str | None] = mapped_column(String(80))
    dialed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    account: Mapped[Account] = relationship()
    person: Mapped[Person] = relationship()
    campaign: Mapped[Campaign] = relationship()

    __table_args__ = (
        UniqueConstraint("campaign_id", "account_id", "try_number"),
        _one_of("state", ATTEMPT_STATES),
        CheckConstraint("try_number >= 1", name="try_number_positive"),
        CheckConstraint("(state = 'planned') = (worker_id IS NULL) OR state = 'cancelled'", name="claimed_by_someone"),
        Index("ix_call_attempts_claimable", "due_at", "id", postgresql_where=text("state = 'planned'")),
        Index("ix_call_attempts_person", "person_id", "dialed_at"),
        Index("ix_call_attempts_number", "number", "dialed_at"),
        Index(
            "uq_call_attempts_active_number",
            "number",
            unique=True,
            postgresql_where=text("state IN ('dialing', 'talking')"),
        ),
    )


class ActiveContact(Base):
    """The one live contact of a person: the primary key is what keeps two workers from calling the same human."""

    __tablename__ = "active_contacts"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("call_attempts.id", ondelete="CASCADE"), unique=True)
    since_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Call(Base):
    """What came of an attempt (or of a foreign recording): disposition, party and outcome apart."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("call_attempts.id", ondelete="SET NULL"), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    script: Mapped[str] = mapped_column(String(120), default="")
    disposition: Mapped[str] = mapped_column(String(20))
    party: Mapped[str] = mapped_column(String(20), default="unverified")
    outcome: Mapped[str | None] = mapped_column(String(20))
    guards: Mapped[list[str]] = mapped_column(JSONB, default=list)
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    hung_up_by: Mapped[str | None] = mapped_column(String(20))

    account: Mapped[Account | None] = relationship()
    attempt: Mapped[CallAttempt | None] = relationship()
    turns: Mapped[list[Turn]] = relationship(back_populates="call", order_by="Turn.index", cascade="all, delete-orphan")
    promise: Mapped[Promise | None] = relationship(back_populates="call")
    callback: Mapped[Callback | None] = relationship(viewonly=True)
    recording: Mapped[Recording | None] = relationship(back_populates="call")

    __table_args__ = (
        _one_of("disposition", DISPOSITIONS),
        _one_of("party", PARTIES),
        CheckConstraint(
            "outcome IS NULL OR outcome IN (" + ", ".join(f"'{outcome}'" for outcome in OUTCOMES) + ")",
            name="outcome_known",
        ),
        Index("ix_calls_started_at", text("started_at DESC"), text("id DESC")),
    )


class Turn(Base):
    """One thing said in a call; times count from the answer."""

    __tablename__ = "turns"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    index: Mapped[int]
    speaker: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(String(60), default="")
    because: Mapped[str] = mapped_column(String(200), default="")
    intents: Mapped[list[str]] = mapped_column(JSONB, default=list)
    confidence: Mapped[float | None]
    start_s: Mapped[float]
    end_s: Mapped[float]
    voice_to_voice_s: Mapped[float | None]

    call: Mapped[Call] = relationship(back_populates="turns")

    __table_args__ = (
        UniqueConstraint("call_id", "index"),
        CheckConstraint("speaker IN ('bot', 'agent', 'customer')", name="speaker_known"),
    )


class Promise(Base):
    """A promise to pay, as read back and confirmed."""

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), unique=True)
    amount: Mapped[int]
    promised_on: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(60), default="")
    conditional: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    call: Mapped[Call | None] = relationship(back_populates="promise")
    account: Mapped[Account] = relationship()

    __table_args__ = (
        _one_of("state", PROMISE_STATES),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_promises_open", "promised_on", postgresql_where=text("state = 'open'")),
    )


class Dispute(Base):
    """An objection that a human must look at; the account is not called while it is open."""

    __tablename__ = "disputes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    resolved_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Callback(Base):
    """A wish to be called later, with the words that asked for it; ``due_at`` is empty when no time was named."""

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    due_at: Mapped[datetime | None]
    quote: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(10), default="bot")
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("by IN ('bot', 'human')", name="by_known"),)


class Chat(Base):
    """A written conversation by the same call script; ``state`` is where the dialogue policy stands between messages."""

    __tablename__ = "chats"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    script: Mapped[str] = mapped_column(String(120))
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    party: Mapped[str] = mapped_column(String(20), default="unverified")
    outcome: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
    messages: Mapped[list[ChatMessage]] = relationship(back_populates="chat", order_by="ChatMessage.id")

    __table_args__ = (
        _one_of("party", PARTIES),
        Index("ix_chats_open", "account_id", "channel", unique=True, postgresql_where=text("ended_at IS NULL")),
    )


class ChatMessage(Base):
    """One message of a chat; ``because`` is the script's rule by which the bot wrote it."""

    __tablename__ = "chat_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    speaker: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(String(60), default="")
    because: Mapped[str] = mapped_column(String(200), default="")
    intents: Mapped[list[str]] = mapped_column(JSONB, default=list)
    reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    """The messenger's own id: a webhook that is delivered twice is answered once."""
    at: Mapped[datetime]

    chat: Mapped[Chat] = relationship(back_populates="messages")

    __table_args__ = (CheckConstraint("speaker IN ('bot', 'customer')", name="speaker_known"),)


class Recording(Base):
    """A sound file; ``path`` is relative to the recordings folder, ``channels`` names who is on which."""

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), unique=True)
    path: Mapped[str] = mapped_column(Text, unique=True)
    sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(10))
    channels: Mapped[list[str]] = mapped_column(JSONB, default=list)
    duration_s: Mapped[float] = mapped_column(default=0.0)
    agent_id: Mapped[str] = mapped_column(String(120), default="")
    team: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[str] = mapped_column(String(20), default="new")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    recorded_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    call: Mapped[Call | None] = relationship(back_populates="recording")
    reports: Mapped[list[Report]] = relationship(back_populates="recording", order_by="Report.id.desc()")

    __table_args__ = (
        _one_of("status", RECORDING_STATES),
        CheckConstraint("source IN ('bot', 'human')", name="source_known"),
        Index("ix_recordings_recorded_at", text("recorded_at DESC"), text("id DESC")),
    )


class Report(Base):
    """One scoring of one recording, with everything that explains it: versions, engines, measures, transcript."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), index=True)
    script: Mapped[str] = mapped_column(String(120))
    scorecard: Mapped[str] = mapped_column(String(120))
    score: Mapped[float | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    auto_fail: Mapped[list[str]] = mapped_column(JSONB, default=list)
    engines: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    measures: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    transcript: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    recording: Mapped[Recording] = relationship(back_populates="reports")
    findings: Mapped[list[FindingRow]] = relationship(order_by="FindingRow.id", cascade="all, delete-orphan")

    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score_range"),)


class FindingRow(Base):
    """One verdict with its evidence; ``quote`` is verbatim from turn ``turn``."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[str] = mapped_column(String(60))
    verdict: Mapped[str] = mapped_column(String(10))
    quote: Mapped[str] = mapped_column(Text, default="")
    turn: Mapped[int | None]
    at_s: Mapped[float | None]
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (_one_of("verdict", VERDICTS), Index("ix_findings_rule", "rule_id", "verdict"))


class Review(Base):
    """A human's answer beside an automatic one; both are kept."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    rule_id: Mapped[str] = mapped_column(String(60))
    verdict: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("report_id", "user_id", "rule_id"), _one_of("verdict", VERDICTS))


class User(Base):
    """Someone who may log in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(5), default="id")
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (_one_of("role", ROLES),)


class AuditEntry(Base):
    """Who did what to what; never changed, never holds personal data itself."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str] = mapped_column(String(60), default="")
    entity_id: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
