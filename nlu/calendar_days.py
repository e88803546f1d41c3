"""Day arithmetic: weekdays, days of the month, ends of months, and the feasts that people reckon from."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

SATURDAY, FRIDAY = 5, 4
_LEBARAN = {
    2024: (4, 10), 2025: (3, 31), 2026: (3, 20), 2027: (3, 10), 2028: (2, 27), 2029: (2, 15), 2030: (2, 5),
    2031: (1, 25), 2032: (1, 14), 2033: (1, 3), 2034: (12, 12), 2035: (12, 2),
}  # fmt: skip
"""The first of Syawal; the government fixes it by sighting, so a later year may shift by a day."""


def plus(day: date, days: int) -> date:
    """``days`` later (earlier when negative)."""
    return day + timedelta(days=days)


def clamped(year: int, month: int, day: int) -> date:
    """That day of the month, or its last one when the month is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def add_months(day: date, months: int) -> date:
    """The same day of another month, the last one when that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    return clamped(index // 12, index % 12 + 1, day.day)


def first_of_month(day: date, shift: int = 0) -> date:
    """The first of this month, or of the one ``shift`` months later."""
    return add_months(day.replace(day=1), shift)


def last_of_month(day: date, shift: int = 0) -> date:
    """The last day of this month, or of the one ``shift`` months later."""
    first = first_of_month(day, shift)
    return clamped(first.year, first.month, 31)


def monday(day: date) -> date:
    """The Monday of that day's week."""
    return plus(day, -day.weekday())


def next_weekday(day: date, number: int) -> date:
    """The first such weekday after ``day``."""
    return plus(day, (number - day.weekday() - 1) % 7 + 1)


def last_weekday(day: date, number: int) -> date:
    """The last such weekday before ``day``."""
    return plus(day, -((day.weekday() - number - 1) % 7 + 1))


def weekday_of_next_week(day: date, number: int) -> date:
    """That day of the next calendar week (weeks begin on Monday)."""
    return plus(monday(day), 7 + number)


def exact(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_of_month(today: date, number: int, *, past: bool) -> date | None:
    """The next such day from today on, or the last one up to today when the talk is of the past."""
    if not 1 <= number <= 31:
        return None
    month = today.replace(day=1)
    for _ in range(13):
        value = exact(month.year, month.month, number)
        if value is not None and ((value <= today) if past else (value >= today)):
            return value
        month = add_months(month, -1 if past else 1)
    return None


def day_in_month(today: date, month: int, day: int, year: int | None, *, past: bool) -> date | None:
    """A day of a named month: in ``year`` when told, else the next one (the last one when the talk is of the past)."""
    if not 1 <= month <= 12:
        return None
    if year is not None:
        return exact(year, month, day)
    value = exact(today.year, month, day)
    if value is not None and past and value > today:
        return exact(today.year - 1, month, day)
    if value is not None and not past and value < today:
        return exact(today.year + 1, month, day)
    return value


def month_edge(today: date, month: int, edge: str, *, past: bool) -> date:
    """ "akhir Januari", "mid January": the 1st, the 15th or the last day of the coming (or latest) such month."""
    number = {"start": 1, "middle": 15, "end": 31}[edge]
    value = clamped(today.year, month, number)
    if past:
        return value if value <= today else clamped(today.year - 1, month, number)
    return value if value >= today else clamped(today.year + 1, month, number)


def feast(today: date, name: str) -> date | None:
    """The coming Christmas, New Year's Day, their eves, or Lebaran."""
    if name == "lebaran":
        days = [date(year, *_LEBARAN[year]) for year in (today.year, today.year + 1) if year in _LEBARAN]
        return next((day for day in days if day >= today), None)
    month, day = {"natal": (12, 25), "malam natal": (12, 24), "tahun baru": (1, 1), "malam tahun baru": (12, 31)}[name]
    return day_in_month(today, month, day, None, past=False)
