"""Calls over the loopback line to people and machines, with the real engines: who is told apart, and what the bot then does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.call.test_session import call
from tests.call.test_tones import FRAME, RATE_HZ, Wave, silence, tone
from tests.virtual_time import run_virtually
from tts.espeak import EspeakVoice
from voicebot.call.audio import AudioFrame, to_engine, to_line
from voicebot.call.events import CallResult
from voicebot.call.transports.loopback import LoopbackLine, LoopbackTransport

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
_LOUD = 0.01


@dataclass
class OtherEnd:
    """Plays a wave from the answer on, notes when the bot is heard, and hangs up at the end of the wave."""

    parts: list[Wave]
    marks: dict[str, float] = field(default_factory=dict)
    bot_heard_s: list[float] = field(default_factory=list)

    async def answer(self, _number: str, line: LoopbackLine) -> None:
        wave = np.concatenate(self.parts)
        wave = wave + np.random.default_rng(5).standard_normal(len(wave)).astype(np.float32) * 0.002
        place = 0
        async for frame in line.incoming():
            if float(np.abs(to_engine(frame.samples)).max()) > _LOUD:
                self.bot_heard_s.append(place * 0.02)
            piece = to_line(wave[place * FRAME : (place + 1) * FRAME])
            if len(piece) < FRAME:
                return
            await line.play(AudioFrame(samples=piece, rate_hz=RATE_HZ, start_s=0.0))
            place += 1

    def first_heard_after(self, at_s: float) -> float:
        """Seconds from ``at_s`` to the bot's next sound."""
        return min((heard_s - at_s for heard_s in self.bot_heard_s if heard_s >= at_s), default=float("inf"))


def says(text: str, variant: str = "m3") -> Wave:
    wave = np.concatenate(list(EspeakVoice(variant=variant, rate_wpm=150).synthesize(text)))
    return wave[: np.flatnonzero(np.abs(wave) > 0.02)[-1] + 160] * 0.5


def length_s(*parts: Wave) -> float:
    return sum(len(part) for part in parts) / RATE_HZ


def placed(other: OtherEnd) -> CallResult:
    return run_virtually(call(LoopbackTransport(other.answer), []))


def bot_steps(result: CallResult) -> list[str]:
    return [turn.step for turn in result.turns if turn.speaker == "bot"]


GREETING = "Anda terhubung dengan kotak suara. Silakan tinggalkan pesan setelah nada berikut."


def test_a_voicemail_box_gets_its_message_right_after_the_beep() -> None:
    before = [silence(0.4), says(GREETING), silence(0.7), tone(1000.0, 0.5)]
    other = OtherEnd([*before, silence(20.0)])
    result = placed(other)
    assert (result.disposition, result.party) == ("voicemail", "unverified")
    assert bot_steps(result) == ["voicemail_message"]
    message = next(turn.text.lower() for turn in result.turns if turn.speaker == "bot")
    assert not any(word in message for word in ("tagihan", "bayar", "rp", "tunggak", "cicil", "angsur"))
    assert 0.1 <= other.first_heard_after(0.0) - length_s(*before) <= 0.5


def test_a_box_without_a_beep_gets_its_message_after_a_silence() -> None:
    before = [silence(0.4), says(GREETING)]
    other = OtherEnd([*before, silence(20.0)])
    result = placed(other)
    assert bot_steps(result) == ["voicemail_message"]
    assert 1.5 <= other.first_heard_after(0.0) - length_s(*before) <= 2.5


def test_a_second_beep_starts_the_message_anew() -> None:
    first = [silence(0.4), says(GREETING), silence(0.5), tone(800.0, 0.3)]
    before = [*first, silence(1.5), tone(800.0, 0.3)]
    other = OtherEnd([*before, silence(20.0)])
    result = placed(other)
    assert bot_steps(result) == ["voicemail_message", "voicemail_message"]
    assert other.first_heard_after(length_s(*before)) <= 0.5


def test_a_person_who_picks_up_behind_the_box_is_spoken_to() -> None:
    before = [silence(0.4), says(GREETING), silence(1.0), says("halo", "f3")]
    other = OtherEnd([*before, silence(12.0)])
    result = placed(other)
    assert result.disposition == "answered"
    assert "voicemail_message" not in bot_steps(result)
    assert other.first_heard_after(length_s(*before)) <= 1.3


def test_an_announcement_is_no_answer_and_hears_nothing() -> None:
    text = "Nomor yang Anda tuju sedang tidak aktif atau berada di luar jangkauan. Silakan hubungi beberapa saat lagi."
    tones = [tone(950.0, 0.33), tone(1400.0, 0.33), tone(1800.0, 0.33)]
    other = OtherEnd([silence(0.3), *tones, silence(0.2), says(text, "f2"), silence(20.0)])
    result = placed(other)
    assert (result.disposition, result.hung_up_by) == ("no_answer", "bot")
    assert other.bot_heard_s == []
    assert result.duration_s < 15


def test_a_persons_halo_is_answered_at_once() -> None:
    before = [silence(0.6), says("halo")]
    other = OtherEnd([*before, silence(6.0)])
    result = placed(other)
    assert result.disposition == "answered"
    assert other.first_heard_after(0.0) - length_s(*before) <= 1.0


def test_a_silent_line_is_spoken_to_first() -> None:
    other = OtherEnd([silence(8.0)])
    assert placed(other).disposition == "answered"
    assert 1.4 <= other.first_heard_after(0.0) <= 2.0


def test_a_line_that_rings_on_is_waited_for() -> None:
    before = [silence(0.2), tone(425.0, 1.0), silence(4.0), tone(425.0, 1.0), silence(1.5), says("halo", "f4")]
    other = OtherEnd([*before, silence(6.0)])
    result = placed(other)
    assert result.disposition == "answered"
    assert other.first_heard_after(0.0) >= length_s(*before)
    assert other.first_heard_after(0.0) - length_s(*before) <= 1.0


def test_a_fax_is_left_alone() -> None:
    other = OtherEnd([silence(0.5), tone(2100.0, 3.0), silence(10.0)])
    result = placed(other)
    assert (result.disposition, other.bot_heard_s) == ("failed", [])


def test_a_box_taken_for_a_person_still_gets_its_message_and_no_debt() -> None:
    before = [silence(0.4), says("halo"), silence(1.2), says("maaf saya sedang tidak bisa menerima telepon. silakan tinggalkan pesan setelah nada"), silence(0.5), tone(950.0, 0.4)]  # fmt: skip
    other = OtherEnd([*before, silence(20.0)])
    result = placed(other)
    assert result.disposition == "voicemail"
    assert bot_steps(result)[-1] == "voicemail_message"
    assert not any("tagihan" in turn.text.lower() for turn in result.turns if turn.speaker == "bot")


def test_several_calls_are_judged_side_by_side() -> None:
    async def both() -> tuple[CallResult, ...]:
        ends = [OtherEnd([silence(0.5), says("halo"), silence(4.0)]), OtherEnd([silence(0.4), says(GREETING), silence(8.0)])]
        return tuple(await asyncio.gather(*(call(LoopbackTransport(end.answer), []) for end in ends)))

    person, box = run_virtually(both())
    assert (person.disposition, box.disposition) == ("answered", "voicemail")
