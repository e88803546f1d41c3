"""The clock everything reads, so that tests and the demo can set it.

The simulated clock starts at a given moment and then runs at real speed; durations are measured with
``time.monotonic`` elsewhere and are not affected.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_offset = timedelta(0)


def now_utc() -> datetime:
    """The present moment, aware, in UTC (of the simulated clock where one is set)."""
    return datetime.now(UTC) + _offset


def local_time(zone: str | ZoneInfo, moment: datetime | None = None) -> datetime:
    """``moment`` (default: now) in an account's zone."""
    zone = ZoneInfo(zone) if isinstance(zone, str) else zone
    return (moment or now_utc()).astimezone(zone)


def simulate_from(moment: datetime, *, started_at_epoch_s: float | None = None) -> None:
    """Let the clock show ``moment`` (aware) now, or at ``started_at_epoch_s`` so that several processes agree."""
    global _offset
    if moment.tzinfo is None:
        raise ValueError("the simulated clock needs an aware moment, such as 2026-11-24T10:00:00+07:00")
    started = time.time() if started_at_epoch_s is None else started_at_epoch_s
    _offset = moment.astimezone(UTC) - datetime.fromtimestamp(started, UTC)


def stop_simulating() -> None:
    """Show the real time again."""
    global _offset
    _offset = timedelta(0)


def is_simulated() -> bool:
    """Whether the clock has been set."""
    return _offset != timedelta(0)
