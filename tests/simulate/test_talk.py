"""Whole conversations in text, through the live policy: our own set, what it covers, and the forms of the command."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from voicebot.core.script import load_script, shipped_scripts
from voicebot.simulate.coverage import coverage, read_conversations, run_conversation
from voicebot.simulate.persona import load_personas, shipped_personas, turns_of
from voicebot.simulate.talk import SCRIPTS, replay, replay_lines

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
ACCOUNT = {"name": "Budi Santoso", "principal_due_idr": 1_250_000, "due_date": "2026-11-20", "dpd": 4, "product": "pinjaman"}
FOLDER = Path(__file__).resolve().parents[1] / "conversations"
CONVERSATIONS = list(read_conversations(FOLDER))
LOADED = {language: load_script(name) for language, name in SCRIPTS.items()}


def faults_of(conversation: dict[str, Any]) -> list[str]:
    """What a conversation came to, where it is not what it should."""
    decisions, result = run_conversation(conversation)
    state = decisions[-1].state
    found: list[str] = []
    if result["outcome"] != conversation["outcome"]:
        found.append(f"outcome {result['outcome']}, not {conversation['outcome']}")
    if result["promise"] != conversation.get("promise"):
        found.append(f"promise {result['promise']}, not {conversation.get('promise')}")
    if "callback_time" in conversation and result["callback_time"] != conversation["callback_time"]:
        found.append(f"call back {result['callback_time']}, not {conversation['callback_time']}")
    if conversation.get("dispute_contains", "").lower() not in (result["dispute_reason"] or "").lower():
        found.append(f"dispute {result['dispute_reason']!r}")
    if state.party != conversation.get("party", state.party):
        found.append(f"party {state.party}, not {conversation['party']}")
    if state.step != conversation.get("ends_at", state.step):
        found.append(f"ends at {state.step}, not {conversation['ends_at']}")
    if set(result["guards"]) - set(conversation.get("guards", [])):
        found.append(f"guards {result['guards']}")
    if found:
        found += [f"{turn['speaker']} ({turn['step']}): {turn['text']}" for turn in result["transcript"]]
    return found


@pytest.mark.parametrize("conversation", [c for _, c in CONVERSATIONS], ids=[f"{name}-{c['id']}" for name, c in CONVERSATIONS])
def test_a_conversation_ends_as_it_should(conversation: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if reason := conversation.get("known_fault"):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    assert faults_of(conversation) == []


def test_there_are_many_conversations_and_few_known_faults() -> None:
    faulty = [c["id"] for _, c in CONVERSATIONS if "known_fault" in c]
    print(f"{len(CONVERSATIONS)} conversations, {len(faulty)} with a known fault: {', '.join(faulty)}")
    assert len(CONVERSATIONS) >= 200
    assert len(faulty) <= 0.03 * len(CONVERSATIONS)


def test_the_conversations_visit_the_scripts() -> None:
    found = coverage([load_script(name) for name in shipped_scripts()], [c for _, c in CONVERSATIONS])
    print(f"{found.share:.1%} of {len(found.units)}; not visited: {', '.join(sorted(found.missed))}")
    assert found.share >= 0.95


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
    result = replay({"lang": "id", "account": account, "turns": ["iya", "besok saya bayar", "iya betul"]}, LOADED, NOW)
    assert result["promise"] == {"date": "2026-12-02", "amount_idr": 1_250_000}


def test_the_customer_may_switch_the_language_and_back() -> None:
    turns = ["sorry, english please", "yes this is Budi", "I will pay tomorrow", "bahasa indonesia saja", "iya betul"]
    result = replay({"lang": "id", "account": ACCOUNT, "turns": turns}, LOADED, NOW)
    spoken = [turn["text"] for turn in result["transcript"] if turn["speaker"] == "bot"]
    assert "Am I speaking with" in spoken[1]
    assert "Is that correct?" in spoken[3]
    assert "Apakah sudah benar?" in spoken[4]
    assert result["outcome"] == "promise_to_pay"


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
