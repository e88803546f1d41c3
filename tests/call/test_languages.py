"""Whose language a call is held in: heard in both until settled, changed on request alone, keys always taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from asr.engine import Hearing, StreamingRecognizer, Waveform
from asr.transcript import Hypothesis, Word
from tests.virtual_time import InPlace, run_virtually
from voicebot.call.dialogue import ScriptPolicy
from voicebot.call.events import CallResult
from voicebot.call.languages import SETTLED_AFTER, LanguageRecognizer
from voicebot.call.session import Engines, Session
from voicebot.call.transports.loopback import LoopbackTransport
from voicebot.call.wordings import CallAccount
from voicebot.core.engines import make_detector, make_interpreter, make_recognizers, make_voice
from voicebot.core.money import Rupiah
from voicebot.core.rules import load_rules
from voicebot.core.script import load_script
from voicebot.simulate.converse import play_customer
from voicebot.simulate.persona import Persona, Utterance

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
SOUND = np.zeros(800, np.float32)


class Scripted:
    """A recognizer that hears what it is told to."""

    rate_hz = 8000

    def __init__(self, *heard: tuple[str, float]) -> None:
        self._heard = list(heard)
        self.listened = 0

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> Hearing:
        self.listened += 1
        text, confidence = self._heard[min(self.listened - 1, len(self._heard) - 1)]
        return _Fixed(text, confidence)


class _Fixed:
    def __init__(self, text: str, confidence: float) -> None:
        words = tuple(Word(text=word, start_s=0.0, end_s=0.1, confidence=confidence) for word in text.split())
        self._hypothesis = Hypothesis(words=words, confidence=confidence)

    def feed(self, samples: Waveform) -> Hypothesis:
        return self._hypothesis

    def finish(self) -> Hypothesis:
        return Hypothesis(words=self._hypothesis.words, is_final=True, confidence=self._hypothesis.confidence)


def wished(text: str) -> str | None:
    return "en" if "english" in text else "id" if "bahasa" in text else None


def heard(recognizer: StreamingRecognizer) -> str:
    hearing = recognizer.listen(state="yes_no")
    hearing.feed(SOUND)
    return hearing.finish().text


def test_a_request_in_the_other_language_is_heard() -> None:
    recognizer = LanguageRecognizer(
        {"id": Scripted(("kan wis piki", 0.3)), "en": Scripted(("can we speak english", 0.7))}, lambda: "id", wished
    )
    assert heard(recognizer) == "can we speak english"


@pytest.mark.parametrize(
    "other",
    [("yes speaking", 0.9), ("can we speak english", 0.2), ("bahasa please", 0.9), ("", 0.0)],
    ids=["no request", "not believed", "for the language it is", "nothing"],
)
def test_anything_else_that_the_other_recognizer_hears_changes_nothing(other: tuple[str, float]) -> None:
    recognizer = LanguageRecognizer({"id": Scripted(("iya betul", 0.8)), "en": Scripted(other)}, lambda: "id", wished)
    assert heard(recognizer) == "iya betul"


def test_once_answers_are_understood_the_other_language_is_heard_no_longer() -> None:
    english = Scripted(("fish", 0.5))
    recognizer = LanguageRecognizer({"id": Scripted(("iya", 0.9)), "en": english}, lambda: "id", wished)
    for _ in range(SETTLED_AFTER + 4):
        heard(recognizer)
    assert english.listened == SETTLED_AFTER


def test_an_answer_that_was_not_understood_opens_the_other_ear_again() -> None:
    english = Scripted(("fish", 0.5))
    indonesian = Scripted(*[("iya", 0.9)] * SETTLED_AFTER, ("hm", 0.2), ("iya", 0.9))
    recognizer = LanguageRecognizer({"id": indonesian, "en": english}, lambda: "id", wished)
    for _ in range(SETTLED_AFTER + 2):
        heard(recognizer)
    assert english.listened == SETTLED_AFTER + 1


def test_after_a_change_the_new_language_must_settle_too() -> None:
    language = ["id"]
    indonesian, english = Scripted(("iya", 0.9)), Scripted(("yes", 0.9))
    recognizer = LanguageRecognizer({"id": indonesian, "en": english}, lambda: language[0], wished)
    for _ in range(SETTLED_AFTER + 1):
        heard(recognizer)
    language[0] = "en"
    assert heard(recognizer) == "yes"
    assert (indonesian.listened, english.listened) == (SETTLED_AFTER + 2, SETTLED_AFTER + 1)


def test_a_script_of_one_language_costs_nothing_more() -> None:
    only = Scripted(("iya", 0.9))
    hearing = LanguageRecognizer({"id": only}, lambda: "id", wished).listen()
    assert isinstance(hearing, _Fixed)


def call(script_name: str, persona: Persona) -> CallResult:
    """A whole call over the loopback line with the real engines, in virtual time."""
    script = load_script(script_name)
    assert script.translation is not None
    account = CallAccount(
        name="Budi Santoso",
        product="pinjaman" if script.language == "id" else "loan",
        amount_due=Rupiah(1_250_000),
        due_on=date(2026, 11, 20),
        va_bank="BCA",
    )
    policy = ScriptPolicy(script, account, now=NOW, rules=load_rules(), translation=load_script(script.translation))
    engines = Engines(
        recognizers=make_recognizers(),
        interpreters={language: make_interpreter(language) for language in ("id", "en")},
        voices={language: make_voice(language) for language in ("id", "en")},
        detector=make_detector(),
        executor=InPlace(),
    )

    async def talk() -> CallResult:
        transport = LoopbackTransport(lambda _number, line: play_customer(line, persona, executor=InPlace()), delay_s=0.04)
        async with transport.dial("1", ring_timeout_s=5) as line:
            return await Session(line, policy, engines, now=NOW).run()

    return run_virtually(talk())


def told(result: CallResult) -> str:
    return "\n".join(
        f"{turn.speaker}: {turn.text} {turn.confidence if turn.speaker == 'customer' else ''}" for turn in result.turns
    )


def bot_says(result: CallResult, place: int) -> str:
    return [turn.text for turn in result.turns if turn.speaker == "bot"][place]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_call_begun_in_indonesian_goes_on_in_english_when_asked_aloud() -> None:
    says = (
        Utterance(text="halo", language="id"),
        Utterance(text="can we speak english please"),
        Utterance(text="yes speaking"),
        Utterance(text="i will pay on friday"),
        Utterance(text="yes that's right"),
    )
    result = call("payment_reminder", Persona(number="1", title="english", language="en", voice="m3", says=says))
    print(told(result))
    assert "Budi Santoso" in bot_says(result, 0)
    assert "Am I speaking with" in bot_says(result, 1)
    assert result.party == "right_party"
    assert result.promise is not None
    assert (result.promise.due_on, result.promise.amount) == (date(2026, 11, 27), 1_250_000)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_call_begun_in_english_goes_on_in_indonesian_when_asked_aloud() -> None:
    says = (
        Utterance(text="hello", language="en"),
        Utterance(text="bahasa indonesia saja ya mbak"),
        Utterance(text="iya saya sendiri"),
        Utterance(text="saya bayar penuh hari jumat"),
        Utterance(text="iya betul"),
    )
    result = call("payment_reminder_en", Persona(number="1", title="indonesian", voice="m3", says=says))
    print(told(result))
    assert "Apakah" in bot_says(result, 1) or "dengan" in bot_says(result, 1)
    assert result.party == "right_party"
    assert result.promise is not None
    assert result.promise.due_on == date(2026, 11, 27)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_keys_are_taken_in_an_english_call() -> None:
    says = (Utterance(text="hello"), Utterance(keys="1"), Utterance(text="i already paid yesterday"))
    result = call("payment_reminder_en", Persona(number="1", title="keys", language="en", voice="f2", says=says))
    print(told(result))
    assert (result.party, result.outcome) == ("right_party", "already_paid")
