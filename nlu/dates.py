"""The day that holds among those that were named, resolved from the local now; in the past only where the talk is of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from nlu.calendar_days import clamped, day_of_month, first_of_month, plus
from nlu.dates_en import english_day
from nlu.dates_id import indonesian_day
from nlu.live_mentions import is_chosen, is_corrected, is_later_share, is_recurrent, is_rejected, replaces
from nlu.named_day import Day, Said, Talk, day_number
from nlu.normalize import Token
from nlu.rewording import reword

_JOINING = {"", "hari", "pas", "itu", "on", "the", "yaitu"}
_NOW = {"sekarang", "now", "right", "straight", "immediately"}
_TOGETHER = {"", "dan", "sama", "and"}
_COARSE = {"edge", "span"}
_DAY_QUESTIONS = {"ask_date", "confirm_promise"}
_BEFORE_BARE = set(
    ", eh ehh bukan maksud maksudnya maksudku jadi jadinya tapi salah sori sorry ralat bilang no not deng ke dan sampai atau ato apa opo on "
    "is mean said then it's it ya iya ding dados mengatakan ngomong kecek tanggalnya saya yang malah astaga to the between from dari antara by "
    "sama balik kok yaudah ?".split()
) | {""}
_LINKING = {"atau", "ato", "or", "to", "and", "dan", "sampai", "sama", "apa", "opo"}
_AFTER_BARE = set(
    ", aja saja deh deng bukan ya iya eh maksud maksudnya maksudku tapi dong lah pak bu mbak mas bang not lho kok sampai atau ato soalnya itu "
    "? please sir i dah wae mawon ae bae apa opo kang teh to and i'm one dan baru kayaknya sama lewat udah sudah pas gpp".split()
) | {""}


def find_day(tokens: Sequence[Token], language: str, today: date, talk: Talk, *, text: str | None = None) -> Day | None:
    """The last day that still holds (the first of alternatives and of instalments), placed among ``tokens``."""
    said = Said(reword(tokens, language, text), today, talk)
    chosen = _chosen(said, all_days(said, language))
    if chosen is None:
        return None
    start, end = said.words.place(chosen.start, chosen.end)
    return replace(chosen, start=start, end=end)


def all_days(said: Said, language: str) -> list[Day]:
    """Every day named, in order, longest reading first at each place; the caller's own language goes first."""
    rules = (indonesian_day, english_day) if language == "id" else (english_day, indonesian_day)
    found: list[Day] = []
    index = 0
    while index < len(said.words.words):
        named = [day for rule in rules if (day := rule(said, index)) is not None]
        day = max(named, key=lambda d: d.end) if named else _bare_number(said, index, found)
        if day is None:
            index += 1
        else:
            found.append(day)
            index = max(day.end, index + 1)
    return _merged(said, found)


def _bare_number(said: Said, index: int, found: list[Day]) -> Day | None:
    """A number alone is a day of the month after a question for the day, or beside another such number: "tanggal 28 eh 29"."""
    has_other = any(day.kind in ("number", "bare") for day in found)
    lead = said.word(index - 1)
    if (said.talk.asked not in _DAY_QUESTIONS or lead in _LINKING) and not has_other and lead != "on":
        return None
    if lead not in _BEFORE_BARE or (number := day_number(said, index)) is None:
        return None
    value, end = number
    is_closed = said.word(end) in _AFTER_BARE or (said.past and said.word(end) in ("kemarin", "lalu"))
    is_key = value <= 2 and len(said.words.words) == 1 and said.talk.asked == "confirm_promise"
    resolved = day_of_month(said.today, value, past=said.past)
    return None if resolved is None or not is_closed or is_key else Day(resolved, index, end, "bare")


def _merged(said: Said, days: list[Day]) -> list[Day]:
    """ "bulan depan tanggal lima" and "jumat tanggal 25" are one day each; "besoknya" is the day after the one before."""
    merged: list[Day] = []
    for day in days:
        before = merged[-1] if merged else None
        if before is None:
            merged.append(day)
        elif (joined := _joined(said, before, day)) is not None:
            merged[-1] = joined
        elif before.value is not None and said.phrase(day.start, day.end - day.start) in ("besoknya", "the day after"):
            merged.append(replace(day, value=plus(before.value, 1)))
        else:
            merged.append(day)
    return merged


