"""Whole calls in virtual time: who may interrupt whom, what is played afterwards, and answers that go on after a pause."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from asr.engine import Waveform
from tests.bench.line_sounds import line_sound
from tests.bench.turn_taking import RATE_HZ, Customer, Wire, call, speaking_over
from tests.virtual_time import run_virtually
from tts.espeak import EspeakVoice
from voicebot.call.audio import FRAME_S, frames_of, to_engine, to_line
from voicebot.call.events import BargedIn, CallEvent, Said, WentOn

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
LOUD = 0.004


def say(text: str, voice: str = "m3") -> Waveform:
    return np.concatenate(list(EspeakVoice(variant=voice).synthesize(text)))


def answering(*waves: Waveform, leaves_after_s: float = 4.0) -> Customer:
    """Says "halo" at once and each wave 0.5 s after the bot has fallen silent; hangs up some time after the last."""
    waiting = [say("halo"), *waves]
    speaking: list[NDArray[np.int16]] = []
    quiet_s, left_s, has_heard = 0.4, leaves_after_s, True

    def step(_number: int, came: NDArray[np.int16]) -> NDArray[np.int16] | None:
        nonlocal quiet_s, left_s, has_heard
        is_loud = float(np.abs(to_engine(came)).max()) > LOUD
        quiet_s = 0.0 if is_loud or speaking else quiet_s + FRAME_S
        has_heard = has_heard or is_loud
        if speaking:
            return speaking.pop(0)
        if waiting and has_heard and quiet_s >= 0.6:
            speaking.extend(frame.samples for frame in frames_of(to_line(waiting.pop(0)), RATE_HZ))
            has_heard = False
        elif not waiting:
            left_s -= FRAME_S
            if left_s <= 0:
                return None
        return np.zeros(160, np.int16)

    return step


def carried(customer: Customer) -> tuple[list[CallEvent], Wire]:
    wire = Wire()
    return run_virtually(call(customer, wire)), wire


def times(events: list[CallEvent], kind: type[BargedIn] | type[WentOn]) -> list[float]:
    return [event.at_s for event in events if isinstance(event, kind)]


def said(events: list[CallEvent], speaker: str) -> list[str]:
    return [event.turn.text for event in events if isinstance(event, Said) and event.turn.speaker == speaker]


def test_after_an_interruption_the_bot_is_silent_at_once_and_stays_so_until_it_replies() -> None:
    wave = say("jangan telepon saya lagi")
    events, wire = carried(speaking_over(wave, at_s=6.0))
    (at_s,) = times(events, BargedIn)
    stopped = round(at_s / FRAME_S) + 3
    ended = max(number for number, level in enumerate(wire.came) if level > 10 * LOUD)
    assert max(wire.went[stopped:ended]) < LOUD, "nothing of the old words is played"
    assert max(wire.went[ended:]) > LOUD, "then the bot replies"


@pytest.mark.parametrize("text", ["iya", "oke", "iya iya"])
def test_agreeing_does_not_stop_the_bot(text: str) -> None:
    events, _ = carried(speaking_over(say(text), at_s=6.0, stays_s=1.5))
    assert times(events, BargedIn) == []


@pytest.mark.parametrize("name", ["white", "keyboard", "tones", "coughs"])
def test_noise_does_not_stop_the_bot(name: str) -> None:
    events, _ = carried(speaking_over(line_sound(name, 6.0, level_db=-20, seed=1), at_s=3.0, stays_s=0.5))
    assert times(events, BargedIn) == []


def test_an_answer_that_goes_on_after_a_pause_is_understood_as_one() -> None:
    pause = np.zeros(int(0.5 * RATE_HZ), np.float32)
    events, _ = carried(answering(np.concatenate([say("iya"), pause, say("saya istrinya")])))
    assert times(events, WentOn), "the pause was long enough to be taken for the end"
    assert "istrinya" in said(events, "customer")[-1]
    assert said(events, "customer")[-1].startswith("iya")
    assert not any("agihan" in text for text in said(events, "bot")), "the wife is told nothing of the debt"
