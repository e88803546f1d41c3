"""The written forms of Indonesian texts, in the order in which they are tried at each place."""

from __future__ import annotations

from tts.spoken import abbreviations, money, quantities, written_days, written_numbers, written_times

RULES = (
    *written_days.rules("id"),
    *written_times.rules("id"),
    *written_numbers.rules("id"),
    *money.rules("id"),
    *quantities.rules("id"),
    *written_numbers.code_rules("id"),
    *abbreviations.rules("id"),
    *quantities.bare_rules("id"),
)
