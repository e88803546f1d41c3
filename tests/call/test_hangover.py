"""How much silence ends an answer: by its words and by the question, in both languages."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from nlu.interpreter import HybridInterpreter
from voicebot.call.hangover import Ending, ending_of, hangover_s

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
interpreter = cache(HybridInterpreter)

COMPLETE = {
    ("id", "greeting_identity", "yes_no"): [
        "iya",
        "iya saya sendiri",
        "betul dengan saya",
        "bukan saya istrinya",
        "salah sambung",
    ],
    ("id", "confirm_promise", "yes_no"): ["iya", "iya betul"],
    ("id", "ask_payment", "general"): [
        "besok",
        "lusa",
        "hari jumat",
        "tanggal dua puluh lima",
        "tiga hari lagi",
        "jangan telepon lagi",
    ],
    ("id", "ask_date", "date"): ["lima belas", "dua puluh lima", "tanggal lima belas", "hari kamis", "akhir bulan"],
    ("id", "ask_amount", "amount"): ["lima ratus ribu", "satu juta rupiah", "satu juta dua ratus ribu"],
    ("id", "ask_callback_time", "date"): ["jam dua siang", "besok jam sepuluh"],
    ("en", "greeting_identity", "yes_no"): ["yes", "yes speaking", "wrong number"],
    ("en", "ask_payment", "general"): ["tomorrow", "on the twenty fifth", "next week"],
    ("en", "ask_amount", "amount"): ["five hundred thousand", "five hundred thousand rupiah"],
    ("en", "ask_callback_time", "date"): ["at two pm", "tomorrow at ten"],
}
OPEN = {
    ("id", "greeting_identity", "yes_no"): ["bukan", "ini siapa"],
    ("id", "ask_payment", "general"): ["iya", "saya bayar", "sudah saya bayar", "saya nggak bisa", "lima ratus ribu", ""],
    ("id", "ask_date", "date"): ["dua", "tanggal dua"],
    ("id", "ask_amount", "amount"): ["setengahnya"],
    ("id", "ask_callback_time", "date"): ["besok", "jam dua"],
    ("en", "greeting_identity", "yes_no"): ["no", "who is this"],
    ("en", "ask_payment", "general"): ["i will pay", "i already paid"],
    ("en", "ask_amount", "amount"): ["half"],
}
UNFINISHED = {
    ("id", "greeting_identity", "yes_no"): ["iya tapi", "eee", "saya adalah"],
    ("id", "ask_payment", "general"): [
        "tanggal dua puluh", "saya bayar kalau", "belum ada uang karena", "hari", "jam", "satu juta", "sejuta", "anu", "gajian tanggal",
        "nanti saya transfer dari", "nol delapan satu dua", "rekeningnya tiga lima satu",
    ],
    ("id", "ask_date", "date"): ["tanggal", "tanggal sepuluh bulan", "dua puluh", "sama", "bulan"],
    ("id", "ask_amount", "amount"): ["lima", "lima ratus", "seratus", "satu juta", "dua setengah", "satu juta dua ratus", "lima belas"],
    ("id", "ask_callback_time", "date"): ["jam", "besok jam", "jam setengah"],
    ("id", None, "digits"): ["tiga", "nol delapan satu dua"],
    ("en", "greeting_identity", "yes_no"): ["yes but", "um"],
    ("en", "ask_payment", "general"): ["on the", "on the twenty", "i'll pay when", "because", "one million", "zero eight one two"],
    ("en", "ask_amount", "amount"): ["two", "two hundred", "one million"],
    ("en", "ask_callback_time", "date"): ["at", "tomorrow at"],
}  # fmt: skip


def cases() -> list[tuple[str, str | None, str, str, Ending]]:
    found: list[tuple[str, str | None, str, str, Ending]] = []
    for table, ending in ((COMPLETE, Ending.COMPLETE), (OPEN, Ending.OPEN), (UNFINISHED, Ending.UNFINISHED)):
        for (language, asked, hears), texts in table.items():
            found += [(language, asked, hears, text, ending) for text in texts]
    return found


@pytest.mark.parametrize(("language", "asked", "hears", "text", "ending"), cases())
def test_words_and_question_tell_whether_an_answer_has_ended(
    language: str, asked: str | None, hears: str, text: str, ending: Ending
) -> None:
    understood = interpreter(language).interpret(text, asked=asked, now=NOW)
    assert ending_of(understood, asked=asked, hears=hears, language=language) is ending


@pytest.mark.parametrize(
    "amount", ["satu juta dua ratus lima puluh ribu", "lima ratus ribu rupiah", "dua juta tiga ratus ribu rupiah"]
)
def test_an_amount_is_never_complete_while_a_part_of_it_is_still_to_come(amount: str) -> None:
    words = amount.split()
    for count in range(1, len(words)):
        rest = words[count]
        if words[count - 1] == "ribu" and rest == "rupiah":
            continue  # "lima ratus ribu" is a sum, with or without the currency
        understood = interpreter("id").interpret(" ".join(words[:count]), asked="ask_amount", now=NOW)
        assert ending_of(understood, asked="ask_amount", hears="amount", language="id") is not Ending.COMPLETE, words[:count]


@pytest.mark.parametrize(
    "text",
    ["iya saya tapi pulsa mau habis telepon balik aja jam dua", "habis telepon ini saya transfer dua ratus lima puluh ribu"],
)
def test_words_cut_off_anywhere_are_understood_without_an_error(text: str) -> None:
    words = text.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            understood = interpreter("id").interpret(" ".join(words[start:end]), asked="ask_payment", now=NOW)
            assert isinstance(ending_of(understood, asked="ask_payment", hears="general", language="id"), Ending)


def test_words_that_may_be_misheard_complete_nothing_but_still_ask_for_more() -> None:
    for text, ending in (("iya", Ending.OPEN), ("iya tapi", Ending.UNFINISHED)):
        understood = interpreter("id").interpret(text, asked="greeting_identity", now=NOW)
        assert ending_of(understood, asked="greeting_identity", hears="yes_no", language="id", sure=False) is ending


def test_the_more_is_missing_the_longer_the_wait() -> None:
    waits = [
        hangover_s(ending, complete_s=0.3, usual_s=0.6, unfinished_s=1.2)
        for ending in (Ending.COMPLETE, Ending.OPEN, Ending.UNFINISHED)
    ]
    assert waits == [0.3, 0.6, 1.2]
