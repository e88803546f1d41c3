"""Dates as they are written: "25/12/2026", "2026-12-25", "tgl 5 Des", "Jumat 27/11", "1–5 Desember", "Dec 25th, 2026"."""

from __future__ import annotations

import re

from tts.spoken.days import (
    MONTH,
    MONTHS,
    WEEKDAY,
    clock_en,
    clock_id,
    day_first,
    full_year,
    is_short,
    month_number,
    ordinal_en,
    real_day,
    spoken_date,
    spoken_day_month,
    spoken_year,
    spoken_year_after,
)
from tts.spoken.digits import spoken_digits
from tts.spoken.figures import DASH, spoken_number, to_word
from tts.spoken.scan import Rule, rule

_LEAP_YEAR = 2024
"""Stands in where a date has no year."""
_LONGEST_MONTH = 31
_CUE = {
    "id": r"(?:tgl\.?|tanggal|tempo|pada|sebelum|sesudah|setelah|sejak|mulai|paling lambat|per)",
    "en": r"(?:on|by|before|after|since|due|dated?)",
}
_SHORT_WEEKDAYS = {
    "id": {"sen": "Senin", "sel": "Selasa", "rab": "Rabu", "kam": "Kamis", "jum": "Jumat", "sab": "Sabtu", "min": "Minggu"},
    "en": {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"},
}  # fmt: skip
_SMALLEST_DATE_DENOMINATOR = 11
"""Nobody pays 5/12 of a debt: with 11 or 12 below the stroke it is the fifth of December."""


def rules(language: str) -> list[Rule]:
    """In the order in which they are tried."""
    say = _Days(language)
    edge, end = r"(?<![\w.,/-])", r"(?![\w/]|[.,-]\d)"
    year = r"(?P<year>\d{4}|['’]\d{2})"
    short_year = r"(?P<year>\d{4}|\d{2})"
    day = r"(?P<day>[0-3]?\d)"
    nth = r"(?:st|nd|rd|th)?"
    dash = DASH[language]
    lead = r"\b(?P<lead>tgl\.?|tanggal)\s+"
    found = [
        rule("date", rf"{edge}(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}})(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?{end}", say.iso),
        rule("date", rf"{edge}(?P<first>\d{{1,2}})[/.-](?P<second>\d{{1,2}})[/.-]{short_year}{end}", say.numeric),
        rule("date", rf"(?P<before>\b{WEEKDAY}\s*,?\s*(?:tgl\.?|tanggal)?\s*|\b{_CUE[language]}\s+)(?P<first>\d{{1,2}})[/-](?P<second>\d{{1,2}}){end}", say.cued),
        rule("date", rf"(?:{lead}|{edge}){day}{nth}{dash}(?P<to_day>[0-3]?\d){nth}(?:\s+of)?[\s-]+(?P<month>{MONTH})\.?(?:,?[\s-]+{year})?{end}", say.range_in_month),
        rule("date", rf"(?:{lead}|{edge}){day}(?P<nth>{nth})(?P<of>\s+of)?[\s-]+(?P<month>{MONTH})(?:\.?,?\s+{year}|\.?-{short_year.replace('<year>', '<tail>')})?{end}", say.day_month),
        rule("date", rf"\b(?P<month>{MONTH})(?:\.?,?\s+{year})(?![\w/.-]*\d)", say.month_year),
        rule("date", rf"(?<=[a-z\d])\s*[-–—−]\s*(?=\d{{1,2}}{nth}\s+{MONTH}|{MONTH}\.?\s+\d)", say.dash),
        rule("date", rf"\b(?P<short>{'|'.join(_SHORT_WEEKDAYS[language])})\.?(?=,?\s+(?:\d{{1,2}}(?:/\d|{nth}\s+{MONTH})|{MONTH}\.?\s+\d))", say.weekday),
        rule("date", rf"{edge}(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}}){end}", say.bare),
        rule("date", rf"{lead}(?P<day>[0-3]?\d){dash}(?P<to_day>[0-3]?\d){end}", say.range_of_days),
        rule("date", rf"{lead}(?P<day>[0-3]?\d){end}", say.day_alone),
    ]  # fmt: skip
    if language == "en":
        found[3:3] = [
            rule("date", rf"\b(?P<lead>)(?P<month>{MONTH})\.?\s+{day}{nth}{dash}(?P<to_day>[0-3]?\d){nth}(?:,?\s+{year})?{end}", say.range_in_month),
            rule("date", rf"\b(?P<month>{MONTH})\.?\s+{day}{nth}(?:,?\s+{year})?{end}", say.day_month),
        ]  # fmt: skip
        found.append(
            rule("date", r"\b(?P<lead>in|since|year|of|until|by)\s+(?P<year>(?:19|20)\d\d)(?![\w/]|[.,-]\d)", say.lone_year)
        )
    return found


class _Days:
    """How matches of the rules above are said."""

    def __init__(self, language: str) -> None:
        self._language = language

    def iso(self, match: re.Match[str]) -> str | None:
        """Year, month, day and perhaps a time."""
        day = real_day(int(match["year"]), int(match["month"]), int(match["day"]))
        if day is None:
            return spoken_digits(match[0], self._language)
        words = spoken_date(day, self._language)
        if match["hour"] is None:
            return words
        hour, minute = int(match["hour"]), int(match["minute"])
        if self._language == "en":
            return f"{words}, {clock_en(hour, minute, 'a m' if hour < 12 else 'p m')}"
        return f"{words}, pukul {clock_id(hour, minute)}"

    def numeric(self, match: re.Match[str]) -> str | None:
        """Day first, as Indonesia writes, unless only the other order is a day."""
        day = day_first(int(match["first"]), int(match["second"]), full_year(match["year"]))
        if day is None:
            return spoken_digits(match[0], self._language) if len(match["year"]) == 4 else None
        return spoken_date(day, self._language)

    def cued(self, match: re.Match[str]) -> str | None:
        """Day and month after a word that says so."""
        day = day_first(int(match["first"]), int(match["second"]), _LEAP_YEAR)
        if day is None:
            return None
        before = re.sub(r"(?i)\btgl\.?", "tanggal", match["before"]).replace("'", "").replace("’", "").rstrip()
        pause = "," if re.search(rf"(?i){WEEKDAY}$", before) else ""
        return f"{before}{pause} " + spoken_day_month(day.day, day.month, self._language)

    def bare(self, match: re.Match[str]) -> str | None:
        """Day and month without such a word, unless it looks like a fraction."""
        first, second = int(match["first"]), int(match["second"])
        written_as_date = match["first"].startswith("0") or match["second"].startswith("0")
        if not written_as_date and first < second < _SMALLEST_DATE_DENOMINATOR:
            return None
        day = day_first(first, second, _LEAP_YEAR)
        if (
            day is None
            or match[0] == "24/7"
            or re.search(
                r"(?i)(?:cicilan|angsuran|tenor|termin|pembayaran|halaman|hal|installment|instalment|payment|page)(?:\s+ke-?)?\s*$",
                match.string[: match.start()],
            )
        ):
            return None
        return spoken_day_month(day.day, day.month, self._language)

    def day_month(self, match: re.Match[str]) -> str | None:
        """Day, month by name, and perhaps the year; perhaps the end of a range in another month."""
        found = match.groupdict()
        day, month = int(found["day"]), month_number(found["month"])
        if real_day(_LEAP_YEAR, month, day) is None:
            return None
        year = found.get("year") or found.get("tail")
        words = spoken_day_month(day, month, self._language)
        if found.get("of"):
            words = f"{ordinal_en(day)} of {MONTHS['en'][month - 1]}"
        lead = "tanggal " if found.get("lead") else ""
        return lead + words + (spoken_year_after(full_year(year), self._language) if year else "")

    def range_in_month(self, match: re.Match[str]) -> str | None:
        """Two days of one month."""
        first, last, month = int(match["day"]), int(match["to_day"]), month_number(match["month"])
        if not 1 <= first <= _LONGEST_MONTH or real_day(_LEAP_YEAR, month, last) is None:
            return None
        year = spoken_year_after(full_year(match["year"]), self._language) if match["year"] else ""
        if self._language == "en":
            return f"{MONTHS['en'][month - 1]} {ordinal_en(first)} to {ordinal_en(last)}{year}"
        lead = "tanggal " if match["lead"] else ""
        return f"{lead}{spoken_number(first)} {to_word('id')} {spoken_number(last)} {MONTHS['id'][month - 1]}{year}"

    def month_year(self, match: re.Match[str]) -> str | None:
        """A month of a year."""
        month = MONTHS[self._language][month_number(match["month"]) - 1]
        kept = month if is_short(match["month"]) else match["month"]
        return f"{kept} {spoken_year(full_year(match['year']), self._language)}"

    def range_of_days(self, match: re.Match[str]) -> str | None:
        """Days without their month."""
        days = int(match["day"]), int(match["to_day"])
        if not all(1 <= day <= _LONGEST_MONTH for day in days):
            return None
        return f"tanggal {spoken_number(days[0])} {to_word('id')} {spoken_number(days[1])}"

    def day_alone(self, match: re.Match[str]) -> str | None:
        """A day without its month; "tanggal 05" is no code."""
        day = int(match["day"])
        return f"tanggal {spoken_number(day, 'id')}" if 1 <= day <= _LONGEST_MONTH else None

    def dash(self, match: re.Match[str]) -> str | None:
        """Between two dates that each name their month."""
        before = re.search(rf"(?i){MONTH}\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}})?$", match.string[: match.start()])
        return f" {to_word(self._language)} " if before else None

    def weekday(self, match: re.Match[str]) -> str | None:
        """Its full name, before a date."""
        return _SHORT_WEEKDAYS[self._language][match["short"].lower()]

    def lone_year(self, match: re.Match[str]) -> str | None:
        """A year by itself, which English reads in pairs."""
        return f"{match['lead']} {spoken_year(int(match['year']), self._language)}"
