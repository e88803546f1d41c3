"""Times of day: "jam setengah lima sore" is 16:30, "half past three" 15:30; a bare 1–6 is the afternoon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nlu.normalize import Token
from nlu.numbers import number_at

_PARTS = {
    "pagi": "am", "subuh": "am", "siang": "noon", "sore": "pm", "petang": "pm", "malam": "pm",
    "morning": "am", "afternoon": "pm", "evening": "pm", "night": "pm", "am": "am", "pm": "pm",
}  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_VAGUE = re.compile(
    r"\b((nanti |besok |tadi )?(pagi|siang|sore|malam)|(habis|setelah|abis|sebelum|ba'da|bada) (subuh|zuhur|dzuhur|ashar|asar|maghrib|magrib|isya|"
    r"makan siang|jumatan|kerja|kantor|pulang kerja)|jam (makan siang|istirahat)|after (work|lunch)|(this |tomorrow )?(morning|afternoon|evening)|tonight)\b"
)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """``value`` (None for a vague one) in tokens ``start`` to ``end``; ``moves_date`` when it counts from now."""

    value: time | None
    start: int
    end: int
    moves_date: bool = False


def find_time(tokens: Sequence[Token], language: str, now: datetime) -> TimeOfDay | None:
    """The last time of day that is named."""
    found: TimeOfDay | None = None
    for index, token in enumerate(tokens):
        if token.text in ("jam", "pukul", "at", "by", "around") or (language == "en" and token.text == "half"):
            first = index if token.text == "half" else index + 1
            found = _clock_at(tokens, first, index, language) or found
        elif _CLOCK.fullmatch(token.text) and not _is_amount_like(tokens, index):
            found = _clock_at(tokens, index, index, language) or found
        elif token.text in ("pm", "am") and index:
            found = found or _clock_at(tokens, index - 1, index - 1, language)
    from_now = _from_now(tokens, language, now)
    if from_now is not None:
        return from_now
    return found or _vague(tokens)


def _is_amount_like(tokens: Sequence[Token], index: int) -> bool:
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    before = tokens[index - 1].text if index else ""
    return after in ("juta", "ribu", "million", "thousand", "%") or before in ("rp", "tanggal")


def _clock_at(tokens: Sequence[Token], first: int, start: int, language: str) -> TimeOfDay | None:
    if first >= len(tokens):
        return None
    word = tokens[first].text
    minute = 0
    if match := _CLOCK.fullmatch(word):
        hour, minute, end = int(match[1]), int(match[2]), first + 1
        exact = len(match[1]) == 2 and match[1][0] == "0"
    else:
        exact = False
        half_to = language == "id" and word == "setengah"
        half_past = language == "en" and word == "half" and first + 1 < len(tokens) and tokens[first + 1].text == "past"
        number = number_at(tokens, first + 1 if half_to else first + 2 if half_past else first, language)
        if number is None or not 0 <= number.value <= 24 or number.scaled:
            return None
        hour, end = number.value, number.end
        if end < len(tokens) and tokens[end].text == "lagi":
            return None  # "jam ... lagi" counts from now
        if half_to:
            hour, minute = hour - 1, 30
        elif half_past:
            minute = 30
        else:
            minute, end = _minutes(tokens, end, language)
    while end < len(tokens) and tokens[end].text in ("tepat", "o'clock", "wib", "wita", "wit", "an", "in", "the"):
        end += 1
    part = _PARTS.get(tokens[end].text) if end < len(tokens) else None
    if part:
        end += 1
    value = _resolve(hour, minute, part, exact, halved=minute == 30 and word == "setengah")
    return None if value is None else TimeOfDay(value, start, end)


def _minutes(tokens: Sequence[Token], end: int, language: str) -> tuple[int, int]:
    """ "lewat lima belas", "kurang seperempat" is left to the hour; a bare second number is minutes."""
    skip = 1 if end < len(tokens) and tokens[end].text == "lewat" else 0
    number = number_at(tokens, end + skip, language) if end + skip < len(tokens) else None
    if number is not None and not number.scaled and 1 <= number.value <= 59 and (skip or number.value >= 10):
        after = tokens[number.end].text if number.end < len(tokens) else ""
        return number.value, number.end + (1 if after in ("menit", "minutes") else 0)
    return 0, end


def _resolve(hour: int, minute: int, part: str | None, exact: bool, *, halved: bool) -> time | None:
    if hour == 24:
        hour = 0
    if (part == "pm" and hour < 12) or (part == "noon" and 1 <= hour <= 4):
        hour += 12
    elif part == "am" and hour == 12:
        hour = 0
    elif part is None and not exact and (1 <= hour <= 6 or (hour == 0 and halved)):
        hour += 12
    return time(hour, minute) if 0 <= hour < 24 else None


def _from_now(tokens: Sequence[Token], language: str, now: datetime) -> TimeOfDay | None:
    for index, token in enumerate(tokens):
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if language == "id" and token.text == "sejam" and after == "lagi":
            return _shifted(now, timedelta(hours=1), index, index + 2)
        if (
            language == "id"
            and token.text == "setengah"
            and after == "jam"
            and index + 2 < len(tokens)
            and tokens[index + 2].text == "lagi"
        ):
            return _shifted(now, timedelta(minutes=30), index, index + 3)
        first = index + 1 if language == "en" and token.text == "in" else index
        number = number_at(tokens, first, language)
        if number is None or number.end >= len(tokens):
            if (
                language == "en"
                and token.text == "in"
                and after in ("an", "a")
                and tokens[index + 2 : index + 3]
                and tokens[index + 2].text == "hour"
            ):
                return _shifted(now, timedelta(hours=1), index, index + 3)
            continue
        unit = {"jam": 60, "menit": 1, "hours": 60, "hour": 60, "minutes": 1, "minute": 1}.get(tokens[number.end].text)
        counts = (language == "en" and token.text == "in") or (
            number.end + 1 < len(tokens) and tokens[number.end + 1].text == "lagi"
        )
        if unit and counts:
            end = number.end + (1 if language == "en" else 2)
            return _shifted(now, timedelta(minutes=number.value * unit), index, end)
    return None


def _shifted(now: datetime, by: timedelta, start: int, end: int) -> TimeOfDay:
    moment = now + by
    return TimeOfDay(time(moment.hour, moment.minute), start, end, moves_date=True)


def _vague(tokens: Sequence[Token]) -> TimeOfDay | None:
    text = " ".join(token.text for token in tokens)
    match = _VAGUE.search(text)
    if match is None or re.search(r"\bselamat $|\bgood $", text[: match.start()]):
        return None
    start = text[: match.start()].count(" ")
    return TimeOfDay(None, start, start + match[0].count(" ") + 1)
