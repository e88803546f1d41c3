"""Whole conversations in text, through the live policy: our own set, and the forms of the command."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from voicebot.core.script import load_script
from voicebot.simulate.persona import load_personas, shipped_personas, turns_of
from voicebot.simulate.talk import SCRIPTS, replay, replay_lines

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
ACCOUNT = {"name": "Budi Santoso", "principal_due_idr": 1_250_000, "due_date": "2026-11-20", "dpd": 4, "product": "pinjaman"}
FOLDER = Path(__file__).resolve().parents[1] / "conversations"
LOADED = {language: load_script(name) for language, name in SCRIPTS.items()}


def conversations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, each) for path in sorted(FOLDER.glob("*.yaml")) for each in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("language", "conversation"), conversations(), ids=lambda value: value["id"] if isinstance(value, dict) else value
)
def test_a_conversation_ends_as_it_should(language: str, conversation: dict[str, Any]) -> None:
    result = replay({"lang": language, "account": ACCOUNT, "turns": conversation["turns"]}, LOADED, NOW)
    told = "\n".join(f"{turn['speaker']} ({turn['step']}): {turn['text']}" for turn in result["transcript"])
    assert result["outcome"] == conversation["outcome"], told
    assert result["promise"] == conversation.get("promise"), told
    if "callback_time" in conversation:
        assert result["callback_time"] == conversation["callback_time"], told
    assert result["guards"] == []


def test_the_conversations_visit_most_of_the_script() -> None:
    seen: Counter[str] = Counter()
    for language, conversation in conversations():
        if language == "id":
            result = replay({"lang": "id", "account": ACCOUNT, "turns": conversation["turns"]}, LOADED, NOW)
            seen.update(turn["step"] for turn in result["transcript"])
    missing = LOADED["id"].steps.keys() - seen.keys()
    print(f"steps visited: {len(seen)} of {len(LOADED['id'].steps)}; not: {', '.join(sorted(missing))}")
    assert len(missing) <= 6


def test_a_line_that_is_not_usable_is_an_error_line_and_the_others_go_on() -> None:
    good = json.dumps({"id": 2, "account": ACCOUNT, "turns": ["salah sambung"]})
    lines = [
        "{",
        "[]",
        json.dumps({"id": 1, "account": {"name": "x"}, "turns": []}),
        json.dumps({"id": 3, "account": ACCOUNT, "turns": "iya"}),
        good,
    ]
    results = list(replay_lines(lines, default_now=NOW))
    assert ["error" in result for result in results] == [True, True, True, True, False]
    assert [result["id"] for result in results] == [None, None, 1, 3, 2]


def test_the_accounts_own_now_wins() -> None:
    account = {**ACCOUNT, "now": "2026-12-01T10:00:00+07:00"}
    result = replay({"lang": "id", "account": account, "turns": ["iya", "besok", "iya penuh", "iya"]}, LOADED, NOW)
    assert result["promise"] == {"date": "2026-12-02", "amount_idr": 1_250_000}


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("6281200000001", "promise_to_pay"),
        ("6281200000003", "dispute"),
        ("6281200000004", "already_paid"),
        ("6281200000006", "callback"),
    ],
)
def test_the_demo_customers_reach_the_same_outcome_in_text(number: str, outcome: str) -> None:
    persona = load_personas(shipped_personas())[number]
    record = {"lang": "id", "account": ACCOUNT, "turns": turns_of(persona)}
    assert replay(record, LOADED, NOW)["outcome"] == outcome
