"""The bot's own voice coming back on the line is taken out and not taken for the customer."""

from __future__ import annotations

import numpy as np
import pytest

from asr.engine import Waveform
from asr.vad import SileroDetector
from tests.bench.echo_paths import EchoPath, add_echo
from tts.espeak import EspeakVoice
from voicebot.call.echo import EchoCanceller, SentFrames

RATE_HZ = 8000
FRAME = 160
WINDOW = 256
LONGEST_FALSE_S = 0.3
"""A shorter stretch has no words in it yet and interrupts nothing."""


@pytest.fixture(scope="module")
def bot() -> Waveform:
    voice = EspeakVoice(variant="f2")
    text = "Selamat pagi. Saya Sinta, asisten virtual. Panggilan ini direkam. Apakah saya berbicara dengan Bapak Budi Santoso?"
    return np.concatenate(list(voice.synthesize(text)))


@pytest.fixture(scope="module")
def customer() -> Waveform:
    return np.concatenate(list(EspeakVoice(variant="m3").synthesize("tunggu dulu, jangan telepon saya lagi")))


def noise(count: int, level_db: float) -> Waveform:
    return (np.random.default_rng(1).standard_normal(count) * 10 ** (level_db / 20)).astype(np.float32)


def longest_speech_s(came: Waveform, sent: Waveform, *, from_s: float = 0.0) -> float:
    """The longest stretch that counts as the customer's speech, as the listener judges it."""
    canceller, detector = EchoCanceller(RATE_HZ), SileroDetector(RATE_HZ)
    waiting = np.zeros(0, np.float32)
    longest = run = 0
    for start in range(0, len(came) - FRAME + 1, FRAME):
        waiting = np.concatenate([waiting, canceller.cancel(came[start : start + FRAME], sent[start : start + FRAME])])
        while len(waiting) >= WINDOW:
            is_speech = detector.probability(waiting[:WINDOW]) >= 0.5 and not canceller.is_echo
            waiting = waiting[WINDOW:]
            run = run + 1 if is_speech and start / RATE_HZ >= from_s else 0
            longest = max(longest, run)
    return longest * WINDOW / RATE_HZ


@pytest.mark.parametrize("rings", [False, True], ids=["plain", "ringing hybrid"])
@pytest.mark.parametrize("delay_s", [0.02, 0.1, 0.2])
@pytest.mark.parametrize("level_db", [-20.0, -6.0])
def test_echo_is_not_the_customer(bot: Waveform, level_db: float, delay_s: float, rings: bool) -> None:
    came = add_echo(noise(len(bot), -55), bot, EchoPath(level_db=level_db, delay_s=delay_s, rings=rings))
    assert longest_speech_s(came, bot) < LONGEST_FALSE_S


@pytest.mark.parametrize("level_db", [-20.0, -6.0])
def test_the_customer_is_heard_over_the_bot_and_its_echo(bot: Waveform, customer: Waveform, level_db: float) -> None:
    came = add_echo(noise(len(bot), -55), bot, EchoPath(level_db=level_db, delay_s=0.12, rings=True))
    start = int(4.5 * RATE_HZ)
    came[start : start + len(customer)] += customer
    assert longest_speech_s(came, bot, from_s=4.4) > 0.4


def test_a_line_without_echo_passes_as_it_came(bot: Waveform, customer: Waveform) -> None:
    came = noise(len(bot), -48)
    start = int(4.5 * RATE_HZ)
    came[start : start + len(customer)] += customer
    canceller = EchoCanceller(RATE_HZ)
    frames = range(0, len(came) - FRAME + 1, FRAME)
    left = np.concatenate([canceller.cancel(came[at : at + FRAME], bot[at : at + FRAME]) for at in frames])
    changed = np.square(left - came[: len(left)]).sum() / np.square(came).sum()
    assert changed < 0.01
    assert longest_speech_s(came, bot, from_s=4.4) > 0.4


def test_an_echo_becomes_fainter_by_a_factor_of_ten_within_three_seconds(bot: Waveform) -> None:
    came = add_echo(noise(len(bot), -65), bot, EchoPath(level_db=-10, delay_s=0.06, rings=False))
    canceller = EchoCanceller(RATE_HZ)
    frames = range(0, len(came) - FRAME + 1, FRAME)
    left = np.concatenate([canceller.cancel(came[at : at + FRAME], bot[at : at + FRAME]) for at in frames])
    after = slice(3 * RATE_HZ, len(left))
    assert np.square(left[after]).sum() < 0.1 * np.square(came[after]).sum()


def test_sent_frames_come_in_order_and_are_silent_when_nothing_went_out() -> None:
    sent = SentFrames(RATE_HZ)
    assert not sent.next_frame().any()
    for value in (1, 2):
        sent.sent(np.full(FRAME, value, np.int16).tobytes())
    assert [int(sent.next_frame()[0]) for _ in range(3)] == [1, 2, 0]
