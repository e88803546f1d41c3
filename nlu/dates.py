"""Days as people name them, resolved from the local now; never in the past unless the talk is of the past."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nlu.normalize import Token
from nlu.numbers import number_at

_WEEKDAYS = {
    "id": {name: n for n, name in enumerate(["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"])},
    "en": {name: n for n, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])},
}
_MONTHS = {
    "id": {name: n for n, name in enumerate(["januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "desember"], 1)},
    "en": {name: n for n, name in enumerate(["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1)},
}  # fmt: skip
_MONTHS["id"] |= {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "agt": 8,
    "agu": 8,
    "sep": 9,
    "okt": 10,
    "nov": 11,
    "des": 12,
    "nopember": 11,
    "pebruari": 2,
}
_MONTHS["en"] |= {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sept": 9,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2,4}))?")
_ISO = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")

Resolve = Callable[[date], date | None]


@dataclass(frozen=True, slots=True)
class Day:
    """A named day in tokens ``start`` to ``end``; ``value`` None when it only narrows the time ("bulan depan")."""

    value: date | None
    start: int
    end: int
    weak: bool = False


def find_day(tokens: Sequence[Token], language: str, today: date, *, past: bool) -> Day | None:
    """The last day that still holds (the first of alternatives joined by "atau")."""
    days = [day for day in all_days(tokens, language, today, past=past) if not _is_rejected(tokens, day)]
    strong = [day for day in days if not day.weak] or days
    if not strong:
        return None
    chosen = strong[-1]
    for earlier in reversed(strong[:-1]):
        between = {token.text for token in tokens[earlier.end : chosen.start]}
        if (
            between
            and between <= {"atau", "sampai", "or", "to", "hingga", "paling", "telat", "-", "tidak", ",", "mungkin"}
            and between & {"atau", "sampai", "or", "to", "hingga"}
        ) or between & {"sisanya", "rest", "sisa"}:
            chosen = earlier
    return chosen


def all_days(tokens: Sequence[Token], language: str, today: date, *, past: bool) -> list[Day]:
    """Every day named, in order, longest reading first at each place."""
    at = _indonesian_at if language == "id" else _english_at
    found: list[Day] = []
    index = 0
    while index < len(tokens):
        day = at(tokens, index, today, past)
        if day is None:
            index += 1
        else:
            found.append(day)
            index = max(day.end, index + 1)
    return _merge(found, tokens, today)


def _merge(days: list[Day], tokens: Sequence[Token], today: date) -> list[Day]:
    """ "bulan depan tanggal lima" and "tanggal lima bulan depan" are one day; a weekday beside a date only confirms it."""
    merged: list[Day] = []
    for day in days:
        if merged and day.start - merged[-1].end <= 1:
            before = merged[-1]
            texts = " ".join(token.text for token in tokens[before.start : day.end])
            if "bulan depan" in texts or "next month" in texts:
                number = next((d.value for d in (before, day) if d.value is not None and "tanggal" in _text(tokens, d)), None)
                if number is not None:
                    first = _add_months(today.replace(day=1), 1)
                    merged[-1] = Day(_clamped(first.year, first.month, number.day), before.start, day.end)
                    continue
            if before.value is not None and day.value is not None and "tanggal" in _text(tokens, day):
                merged[-1] = Day(day.value, before.start, day.end)
                continue
        merged.append(day)
    return merged


def _text(tokens: Sequence[Token], day: Day) -> str:
    return " ".join(token.text for token in tokens[day.start : day.end])


def _is_rejected(tokens: Sequence[Token], day: Day) -> bool:
    """Said only to be denied: "bukan besok", "besok tidak bisa", "tidak bilang mau bayar besok"."""
    before = [token.text for token in tokens[max(0, day.start - 6) : day.start]]
    for stop in (",", "tapi", "but", "maksud", "melainkan"):
        if stop in before:
            before = before[len(before) - before[::-1].index(stop) :]
    after = [token.text for token in tokens[day.end : day.end + 3]]
    if before[:1] in (["eh"], ["maaf"]) and before[1:] == ["bukan"]:
        return False  # "eh bukan jumat" puts something right; "bukan jumat" only denies
    if before and (before[-1] in ("bukan", "jangan", "not") or before[-2:-1] == ["bukan"]):
        return True
    joined = " ".join(before)
    if re.search(r"\b(tidak|belum) (\w+ )?(bilang|janji|bisa|sanggup|ngomong|pernah|mau|mungkin|akan)\b", joined):
        return True
    if re.search(r"\b(cannot|did not (say|promise)|will not|do not|unable to)\b", joined):
        return True
    return " ".join(after[:2]) in (
        "tidak bisa",
        "belum bisa",
        "tidak sanggup",
        "tidak mungkin",
        "is not",
        "will not",
        "does not",
    ) or after[:2] == ["saya", "tidak"]


def _indonesian_at(tokens: Sequence[Token], i: int, today: date, past: bool) -> Day | None:
    words = [token.text for token in tokens[i : i + 5]] + [""] * 5
    first, second, third = words[0], words[1], words[2]
    two, three = f"{first} {second}", f"{first} {second} {third}"
    if two == "hari ini":
        return Day(today, i, i + 2)
    if two in ("besok lusa", "lusa besok"):
        return Day(today + timedelta(days=2), i, i + 2)
    if two == "besok besok":
        return Day(None, i, i + 2)
    if two in ("kemarin lusa", "kemarin dulu"):
        return Day(today - timedelta(days=2), i, i + 2)
    if two in ("tadi malam",):
        return Day(today - timedelta(days=1), i, i + 2)
    if first == "hari" and second in _WEEKDAYS["id"]:
        inner = _indonesian_at(tokens, i + 1, today, past)
        return None if inner is None else Day(inner.value, i, inner.end)
    if two == "malam minggu":
        return Day(_next_weekday(today, 5), i, i + 2)
    if first in _WEEKDAYS["id"] and not (first == "minggu" and second in ("depan", "lalu", "ini", "kemarin", "lagi")):
        return _weekday_at(tokens, i, first, second, today, past)
    simple = {"besok": 1, "lusa": 2, "kemarin": -1, "semalam": -1, "semalem": -1, "sekarang": 0, "tadi": 0}
    if first in simple:
        return Day(today + timedelta(days=simple[first]), i, i + 1, weak=first in ("sekarang", "tadi"))
    if three in ("akhir bulan depan", "awal bulan depan", "akhir bulan ini", "awal bulan ini"):
        shift = 1 if third == "depan" or first == "awal" else 0
        month = _add_months(today.replace(day=1), shift)
        return Day(_clamped(month.year, month.month, 31 if first == "akhir" else 1), i, i + 3)
    if two == "akhir bulan":
        return Day(_clamped(today.year, today.month, 31), i, i + 2)
    if two == "awal bulan":
        return Day(_add_months(today.replace(day=1), 1), i, i + 2)
    if two in ("pertengahan bulan", "tengah bulan"):
        return Day(_next_day_of_month(today, 15, past), i, i + 2)
    if two in ("akhir minggu", "akhir pekan") or first == "weekend":
        return Day(_next_weekday(today, 5), i, i + (1 if first == "weekend" else 2))
    if two in ("minggu depan", "pekan depan"):
        return Day(today + timedelta(days=7), i, i + 2)
    if two in ("minggu lalu", "minggu kemarin", "pekan lalu"):
        return Day(today - timedelta(days=7), i, i + 2)
    if two in (
        "bulan depan",
        "minggu ini",
        "bulan ini",
        "tanggal muda",
        "tanggal tua",
        "bulan lalu",
        "bulan kemarin",
        "pekan ini",
    ):
        return Day(None, i, i + 2)
    if re.fullmatch(r"(habis|abis|setelah|sesudah|tunggu|nunggu|pas|kalau|begitu|sudah|waktu) gajian", two):
        return Day(None, i, i + 2)
    if first in ("seminggu", "sebulan", "sehari") and second == "lagi":
        value = {"seminggu": today + timedelta(days=7), "sehari": today + timedelta(days=1)}.get(first) or _add_months(today, 1)
        return Day(value, i, i + 2)
    if first == "h" and second == "+" and third.isdigit():
        return Day(today + timedelta(days=int(third)), i, i + 3)
    if first in ("tanggal",):
        return _numbered_at(tokens, i + 1, i, today, past, "id")
    counted = _counted_at(tokens, i, today, "id", ("lagi",), ("lalu",))
    if counted is not None:
        return counted
    if first in ("nanti",) and second not in ("dulu", "saja", "kalau", "dikabari"):
        return Day(today, i, i + 1, weak=True)
    if two in ("habis ini", "abis ini"):
        return Day(today, i, i + 2, weak=True)
    return _slashed_at(tokens, i, today, past) or _month_named_at(tokens, i, i, today, past, "id")


def _english_at(tokens: Sequence[Token], i: int, today: date, past: bool) -> Day | None:
    words = [token.text for token in tokens[i : i + 6]] + [""] * 6
    first, second = words[0], words[1]
    text = " ".join(words[:5])
    table: list[tuple[str, date | None]] = [
        ("day after tomorrow", today + timedelta(days=2)),
        ("day before yesterday", today - timedelta(days=2)),
        ("end of the month", _clamped(today.year, today.month, 31)),
        ("end of this month", _clamped(today.year, today.month, 31)),
        ("end of month", _clamped(today.year, today.month, 31)),
        ("end of next week", _next_weekday(_monday(today) + timedelta(days=6), 4)),
        ("end of the week", _next_weekday(today - timedelta(days=1), 4)),
        ("end of this week", _next_weekday(today - timedelta(days=1), 4)),
        ("beginning of next month", _add_months(today.replace(day=1), 1)),
        ("first of next month", _add_months(today.replace(day=1), 1)),
        ("middle of the month", _next_day_of_month(today, 15, past)),
        ("next week", today + timedelta(days=7)),
        ("last week", today - timedelta(days=7)),
        ("next month", None),
        ("this week", None),
        ("this month", None),
        ("this weekend", _next_weekday(today, 5)),
        ("the weekend", _next_weekday(today, 5)),
        ("a week from now", today + timedelta(days=7)),
        ("a month from now", _add_months(today, 1)),
        ("in a week", today + timedelta(days=7)),
        ("in a month", _add_months(today, 1)),
        ("tomorrow", today + timedelta(days=1)),
        ("yesterday", today - timedelta(days=1)),
        ("last night", today - timedelta(days=1)),
        ("today", today),
        ("tonight", today),
        ("payday", None),
    ]
    for phrase, value in table:
        if text == phrase or text.startswith(phrase + " "):
            return Day(value, i, i + phrase.count(" ") + 1)
    if first in ("next", "this", "last") and second in _WEEKDAYS["en"]:
        number = _WEEKDAYS["en"][second]
        if first == "next":
            return Day(_monday(today) + timedelta(days=7 + number), i, i + 2)
        return Day(_last_weekday(today, number) if first == "last" else _next_weekday(today, number), i, i + 2)
    if first in _WEEKDAYS["en"]:
        number = _WEEKDAYS["en"][first]
        return Day(_last_weekday(today, number) if past else _next_weekday(today, number), i, i + 1)
    if first == "in":
        counted = _counted_at(tokens, i + 1, today, "en", (), ())
        if counted is not None:
            return Day(counted.value, i, counted.end)
    if first == "the":
        return _numbered_at(tokens, i + 1, i, today, past, "en")
    return (
        _slashed_at(tokens, i, today, past)
        or _month_named_at(tokens, i, i, today, past, "en")
        or _ordinal_at(tokens, i, today, past)
    )


def _weekday_at(tokens: Sequence[Token], i: int, name: str, following: str, today: date, past: bool) -> Day:
    number = _WEEKDAYS["id"][name]
    if following in ("kemarin", "lalu"):
        return Day(_last_weekday(today, number), i, i + 2)
    if following == "depan":
        return Day(_monday(today) + timedelta(days=7 + number), i, i + 2)
    if following in ("besok", "ini"):
        return Day(_next_weekday(today, number), i, i + 2)
    return Day(_last_weekday(today, number) if past else _next_weekday(today, number), i, i + 1)


def _counted_at(
    tokens: Sequence[Token], i: int, today: date, language: str, ahead: tuple[str, ...], ago: tuple[str, ...]
) -> Day | None:
    number = number_at(tokens, i, language)
    if number is None or number.end >= len(tokens) or not 0 < number.value <= 366:
        return None
    unit = tokens[number.end].text
    after = tokens[number.end + 1].text if number.end + 1 < len(tokens) else ""
    if ahead and after not in ahead + ago:
        return None
    sign = -1 if after in ago else 1
    end = number.end + (2 if ahead else 1)
    if unit in ("hari", "day", "days"):
        return Day(today + timedelta(days=sign * number.value), i, end)
    if unit in ("minggu", "week", "weeks", "pekan"):
        return Day(today + timedelta(days=sign * 7 * number.value), i, end)
    if unit in ("bulan", "month", "months"):
        return Day(_add_months(today, sign * number.value), i, end)
    return None


def _numbered_at(tokens: Sequence[Token], i: int, start: int, today: date, past: bool, language: str) -> Day | None:
    slashed = _slashed_at(tokens, i, today, past)
    if slashed is not None:
        return Day(slashed.value, start, slashed.end)
    named = _month_named_at(tokens, i, start, today, past, language)
    if named is not None:
        return named
    if language == "en":
        ordinal = _ordinal_at(tokens, i, today, past)
        return None if ordinal is None else Day(ordinal.value, start, ordinal.end)
    number = _day_number(tokens, i, language)
    if number is None:
        return None
    return Day(_next_day_of_month(today, number[0], past), start, number[1])


def _day_number(tokens: Sequence[Token], i: int, language: str) -> tuple[int, int] | None:
    """A day of the month and the token after it; "dua lima" is the 25th."""
    number = number_at(tokens, i, language) if i < len(tokens) else None
    if number is None or number.scaled:
        return None
    value, end = number.value, number.end
    if value in (1, 2, 3) and end < len(tokens):
        unit = number_at(tokens, end, language)
        if (
            unit is not None
            and not unit.scaled
            and not unit.literal
            and unit.value <= 9
            and 10 <= value * 10 + unit.value <= 31
        ):
            value, end = value * 10 + unit.value, unit.end
    return (value, end) if 1 <= value <= 31 else None


def _month_named_at(tokens: Sequence[Token], i: int, start: int, today: date, past: bool, language: str) -> Day | None:
    """ "5 desember (2026)", and in English also "december 5th"."""
    months = _MONTHS[language]
    if language == "en" and i < len(tokens) and tokens[i].text in months and tokens[i].text != "may":
        ordinal = _ordinal_value(tokens, i + 1) or _day_number(tokens, i + 1, "en")
        if ordinal is not None:
            return Day(_in_month(today, months[tokens[i].text], ordinal[0], None, past), start, ordinal[1])
    number = _day_number(tokens, i, language) or (_ordinal_value(tokens, i) if language == "en" else None)
    if number is None:
        return None
    end = number[1]
    while end < len(tokens) and tokens[end].text in ("bulan", "of"):
        end += 1
    if end >= len(tokens) or tokens[end].text not in months:
        return None
    month = months[tokens[end].text]
    year = number_at(tokens, end + 1, language) if end + 1 < len(tokens) else None
    if year is not None and 2020 <= year.value <= 2100:
        return Day(_in_month(today, month, number[0], year.value, past), start, year.end)
    return Day(_in_month(today, month, number[0], None, past), start, end + 1)


_ORDINALS = {
    name: n
    for n, name in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
} | {"thirtieth": 30}


def _ordinal_value(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    if i >= len(tokens):
        return None
    word = tokens[i].text
    following = tokens[i + 1].text if i + 1 < len(tokens) else ""
    if word in ("twenty", "thirty") and following in _ORDINALS and _ORDINALS[following] <= 9:
        return (20 if word == "twenty" else 30) + _ORDINALS[following], i + 2
    if word in _ORDINALS:
        return _ORDINALS[word], i + 1
    if word.isdigit() and following in ("st", "nd", "rd", "th") and 1 <= int(word) <= 31:
        return int(word), i + 2
    return None


def _ordinal_at(tokens: Sequence[Token], i: int, today: date, past: bool) -> Day | None:
    found = _ordinal_value(tokens, i)
    if found is None or found[0] > 31:
        return None
    if tokens[i].text in ("first", "second", "third") and (i == 0 or tokens[i - 1].text not in ("the", "on")):
        return None
    return Day(_next_day_of_month(today, found[0], past), i, found[1])


def _slashed_at(tokens: Sequence[Token], i: int, today: date, past: bool) -> Day | None:
    if i >= len(tokens):
        return None
    word = tokens[i].text
    if match := _ISO.fullmatch(word):
        return Day(_date(int(match[1]), int(match[2]), int(match[3])), i, i + 1)
    match = _SLASHED.fullmatch(word)
    if match is None or ("." in word and match[3] is None):
        return None
    year = int(match[3]) if match[3] else None
    if year is not None and year < 100:
        year += 2000
    value = _in_month(today, int(match[2]), int(match[1]), year, past)
    return None if value is None else Day(value, i, i + 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_month(today: date, month: int, day: int, year: int | None, past: bool) -> date | None:
    if not 1 <= month <= 12:
        return None
    if year is not None:
        return _date(year, month, day)
    value = _date(today.year, month, day)
    if value is None:
        return None
    if past:
        return value if value <= today else _date(today.year - 1, month, day)
    return value if value >= today else _date(today.year + 1, month, day)


def _next_day_of_month(today: date, day: int, past: bool) -> date:
    """The next such day from now (today counts), or the last one when the talk is of the past."""
    month = today.replace(day=1)
    for _ in range(13):
        if day <= calendar.monthrange(month.year, month.month)[1]:
            value = month.replace(day=day)
            if (value <= today) if past else (value >= today):
                return value
        month = _add_months(month, -1 if past else 1)
    raise AssertionError("every day of the month comes within a year")


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return _clamped(index // 12, index % 12 + 1, day.day)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_weekday(day: date, number: int) -> date:
    return day + timedelta(days=(number - day.weekday() - 1) % 7 + 1)


def _last_weekday(day: date, number: int) -> date:
    return day - timedelta(days=(day.weekday() - number - 1) % 7 + 1)
