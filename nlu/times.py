"""Times of day: "jam setengah lima sore" is 16:30, "half past three" 15:30; a bare 1 to 6 is the afternoon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from nlu.clock import PARTS, Clock, TimeOfDay, clock_at, from_now_at
from nlu.day_words import ENGLISH_WEEKDAYS, WEEKDAYS
from nlu.live_mentions import is_rejected, replaces
from nlu.named_day import Said, Talk
from nlu.normalize import Token
from nlu.rewording import reword

_VAGUE = re.compile(
    r"\b((nanti |besok |tadi )?(pagi|siang|sore|malam)|(habis|setelah|abis|sebelum|bar|bakda|ba'da|bada|imbah) (subuh|zuhur|dzuhur|dhuhur|lohor|"
    r"ashar|asar|maghrib|magrib|isya|makan siang|jumatan|kerja|kantor|pulang kerja)|jam (makan siang|istirahat)|after (work|lunch)|"
    r"(this |tomorrow )?(morning|afternoon|evening)|tonight)\b"
)
_SPOKEN_PARTS = PARTS.keys() - {"am", "pm"}
_GREETINGS = {"selamat", "met", "mat", "sugeng", "wilujeng", "good", "assalamualaikum"}
_OTHER_DAYS = {"besok", "lusa", "tomorrow", "tanggal", "weekend", *WEEKDAYS, *ENGLISH_WEEKDAYS}
_NO_LINK = {"kerja", "shift", "sif", "masuk", "tidur", "sampai", "rapat", "meeting", "makan", "jangan", "bukan", "not"}
_BEFORE_BARE = set(
    ", eh ehh bukan maksud maksudnya jadi tapi atau sampai eh no and to iya ya aja sori sorry like is do at".split()
) | {""}


def find_time(
    tokens: Sequence[Token], language: str, now: datetime, talk: Talk, *, text: str | None = None
) -> TimeOfDay | None:
    """The time that holds among those that were named, placed among ``tokens``; a vague one when there is no other."""
    said = Said(reword(tokens, language, text), now.date(), talk)
    chosen: TimeOfDay | None = None
    for found in _times(said, now):
        if is_rejected(said.words, found) or _is_end_of_other(said, found):
            continue
        if chosen is None or replaces(said.words, chosen, found, shared=False):
            chosen = found
    chosen = chosen or _vague(said)
    if chosen is None:
        return None
    start, end = said.words.place(chosen.start, chosen.end)
    return replace(chosen, start=start, end=end)


def _times(said: Said, now: datetime) -> list[TimeOfDay]:
    """Every time that is named, in order."""
    found: list[TimeOfDay] = []
    index = 0
    while index < len(said.words.words):
        span = from_now_at(said, index, now, more=bool(found and found[-1].moves_date))
        clock = None if span is not None else clock_at(said, index, bare=_may_be_bare(said, index, found))
        if clock is not None:
            span = TimeOfDay(_resolved(said, clock, now), clock.start, clock.end)
        if span is not None:
            found.append(span)
        index = max(index + 1, span.end) if span is not None else index + 1
    return found


def _may_be_bare(said: Said, index: int, found: Sequence[TimeOfDay]) -> bool:
    """A number alone is an hour after the question for a time, or beside another time: "jam sepuluh, eh sebelas"."""
    due = said.talk.asked == "ask_callback_time" or any(not time_of_day.moves_date for time_of_day in found)
    return due and (said.word(index - 1) in _BEFORE_BARE or said.word(index - 1) in _OTHER_DAYS)


def _resolved(said: Said, clock: Clock, now: datetime) -> time | None:
    """The hour read in the part of the day around it; "jam delapan" when it is already nine is tonight."""
    value = clock.resolved(_part_around(said, clock))
    words = {word.text for word in said.words.words}
    if value is None or said.past or clock.exact or words & (_OTHER_DAYS | PARTS.keys()):
        return value
    return value.replace(hour=value.hour + 12) if value < now.time() and 7 <= value.hour <= 8 else value


def _part_around(said: Said, clock: Clock) -> str | None:
    """The part of the day said apart from the hour: "nanti malam jam tujuh", "jam tujuh besok pagi"."""
    for index in range(clock.start - 1, max(-1, clock.start - 7), -1):
        word = said.word(index)
        if word in _NO_LINK:
            break
        is_meant = word in _SPOKEN_PARTS and said.word(index - 1) not in _GREETINGS | _NO_LINK
        if is_meant and not (PARTS[word] == "am" and 1 <= clock.hour <= 4):
            return PARTS[word]
    for index in range(clock.end, clock.end + 3):
        if said.word(index) in _SPOKEN_PARTS and not {said.word(clock.end), said.word(index - 1)} & {
            ",",
            "bukan",
            "jangan",
            "not",
            "makan",
        }:
            return PARTS[said.word(index)]
    return None


def _is_end_of_other(said: Said, found: TimeOfDay) -> bool:
    """ "rapat sampai jam sepuluh" is when something else ends."""
    return said.word(found.start - 1) in ("sampai", "hingga", "sampe", "until", "till") and not found.moves_date


def _vague(said: Said) -> TimeOfDay | None:
    text = said.words.text(0, len(said.words.words))
    match = _VAGUE.search(text)
    if match is None or set(text[: match.start()].split()[-1:]) & _GREETINGS:
        return None
    start = text[: match.start()].count(" ")
    return TimeOfDay(None, start, start + match[0].count(" ") + 1)
