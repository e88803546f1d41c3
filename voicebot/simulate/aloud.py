"""The same conversation in text and aloud: a test conversation's words spoken by a simulated customer over the loopback line."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from voicebot.call.dialogue import contract_outcome
from voicebot.call.events import CallResult
from voicebot.call.session import Engines, Session
from voicebot.call.transports.loopback import LoopbackTransport
from voicebot.core.engines import make_detector, make_interpreter, make_recognizers, make_voice
from voicebot.simulate.converse import play_customer
from voicebot.simulate.coverage import policy_of
from voicebot.simulate.persona import Persona, Utterance

_HELLO = {"id": "halo", "en": "hello"}
VOICES = ("m3", "f4", "m7", "f2", "m1", "f5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a conversation came to when it was spoken."""

    result: CallResult

    @property
    def outcome(self) -> str:
        """In the contract's one-column view."""
        return contract_outcome(self.result.disposition, self.result.party, self.result.outcome)

    @property
    def promise(self) -> dict[str, Any] | None:
        """As ``santun talk --replay`` tells it."""
        promise = self.result.promise if self.outcome == "promise_to_pay" else None
        return {"date": promise.due_on.isoformat(), "amount_idr": promise.amount} if promise else None

    @property
    def heard(self) -> list[str]:
        """The customer's turns as they were recognised."""
        return [turn.text for turn in self.result.turns if turn.speaker == "customer"]


def can_be_spoken(conversation: dict[str, Any], language: str = "id") -> bool:
    """A customer's words in one language throughout: keys are pressed and not said, machines are another matter."""
    turns = conversation["turns"]
    words = " ".join(turns)
    return (
        conversation["lang"] == language
        and conversation["outcome"] != "voicemail"
        and all(turn.strip() for turn in turns)
        and not any(letter.isdigit() for letter in words)
    )


def is_in_vocabulary(conversation: dict[str, Any]) -> bool:
    """The recognizer knows every word; others (regional, English, rare) it can only mistake."""
    if conversation["lang"] == "en":
        from asr.english_models import vocabulary
        from asr.english_text import normalize

        known = vocabulary("general")
    else:
        from asr.graphs import graph_for
        from asr.pronunciation import normalize

        known = frozenset(graph_for("general").words)
    return all(word in known for turn in conversation["turns"] for word in normalize(turn).split())


async def speak(conversation: dict[str, Any], *, number: int, executor: Executor) -> Spoken:
    """Carry the conversation over a loopback line; ``number`` picks the customer's voice."""
    policy, now = policy_of(conversation)
    says = tuple(Utterance(text=turn) for turn in (_HELLO[conversation["lang"]], *conversation["turns"]))
    language = conversation["lang"]
    persona = Persona(number="1", title=conversation["id"], language=language, voice=VOICES[number % len(VOICES)], says=says)
    transport = LoopbackTransport(lambda _number, line: play_customer(line, persona, executor=executor), delay_s=0.04)
    engines = Engines(
        recognizers=make_recognizers(),
        interpreters={language: make_interpreter(language)},
        voices={language: make_voice(language)},
        detector=make_detector(),
        executor=executor,
    )
    async with transport.dial("1", ring_timeout_s=5) as line:
        return Spoken(result=await Session(line, policy, engines, now=now).run())
