"""Recordings, their reports and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from voicebot.core.tables import Account, Call, FindingRow, Recording, Report


def add_human_recording(
    session: Session,
    *,
    path: str,
    sha256: str,
    channels: Sequence[str],
    duration_s: float,
    recorded_at: datetime,
    agent_id: str = "",
    team: str = "",
    details: Mapping[str, Any] | None = None,
) -> tuple[Recording, bool]:
    """Store a human agent's recording; the same content twice is the same recording (False)."""
    found = session.scalar(select(Recording).where((Recording.sha256 == sha256) | (Recording.path == path)))
    if found is not None:
        return found, False
    recording = Recording(
        path=path,
        sha256=sha256,
        source="human",
        channels=list(channels),
        duration_s=duration_s,
        agent_id=agent_id,
        team=team,
        details=dict(details or {}),
        recorded_at=recorded_at,
    )
    session.add(recording)
    session.flush()
    return recording, True


def unscored(session: Session, *, limit: int = 1000) -> Sequence[Recording]:
    """Recordings that wait for their first score, oldest first."""
    return session.scalars(select(Recording).where(Recording.status == "new").order_by(Recording.id).limit(limit)).all()


def save_report(
    session: Session, recording: Recording, document: Mapping[str, Any], transcript: Sequence[Mapping[str, Any]]
) -> Report:
    """Store a score (the document of ``santun score``) with one row a finding."""
    report = Report(
        recording_id=recording.id,
        script=document["script"],
        scorecard=document["scorecard"],
        score=document["score"],
        outcome=document["outcome"],
        auto_fail=list(document["auto_fail"]),
        engines=dict(document["engines"]),
        measures=dict(document["measures"]),
        transcript=[dict(turn) for turn in transcript],
        document=dict(document),
    )
    evidence: Mapping[str, Any] = document["evidence"]
    for rule_id, verdict in document["checklist"].items():
        found = evidence.get(rule_id) or {}
        report.findings.append(
            FindingRow(
                rule_id=rule_id,
                verdict=verdict,
                quote=found.get("quote") or "",
                turn=found.get("turn"),
                at_s=found.get("start_s"),
                note=found.get("note") or "",
            )
        )
    session.add(report)
    recording.status = "scored"
    session.flush()
    return report


def list_recordings(session: Session, *, limit: int = 50, before_id: int | None = None) -> Sequence[Recording]:
    """The newest recordings first, with their calls and newest reports."""
    query = (
        select(Recording)
        .options(
            joinedload(Recording.call).joinedload(Call.account).joinedload(Account.person),
            joinedload(Recording.call).joinedload(Call.promise),
            selectinload(Recording.reports),
        )
        .order_by(Recording.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(Recording.id < before_id)
    return session.scalars(query).unique().all()


def get_recording(session: Session, recording_id: int) -> Recording | None:
    """One recording with its reports and findings."""
    return session.scalar(
        select(Recording)
        .where(Recording.id == recording_id)
        .options(
            joinedload(Recording.call).joinedload(Call.account).joinedload(Account.person),
            joinedload(Recording.call).joinedload(Call.promise),
            joinedload(Recording.call).selectinload(Call.turns),
            selectinload(Recording.reports).selectinload(Report.findings),
        )
    )


def count_recordings(session: Session) -> int:
    """How many recordings there are."""
    return session.scalar(select(func.count(Recording.id))) or 0
