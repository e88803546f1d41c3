"""The written forms of English texts, with the amounts, names and numbers of Indonesia in them, in the order in which they are tried at each place."""

from __future__ import annotations

from tts.spoken import abbreviations, money, quantities, written_days, written_numbers, written_times

RULES = (
    *written_days.rules("en"),
    *written_times.rules("en"),
    *written_numbers.rules("en"),
    *money.rules("en"),
    *quantities.rules("en"),
    *written_numbers.code_rules("en"),
    *abbreviations.rules("en"),
    *quantities.bare_rules("en"),
)
