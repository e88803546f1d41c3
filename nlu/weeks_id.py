"""Weekdays, weeks and weekends in Indonesian: "rabu depan", "senin minggu depan", "malam Jumat", "minggu lalu"."""

from __future__ import annotations

from datetime import date

from nlu.calendar_days import SATURDAY, last_weekday, next_weekday, plus, weekday_of_next_week
from nlu.day_words import WEEKDAYS
from nlu.named_day import Day, Said

_WEEKDAYS = {name: n for n, name in enumerate(WEEKDAYS)}
NEXT = set("depan ngarep ngajeng hareup payun muka muko mendatang next".split())
LAST = set("lalu kemarin kepungkur kapungkur kapengker patang last".split())
THIS = {"ini", "iki", "niki", "ieu", "neh"}
AHEAD = set("lagi maneh meneh deui engkas maning malih lai kedepan mendatang pulang pole malik".split())


def weekday_at(said: Said, i: int) -> Day | None:
    """ "(hari) rabu", "rabu depan", "rabu minggu depan", "besok rabu", "malam rabu"; "dua minggu" is no Sunday."""
    lead = said.word(i) if said.word(i) in ("hari", "besok", "malam") and said.word(i + 1) in _WEEKDAYS else ""
    if lead == "besok" and said.word(i - 1) in ("jangan", "bukan"):
        return None
    at = i + 1 if lead else i
    name = said.word(at)
    number = _WEEKDAYS.get(name)
    if number is None or (name == "minggu" and not _is_sunday(said, at, lead)):
        return None
    value, end = _which_week(said, at + 1, number)
    if lead == "malam":
        value = plus(value, -1)
    return Day(value, i, end, "weekday")


def _is_sunday(said: Said, at: int, lead: str) -> bool:
    following = said.word(at + 1)
    if following in {"kedua", "ketiga", "keempat", "pertama", "terakhir", "depannya", "minggu"} or said.word(at - 1) == "tiap":
        return False
    if lead in ("hari", "malam"):
        return True
    if following in NEXT | LAST | THIS | AHEAD:
        return False
    return said.number(at - 1) is None and said.word(at - 1) not in {
        "setiap",
        "per",
        "saben",
        "unggal",
        "beberapa",
        "berapa",
        "se",
    }


def _which_week(said: Said, end: int, number: int) -> tuple[date, int]:
    """The weekday's date by the words that follow it, and where they end."""
    following, second = said.word(end), said.word(end + 1)
    if (following in ("minggu", "pekan") and second in NEXT | LAST | THIS) or (
        following in ("yang", "nyang", "sing") and second in LAST
    ):
        following, end = second, end + 1
    if following in LAST:
        return last_weekday(said.today, number), end + 1
    if following in NEXT:
        return weekday_of_next_week(said.today, number), end + 1
    if following in THIS or following == "besok":
        return next_weekday(said.today, number), end + 1
    return last_weekday(said.today, number) if said.past else next_weekday(said.today, number), end


def week_at(said: Said, i: int) -> Day | None:
    """ "minggu depan", "pekan depan hari rabu", "minggu lalu", "bulan depan"."""
    unit, which = said.word(i), said.word(i + 1)
    if unit in ("minggu", "pekan"):
        if which in NEXT:
            at = i + 2 + (said.word(i + 2) in (",", "hari")) + (said.phrase(i + 2, 2) == ", hari")
            number = _WEEKDAYS.get(said.word(at))
            if number is not None and number < _WEEKDAYS["minggu"]:
                return Day(weekday_of_next_week(said.today, number), i, at + 1, "weekday")
            return Day(plus(said.today, 7), i, i + 2, "span")
        if which == "depannya":
            return Day(plus(said.today, 14), i, i + 2 + (said.word(i + 2) in AHEAD), "span")
        if which in LAST or (which in ("yang", "nyang") and said.word(i + 2) in LAST):
            return Day(plus(said.today, -7), i, i + 2 + (which not in LAST), "span", over=True)
    if unit in ("bulan", "tahun") and which in NEXT | LAST | {"besok"}:
        return Day(None, i, i + 2, "vague", over=which in LAST)
    return None


def weekend_at(said: Said, i: int) -> Day | None:
    """ "weekend (ini, depan)": its Saturday."""
    if said.word(i) != "weekend":
        return None
    which = said.word(i + 1)
    if which in NEXT:
        return Day(weekday_of_next_week(said.today, SATURDAY), i, i + 2)
    backwards = which in LAST or said.past
    value = last_weekday(said.today, SATURDAY) if backwards else next_weekday(said.today, SATURDAY)
    return Day(value, i, i + 1 + (which in LAST | THIS))
