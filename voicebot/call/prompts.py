"""The sentences of a script as one lender's bot says them: what is fixed, and which blanks differ from call to call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product

from tts.sentences import sentences_of
from voicebot.call.slots import Slots, Terms
from voicebot.call.wordings import CallAccount, fill_blanks
from voicebot.core.money import Rupiah
from voicebot.core.script import Script

_HOURS = (9, 13, 16, 20)
"""Morning to night, for the greetings."""
_HONORIFICS = {"id": ("", "Bapak", "Ibu"), "en": ("", "Mr.", "Ms.")}
_LENDERS = ("bot_name", "company", "hotline", "recording_notice")
"""Blanks that are the same in every call of a lender."""
_FEW = ("part_of_day", "honorific")
"""Blanks with so few values that each is a sentence of its own."""
_DAY = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class ScriptSentence:
    """A sentence; what is still in braces differs from call to call. ``where`` names the step that says it first."""

    text: str
    where: str

    @property
    def is_fixed(self) -> bool:
        """Nothing in it is of one customer."""
        return "{" not in self.text


def sentences_in(script: Script, *, company: str, bot_name: str, hotline: str = "") -> tuple[ScriptSentence, ...]:
    """Every sentence that the script can say by itself, each once, in the order of the script."""
    lender = CallAccount(
        name="",
        product="",
        amount_due=Rupiah(0),
        due_on=_DAY,
        language=script.language,
        company=company,
        bot_name=bot_name,
        hotline=hotline,
    )
    found: dict[str, ScriptSentence] = {}
    for where, wording in script.wordings:
        for filled in _fillings(wording, lender, script):
            for text in sentences_of(filled):
                found.setdefault(text, ScriptSentence(text, where))
    return tuple(found.values())


def fixed_texts(script: Script, *, company: str, bot_name: str, hotline: str = "") -> tuple[str, ...]:
    """The sentences that are the same for every customer."""
    said = sentences_in(script, company=company, bot_name=bot_name, hotline=hotline)
    return tuple(sentence.text for sentence in said if sentence.is_fixed)


def _fillings(wording: str, lender: CallAccount, script: Script) -> Iterator[str]:
    """The wording with the lender's blanks filled, once for each value of those that have few."""
    few = [name for name in _FEW if f"{{{name}}}" in wording]
    values = {"part_of_day": _HOURS, "honorific": _HONORIFICS[script.language]}
    for choice in product(*(values[name] for name in few)):
        chosen = dict(zip(few, choice, strict=True))
        account = replace(lender, honorific=str(chosen.get("honorific", "")))
        now = datetime(_DAY.year, _DAY.month, _DAY.day, int(chosen.get("part_of_day", _HOURS[0])))  # noqa: DTZ001 - a clock's face
        terms = Terms.of(script.negotiation, lender.amount_due, _DAY)
        text = wording
        for name in (*_LENDERS, *few):
            if f"{{{name}}}" in text:
                text = text.replace(f"{{{name}}}", fill_blanks(f"{{{name}}}", account, Slots(), terms, now, script.language))
        yield re.sub(r"\s+([.,?!])", r"\1", " ".join(text.split()))
