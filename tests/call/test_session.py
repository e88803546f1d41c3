"""Whole calls over the loopback line with the real engines: conversations, barge-in, keys, voicemail, recorded people."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from tests.virtual_time import InPlace, run_virtually
from voicebot.call.dialogue import ScriptPolicy
from voicebot.call.events import BargedIn, CallEvent, CallResult
from voicebot.call.session import Engines, Session
from voicebot.call.transports import Transport
from voicebot.call.transports.loopback import LoopbackLine, LoopbackTransport
from voicebot.call.transports.wav import WavTransport
from voicebot.call.wordings import CallAccount
from voicebot.core.engines import make_detector, make_interpreter, make_recognizer, make_voice
from voicebot.core.errors import CallNotAnswered
from voicebot.core.money import Rupiah
from voicebot.core.rules import load_rules
from voicebot.core.script import load_script
from voicebot.simulate.converse import play_customer
from voicebot.simulate.persona import Persona, Utterance

T = TypeVar("T")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
ACCOUNT = CallAccount(
    name="Budi Santoso",
    honorific="Bapak",
    product="pinjaman",
    amount_due=Rupiah(1_250_000),
    due_on=date(2026, 11, 20),
    va_bank="BCA",
)


async def call(transport: Transport, events: list[CallEvent]) -> CallResult:
    borrowed = Engines(
        recognizers={"id": make_recognizer()},
        detector=make_detector(),
        interpreters={"id": make_interpreter("id")},
        voices={"id": make_voice()},
        executor=InPlace(),
    )
    policy = ScriptPolicy(load_script("payment_reminder"), ACCOUNT, now=NOW, rules=load_rules())
    async with transport.dial("1", ring_timeout_s=5) as line:
        return await Session(line, policy, borrowed, now=NOW, watch=events.append).run()


def persona(*says: str | Utterance, **fields: object) -> LoopbackTransport:
    utterances = tuple(Utterance(text=each) if isinstance(each, str) else each for each in says)
    customer = Persona(number="1", title="test", says=utterances, **fields)  # type: ignore[arg-type]
    return LoopbackTransport(lambda _number, line: play_customer(line, customer, executor=InPlace()), delay_s=0.04)


def together(*calls: Coroutine[Any, Any, T]) -> list[T]:
    """All at once, in virtual time."""

    async def gathered() -> list[T]:
        return list(await asyncio.gather(*calls))

    return run_virtually(gathered())


def test_six_conversations_at_once_come_to_their_outcomes() -> None:
    talks = {
        "promise": persona("halo", "iya saya sendiri", "saya bayar penuh hari jumat", "iya betul"),
        "keys": persona("halo", Utterance(keys="1"), "sudah saya bayar kemarin"),
        "leaves": persona("halo", "iya betul", "nanti dulu", hangs_up_after=True),
        "machine": persona("nomor yang anda tuju tidak dapat dihubungi silakan tinggalkan pesan setelah nada berikut"),
        "barge": persona("halo", "iya", Utterance(text="jangan telepon saya lagi", interrupts_after_s=4.0)),
        "third": persona("halo", "bukan saya istrinya"),
    }
    events: dict[str, list[CallEvent]] = {name: [] for name in talks}
    results = dict(zip(talks, together(*(call(talk, events[name]) for name, talk in talks.items())), strict=True))
    told = {name: (r.disposition, r.party, r.outcome, r.hung_up_by) for name, r in results.items()}
    print(told)
    promise = results["promise"].promise
    assert promise is not None
    assert (promise.amount, promise.due_on) == (1_250_000, date(2026, 11, 27))
    assert told["keys"][1:3] == ("right_party", "already_paid")
    assert told["leaves"][3] == "customer"
    assert told["machine"][:2] == ("voicemail", "unverified")
    messages = [turn for turn in results["machine"].turns if turn.speaker == "bot"]
    assert messages[-1].step == "voicemail_message"
    assert not any(word in messages[-1].text.lower() for word in ("tagihan", "bayar", "rp"))
    assert all(turn.because for result in results.values() for turn in result.turns if turn.speaker == "bot")
    assert told["barge"][2] == "opt_out"
    assert any(isinstance(event, BargedIn) for event in events["barge"])
    assert told["third"][1] == "third_party"
    for name, result in results.items():
        before = [turn.text for turn in result.turns if turn.speaker == "bot"][:1]
        assert all("agihan" not in text for text in before), name
        delays = [turn.latency.total_s for turn in result.turns if turn.latency is not None]
        assert all(delay < 2.5 for delay in delays)


@pytest.mark.asyncio
async def test_a_line_that_is_not_answered_says_so() -> None:
    def refuse(number: str) -> None:
        raise CallNotAnswered("busy")

    async def nobody(number: str, line: LoopbackLine) -> None:
        return

    with pytest.raises(CallNotAnswered, match="busy"):
        await call(LoopbackTransport(nobody, check=refuse), [])


def recorded(people: Path, wanted: set[str], count: int) -> list[tuple[Path, str, str]]:
    """(file, text, speaker): the first recording of each wanted text by ``count`` different speakers."""
    found: list[tuple[Path, str, str]] = []
    with (people / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            text, speaker = row["text"].strip().lower(), row["speaker"]
            if text in wanted and not any(text == known and speaker == who for _, known, who in found):
                found.append((people / row["path"], text, speaker))
    per_text: dict[str, int] = {}
    kept: list[tuple[Path, str, str]] = []
    for path, text, speaker in found:
        per_text[text] = per_text.get(text, 0) + 1
        if per_text[text] <= count:
            kept.append((path, text, speaker))
    return kept


def test_recorded_people_answer_the_bot(people: Path) -> None:
    """Human "tidak", "halo" and amounts as the customer's answers; what was understood is printed."""
    chosen = recorded(people, {"tidak", "halo"}, 4)
    assert chosen, "the manifest has no such single words"

    async def one(path: Path, text: str, speaker: str) -> tuple[str, str, str, str]:
        result = await call(WavTransport([path], stay_s=2.0), [])
        heard = [(turn.text, ",".join(turn.intents)) for turn in result.turns if turn.speaker == "customer"]
        return (speaker, text, *(heard[0] if heard else ("", "")))

    report = [together(*(one(*each) for each in chosen[start : start + 4])) for start in range(0, len(chosen), 4)]
    rows = [row for group in report for row in group]
    print("speaker, said, heard, understood")
    for row in rows:
        print("  " + " | ".join(row))
    denials = [row for row in rows if row[1] == "tidak"]
    assert not any("affirm" in row[3] for row in denials), "a no is never taken for a yes"
    assert sum("deny" in row[3] for row in denials) >= len(denials) / 2
