"""Days and clock times → words.

Times are read by the 24-hour clock in Indonesian ("pukul lima belas tiga puluh", not "setengah empat sore"): that is what
was written and what the bot's own reader of times gets back, and half of "setengah empat" lost on a bad line is a wrong hour.
English has no such habit outside timetables, so "15:30" becomes "three thirty p m" there.
"""

from __future__ import annotations

from datetime import date, time

from num2words import num2words

from tts.spoken.figures import spoken_number

MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
    "en": "January February March April May June July August September October November December".split(),
}
WEEKDAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
_SHORT = {
    "jan": 1, "feb": 2, "peb": 2, "pebruari": 2, "mar": 3, "mrt": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "agt": 8,
    "agu": 8, "ags": 8, "agst": 8, "aug": 8, "sep": 9, "sept": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "nopember": 11,
    "des": 12, "dec": 12,
}  # fmt: skip
_NUMBER_OF = _SHORT | {name.lower(): number for names in MONTHS.values() for number, name in enumerate(names, 1)}
MONTH = "(?:" + "|".join(sorted(_NUMBER_OF, key=len, reverse=True)) + r")\b"
"""A month's name or abbreviation in either language (letters mix them)."""
WEEKDAY = "(?:" + "|".join([*WEEKDAYS["id"], "Jum['’]?at", "Ahad", *WEEKDAYS["en"]]) + r")\b"
_CENTURY = 2000


def month_number(name: str) -> int:
    """1 to 12 for a name or abbreviation."""
    return _NUMBER_OF[name.lower().strip(". ")]


def is_short(name: str) -> bool:
    """Whether it is an abbreviation, which may also be somebody's name (Jan, Des)."""
    return name.lower() in _SHORT


def spoken_date(day: date, language: str = "id", *, weekday: bool = False) -> str:
    """Such as ``dua puluh lima Desember dua ribu dua puluh enam`` or ``December twenty fifth, twenty twenty six``."""
    name = f"{WEEKDAYS[language][day.weekday()]}, " if weekday else ""
    return name + spoken_day_month(day.day, day.month, language) + spoken_year_after(day.year, language)


def spoken_day_month(day: int, month: int, language: str) -> str:
    """Such as ``lima Desember`` or ``December fifth``."""
    name = MONTHS[language][month - 1]
    return f"{name} {ordinal_en(day)}" if language == "en" else f"{spoken_number(day)} {name}"


def spoken_year_after(year: int, language: str) -> str:
    """A year as it follows a day or a month, with what stands between."""
    return f", {spoken_year(year, language)}" if language == "en" else f" {spoken_number(year)}"


def spoken_year(year: int, language: str) -> str:
    """Such as ``twenty twenty six``."""
    if language != "en" or year < 1000:
        return spoken_number(year, language)
    return str(num2words(year, lang="en", to="year")).replace("-", " ")


def full_year(written: str) -> int:
    """``26`` and ``'26`` are 2026."""
    year = int(written.strip("'’"))
    return year + _CENTURY if year < 100 else year


def real_day(year: int, month: int, day: int) -> date | None:
    """The day, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_first(first: int, second: int, year: int) -> date | None:
    """``first``/``second`` of a year: day and month, as Indonesia writes them, else the only other way that makes sense."""
    return real_day(year, second, first) or real_day(year, first, second)


def ordinal_en(number: int) -> str:
    """Such as ``twenty fifth``."""
    return str(num2words(number, lang="en", to="ordinal")).replace("-", " ").replace(",", "")


def spoken_time(moment: time, language: str = "id", *, lead: str = "pukul") -> str:
    """Such as ``pukul lima belas tiga puluh`` or ``three thirty p m``; seconds are left out."""
    if language == "en":
        return clock_en(moment.hour, moment.minute, "a m" if moment.hour < 12 else "p m")
    words = clock_id(moment.hour, moment.minute)
    return f"{lead} {words}" if lead else words


def clock_id(hour: int, minute: int) -> str:
    """Hour and minute by the 24-hour clock, such as ``delapan nol lima``; midnight by its usual name."""
    if hour in (0, 24) and minute == 0:
        return "dua belas malam"
    spoken_hour = "nol nol" if hour == 0 else spoken_number(hour)
    if minute == 0:
        return spoken_hour
    return f"{spoken_hour} {'nol ' if minute < 10 else ''}{spoken_number(minute)}"


def clock_en(hour: int, minute: int, half: str = "") -> str:
    """By the 12-hour clock; ``half`` is ``a m``, ``p m``, or empty where the writer did not say."""
    if half and minute == 0 and hour in (0, 24):
        return "midnight"
    if half and minute == 0 and hour == 12:
        return "noon" if half == "p m" else "midnight"
    spoken_hour = spoken_number((hour - 1) % 12 + 1, "en")
    if minute == 0:
        return f"{spoken_hour} {half}" if half else f"{spoken_hour} o'clock"
    minutes = f"{'o ' if minute < 10 else ''}{spoken_number(minute, 'en')}"
    return f"{spoken_hour} {minutes} {half}".rstrip()
