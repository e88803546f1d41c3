"""Days in Indonesian, in the spelling of ``day_words``: "rabu depan", "tanggal lima bulan depan", "malam Jumat", "H+3"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from nlu.calendar_days import clamped, feast, first_of_month, last_of_month, month_edge, plus
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
from nlu.weeks_id import AHEAD, LAST, NEXT, THIS, week_at, weekday_at, weekend_at

PARTS_OF_DAY = {"pagi", "siang", "sore", "malam", "morning", "afternoon", "evening", "night"}
_AGO = set("lalu kemarin kepungkur kapungkur kapengker sebelumnya".split())
_LEADS = set("dalam tempo waktu selama kasih kasi kaseh butuh minta lagi within".split())
_RELATIVE: dict[str, tuple[int, bool]] = {
    "hari ini": (0, False), "hari iki": (0, False), "hari niki": (0, False), "hari ieu": (0, False), "besok": (1, False),
    "lusa": (2, False), "besok lusa": (2, False), "tulat": (3, False), "besoknya lagi": (2, False), "besok lagi": (2, False),
    "kemarin": (-1, True), "kemarin lusa": (-2, True), "kemarin dulu": (-2, True), "semalam": (-1, True), "barusan": (0, True),
    "kemarin malam": (-1, True), "tadi": (0, True),
}  # fmt: skip
_VAGUE = {"bulan ini", "minggu ini", "pekan ini", "tahun ini", "tanggal muda", "tanggal tua", "besok besok", "hari hari"}
_AFTER = set(
    "habis abis setelah sesudah tunggu nunggu menunggu pas kalau begitu sudah waktu bar bubar bibar bakda sanggeus ngenteni nganti "
    "sampai sehabis selepas lepas imbah lewat menjelang jelang sebelum sejak dari siap".split()
)
_EDGES = {"awal": "start", "pertengahan": "middle", "tengah": "middle", "akhir": "end"}
_FEASTS = {"natal": "natal", "lebaran": "lebaran", "tahun baru": "tahun baru", "taun baru": "tahun baru"}


def indonesian_day(said: Said, i: int) -> Day | None:
    """The day that is named from word ``i`` on, in its longest reading."""
    for rule in _RULES:
        if (day := rule(said, i)) is not None:
            return day
    return None


def _edge(said: Said, i: int) -> Day | None:
    """ "akhir bulan", "awal bulan depan", "pertengahan Januari", "akhir tahun"."""
    edge = _EDGES.get(said.word(i))
    if edge is None:
        return None
    end = i + 1 + (said.word(i + 1) == "bulan")
    month = MONTH_NUMBERS.get(said.word(end))
    if month is not None:
        return Day(month_edge(said.today, month, edge, past=said.past), i, end + 1, "edge")
    if said.word(i + 1) == "tahun" and edge != "middle":
        year = said.today.year + (1 if edge == "start" or said.word(i + 2) in NEXT else 0)
        return Day(date(year, 1, 1) if edge == "start" else date(year, 12, 31), i, i + 2, "edge")
    if end == i + 1:
        is_alone = said.word(i) == "pertengahan" and said.word(end) not in PARTS_OF_DAY
        return in_this_or_next(said, i, 15, end) if is_alone else None
    return Day(_edge_of_month(said, edge, said.word(end)), i, end + (said.word(end) in NEXT | LAST | THIS), "edge")


def _edge_of_month(said: Said, edge: str, which: str) -> date:
    if which in NEXT | LAST:
        shift = 1 if which in NEXT else -1
        first = first_of_month(said.today, shift)
        return {"start": first, "middle": first.replace(day=15), "end": last_of_month(said.today, shift)}[edge]
    if edge == "middle":
        return (
            month_edge(said.today, said.today.month, "middle", past=said.past) if said.today.day <= 15 else _next_middle(said)
        )
    if edge == "start":
        return first_of_month(said.today, 0 if said.past else 1)
    return last_of_month(said.today, -1 if said.past else 0)


def _next_middle(said: Said) -> date:
    return first_of_month(said.today, 0 if said.past else 1).replace(day=15)


def _numbered(said: Said, i: int) -> Day | None:
    """ "tanggal lima", "tanggal 5 bulan depan", "tanggal lima belas Januari", "desember tanggal satu"."""
    if said.word(i) in MONTH_NUMBERS:
        at = i + 1 + (said.word(i + 1) == ",")
        number = day_number(said, at + 1) if said.word(at) == "tanggal" else None
        return None if number is None else in_named_month(said, i, number[0], MONTH_NUMBERS[said.word(i)], number[1])
    if said.word(i) != "tanggal":
        return None
    at = i + 1
    while said.word(at) in ("tanggal", "sekitar", "jadi", "yang", "kira", "itu", "cantik"):
        at += 1
    slashed = slashed_day(said, at)
    if slashed is not None:
        return slashed.widened(i)
    number = ordinal(said, at) or day_number(said, at)
    return None if number is None else _in_its_month(said, i, number[0], number[1])


def _in_its_month(said: Said, start: int, number: int, end: int) -> Day | None:
    at = end + (said.word(end) in ("bulan", "di", "of"))
    month = MONTH_NUMBERS.get(said.word(at))
    if month is not None:
        return in_named_month(said, start, number, month, at + 1)
    if said.word(end) == "bulan":
        which = said.word(at)
        if which in NEXT | LAST:
            first = first_of_month(said.today, 1 if which in NEXT else -1)
            return Day(clamped(first.year, first.month, number), start, at + 1, "number")
        if which in THIS:
            return Day(clamped(said.today.year, said.today.month, number), start, at + 1, "number")
        counted = said.number(at)
        if counted is not None and 1 <= counted.value <= 12:
            return in_named_month(said, start, number, counted.value, counted.end)
    if said.past and said.word(end) in LAST:
        end += 1
    return in_this_or_next(said, start, number, end)


def _bare_with_month(said: Said, i: int) -> Day | None:
    """ "lima Januari", "dua lima bulan depan"."""
    slashed = slashed_day(said, i)
    if slashed is not None:
        return slashed
    number = day_number(said, i)
    if number is None or (said.word(number[1]) not in MONTH_NUMBERS and said.word(number[1]) != "bulan"):
        return None
    if said.word(number[1]) == "bulan" and said.word(number[1] + 1) not in NEXT | THIS | MONTH_NUMBERS.keys():
        return None
    if said.word(number[1]) == "bulan" and said.word(number[1] + 1) in THIS and said.number(i) is not None and number[0] <= 12:
        return None  # "dua bulan ini" counts months
    return _in_its_month(said, i, number[0], number[1])


def _counted(said: Said, i: int) -> Day | None:
    """ "tiga hari lagi", "seminggu dari sekarang", "dua minggu yang lalu", "tempo seminggu", "sehari setelah natal"."""
    single = {"sehari": "day", "seminggu": "week", "sebulan": "month", "setahun": "year"}.get(said.word(i))
    span = (1, single, i + 1) if single else counted_span(said, i)
    if span is None:
        return None
    count, unit, end = span
    if unit == "year":
        count, unit = 12, "month"
    following, second = said.word(end), said.word(end + 1)
    if following in ("yang", "nyang", "ka", "sing") and second in _AGO:
        return Day(shifted(said, -count, unit), i, end + 2, over=True)
    if following in _AGO or following == "ago":
        return Day(shifted(said, -count, unit), i, end + 1, over=True)
    if following in ("setelah", "sesudah", "habis", "abis", "sebelum") and unit != "month":
        return _from_feast(said, i, end + 1, (-count if following == "sebelum" else count) * (7 if unit == "week" else 1))
    if following in AHEAD:
        return Day(shifted(said, count, unit), i, end + 1 + _from_now(said, end + 1))
    if used := _from_now(said, end):
        return Day(shifted(said, count, unit), i, end + used)
    leads = {said.word(i - 1), said.word(i - 2)}
    if leads & _LEADS and not said.past and not leads & {"telat", "tiap", "sudah"}:
        return Day(shifted(said, count, unit), i, end)
    return None


def _from_now(said: Said, at: int) -> int:
    """How many words "dari sekarang" (terhitung hari ini, from today) takes, 0 when it is not said."""
    first = at + (said.word(at) == ",")
    if said.word(first) not in ("dari", "terhitung", "from", "mulai", "sejak"):
        return 0
    at_now = first + 1 + (said.word(first + 1) in ("dari", "mulai", "sejak"))
    if said.word(at_now) in ("sekarang", "now", "today"):
        end = at_now + 1
    elif said.word(at_now) == "hari" and said.word(at_now + 1) in THIS:
        end = at_now + 2
    elif said.word(at_now - 1) == "terhitung" and said.word(at_now) == "hari":
        end = at_now + 1
    else:
        return 0
    return end + _from_now(said, end) - at


def _from_feast(said: Said, start: int, at: int, days: int) -> Day | None:
    for size in (2, 1):
        name = _FEASTS.get(said.phrase(at, size))
        base = feast(said.today, name) if name else None
        if base is not None:
            return Day(plus(base, days), start, at + size)
    return None


def _feast(said: Said, i: int) -> Day | None:
    """ "malam tahun baru" is a day; "habis natal" only narrows the time; "H+3", "H+2 lebaran" count."""
    if said.word(i) == "malam" and said.phrase(i + 1, 2) in ("tahun baru", "taun baru"):
        return Day(feast(said.today, "malam tahun baru"), i, i + 3)
    if said.phrase(i, 2) == "malam natal":
        return Day(feast(said.today, "malam natal"), i, i + 2)
    number = said.number(i + 2) if said.phrase(i, 2) == "h +" else None
    if number is not None and number.value < 100:
        after = _from_feast(said, i, number.end, number.value)
        return after or Day(plus(said.today, number.value), i, number.end + _from_now(said, number.end))
    if said.word(i) in _AFTER:
        for size in (2, 1):
            if said.phrase(i + 1, size) in _FEASTS:
                return Day(None, i, i + 1 + size, "vague")
    return None


def _relative(said: Said, i: int) -> Day | None:
    for size in (2, 1):
        phrase = said.phrase(i, size)
        if phrase in _RELATIVE:
            days, over = _RELATIVE[phrase]
            is_part = phrase == "tadi" and said.word(i + 1) in PARTS_OF_DAY
            return Day(plus(said.today, days), i, i + size + is_part, weak=phrase == "tadi" and not is_part, over=over)
        if phrase in _VAGUE:
            return Day(None, i, i + size, "vague")
    if said.word(i) in PARTS_OF_DAY and said.word(i + 1) in THIS:
        return Day(said.today, i, i + 2)
    if said.word(i) == "besoknya":
        return Day(plus(said.today, 1), i, i + 1, "span")
    if said.word(i) in _AFTER and said.word(i + 1) == "gajian":
        return Day(None, i, i + 2, "vague")
    return None


def _today_in_passing(said: Said, i: int) -> Day | None:
    """ "nanti", "sekarang", "habis ini": today, unless another day is named."""
    word, following = said.word(i), said.word(i + 1)
    if word == "nanti":
        if following in PARTS_OF_DAY:
            return Day(said.today, i, i + 2)
        return None if following in ("dulu", "kalau", "dikabari") else Day(said.today, i, i + 1, weak=True)
    if word == "sekarang":
        is_state = following in ("masih", "lagi", "belum", "tidak", "mah", "kosong", "uang")
        return None if is_state else Day(said.today, i, i + 1, weak=True)
    if word in ("sebentar", "bentar") and following == "lagi" and not said.talk.calling:
        return Day(said.today, i, i + 2, weak=True)
    if word in ("habis", "abis", "bar", "setelah") and following in THIS | {"telepon"}:
        longer = following == "telepon" and said.word(i + 2) in THIS  # "habis telepon ini"; the words may end before
        return Day(said.today, i, i + 2 + longer, weak=True)
    return None


_RULES: tuple[Callable[[Said, int], Day | None], ...] = (
    week_at, weekday_at, _relative, weekend_at, _edge, _numbered, _counted, _feast, _bare_with_month, _today_in_passing,
)  # fmt: skip
