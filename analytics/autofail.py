"""Conduct that zeroes a call: only what this agent says or does, never what they quote, deny or warn of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import yaml

from analytics.outcome import Outcome
from analytics.recording import Finding, Recording
from analytics.wording import find, pattern
from voicebot.core.rules import load_rules
from voicebot.core.script import Script

CODES = (
    "threat",
    "insult_profanity",
    "third_party_disclosure",
    "false_statement",
    "harassment_frequency",
    "contact_outside_hours",
    "pressure_to_borrow_elsewhere",
    "shaming",
    "asks_otp_or_pin",
    "personal_account_payment",
)


@cache
def _lexicon() -> Mapping[str, Mapping[str, list[str]]]:
    path = Path(__file__).parent / "lexicons" / "auto_fail.yaml"
    return cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))


def auto_fails(recording: Recording, script: Script, outcome: Outcome) -> dict[str, Finding]:
    """The codes that hold, each with the verbatim words (none for calls outside hours, where the time itself is the fault)."""
    if not recording.speakers_known:
        return {}
    found: dict[str, Finding] = {}
    for code in CODES:
        finding = _by_words(code, recording)
        if finding is None and code == "third_party_disclosure":
            finding = _disclosure(recording, script, outcome)
        elif finding is None and code == "contact_outside_hours":
            finding = _outside_hours(recording)
        if finding is not None:
            found[code] = finding
    return found


def _by_words(code: str, recording: Recording) -> Finding | None:
    rule = _lexicon()[code]
    for turn in recording.by("agent"):
        for wording in rule["any"]:
            match = pattern(wording).search(turn.text)
            if match is not None and not any(pattern(exception).search(turn.text) for exception in rule.get("unless", [])):
                return Finding(rule_id=code, verdict="fail", quote=match[0], turn=turn.index, at_s=turn.start_s)
    return None


def _disclosure(recording: Recording, script: Script, outcome: Outcome) -> Finding | None:
    """Debt detail to somebody who is not the customer."""
    if outcome.outcome not in ("third_party", "wrong_number"):
        return None
    if "debt_detail" not in script.evidence:
        return None
    match = next(iter(find(script.evidence["debt_detail"], recording.turns)), None)
    if match is None:
        return None
    return Finding(
        rule_id="third_party_disclosure", verdict="fail", quote=match.quote, turn=match.turn.index, at_s=match.turn.start_s
    )


def _outside_hours(recording: Recording) -> Finding | None:
    if recording.call_at is None:
        return None
    zone = recording.call_at.tzinfo
    local = recording.call_at if isinstance(zone, ZoneInfo) else recording.call_at.astimezone(ZoneInfo("Asia/Jakarta"))
    closed = load_rules("id").closed_because(local)
    return None if closed is None else Finding(rule_id="contact_outside_hours", verdict="fail", note=closed[1])
