"""Whose turn it is: endpoints, barge-in, backchannels, silence. Time comes with the windows."""

from __future__ import annotations

from voicebot.call.turns import TurnEvent, TurnTaker, TurnTimes

WINDOW_S = 0.032


class Clock:
    """Feeds windows of speech or silence and collects what is noticed."""

    def __init__(self) -> None:
        self.turns = TurnTaker(TurnTimes())
        self.now_s = 0.0

    def feed(self, seconds: float, *, speech: bool, complete: bool = False) -> list[tuple[TurnEvent, float]]:
        found: list[tuple[TurnEvent, float]] = []
        for _ in range(round(seconds / WINDOW_S)):
            self.now_s += WINDOW_S
            event = self.turns.hear(self.now_s, WINDOW_S, 0.9 if speech else 0.05, complete=complete)
            if event is not None:
                found.append((event, self.now_s))
        return found


def kinds(found: list[tuple[TurnEvent, float]]) -> list[TurnEvent]:
    return [event for event, _ in found]


def test_an_answer_ends_after_the_endpoint_silence() -> None:
    clock = Clock()
    assert kinds(clock.feed(1.0, speech=True)) == [TurnEvent.SPEECH_STARTED]
    ((event, at_s),) = clock.feed(1.5, speech=False)
    assert event is TurnEvent.ANSWER_ENDED
    assert 1.55 < at_s < 1.7


def test_a_complete_answer_ends_sooner() -> None:
    clock = Clock()
    clock.feed(1.0, speech=True)
    ((_, at_s),) = clock.feed(1.5, speech=False, complete=True)
    assert 1.3 < at_s < 1.45


def test_a_pause_inside_an_answer_does_not_end_it() -> None:
    clock = Clock()
    clock.feed(0.8, speech=True)
    assert kinds(clock.feed(0.5, speech=False)) == []
    assert kinds(clock.feed(0.8, speech=True)) == []
    assert kinds(clock.feed(1.0, speech=False)) == [TurnEvent.ANSWER_ENDED]


def test_a_click_is_no_speech() -> None:
    clock = Clock()
    assert clock.feed(0.032, speech=True) == []
    assert clock.feed(2.0, speech=False) == []


def test_lasting_speech_interrupts_the_bot_within_the_limit() -> None:
    clock = Clock()
    clock.turns.bot_starts(may_barge_in=True)
    found = clock.feed(1.0, speech=True)
    assert TurnEvent.BARGED_IN in kinds(found)
    assert dict(found)[TurnEvent.BARGED_IN] <= 0.36


def test_a_backchannel_does_not_interrupt_the_bot() -> None:
    clock = Clock()
    clock.turns.bot_starts(may_barge_in=True)
    assert kinds(clock.feed(0.2, speech=True) + clock.feed(1.5, speech=False)) == [
        TurnEvent.SPEECH_STARTED,
        TurnEvent.BACKCHANNEL,
    ]


def test_a_short_yes_beneath_the_bots_last_word_is_the_answer() -> None:
    clock = Clock()
    clock.turns.bot_starts(may_barge_in=True)
    clock.feed(0.2, speech=True)
    clock.feed(0.65, speech=False)
    assert clock.turns.bot_stops(clock.now_s) is TurnEvent.ANSWER_ENDED


def test_where_barge_in_is_not_allowed_nothing_interrupts() -> None:
    clock = Clock()
    clock.turns.bot_starts(may_barge_in=False)
    assert TurnEvent.BARGED_IN not in kinds(clock.feed(2.0, speech=True))


def test_silence_after_a_question_is_told_once() -> None:
    clock = Clock()
    clock.turns.bot_starts(may_barge_in=True)
    clock.turns.bot_stops(clock.now_s)
    assert kinds(clock.feed(12.0, speech=False)) == [TurnEvent.SILENCE]


def test_endless_speech_is_cut_at_the_limit() -> None:
    clock = Clock()
    assert kinds(clock.feed(16.0, speech=True)) == [TurnEvent.SPEECH_STARTED, TurnEvent.ANSWER_ENDED, TurnEvent.SPEECH_STARTED]
