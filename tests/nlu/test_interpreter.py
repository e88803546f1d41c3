"""Intents on utterances of our own, and the command's forms."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from nlu.explain import explain
from nlu.parse import parse_lines
from nlu.rules import RuleInterpreter, load_rules
from nlu.understanding import INTENTS, primary_of

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
FIRST_PASS = yaml.safe_load((Path(__file__).parent / "first_pass.yaml").read_text(encoding="utf-8"))


def test_primary_intents_of_the_first_pass() -> None:
    interpreter = RuleInterpreter("id")
    wrong = []
    for text, asked, wanted in FIRST_PASS:
        understood = interpreter.interpret(text, asked=asked, now=NOW)
        if understood.primary != wanted:
            wrong.append(f"{text!r} ({asked}): {understood.primary}, not {wanted}")
    right_share = 1 - len(wrong) / len(FIRST_PASS)
    print(f"{right_share:.3f} of {len(FIRST_PASS)}\n" + "\n".join(wrong))
    assert right_share >= 0.85


def test_every_utterance_has_intents_in_order_and_verbatim_spans() -> None:
    interpreter = RuleInterpreter("id")
    for text, asked, _ in FIRST_PASS:
        understood = interpreter.interpret(text.upper(), asked=asked, now=NOW)
        assert understood.intents
        assert list(understood.intents) == [intent for intent in INTENTS if intent in understood.intents]
        assert understood.primary == primary_of(understood.intents)
        assert 0 <= understood.confidence <= 1
        for span in (understood.entities.date_text, understood.entities.amount_text):
            assert span is None or span in text.upper()


def test_odd_text_is_no_error() -> None:
    for language in ("id", "en"):
        interpreter = RuleInterpreter(language)
        for text in (
            "",
            " ",
            "\0",
            "😀" * 50,
            "a" * 5000,
            "١٢٣",
            "\u0130stanbul",
            "ß",
            "tanggal 99",
            "jam 99",
            "1.1.1.1",
            "rp",
            "%",
        ):
            assert interpreter.interpret(text, asked="ask_date", now=NOW).intents


def test_keys_answer_yes_no_and_human() -> None:
    interpreter = RuleInterpreter("id")
    assert interpreter.interpret("1", asked="greeting_identity", now=NOW).primary == "affirm"
    assert interpreter.interpret("2", asked="greeting_identity", now=NOW).primary == "deny"
    assert interpreter.interpret("0", asked="ask_payment", now=NOW).primary == "request_human"
    assert interpreter.interpret("25", asked="ask_date", now=NOW).entities.date is not None


def test_the_command_keeps_ids_and_order_and_reports_bad_lines() -> None:
    lines = [
        '{"id": "a", "text": "iya"}',
        "nonsense",
        '{"id": "b"}',
        '{"id": "c", "text": "yes", "lang": "fr"}',
        '{"id": "d", "text": "besok", "context": "ask_date"}',
    ]
    results = list(parse_lines(lines, default_now=NOW))
    assert [result["id"] for result in results] == ["a", None, "b", "c", "d"]
    assert ["error" in result for result in results] == [False, True, True, True, False]
    assert results[-1]["entities"]["date"] == "2026-11-25"
    json.dumps(results)


def test_rules_load_and_explain_themselves() -> None:
    assert {rule.intent for rule in load_rules("id")} <= set(INTENTS)
    told = "\n".join(explain("saya bayar besok", language="id", asked="ask_payment", now=NOW))
    assert "promise_to_pay" in told
    assert "2026-11-25" in told


def test_an_utterance_takes_at_most_five_milliseconds() -> None:
    interpreter = RuleInterpreter("id")
    began_s = time.process_time()
    for _ in range(3):
        for text, asked, _ in FIRST_PASS:
            interpreter.interpret(text, asked=asked, now=NOW)
    assert (time.process_time() - began_s) / (3 * len(FIRST_PASS)) < 0.005
