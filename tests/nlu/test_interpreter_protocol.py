"""What every interpreter keeps, whoever judges the intents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from nlu.classifier import Judgement
from nlu.interpreter import HybridInterpreter
from nlu.transformer import TransformerInterpreter
from nlu.understanding import CONTEXTS, INTENTS, TOPICS, Interpreter, primary_of
from tests.nlu.conftest import Taught

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
PLAIN = (
    "iya besok saya bayar lima ratus ribu",
    "Bukan, salah sambung!",
    "saya sudah transfer tanggal 20 lewat BCA",
    "ini robot ya?",
)
ODD = (
    "",
    " ",
    "\0",
    "😀" * 50,
    "a" * 5000,
    "ya " * 500,
    "١٢٣",
    "\u0130stanbul",
    "ß",
    "tanggal 99",
    "jam 99",
    "1.1.1.1",
    "rp",
    "%",
)


class FixedJudge:
    """Believes the same of every text."""

    def __init__(self, leading: str, *also: str) -> None:
        self.judgement = Judgement(
            np.array([1.0 * (intent == leading) for intent in INTENTS]),
            np.array([1.0 * (intent in (leading, *also)) for intent in INTENTS]),
        )

    @property
    def thresholds(self) -> NDArray[np.float64]:
        return np.full(len(INTENTS), 0.5)

    def judge(self, text: str, language: str, asked: str | None, fired: Sequence[str]) -> Judgement:
        return self.judgement


@pytest.fixture(params=["fixed", "embedded", "transformer"])
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    if request.param == "fixed":
        return HybridInterpreter("id", FixedJudge("promise_to_pay", "affirm"))
    if request.param == "embedded":
        return HybridInterpreter("id")
    taught: Taught = request.getfixturevalue("taught")
    return TransformerInterpreter("id", str(taught.folder), offline=True)


def test_an_understanding_is_whole_whatever_was_said_and_asked(interpreter: Interpreter) -> None:
    for asked in (None, *CONTEXTS):
        for text in (*PLAIN, *ODD):
            understood = interpreter.interpret(text, asked=asked, now=NOW)
            assert understood.text == text
            assert understood.intents
            assert list(understood.intents) == [intent for intent in INTENTS if intent in understood.intents]
            assert understood.primary == primary_of(understood.intents)
            assert 0 <= understood.confidence <= 1
            assert set(understood.topics) <= set(TOPICS)
            for span in (understood.entities.date_text, understood.entities.amount_text, understood.entities.time_text):
                assert span is None or span in text


def test_keys_and_silence_are_certain(interpreter: Interpreter) -> None:
    for key, intent in {"1": "affirm", "2": "deny", "0": "request_human", "...": "out_of_scope"}.items():
        understood = interpreter.interpret(key, asked="ask_payment", now=NOW)
        assert (understood.primary, understood.confidence) == (intent, 1.0)


def test_topics_are_found_beside_any_intent(interpreter: Interpreter) -> None:
    assert "is_robot" in interpreter.interpret("ini robot ya?", asked="greeting_identity", now=NOW).topics


def test_values_are_found_around_any_judge() -> None:
    interpreter = HybridInterpreter("id", FixedJudge("promise_to_pay", "affirm"))
    understood = interpreter.interpret(PLAIN[0], asked="ask_payment", now=NOW)
    assert understood.intents == ("promise_to_pay", "affirm")
    assert understood.entities.date == date(2026, 11, 25)
    assert understood.entities.amount_idr == 500_000


def test_what_comes_before_the_leading_intent_in_order_does_not_hold() -> None:
    interpreter = HybridInterpreter("id", FixedJudge("promise_to_pay", "wrong_number"))
    assert interpreter.interpret(PLAIN[0], asked="ask_payment", now=NOW).intents == ("promise_to_pay",)
