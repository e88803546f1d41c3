"""The clock that the demo sets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from voicebot.core import clock

TEN_IN_JAKARTA = datetime.fromisoformat("2026-11-24T10:00:00+07:00")


@pytest.fixture(autouse=True)
def real_time_afterwards() -> Iterator[None]:
    yield
    clock.stop_simulating()


def test_the_time_is_aware_and_utc() -> None:
    assert clock.now_utc().utcoffset() == timedelta(0)
    assert abs(clock.now_utc() - datetime.now(UTC)) < timedelta(seconds=5)
    assert not clock.is_simulated()


def test_a_simulated_clock_starts_where_it_is_set_and_runs_on() -> None:
    clock.simulate_from(TEN_IN_JAKARTA)
    first = clock.now_utc()
    assert timedelta(0) <= first - TEN_IN_JAKARTA < timedelta(seconds=5)
    time.sleep(0.02)
    assert clock.now_utc() > first
    assert clock.is_simulated()
    clock.stop_simulating()
    assert abs(clock.now_utc() - datetime.now(UTC)) < timedelta(seconds=5)


def test_processes_that_start_later_agree_on_the_simulated_time() -> None:
    """A worker started 90 s after the demo must not begin at the start again."""
    clock.simulate_from(TEN_IN_JAKARTA, started_at_epoch_s=time.time() - 90)
    assert timedelta(seconds=89) < clock.now_utc() - TEN_IN_JAKARTA < timedelta(seconds=95)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.simulate_from(datetime(2026, 11, 24, 10, 0))


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Jakarta", 10), ("Asia/Makassar", 11), ("Asia/Jayapura", 12)])
def test_local_time_is_that_of_the_account(zone: str, hour: int) -> None:
    clock.simulate_from(TEN_IN_JAKARTA)
    assert clock.local_time(zone).hour == hour
    assert clock.local_time(zone, TEN_IN_JAKARTA).hour == hour
