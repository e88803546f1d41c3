"""What of a script is the same for everybody, and what may never be."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tts.prompt_index import prompts_for
from tts.sentences import sentences_of
from voicebot.call.prompts import fixed_texts, sentences_in
from voicebot.call.slots import Slots, Terms
from voicebot.call.wordings import CallAccount, fill_blanks
from voicebot.core.money import Rupiah
from voicebot.core.script import load_script, shipped_scripts

LENDER = {"company": "Dana Santun", "bot_name": "Rani", "hotline": "1500888"}
ACCOUNT = CallAccount(
    name="Budi Santoso", product="pinjaman motor", amount_due=Rupiah(1_234_000), due_on=date(2026, 11, 20), va_bank="BCA",
    va_number="8808081234567890", honorific="Bapak", promised_amount=Rupiah(765_000), promised_on=date(2026, 11, 18), **LENDER,
)  # fmt: skip
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
PERSONAL = ("Budi", "motor", "1.234.000", "765.000", "8808", "20 November", "November 20")


@pytest.mark.parametrize("name", shipped_scripts())
def test_fixed_sentences_hold_nothing_of_a_customer(name: str) -> None:
    script = load_script(name)
    fixed = set(fixed_texts(script, **LENDER))
    assert len(fixed) > 50
    assert not [text for text in fixed if "{" in text or any(word in text for word in PERSONAL)]


@pytest.mark.parametrize("name", shipped_scripts())
def test_every_sentence_of_a_call_is_known_beforehand(name: str) -> None:
    """Filled for a call, each sentence is a fixed one or fits a template; else recordings would never be played."""
    import re

    script = load_script(name)
    templates = sentences_in(script, **LENDER)
    patterns = [re.compile("(.+?)".join(map(re.escape, re.split(r"\{[a-z_]+\}", each.text)))) for each in templates]
    terms = Terms.of(script.negotiation, ACCOUNT.amount_due, NOW.date())
    slots = Slots(amount=Rupiah(500_000), date=date(2026, 11, 27), callback_at=NOW)
    for _, wording in script.wordings:
        for sentence in sentences_of(fill_blanks(wording, ACCOUNT, slots, terms, NOW, script.language)):
            assert any(pattern.fullmatch(sentence) for pattern in patterns), sentence


def test_greetings_and_titles_are_sentences_of_their_own() -> None:
    said = {each.text for each in sentences_in(load_script("payment_reminder"), **LENDER)}
    assert {"Selamat pagi.", "Selamat siang.", "Selamat sore.", "Selamat malam."} <= said
    assert "Apakah saya berbicara dengan Ibu {name}?" in said
    assert "Saya Rani, asisten virtual dari Dana Santun." in said


def test_recordings_have_a_file_each() -> None:
    prompts = [p for each in sentences_in(load_script("payment_reminder"), **LENDER) for p in prompts_for(each.text)]
    by_file: dict[str, set[str]] = {}
    for prompt in prompts:
        by_file.setdefault(prompt.file, set()).add(prompt.text)
    assert all(len(texts) == 1 for texts in by_file.values())
    assert 100 < len(by_file) < 250
