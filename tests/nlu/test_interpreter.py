"""Intents on utterances of our own, and the command's forms."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.examples import load_examples
from nlu.explain import explain
from nlu.interpreter import HybridInterpreter
from nlu.parse import parse_lines
from nlu.rules import load_rules
from nlu.understanding import INTENTS, primary_of
from tests.bench.understanding import judged, scores

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
FIRST_PASS = yaml.safe_load((Path(__file__).parent / "first_pass.yaml").read_text(encoding="utf-8"))


def test_primary_intents_of_the_first_pass() -> None:
    interpreter = HybridInterpreter("id")
    wrong = []
    for text, asked, wanted in FIRST_PASS:
        understood = interpreter.interpret(text, asked=asked, now=NOW)
        if understood.primary != wanted:
            wrong.append(f"{text!r} ({asked}): {understood.primary}, not {wanted}")
    right_share = 1 - len(wrong) / len(FIRST_PASS)
    print(f"{right_share:.3f} of {len(FIRST_PASS)}\n" + "\n".join(wrong))
    assert right_share >= 0.93


def test_every_utterance_has_intents_in_order_and_verbatim_spans() -> None:
    interpreter = HybridInterpreter("id")
    for text, asked, _ in FIRST_PASS:
        understood = interpreter.interpret(text.upper(), asked=asked, now=NOW)
        assert understood.intents
        assert list(understood.intents) == [intent for intent in INTENTS if intent in understood.intents]
        assert understood.primary == primary_of(understood.intents)
        assert 0 <= understood.confidence <= 1
        for span in (understood.entities.date_text, understood.entities.amount_text):
            assert span is None or span in text.upper()


@pytest.mark.parametrize(("language", "primary", "day", "amount"), [("id", 0.92, 0.96, 0.97), ("en", 0.90, 0.96, 0.97)])
def test_held_out_passes_are_understood(language: str, primary: float, day: float, amount: float) -> None:
    pairs, each_ms = judged(language)
    found = scores(pairs)
    print(language, found, f"{each_ms:.2f} ms")
    assert found.count >= 600
    assert found.accuracy >= primary
    assert found.macro_f1 >= primary - 0.02
    assert found.day >= day
    assert found.amount >= amount


def test_training_passes_are_many_varied_and_disjoint_from_the_held_out_ones() -> None:
    for language, least in (("id", 6000), ("en", 1500)):
        train = load_examples(language, held_out=False)
        assert len({e.text.lower() for e in train}) >= least
        assert {e.primary for e in train} == set(INTENTS)
        held_out = {e.text.lower() for e in load_examples(language, held_out=True)}
        assert not held_out & {e.text.lower() for e in train}


def test_only_a_spoken_yes_says_who_is_speaking() -> None:
    interpreter = HybridInterpreter("id")
    told = interpreter.interpret("saya udah bayar kok", asked="greeting_identity", now=NOW)
    assert "affirm" not in told.intents
    told = interpreter.interpret("iya saya sendiri, udah saya bayar kemarin", asked="greeting_identity", now=NOW)
    assert {"affirm", "already_paid"} <= set(told.intents)


@pytest.mark.parametrize(
    ("text", "asked", "intent"),
    [
        ("indomaret aja", "ask_channel", "promise_to_pay"),
        ("lewat va bca", "ask_channel", "promise_to_pay"),
        ("tanggal dua puluh di alfamart", "ask_paid_details", "already_paid"),
        ("oh belum deng, besok saya bayar", "ask_paid_details", "promise_to_pay"),
    ],
)
def test_short_answers_are_read_by_their_question(text: str, asked: str, intent: str) -> None:
    assert HybridInterpreter("id").interpret(text, asked=asked, now=NOW).primary == intent


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
    interpreter = HybridInterpreter("id")
    began_s = time.process_time()
    for _ in range(3):
        for text, asked, _ in FIRST_PASS:
            interpreter.interpret(text, asked=asked, now=NOW)
    assert (time.process_time() - began_s) / (3 * len(FIRST_PASS)) < 0.005
