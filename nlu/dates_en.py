"""Days in English: "next Friday", "the 25th of January", "in two weeks", "end of the month", "a week on Thursday"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from nlu.calendar_days import (
    FRIDAY,
    SATURDAY,
    clamped,
    first_of_month,
    last_of_month,
    last_weekday,
    month_edge,
    next_weekday,
    plus,
    weekday_of_next_week,
)  # fmt: skip
from nlu.day_words import ENGLISH_WEEKDAYS
from nlu.named_day import (
    MONTH_NUMBERS,
    Day,
    Said,
    counted_span,
    day_number,
    in_named_month,
    in_this_or_next,
    ordinal,
    shifted,
    slashed_day,
)  # fmt: skip

_WEEKDAYS = {name: n for n, name in enumerate(ENGLISH_WEEKDAYS)}
_SHORT = {"mon": 0, "wed": 2, "sat": 5, "sun": 6}
_NO_DAY_AFTER = set("half one time times payment instalment installment part call thing week person call reminder".split())
_RELATIVE: dict[str, tuple[int, bool]] = {
    "the day after tomorrow": (2, False), "the day before yesterday": (-2, True),
    "day after tomorrow": (2, False), "after tomorrow": (2, False), "day before yesterday": (-2, True), "tomorrow": (1, False),
    "yesterday": (-1, True), "last night": (-1, True), "last evening": (-1, True), "today": (0, False), "tonight": (0, False),
    "this morning": (0, False), "this afternoon": (0, False), "this evening": (0, False), "this noon": (0, False),
    "later today": (0, False), "a moment ago": (0, True), "barusan": (0, True), "a while ago": (0, True), "earlier today": (0, True),
    "last week": (-7, True), "next week": (7, False), "fortnight ago": (-14, True),
}  # fmt: skip
_PASSING = {"right now": 2, "now now": 2, "now": 1, "immediately": 1, "right away": 2, "straight away": 2, "after this": 2}
_VAGUE = {"next month": False, "this week": False, "this month": False, "payday": False, "last month": True, "next year": False}
_EDGES = {
    "end": "end", "beginning": "start", "start": "start", "middle": "middle", "mid": "middle", "early": "start", "first": "start",
    "late": "end", "last day": "end",
}  # fmt: skip
_OF = {"of", "the", "this", "in", "coming"}
_STATES = {"i'm", "im", "i", "am", "is", "leave", "you", "it", "please", "stop", "so", "there", "he", "she", "what", "what's"}


def english_day(said: Said, i: int) -> Day | None:
    """The day that is named from word ``i`` on, in its longest reading."""
    for rule in _RULES:
        if (day := rule(said, i)) is not None:
            return day
    return None


def _edge(said: Said, i: int) -> Day | None:
    """ "end of (the) month", "month end", "mid January", "end of next week", "first of the month"."""
    if said.phrase(i, 2) == "month end" or said.phrase(i, 2) == "end month":
        return Day(last_of_month(said.today), i, i + 2, "edge")
    two = said.phrase(i, 2)
    name, at = (two, i + 2) if two in _EDGES else (said.word(i), i + 1)
    edge = _EDGES.get(name)
    if edge is None:
        return None
    linked = at
    while said.word(at) in _OF:
        at += 1
    following = said.word(at + 1) if said.word(at) == "next" else said.word(at)
    shift = 1 if said.word(at) == "next" else 0
    end = at + 1 + shift
    if following == "month" and (linked < at or shift or name in ("mid", "early", "late", "end")):
        return Day(_edge_of_month(said, edge, shift), i, end, "edge")
    if following in ("week", "weekend") and edge == "end":
        return Day(_end_of_week(said, shift), i, end, "edge")
    if following == "year" and edge == "end":
        return Day(date(said.today.year + shift, 12, 31), i, end)
    month = MONTH_NUMBERS.get(following)
    if month is None or (name in ("first", "end", "start") and linked == at):
        return None
    return Day(month_edge(said.today, month, edge, past=said.past), i, end, "edge")


def _edge_of_month(said: Said, edge: str, shift: int) -> date:
    if edge == "end":
        return last_of_month(said.today, shift)
    if edge == "middle":
        middle = first_of_month(said.today, shift).replace(day=15)
        return middle if middle >= said.today or said.past else first_of_month(said.today, 1).replace(day=15)
    return first_of_month(said.today, 0 if said.past else 1)


def _end_of_week(said: Said, shift: int) -> date:
    if shift:
        return weekday_of_next_week(said.today, FRIDAY)
    return next_weekday(plus(said.today, -1), FRIDAY)


def _weekday(said: Said, i: int) -> Day | None:
    """ "Friday", "next Friday", "Friday (of) next week", "next week Friday", "Friday week", "a week on Friday"."""
    lead = said.word(i) if said.word(i) in ("next", "this", "last", "coming", "past") else ""
    at = i + 1 if lead else i
    if said.phrase(i, 2) == "next week":
        at, lead = i + 2 + (said.word(i + 2) in (",", "on")), "next"
    elif said.phrase(i, 3) in ("a week on", "a week from", "week from on"):
        at, lead = i + 3, "week after"
    number = _WEEKDAYS.get(said.word(at), _short_weekday(said, at))
    if number is None:
        return None
    end = at + 1
    coming = next_weekday(said.today, number)
    if said.phrase(end, 2) == "next week" or said.phrase(end, 3) == "of next week":
        return Day(weekday_of_next_week(said.today, number), i, end + 2 + (said.word(end) == "of"), "weekday")
    if said.word(end) == "week" or lead == "week after":
        return Day(plus(coming, 7), i, end + (said.word(end) == "week"), "weekday")
    if lead == "next" or said.word(end) in ("depan", "ngarep"):
        return Day(weekday_of_next_week(said.today, number), i, end + (said.word(end) in ("depan", "ngarep")), "weekday")
    if lead in ("last", "past") or (said.past and lead != "this"):
        return Day(last_weekday(said.today, number), i, end, "weekday")
    return Day(coming, i, end, "weekday")


def _short_weekday(said: Said, at: int) -> int | None:
    """ "sat" and "sun" are days only where a day is due."""
    number = _SHORT.get(said.word(at))
    around = {said.word(at - 1), said.word(at + 1)}
    is_due = around & {"this", "next", "on", "by", "not", "no", ",", "until", "morning", "afternoon", "evening", "can"}
    return number if number is not None and (is_due or around == {""}) else None


def _weekend(said: Said, i: int) -> Day | None:
    at = i + (said.word(i) in ("this", "the", "next", "last"))
    if said.word(at) != "weekend":
        return None
    if said.word(i) == "next":
        return Day(weekday_of_next_week(said.today, SATURDAY), i, at + 1)
    backwards = said.word(i) == "last" or said.past
    return Day(last_weekday(said.today, SATURDAY) if backwards else next_weekday(said.today, SATURDAY), i, at + 1)


def _relative(said: Said, i: int) -> Day | None:
    for size in (4, 3, 2, 1):
        phrase = said.phrase(i, size)
        if phrase in _RELATIVE:
            days, over = _RELATIVE[phrase]
            return Day(plus(said.today, days), i, i + size, "span" if abs(days) == 7 else "relative", over=over)
        if phrase in _VAGUE:
            return Day(None, i, i + size, "vague", over=_VAGUE[phrase])
    if (
        said.past
        and said.word(i) == "just"
        and said.word(i + 1) in ("paid", "transferred", "sent", "settled", "made", "did", "done", "pay")
    ):
        return Day(said.today, i, i + 2, over=True)
    if said.phrase(i, 3) == "the day after":
        if said.word(i + 3) in ("payday", "gajian"):
            return Day(None, i, i + 4, "vague")
        return Day(plus(said.today, 2), i, i + 3, "span")
    return None


def _counted(said: Said, i: int) -> Day | None:
    """ "in two weeks", "within a week", "three days from now", "two days ago", "after five days", "give me two days"."""
    lead = said.word(i) if said.word(i) in ("in", "within", "after") else ""
    at = i + 1 if lead else i
    at += said.word(at) in ("about", "around", "the", "like", "maybe", "just")
    span = counted_span(said, at)
    if span is None:
        return None
    count, unit, end = span
    end += said.word(end) in ("time", "'")
    following = said.word(end)
    if following == "ago" or said.phrase(end, 2) == "a go":
        return Day(shifted(said, -count, unit), i, end + 1 + (following != "ago"), over=True)
    if following == "from" and said.word(end + 1) in ("now", "today", "tomorrow"):
        return Day(plus(shifted(said, count, unit), int(said.word(end + 1) == "tomorrow")), i, end + 2)
    if following in ("again", "later") or said.phrase(i - 2, 2) in ("give me", "need another") or said.word(i - 1) == "another":
        return Day(shifted(said, count, unit), i, end + (following in ("again", "later")))
    return Day(shifted(said, count, unit), i, end) if lead else None


def _numbered(said: Said, i: int) -> Day | None:
    """ "the 25th (of January)", "January (the) fifth", "5 January", "twenty-third"."""
    month = MONTH_NUMBERS.get(said.word(i))
    if month is not None:
        at = i + 1 + (said.word(i + 1) == "the")
        number = ordinal(said, at) or day_number(said, at)
        return None if number is None else in_named_month(said, i, number[0], month, number[1])
    at = i + (said.word(i) == "the")
    slashed = slashed_day(said, at)
    if slashed is not None:
        return slashed.widened(i)
    number = ordinal(said, at) or day_number(said, at)
    if number is None:
        return None
    value, end = number
    after = end + (said.word(end) == "of")
    after += said.word(after) in ("this", "the")
    month = MONTH_NUMBERS.get(said.word(after))
    if month is not None:
        return in_named_month(said, i, value, month, after + 1)
    if ordinal(said, at) is None or said.word(end) in _NO_DAY_AFTER or (value <= 3 and said.word(i) != "the"):
        return None
    if said.phrase(after, 2) == "next month":
        first = first_of_month(said.today, 1)
        return Day(clamped(first.year, first.month, value), i, after + 2, "number")
    return in_this_or_next(said, i, value, after + 1 if said.word(after) == "month" else end)


def _twice(said: Said, i: int) -> Day | None:
    """ "twelve twelve" is a day of sales, 12 December."""
    first = day_number(said, i)
    second = day_number(said, first[1]) if first and first[0] in range(8, 13) else None
    if first is None or second is None or first[0] != second[0] or said.word(i - 1) not in ("", ",", "on", "pas", "tanggal"):
        return None
    return in_named_month(said, i, first[0], first[0], second[1])


def _today_in_passing(said: Said, i: int) -> Day | None:
    for size in (2, 1):
        if said.phrase(i, size) in _PASSING:
            end = i + size
            is_other = said.word(end) in _STATES or said.word(i - 1) in ("for", "from", "what", "bye", "happy", "just")
            return None if is_other else Day(said.today, i, end, weak=True)
    return None


_RULES: tuple[Callable[[Said, int], Day | None], ...] = (
    _edge, _weekday, _weekend, _relative, _counted, _numbered, _twice, _today_in_passing,
)  # fmt: skip