def _joined(said: Said, before: Day, day: Day) -> Day | None:
    """The one day that two neighbours name together; None when they are two."""
    between = said.words.text(before.end, day.start)
    if {before.kind, day.kind} == {"vague", "number"} and between in _JOINING | {","}:
        return _in_next_month(said, before, day)
    if before.value is None or day.value is None or day.weak or before.weak:
        return None
    if (
        before.kind == "weekday"
        and day.kind == "number"
        and between in _JOINING | {",", "aja", "saja"}
        and _same_weekday(before, day)
    ):
        return day.widened(before.start)
    if between not in _JOINING or is_rejected(said.words, before):
        return None
    if day.kind == "number" and before.kind != "number":
        return day.widened(before.start)
    if day.kind == "weekday" and before.kind == "relative" and not before.over:
        return day.widened(before.start)
    if before.kind in ("number", "bare", "weekday") and day.kind == "relative" and day.over and said.past:
        return replace(before, end=day.end)
    return None


def _in_next_month(said: Said, before: Day, day: Day) -> Day | None:
    """ "bulan depan tanggal lima", "the fifth, next month"."""
    span, number = (before, day) if before.kind == "vague" else (day, before)
    if said.phrase(span.start, 2) not in ("bulan depan", "next month") or number.value is None:
        return None
    first = first_of_month(said.today, 1)
    value = clamped(first.year, first.month, number.value.day)
    return replace(number, value=value, start=before.start, end=day.end)


def _same_weekday(one: Day, other: Day) -> bool:
    return one.value is not None and other.value is not None and one.value.weekday() == other.value.weekday()


def _chosen(said: Said, days: list[Day]) -> Day | None:
    """The day that holds: the last, save where words between two of them say otherwise."""
    live = _live(said, days)
    if not any(day.value is not None and not day.weak for day in live):
        weak = [day for day in live if day.weak]
        return (weak or live or [None])[-1]
    chosen: Day | None = None
    dropped: set[date] = set()
    for day in live:
        if day.weak:
            continue
        if chosen is None or _is_better(said, chosen, day, is_last=day is live[-1], dropped=dropped):
            if chosen is not None and chosen.value is not None:
                dropped.add(chosen.value)
            chosen = day
    return chosen


def _live(said: Said, days: list[Day]) -> list[Day]:
    """The days that are not denied, of another time, or named again only to say why they will not do."""
    live: list[Day] = []
    denied: set[date] = set()
    end = 0
    for day in days:
        since = 0 if said.words.text(end, day.start) in _LINKING else end
        if is_rejected(said.words, day, since):
            denied |= {day.value} if day.value is not None else set()
            if live and said.words.text(live[-1].end, day.start) in _TOGETHER:
                live.pop()  # "Sabtu Minggu bank tutup"
        elif _is_fitting(said, day) and (day.value not in denied or _is_said_anew(said, day)):
            live.append(day)
        end = day.end
    return live


def _is_better(said: Said, chosen: Day, day: Day, *, is_last: bool, dropped: set[date]) -> bool:
    """Whether the later ``day`` takes the place of ``chosen``."""
    words = said.words
    if day.value is None:
        return is_last and chosen.value is not None and is_corrected(words, chosen, day)
    if chosen.value is None:
        return True
    corrected = is_corrected(words, chosen, day)
    if not corrected and day.kind == "weekday" and _same_weekday(chosen, day):
        return False  # "tanggal 23, hari rabu": the weekday only confirms
    if not corrected and day.value in dropped and not is_chosen(words, day):
        return False  # "eh empat, tanggal dua saya di Bandung": the old day gives the reason
    between = words.text(chosen.end, day.start)
    if between == "," and day.kind in ("number", "weekday") and (chosen.kind in _COARSE or chosen.kind == "bare"):
        return True  # "awal bulan, tanggal dua" says it more precisely
    return replaces(words, chosen, day, shared=said.talk.shared)


def _is_said_anew(said: Said, day: Day) -> bool:
    """A day that was denied before, and is offered after all: "bukan kamis, eh kamis bener"."""
    return is_chosen(said.words, day) or said.word(day.start - 1) in ("eh", "iya")


def _is_fitting(said: Said, day: Day) -> bool:
    """Whether the day fits the talk: past or to come, the first share, today meant as a day."""
    if day.over and not said.past:
        return False
    if said.past and ((day.value is not None and day.value > said.today) or is_recurrent(said.words, day)):
        return False
    if said.talk.shared and is_later_share(said.words, day):
        return False
    return not day.weak or said.phrase(day.start, 1) not in _NOW or _is_offered(said, day)


def _is_offered(said: Said, day: Day) -> bool:
    """ "sekarang aja", "I'll pay now"; "sekarang masih rapat" and "no money now" only tell why not."""
    before = set(said.words.text(day.start - 6, day.start).split())
    if said.talk.calling:
        return is_chosen(said.words, day) or said.word(day.end) in ("bisa", "boleh", "is", "juga", "can")
    if said.phrase(day.start, 1) in ("straight", "immediately"):
        return not set(said.words.text(0, day.start).split()) & {"once", "when", "if", "after", "as"}
    return said.phrase(day.start, 1) == "sekarang" or not before & {"no", "have", "got", "not", "cannot", "without"}
