"""The script's wordings as patterns over real turns; a match is a verbatim span of the turn.

``*`` stands for up to four words, ``(a|b)`` for a choice, ``word?`` for an optional word, ``{amount}``, ``{date}``, ``{name}``,
``{company}``, ``{product}`` for a value of that kind, written or spoken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analytics.recording import Speaker, Turn
from voicebot.core.script import Evidence

_UNIT = r"(?:nol|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|belas|puluh|ratus|seratus|ribu|seribu|juta|sejuta|setengah)"
_MONTH = r"(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|jan|feb|mar|apr|jun|jul|agt|sep|okt|nov|des)"
_DAY = r"(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu)"
_GAP = r"[\s,.;:!?\"'()–-]+"
_VALUES = {
    "amount": rf"(?:rp\.?\s*\d[\d.,]*(?:\s*(?:ribu|juta|rb|jt))?|\d[\d.,]*\s*(?:ribu|juta|rb|jt|rupiah)|(?:{_UNIT}\s+)+(?:ribu|juta|rupiah)(?:\s+{_UNIT})*(?:\s+rupiah)?|(?:sejuta|seribu)(?:\s+{_UNIT})*(?:\s+rupiah)?|\d{{1,3}}(?:\.\d{{3}})+)",
    "date": rf"(?:(?:tanggal|tgl)\s+(?:\d{{1,2}}|{_UNIT})(?:\s+{_UNIT})*(?:\s+{_MONTH})?|(?:\d{{1,2}}|{_UNIT}(?:\s+{_UNIT})*)\s+{_MONTH}(?:\s+\d{{4}})?|\d{{1,2}}[/-]\d{{1,2}}(?:[/-]\d{{2,4}})?|(?:hari\s+)?{_DAY}(?:\s+depan)?|besok|lusa|hari ini|akhir bulan|awal bulan|minggu depan)",
    "name": r"[a-z][\w']+(?:\s+[a-z][\w']+){0,2}?",
    "company": r"(?:pt\s+)?[a-z][\w']*(?:\s+[a-z][\w']*){0,3}?",
    "product": r"[a-z][\w']*(?:\s+[a-z][\w']*){0,2}?",
}


@dataclass(frozen=True, slots=True)
class Match:
    """Evidence found: the turn and the verbatim words."""

    turn: Turn
    quote: str
    start: int


@lru_cache(maxsize=2048)
def pattern(wording: str) -> re.Pattern[str]:
    """A wording as a regular expression over a turn's text."""
    parts = re.findall(r"\{[a-z_]+\}|\([^)]*\)\??|\*|[^\s()*{}]+", wording.lower())
    body = ""
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        gap = "" if last else _GAP
        if part == "*":
            body += rf"(?:[^\s]+{_GAP}){{0,4}}?"
            continue
        optional = part.endswith("?")
        part = part.removesuffix("?")
        if part.startswith("{"):
            core = _VALUES[part[1:-1]]
        elif part.startswith("("):
            core = "(?:" + "|".join(_plain(choice) for choice in part[1:-1].split("|")) + ")"
        else:
            core = _plain(part)
        body += rf"(?:{core}{gap})?" if optional else core + gap
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def _plain(words: str) -> str:
    return _GAP.join(re.escape(word) if not word.startswith("{") else _VALUES[word[1:-1]] for word in words.split())


def find(evidence: Evidence, turns: Sequence[Turn]) -> list[Match]:
    """Where the evidence is found: every group within ``within_turns`` consecutive turns of its speaker, first match each."""
    speaker: Speaker = evidence.speaker
    own = [turn for turn in turns if turn.speaker == speaker]
    found: list[Match] = []
    for place, turn in enumerate(own):
        first = _first(next(iter(evidence.groups)), turn, evidence.unless)
        if first is None and len(evidence.groups) > 1:
            first = next((m for group in evidence.groups[1:] if (m := _first(group, turn, evidence.unless))), None)
        if first is None:
            continue
        window = own[place : place + evidence.within_turns]
        if all(any(_first(group, near, evidence.unless) for near in window) for group in evidence.groups):
            found.append(first)
    return found


def _first(group: Sequence[str], turn: Turn, unless: Sequence[str]) -> Match | None:
    for wording in group:
        match = pattern(wording).search(turn.text)
        if match is not None and not any(pattern(exception).search(turn.text) for exception in unless):
            return Match(turn, match[0], match.start())
    return None


def search(wordings: Sequence[str], turns: Sequence[Turn], speaker: Speaker) -> Match | None:
    """The first turn of a speaker that holds one of the wordings."""
    return next((m for turn in turns if turn.speaker == speaker and (m := _first(wordings, turn, ()))), None)
