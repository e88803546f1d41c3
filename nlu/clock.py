"""Readings of the clock at one place: "jam setengah lima sore", "quarter to five", "sejam lagi", "in half an hour"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nlu.named_day import Said

PARTS = {
    "pagi": "am", "subuh": "am", "siang": "noon", "sore": "pm", "malam": "pm", "semalam": "pm", "morning": "am", "afternoon": "pm",
    "evening": "pm", "night": "pm", "tonight": "pm", "am": "am", "pm": "pm", "midday": "noon",
}  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_HHMM = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_AT = set("at by around about before after till until between like say from past sekitar".split())
_FILLED = {"sekitar", "kira", "kiraan", "tepat", "pas", "an", "paling", "antara"}
_TRAILING = {
    "tepat",
    "pas",
    "o'clock",
    "sharp",
    "wib",
    "wita",
    "wit",
    "an",
    "ish",
    "in",
    "the",
    "this",
    "at",
    "nanti",
    "mengko",
}
_MONEY = {
    "juta",
    "ribu",
    "ratus",
    "million",
    "thousand",
    "hundred",
    "k",
    "%",
    "persen",
    "percent",
    "kali",
    "hari",
    "minggu",
    "bulan",
}
_SPANS = {"hour": 60, "hours": 60, "jam": 60, "minute": 1, "minutes": 1, "menit": 1, "mins": 1, "min": 1}
_UNITS = _MONEY | {"days", "day", "weeks", "week", "months", "month", "times", "years", "o"} | _SPANS.keys()
_AHEAD = {"lagi", "maneh", "meneh", "deui", "engkas", "maning", "malih", "lai", "pole"}
_LEADS = {"in", "after", "another", "lagi", "within", "dalam"}
_CALL_LEADS = {"me", "telepon", "balik", "hubungi", "back", "again", ",", "?", ""}
_QUARTERS = {"seperempat": 15, "suku": 15, "quarter": 15, "setengah": 30, "half": 30}
_CLOSING = set(
    ", aja saja deh dah lah ya iya nanti pas wae ae bae mawon weh we jo ja dong eh bukan pak bu mas mbak bang kang kak ? baru besok lusa atau "
    "atau sampai to and or is would please sharp sir lho nih sudah tomorrow today i po kalau abis habis sebelum setelah an".split()
) | {""}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """``value`` (None for a vague one) in ``start`` to ``end``; ``moves_date`` when it counts from now."""

    value: time | None
    start: int
    end: int
    moves_date: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """Hour and minute as they were said, before it is known whether morning or evening is meant."""

    hour: int
    minute: int
    start: int
    end: int
    part: str | None = None
    exact: bool = False

    def resolved(self, part: str | None) -> time | None:
        """The time, in its own part of the day or else in ``part``; a bare 1 to 6 is the afternoon."""
        part, hour = self.part or part, self.hour % 24
        if (part == "pm" and hour < 12) or (part == "noon" and (1 <= hour <= 4 or (hour == 0 and self.minute))):
            hour += 12
        elif part == "am" and hour == 12:
            hour = 0
        elif part is None and not self.exact and (1 <= hour <= 6 or (hour == 0 and self.minute)):
            hour += 12
        return time(hour, self.minute)


def clock_at(said: Said, i: int, *, bare: bool) -> Clock | None:
    """A reading that begins at word ``i``; ``bare`` when a number alone may be the hour."""
    word = said.word(i)
    if word in ("noon", "midday") and said.word(i - 1) not in ("after", "this"):
        return Clock(12, 0, i, i + 1, exact=True)
    if word == "jam":
        at = i + 1
        while said.word(at) in _FILLED:
            at += 1
        return _hour_at(said, at, i, led=True)
    if (quarter := _to_or_past(said, i)) is not None:
        return quarter
    if word in _AT and said.number(i + 1) is not None:
        return _to_or_past(said, i + 1) or _hour_at(
            said, i + 1, i + 1, led=True, closed=word in ("by", "about", "before", "after", "like", "from", "past", "between")
        )
    if _CLOCK.fullmatch(word):
        is_sum = said.word(i + 1) in _MONEY or said.word(i - 1) in ("rp", "tanggal", "on", "the")
        return None if is_sum else _hour_at(said, i, i, led=True)
    if word == "setengah":
        is_sum = said.number(i - 1) is not None or said.talk.asked == "ask_amount"
        return None if is_sum else _hour_at(said, i, i, led=False)
    return _unled(said, i, bare=bare)


def _unled(said: Said, i: int, *, bare: bool) -> Clock | None:
    """ "dua belas siang", "seven pm", "ten o'clock", "nine-ish", and, where an hour is due, "sepuluh", "five thirty", "1530"."""
    number = said.number(i)
    if (
        number is None
        or number.scaled
        or said.word(i - 1) in ("tanggal", "nomor", "rp", "h", "+", "the", "on")
        or said.number(i - 1)
    ):
        return None
    if bare and (match := _HHMM.fullmatch(said.word(i))):
        return Clock(int(match[1]), int(match[2]), i, i + 1, exact=True)
    following = said.word(number.end)
    shows = following in ("o'clock", "am", "pm", "ish", "sharp") or said.phrase(number.end, 3) in (
        "in the morning",
        "in the evening",
    )
    shows = shows or (following in PARTS and (bare or said.talk.calling))
    found = _hour_at(said, i, i, led=shows or bare, closed=not shows)
    return found if shows or bare else None


def _hour_at(said: Said, at: int, start: int, *, led: bool, closed: bool = False) -> Clock | None:
    """An hour with its minutes and its part of the day from word ``at`` on."""
    word = said.word(at)
    if match := _CLOCK.fullmatch(word):
        end = at + 1 + (said.word(at + 1) in ("wib", "wita", "wit"))
        part = PARTS.get(said.word(end))
        return Clock(int(match[1]), int(match[2]), start, end + bool(part), part, exact=len(match[1]) == 2 and word[0] == "0")
    halved = word in ("setengah", "tengah")
    number = said.number(at + halved)
    if number is None or number.scaled or not 0 <= number.value <= 24 or (halved and not 1 <= number.value <= 12):
        return None
    hour, end = number.value, number.end
    if (
        (said.word(end) in _AHEAD and said.word(start) != "jam")
        or (said.word(end) in _UNITS and not led)
        or said.word(end) in _UNITS - {"jam", "o"}
    ):
        return None
    minute = 30 if halved else 0
    if halved:
        hour -= 1
    else:
        minute, end = _minutes(said, end)
    part, end = _part_after(said, end)
    if part and not minute and not halved:
        minute, end = _minutes(said, end)
    if (closed or not led) and part is None and said.word(end) not in _CLOSING:
        return None
    if minute < 0:
        hour, minute = hour - 1, 60 + minute
    return Clock(hour % 24, minute, start, end, part)


def _minutes(said: Said, end: int) -> tuple[int, int]:
    """ "lewat lima belas", "kurang seperempat" (negative), "thirty"; a bare second number from ten on is minutes."""
    lead = said.word(end)
    sign = -1 if lead == "kurang" else 1
    skip = 1 if lead in ("lewat", "lebih", "kurang", "lepas", "past", "langkung") else 0
    quarter = _QUARTERS.get(said.word(end + skip))
    if quarter is not None and (skip or said.word(end) == "suku"):
        return sign * quarter, end + skip + 1
    number = said.number(end + skip)
    if number is not None and not number.scaled and 1 <= number.value <= 59 and (skip or number.value >= 10):
        after = said.word(number.end)
        if after not in _MONEY:
            return sign * number.value, number.end + (after in ("menit", "minutes"))
    return 0, end


def _part_after(said: Said, end: int) -> tuple[str | None, int]:
    at = end
    while said.word(at) in _TRAILING and at < end + 3:
        at += 1
    part = PARTS.get(said.word(at))
    if part is not None and said.word(at) not in ("semalam",):
        return part, at + 1
    return None, end + (said.word(end) in ("tepat", "o'clock", "sharp", "wib", "wita", "wit", "an", "ish"))


def _to_or_past(said: Said, i: int) -> Clock | None:
    """ "half past three", "quarter to five", "ten past two", "twenty five to six"."""
    word = said.word(i)
    first = {"half": 30, "quarter": 15}.get(word)
    number = said.number(i) if first is None else None
    if number is not None and number.value in (5, 10, 20, 25):
        first = number.value
    at = i + 1 if number is None else number.end
    at += said.word(at) in ("minutes", "min")
    direction = said.word(at)
    hour = said.number(at + 1)
    if first is None or direction not in ("to", "too", "past", "till") or hour is None or not 1 <= hour.value <= 12:
        return None
    part, end = _part_after(said, hour.end)
    if direction == "past":
        return Clock(hour.value, first, i, end, part)
    if word == "half":
        return None
    return Clock(hour.value - 1, 60 - first, i, end, part)


def from_now_at(said: Said, i: int, now: datetime, *, more: bool) -> TimeOfDay | None:
    """ "dua jam lagi", "in half an hour", "two hours from now"; ``more`` when one such span came before ("eh setengah jam")."""
    span = _span_at(said, i)
    if span is None:
        return None
    minutes, end = span
    lead, following = said.word(i - 1), said.word(end)
    if following in _AHEAD:
        end += 1
    elif said.phrase(end, 2) in ("from now", "dari sekarang"):
        end += 2
    elif not (more or said.word(i + 1) == "more" or lead in _LEADS or (said.talk.calling and lead in _CALL_LEADS)):
        return None
    if following in ("lalu", "ago", "yang") or minutes >= 24 * 60:
        return None
    moment = now + timedelta(minutes=minutes)
    start = i - 1 if lead in ("in", "after") else i
    return TimeOfDay(time(moment.hour, moment.minute), start, end, moves_date=moment.date() == now.date())


def _span_at(said: Said, i: int) -> tuple[int, int] | None:
    """Minutes, and the word after them."""
    if said.word(i) == "sejam":
        return 60, i + 1
    for size, phrase, minutes in (
        (3, "half an hour", 30),
        (2, "half hour", 30),
        (2, "setengah jam", 30),
        (2, "an hour", 60),
        (2, "a hour", 60),
    ):
        if said.phrase(i, size) == phrase:
            return minutes, i + size
    number = said.number(i)
    if number is None or number.scaled or said.word(i - 1) == "jam":
        return None
    at = number.end + (said.word(number.end) == "more")
    unit = _SPANS.get(said.word(at))
    return None if unit is None else (number.value * unit, at + 1)
