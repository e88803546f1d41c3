"""A recorded call as the judges see it: turns, who spoke them, and what is known of the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

Speaker = Literal["agent", "customer", "unknown"]
Verdict = Literal["pass", "fail", "na", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One speaker's turn; seconds count from the start of the recording, None where the transcript has no times."""

    index: int
    speaker: Speaker
    text: str
    start_s: float | None = None
    end_s: float | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the account really says, where it is known."""

    amount_due: int | None = None
    due_on: date | None = None
    dpd: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One call to be judged."""

    id: str
    turns: tuple[Turn, ...]
    call_at: datetime | None = None
    agent_id: str = ""
    team: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    duration_s: float | None = None
    speakers_known: bool = True
    engines: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def by(self, speaker: Speaker) -> tuple[Turn, ...]:
        """One speaker's turns."""
        return tuple(turn for turn in self.turns if turn.speaker == speaker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict with its evidence. ``quote`` is verbatim from turn ``turn``; an absence names the searched span in ``note``."""

    rule_id: str
    verdict: Verdict
    quote: str = ""
    turn: int | None = None
    at_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a sound file, and who is on it."""

    speaker: Speaker
    samples: Any
    rate_hz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A sound file taken in; not yet transcribed."""

    path: Path
    channels: Sequence[Channel]
    sha256: str
    duration_s: float
    notes: tuple[str, ...]
    details: Mapping[str, Any]
