"""What the listener hands over: whole answers, beginnings included, joined where they went on, read twice where unclear."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from asr.engine import Waveform
from asr.transcript import Hypothesis, Word
from tests.virtual_time import InPlace
from voicebot.call.audio import FRAME_S, AudioFrame
from voicebot.call.echo import SentFrames
from voicebot.call.hearing import Heard, Listener
from voicebot.call.turns import TurnEvent, TurnTimes

RATE_HZ = 8000
FRAME = 160
TIMES = TurnTimes()


class LoudnessDetector:
    """Speech is what is loud; a detector that notices late, as real ones do."""

    rate_hz = RATE_HZ
    window_samples = 256

    def __init__(self, late_windows: int = 0) -> None:
        self._late_windows = late_windows
        self._loud = 0

    def probability(self, window: Waveform) -> float:
        self._loud = self._loud + 1 if float(np.abs(window).max()) > 0.1 else 0
        return 0.9 if self._loud > self._late_windows else 0.1


@dataclass
class Levels:
    """Hears each stretch of one loudness as the word for that loudness; ``sure`` by decoding state."""

    sure: dict[str, float] = field(default_factory=dict[str, float])
    rate_hz: int = RATE_HZ
    states: list[str] = field(default_factory=list[str])

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> LevelHearing:
        self.states.append(state)
        return LevelHearing(state, self.sure.get(state, 0.9))


class LevelHearing:
    def __init__(self, state: str, confidence: float) -> None:
        self._state = state
        self._confidence = confidence
        self.samples = np.zeros(0, np.float32)

    def feed(self, samples: Waveform) -> Hypothesis:
        self.samples = np.concatenate([self.samples, samples])
        levels = [round(float(self.samples[at : at + FRAME].max()), 1) for at in range(0, len(self.samples), FRAME)]
        said = [level for level, before in zip(levels, [0.0, *levels], strict=False) if level > 0.1 and level != before]
        words = tuple(Word(text=f"{self._state}-{level}", start_s=0.0, end_s=0.1, confidence=0.9) for level in said)
        return Hypothesis(words=words, confidence=self._confidence if words else 0.0)

    def finish(self) -> Hypothesis:
        return self.feed(np.zeros(0, np.float32))


def listening(recognizer: Levels, *, late_windows: int = 0, sent: SentFrames | None = None) -> Listener:
    return Listener(
        lambda: recognizer,
        LoudnessDetector(late_windows),
        TIMES,
        InPlace(),
        graph=lambda: "yes_no",
        hints=(),
        hangover_s=lambda partial: TIMES.complete_endpoint_s,
        sent=sent,
    )


async def follow(
    listener: Listener, *sounds: tuple[float, float], reply_after_s: float | None = None
) -> list[Heard | TurnEvent]:
    """(level, seconds) one after another; ``reply_after_s`` after an endpoint the bot begins to reply."""
    noticed: list[Heard | TurnEvent] = []
    listener.turns.bot_starts(0.0, may_barge_in=True)
    listener.turns.bot_stops(0.0)
    at_s, reply_at_s = 0.0, -1.0
    for level, seconds in sounds:
        for _ in range(round(seconds / FRAME_S)):
            samples = np.full(FRAME, int(level * 32767), np.int16)
            event = await listener.hear(AudioFrame(samples=samples, rate_hz=RATE_HZ, start_s=at_s))
            at_s += FRAME_S
            if event is TurnEvent.ANSWER_ENDED:
                heard = await listener.finish()
                assert heard is not None
                noticed.append(heard)
                reply_at_s = at_s + reply_after_s if reply_after_s is not None else -1.0
            elif event is TurnEvent.WENT_ON:
                noticed.append(event)
                listener.turns.bot_stops(at_s)
            if 0 <= reply_at_s <= at_s:
                listener.turns.bot_starts(at_s, may_barge_in=True, may_go_on=True)
                reply_at_s = -1.0
    return noticed


def texts(noticed: Sequence[Heard | TurnEvent]) -> list[str]:
    return [each.hypothesis.text for each in noticed if isinstance(each, Heard)]


def test_the_beginning_is_heard_though_speech_is_noticed_late() -> None:
    noticed = asyncio.run(follow(listening(Levels(), late_windows=10), (0.0, 1.0), (0.3, 0.2), (0.7, 0.6), (0.0, 1.0)))
    assert texts(noticed) == ["yes_no-0.3 yes_no-0.7"]


def test_an_answer_that_goes_on_as_the_bot_replies_is_one_answer() -> None:
    sounds = ((0.0, 0.5), (0.3, 0.5), (0.0, 0.7), (0.6, 0.5), (0.0, 1.0))
    noticed = asyncio.run(follow(listening(Levels()), *sounds, reply_after_s=0.06))
    first, went_on, joined = noticed
    assert isinstance(first, Heard)
    assert went_on is TurnEvent.WENT_ON
    assert isinstance(joined, Heard)
    assert first.hypothesis.text == "yes_no-0.3"
    assert joined.hypothesis.text == "yes_no-0.3 yes_no-0.6"
    assert joined.start_s == first.start_s
    assert joined.end_s > first.end_s


def test_what_is_said_long_after_is_an_answer_of_its_own() -> None:
    sounds = ((0.0, 0.5), (0.3, 0.5), (0.0, 2.0), (0.6, 0.5), (0.0, 1.0))
    assert texts(asyncio.run(follow(listening(Levels()), *sounds, reply_after_s=0.06)))[0] == "yes_no-0.3"
    noticed = asyncio.run(follow(listening(Levels()), *sounds, reply_after_s=0.06))
    assert TurnEvent.WENT_ON not in noticed


def test_words_that_the_questions_own_graph_does_not_hold_are_read_with_the_general_one() -> None:
    recognizer = Levels(sure={"yes_no": 0.2, "general": 0.8})
    noticed = asyncio.run(follow(listening(recognizer), (0.0, 0.5), (0.3, 0.5), (0.0, 1.0)))
    assert texts(noticed) == ["general-0.3"]


def test_words_that_are_sure_are_read_once() -> None:
    recognizer = Levels(sure={"yes_no": 0.8, "general": 0.9})
    assert texts(asyncio.run(follow(listening(recognizer), (0.0, 0.5), (0.3, 0.5), (0.0, 1.0)))) == ["yes_no-0.3"]
    assert recognizer.states == ["yes_no"]


def test_the_surer_of_two_readings_counts() -> None:
    recognizer = Levels(sure={"yes_no": 0.3, "general": 0.2})
    assert texts(asyncio.run(follow(listening(recognizer), (0.0, 0.5), (0.3, 0.5), (0.0, 1.0)))) == ["yes_no-0.3"]


def test_many_seconds_with_few_words_are_read_again_however_sure_the_words() -> None:
    recognizer = Levels(sure={"yes_no": 0.9, "general": 0.6})
    noticed = asyncio.run(follow(listening(recognizer), (0.0, 0.5), (0.3, 2.5), (0.0, 1.0)))
    assert texts(noticed) == ["yes_no-0.3"], "the second reading must say more to count"
    assert recognizer.states == ["yes_no", "general"]
