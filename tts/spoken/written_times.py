"""Clock times as they are written: "15.30", "pukul 9", "jam 08.00–17.00", "15.30 WIB", "3:30 pm"."""

from __future__ import annotations

import re

from tts.spoken.days import clock_en, clock_id
from tts.spoken.figures import DASH, spoken_number, to_word
from tts.spoken.scan import Rule, rule

_NO_MEASURE = r"(?!\s*(?:%|persen|percent|juta|jt|ribu|rb|miliar|million|thousand|billion|kg|km|gr?|m|cm|x|kali)\b|\s*%)"
_END = rf"(?![\w:]|[.,]\d){_NO_MEASURE}"
_HALF = r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)"


def rules(language: str) -> list[Rule]:
    """In the order in which they are tried."""
    edge = r"(?<![\w.,:/-])"
    sep = "[:.]" if language == "id" else ":"
    one = rf"(?P<hour>[01]?\d|2[0-4]){sep}(?P<minute>[0-5]\d)(?:{sep}[0-5]\d)?"
    other = rf"(?P<to_hour>[01]?\d|2[0-4]){sep}(?P<to_minute>[0-5]\d)(?:{sep}[0-5]\d)?"
    dash = DASH[language]
    if language == "en":
        to_half = _HALF.replace("half", "to_half")
        return [
            rule("time", rf"{edge}{one}{_HALF}?{dash}{other}{to_half}?(?![\w:]|[.,]\d)", _range_en),
            rule("time", rf"{edge}{one}{_HALF}?(?![\w:]|[.,]\d)", _one_en),
            rule("time", rf"{edge}(?P<hour>1[0-2]|0?[1-9]){_HALF}?{dash}(?P<to_hour>1[0-2]|0?[1-9]){to_half}(?![\w:]|[.,]\d)", _range_en),
            rule("time", rf"{edge}(?P<hour>1[0-2]|0?[1-9]){_HALF}(?![\w:]|[.,]\d)", _one_en),
        ]  # fmt: skip
    lead = r"(?P<lead>\b(?:pukul|pkl\.?|jam|jm)\s*)"
    return [
        rule("time", rf"(?:{lead}|{edge}){one}{dash}(?:(?:pukul|pkl\.?|jam|jm)\s*)?{other}{_END}", _range_id),
        rule("time", rf"(?:{lead}|{edge}){one}{_END}", _one_id),
        rule("time", rf"{lead}(?P<hour>[01]?\d|2[0-4]){dash}(?P<to_hour>[01]?\d|2[0-4]){_END}", _range_id),
        rule("time", rf"{lead}(?P<hour>[01]?\d|2[0-4]){_END}", _one_id),
    ]


def _lead_id(match: re.Match[str]) -> str:
    return "jam" if (match["lead"] or "").strip().lower() in ("jam", "jm") else "pukul"


def _one_id(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    hour, minute = int(found["hour"]), found.get("minute")
    # "jam 12" may be said of noon or midnight: only a written minute makes "00" midnight.
    return f"{_lead_id(match)} {clock_id(hour, int(minute)) if minute else spoken_number(hour)}"


def _range_id(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    first = clock_id(int(found["hour"]), int(found.get("minute") or 0))
    last = clock_id(int(found["to_hour"]), int(found.get("to_minute") or 0))
    return f"{_lead_id(match)} {first} {to_word('id')} {last}"


def _one_en(match: re.Match[str]) -> str | None:
    return _said_en(match.groupdict(), "")


def _range_en(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    if found.get("to_half") and not found["half"] and not found.get("minute"):
        return f"{spoken_number(int(found['hour'] or 0), 'en')} {to_word('en')} {_said_en(found, 'to_')}"
    first, last = _said_en(found, ""), _said_en(found, "to_")
    return f"{first} {to_word('en')} {last}" if first and last else None


def _said_en(found: dict[str, str | None], prefix: str) -> str | None:
    """With the half of the day where it is written, or where the 24-hour clock shows ("09:00", "15:30")."""
    written = found[f"{prefix}hour"] or ""
    hour, minute = int(written), int(found.get(f"{prefix}minute") or 0)
    half = found.get(f"{prefix}half")
    if half and not 1 <= hour <= 12:
        half = None
    if half:
        half = f"{half.lower()} m"
    elif written.startswith("0") or hour > 12:
        half = "a m" if hour < 12 or hour == 24 else "p m"
    return clock_en(hour, minute, half or "")
