"""Times of day: clock readings of both languages, spans from now, and which of several holds."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from nlu.clock import TimeOfDay
from nlu.named_day import Talk
from nlu.normalize import span_text, tokenize
from nlu.times import find_time

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
ASKED = Talk(calling=True, asked="ask_callback_time")


def _time(text: str, language: str = "id", talk: Talk = ASKED, now: datetime = NOW) -> TimeOfDay | None:
    return find_time(tokenize(text, language), language, now, talk, text=text)


def _value(text: str, language: str = "id", talk: Talk = ASKED, now: datetime = NOW) -> str | None:
    found = _time(text, language, talk, now)
    return found.value.strftime("%H:%M") if found is not None and found.value is not None else None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("jam setengah lima sore", "16:30"), ("jam setengah tiga", "14:30"), ("jam setengah satu", "12:30"), ("jam tiga", "15:00"), ("jam tujuh malam", "19:00"),
        ("jam 10 pagi", "10:00"), ("pukul 15.30", "15:30"), ("jam sembilan", "09:00"), ("jam satu siang", "13:00"), ("jam dua belas siang", "12:00"),
        ("jam delapan malem", "20:00"), ("nanti malam jam tujuh", "19:00"), ("ntar maleman, jam tujuh", "19:00"), ("jam sembilan besok pagi", "09:00"),
        ("jam tigaan", "15:00"), ("jam dua belasan", "12:00"), ("jam sebelas kurang seperempat", "10:45"), ("jam tiga kurang sepuluh", "14:50"),
        ("jam lima lewat seperempat", "17:15"), ("jam enam sore lewat lima belas", "18:15"), ("pukul lima belas tiga puluh", "15:30"),
        ("setengah dua belas", "11:30"), ("dua belas siang", "12:00"), ("1530", "15:30"), ("jam papat sore", "16:00"), ("tabuh salapan enjing", "09:00"),
        ("jam pitu bengi", "19:00"), ("jam kalih welas", "12:00"), ("satengah opat", "15:30"), ("pukua duo", "14:00"), ("jam em pat", "16:00"),
        ("jam seven malam", "19:00"), ("around one thirty", "13:30"),
    ],
)  # fmt: skip
def test_indonesian_times(text: str, at: str) -> None:
    assert _value(text) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("half past three", "15:30"), ("quarter to five", "16:45"), ("a quarter past one", "13:15"), ("ten past two", "14:10"), ("twenty five to six", "17:35"),
        ("noon tomorrow", "12:00"), ("four", "16:00"), ("after six", "18:00"), ("before ten", "10:00"), ("nine o'clock sharp", "09:00"),
        ("two thirty pm", "14:30"), ("five ish", "17:00"), ("seven in the evening", "19:00"), ("tomorrow at ten", "10:00"), ("about four this afternoon", "16:00"),
        ("at fife", "17:00"), ("half pass three", "15:30"), ("not before ten", "10:00"),
    ],
)  # fmt: skip
def test_english_times(text: str, at: str) -> None:
    assert _value(text, "en") == at


@pytest.mark.parametrize(
    ("text", "language", "at"),
    [
        ("sejam lagi", "id", "11:00"), ("dua jam lagi", "id", "12:00"), ("setengah jam lagi", "id", "10:30"), ("sepuluh menit lagi", "id", "10:10"),
        ("rong jam maneh", "id", "12:00"), ("sejam lagi, eh dua jam lagi lah", "id", "12:00"), ("telepon lagi setengah jam", "id", "10:30"),
        ("in an hour", "en", "11:00"), ("in two hours", "en", "12:00"), ("in half an hour", "en", "10:30"), ("two hours from now", "en", "12:00"),
        ("after one hour", "en", "11:00"), ("in an hour, actually make it two hours", "en", "12:00"),
    ],
)  # fmt: skip
def test_spans_from_now(text: str, language: str, at: str) -> None:
    found = _time(text, language)
    assert found is not None
    assert found.value == time.fromisoformat(at)
    assert found.moves_date


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("jam satu, eh jam tiga", "15:00"), ("jam sepuluh, eh sebelas", "11:00"), ("bukan jam tiga tapi setengah tiga", "14:30"), ("jangan jam dua, jam empat aja", "16:00"),
        ("antara jam satu sampai jam tiga", "13:00"), ("jam dua atau jam tiga", "14:00"), ("jangan pagi, jam dua siang aja", "14:00"),
        ("jam lima, eh jam enam deng", "18:00"), ("jam tujuh, eh jam delapan malam", "20:00"),
    ],
)  # fmt: skip
def test_which_of_several_times_holds(text: str, at: str) -> None:
    assert _value(text) == at


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("habis magrib", "habis magrib"),
        ("sore aja", "sore"),
        ("besok pagi ya", "besok pagi"),
        ("jam istirahat", "jam istirahat"),
    ],
)
def test_vague_times_keep_their_words(text: str, words: str) -> None:
    found = _time(text)
    assert found is not None
    assert found.value is None
    assert span_text(text, tokenize(text, "id")[found.start : found.end]) == words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("selamat pagi", "id"), ("tanggal lima", "id"), ("tiga hari lagi", "id"), ("dua juta setengah", "id"), ("setengah juta", "id"), ("dua jam yang lalu", "id"),
        ("rapat sampai jam sepuluh", "id"), ("in two days", "en"), ("by two weeks", "en"), ("half a million", "en"), ("two times", "en"),
    ],
)  # fmt: skip
def test_what_is_no_time(text: str, language: str) -> None:
    assert _value(text, language, Talk()) is None


def test_an_hour_that_is_over_today_means_the_evening() -> None:
    evening = NOW.replace(hour=18)
    assert _value("jam delapan ya", now=evening) == "20:00"
    assert _value("besok jam delapan ya", now=evening) == "08:00"
    assert _value("tadi jam delapan", talk=Talk(past=True), now=evening) == "08:00"


@given(st.integers(1, 12), st.sampled_from([("pagi", 0), ("malam", 12)]))
def test_hours_in_words_with_their_part_of_the_day(hour: int, part: tuple[str, int]) -> None:
    if hour == 12 or (part[0] == "malam" and hour < 6):
        return
    assert _value(f"jam {num2words(hour, lang='id')} {part[0]}", talk=Talk()) == f"{hour + part[1]:02}:00"
