"""Contact rules as data: permitted hours, days, holidays, and the next permitted moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.core.errors import ScriptError
from voicebot.core.rules import load_rules

RULES = load_rules("id")
ZONES = [ZoneInfo(name) for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/London")]
ANY_LOCAL_MOMENT = st.builds(
    lambda moment, zone: moment.replace(tzinfo=zone),
    st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2030, 12, 31)),
    st.sampled_from(ZONES),
)


@given(ANY_LOCAL_MOMENT)
def test_an_open_moment_is_always_inside_hours_on_a_working_day(local: datetime) -> None:
    if RULES.closed_because(local) is None:
        assert 8 <= local.hour < 20
        assert local.weekday() != 6
        assert RULES.holiday_on(local.date()) is None


@given(ANY_LOCAL_MOMENT)
def test_the_next_open_moment_is_open_and_not_in_the_past(local: datetime) -> None:
    opening = RULES.next_open(local)
    assert opening is not None
    assert opening >= local
    assert RULES.closed_because(opening) is None
    if opening > local:
        assert RULES.closed_because(local) is not None


@pytest.mark.parametrize(
    ("moment", "rule"),
    [
        ("2026-11-24T07:59:59", "hours"),
        ("2026-11-24T08:00:00", None),
        ("2026-11-24T19:59:59", None),
        ("2026-11-24T20:00:00", "hours"),
        ("2026-11-22T10:00:00", "days"),
        ("2026-12-25T10:00:00", "holidays"),
        ("2026-08-17T10:00:00", "holidays"),
    ],
)
def test_boundaries_of_hours_days_and_holidays(moment: str, rule: str | None) -> None:
    closed = RULES.closed_because(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Jakarta")))
    assert (closed[0] if closed else None) == rule


def test_an_estimated_holiday_also_blocks_the_days_beside_it() -> None:
    eid_first_day = date(2027, 3, 10)
    assert "estimated" in (RULES.holiday_on(eid_first_day) or "")
    assert RULES.holiday_on(eid_first_day - timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ('opens: "08:00:00"|opens: "21:00:00"', "opens must be earlier"),
        ("weekdays: [0, 1, 2, 3, 4, 5]|weekdays: [7]", "weekdays"),
        ("title:|headline:", "headline"),
        ("attempts_per_day: 3|attempts_per_day: 0", "attempts_per_day"),
    ],
)
def test_a_wrong_rule_pack_is_refused_by_name(tmp_path: Path, change: str, complaint: str) -> None:
    from voicebot.core.rules import shipped_rule_packs

    old, new = change.split("|")
    text = shipped_rule_packs()["id"].read_text(encoding="utf-8")
    assert old in text
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ScriptError, match=complaint):
        load_rules(wrong)
