"""What the pages show of recordings, ready made: names shortened, personal data out of transcripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from voicebot.core.money import format_rupiah
from voicebot.core.tables import Recording

_ZONE = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list."""

    id: int
    at: datetime
    who: str
    kind: str
    outcome: str
    promise: str
    score: float | None
    auto_fail: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLine:
    """A turn without personal data."""

    speaker: str
    text: str
    start_s: float | None
    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A recording's page."""

    row: Row
    disposition: str
    party: str
    duration_s: float
    turns: tuple[TurnLine, ...]
    findings: tuple[Mapping[str, Any], ...]
    measures: Mapping[str, Any]
    script: str
    scorecard: str
    left: str


def row_of(recording: Recording) -> Row:
    """A recording's line."""
    call = recording.call
    report = recording.reports[0] if recording.reports else None
    promise = call.promise if call is not None else None
    document: Mapping[str, Any] = report.document if report is not None else {}
    told: Mapping[str, Any] | None = document.get("promise")
    if promise is not None:
        written = f"{format_rupiah(promise.amount)} · {promise.promised_on:%d/%m/%Y}"
    elif told:
        amount = format_rupiah(told["amount_idr"]) if told.get("amount_idr") else "?"
        written = f"{amount} · {told.get('date') or told.get('date_text') or '?'}"
    else:
        written = ""
    account = call.account if call is not None else None
    return Row(
        id=recording.id,
        at=recording.recorded_at.astimezone(_ZONE),
        who=_shortened(account.person.name) if account is not None else recording.agent_id,
        kind=recording.source,
        outcome=((call.outcome or call.party) if call is not None else None) or document.get("outcome") or "",
        promise=written,
        score=report.score if report is not None else None,
        auto_fail=tuple(report.auto_fail) if report is not None else (),
    )


def as_json(row: Row) -> dict[str, Any]:
    """A line for programs."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "kind": row.kind,
        "outcome": row.outcome,
        "score": row.score,
        "auto_fail": list(row.auto_fail),
    }


def detail_of(recording: Recording) -> Detail:
    """A recording's page."""
    call = recording.call
    report = recording.reports[0] if recording.reports else None
    document: Mapping[str, Any] = report.document if report is not None else {}
    hidden = sorted(document.get("pii", ()), key=lambda span: -int(span["start"]))
    return Detail(
        row=row_of(recording),
        disposition=call.disposition if call is not None else "",
        party=call.party if call is not None else "",
        duration_s=recording.duration_s,
        turns=tuple(_line(index, turn, hidden) for index, turn in enumerate(report.transcript if report else ())),
        findings=tuple(
            {"item": f.rule_id, "verdict": f.verdict, "quote": f.quote, "at_s": f.at_s, "note": f.note}
            for f in (report.findings if report is not None else ())
        ),
        measures={name: value for name, value in document.get("measures", {}).items() if value is not None},
        script=report.script if report is not None else "",
        scorecard=report.scorecard if report is not None else "",
        left=recording.channels[0] if recording.channels else "",
    )


def _line(index: int, turn: Mapping[str, Any], hidden: Sequence[Mapping[str, Any]]) -> TurnLine:
    text = str(turn["text"])
    for span in hidden:
        if span["turn"] == index:
            text = f"{text[: span['start']]}[{span['type']}]{text[span['end'] :]}"
    start_s = turn.get("start_s")
    clock = f"{int(start_s) // 60}:{int(start_s) % 60:02d}" if start_s is not None else ""
    return TurnLine(speaker=str(turn["speaker"]), text=text, start_s=start_s, clock=clock)


def _shortened(name: str) -> str:
    """First name and initials."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(f"{part[0]}." for part in rest)])
