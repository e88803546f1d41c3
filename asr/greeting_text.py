"""What may be heard when a call is picked up: people's first words, voicemail greetings, operators' announcements."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator

from asr.domain_text import fill, sentences
from asr.pronunciation import normalize

_SEED = 12
_PEOPLE_FILLS, _PEOPLE_WEIGHT = 6, 1.0
_GENERAL_FILLS, _GENERAL_WEIGHT = 3, 0.5
_MACHINE_FILLS, _MACHINE_WEIGHT = 8, 1.0


def greeting_corpus(*, without: Collection[str] = ()) -> list[tuple[str, float]]:
    """(sentence, weight) for a language model. ``without`` leaves out lines of the machines' lists, to measure on unseen ones."""
    chance = random.Random(_SEED)
    found = [(fill(line, chance), _PEOPLE_WEIGHT) for line in sentences("yes_no_id") for _ in range(_PEOPLE_FILLS)]
    found += [(fill(line, chance), _GENERAL_WEIGHT) for line in sentences() for _ in range(_GENERAL_FILLS)]
    for line in (*sentences("voicemail_id"), *sentences("announcements_id")):
        if line in without:
            continue
        for _ in range(_MACHINE_FILLS):
            filled = fill(line, chance)
            found.append((normalize(filled), _MACHINE_WEIGHT))
            found += [(clause, _MACHINE_WEIGHT / 2) for clause in _clauses(filled)]
    return [(sentence, weight) for sentence, weight in found if sentence]


def _clauses(text: str) -> Iterator[str]:
    """The parts between pauses, which machines put together anew."""
    parts = [normalize(part) for part in re.split(r"[.,]", text)]
    if len(parts) > 1:
        yield from parts
