"""Numbers, amounts, dates and times as people say them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from nlu.amounts import find_amount
from nlu.dates import find_day
from nlu.named_day import Talk
from nlu.normalize import tokenize

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.mark.parametrize(
    ("text", "day", "amount"),
    [
        ("I will pay 500 thousand on Friday", "2026-11-27", 500_000),
        ("tomorrow, one million two hundred fifty thousand", "2026-11-25", 1_250_000),
        ("next Friday", "2026-12-04", None),
        ("on the 25th", "2026-11-25", None),
        ("December 5th", "2026-12-05", None),
        ("end of the month", "2026-11-30", None),
    ],
)
def test_english_values(text: str, day: str, amount: int | None) -> None:
    tokens = tokenize(text, "en")
    found = find_day(tokens, "en", NOW.date(), Talk())
    assert found is not None
    assert found.value == date.fromisoformat(day)
    money = find_amount(tokens, "en", asked=None, own_figure=False)
    assert (money.value if money else None) == amount
