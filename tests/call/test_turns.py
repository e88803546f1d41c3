"""Whose turn it is: endpoints, barge-in, backchannels, silence. Time comes with the windows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.call.turns import TurnEvent, TurnTaker, TurnTimes, Words, words_of

WINDOW_S = 0.032
TIMES = TurnTimes()


class Clock:
    """Feeds windows of speech or silence and collects what is noticed."""

    def __init__(self) -> None:
        self.turns = TurnTaker(TIMES)
        self.now_s = 0.0

    def feed(
        self, seconds: float, *, speech: bool, complete: bool = False, words: Words = Words.NONE, unfinished: bool = False
    ) -> list[tuple[TurnEvent, float]]:
        found: list[tuple[TurnEvent, float]] = []
        hangover_s = TIMES.complete_endpoint_s if complete else TIMES.unfinished_endpoint_s if unfinished else TIMES.endpoint_s
        for _ in range(round(seconds / WINDOW_S)):
            self.now_s += WINDOW_S
            event = self.turns.hear(self.now_s, WINDOW_S, 0.9 if speech else 0.05, hangover_s=hangover_s, words=words)
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


def test_an_unfinished_answer_is_waited_for() -> None:
    clock = Clock()
    clock.feed(1.0, speech=True)
    assert kinds(clock.feed(1.1, speech=False, unfinished=True)) == []
    assert kinds(clock.feed(0.2, speech=False, unfinished=True)) == [TurnEvent.ANSWER_ENDED]


def test_words_interrupt_the_bot_sooner_than_sound_that_is_not_understood() -> None:
    for words, limit_s in ((Words.SAYING, TIMES.barge_in_s), (Words.NONE, TIMES.barge_in_unclear_s)):
        clock = Clock()
        clock.turns.bot_starts(0.0, may_barge_in=True)
        found = dict(clock.feed(1.0, speech=True, words=words))
        assert limit_s <= found[TurnEvent.BARGED_IN] <= limit_s + 2 * WINDOW_S


def test_agreeing_while_the_bot_speaks_does_not_interrupt_it_however_slowly_it_is_said() -> None:
    clock = Clock()
    clock.turns.bot_starts(0.0, may_barge_in=True)
    found = clock.feed(1.2, speech=True, words=Words.AGREEING) + clock.feed(1.0, speech=False)
    assert kinds(found) == [TurnEvent.SPEECH_STARTED, TurnEvent.BACKCHANNEL]


def test_clicks_with_pauses_between_do_not_add_up_to_an_interruption() -> None:
    clock = Clock()
    clock.turns.bot_starts(0.0, may_barge_in=True)
    found: list[tuple[TurnEvent, float]] = []
    for _ in range(6):
        found += clock.feed(0.1, speech=True) + clock.feed(0.7, speech=False)
    assert TurnEvent.BARGED_IN not in kinds(found)


@pytest.mark.parametrize("text", ["iya", "he-eh", "ya ya", "oke baik", "mm", "yes", "uh huh", "iya iya iya"])
def test_what_listeners_say_is_agreeing(text: str) -> None:
    assert words_of(text) is Words.AGREEING


@pytest.mark.parametrize("text", ["tunggu", "iya tapi", "bukan", "stop", "tidak", "wait", "iya iya iya iya sudah"])
def test_anything_else_is_saying_something(text: str) -> None:
    assert words_of(text) is Words.SAYING


def answered() -> Clock:
    """A question has been asked and an answer taken for ended; the bot begins to reply 60 ms later."""
    clock = Clock()
    clock.turns.bot_starts(0.0, may_barge_in=True)
    clock.feed(1.0, speech=False)
    clock.turns.bot_stops(clock.now_s)
    clock.feed(1.0, speech=True)
    assert kinds(clock.feed(0.4, speech=False, complete=True)) == [TurnEvent.ANSWER_ENDED]
    return clock


def test_an_answer_that_goes_on_as_the_bot_begins_to_reply_had_not_ended() -> None:
    clock = answered()
    clock.turns.bot_starts(clock.now_s, may_barge_in=True, may_go_on=True)
    clock.feed(0.3, speech=False)
    assert kinds(clock.feed(0.5, speech=True)) == [TurnEvent.WENT_ON]
    clock.turns.bot_stops(clock.now_s)
    assert kinds(clock.feed(1.0, speech=False)) == [TurnEvent.ANSWER_ENDED]


def test_an_answer_that_goes_on_before_the_bot_has_begun_had_not_ended() -> None:
    clock = answered()
    assert kinds(clock.feed(0.3, speech=True)) == [TurnEvent.WENT_ON]


def test_speech_in_the_midst_of_the_reply_is_no_part_of_the_answer_before_it() -> None:
    clock = answered()
    clock.turns.bot_starts(clock.now_s, may_barge_in=True, may_go_on=True)
    clock.feed(1.2, speech=False)
    assert TurnEvent.WENT_ON not in kinds(clock.feed(1.0, speech=True))


def test_what_is_said_after_the_next_question_is_a_new_answer() -> None:
    clock = answered()
    clock.turns.bot_starts(clock.now_s, may_barge_in=True, may_go_on=True)
    clock.feed(0.1, speech=False)
    clock.turns.bot_stops(clock.now_s)
    assert kinds(clock.feed(0.5, speech=True)) == [TurnEvent.SPEECH_STARTED]


def test_a_backchannel_does_not_interrupt_the_bot() -> None:
    clock = Clock()
    clock.turns.bot_starts(clock.now_s, may_barge_in=True)
    assert kinds(clock.feed(0.2, speech=True) + clock.feed(1.5, speech=False)) == [
        TurnEvent.SPEECH_STARTED,
        TurnEvent.BACKCHANNEL,
    ]


def test_a_short_yes_beneath_the_bots_last_word_is_the_answer() -> None:
    clock = Clock()
    clock.turns.bot_starts(clock.now_s, may_barge_in=True)
    clock.feed(0.2, speech=True)
    clock.feed(0.65, speech=False)
    assert clock.turns.bot_stops(clock.now_s) is TurnEvent.ANSWER_ENDED


def test_where_barge_in_is_not_allowed_nothing_interrupts() -> None:
    clock = Clock()
    clock.turns.bot_starts(clock.now_s, may_barge_in=False)
    assert TurnEvent.BARGED_IN not in kinds(clock.feed(2.0, speech=True))


def test_silence_after_a_question_is_told_once() -> None:
    clock = Clock()
    clock.turns.bot_starts(clock.now_s, may_barge_in=True)
    clock.turns.bot_stops(clock.now_s)
    assert kinds(clock.feed(12.0, speech=False)) == [TurnEvent.SILENCE]


def test_endless_speech_is_cut_at_the_limit() -> None:
    clock = Clock()
    assert kinds(clock.feed(16.0, speech=True)) == [TurnEvent.SPEECH_STARTED, TurnEvent.ANSWER_ENDED, TurnEvent.SPEECH_STARTED]


STEP = st.one_of(
    st.tuples(st.just("sound"), st.sampled_from([True, False]), st.integers(1, 40), st.sampled_from(list(Words))),
    st.tuples(st.just("starts"), st.booleans(), st.booleans(), st.none()),
    st.tuples(st.just("stops"), st.none(), st.none(), st.none()),
)


@given(st.lists(STEP, max_size=40))
def test_no_answer_ends_without_speech_and_no_bot_is_interrupted_that_is_silent(
    steps: list[tuple[str, bool, int, Words]],
) -> None:
    turns = TurnTaker(TIMES)
    now_s, heard_s, bot_speaks, may_barge_in = 0.0, 0.0, False, False
    for what, first, second, words in steps:
        events: list[TurnEvent | None] = []
        if what == "starts":
            bot_speaks, may_barge_in = True, first
            turns.bot_starts(now_s, may_barge_in=first, may_go_on=bool(second))
        elif what == "stops":
            bot_speaks = False
            events.append(turns.bot_stops(now_s))
        else:
            for _ in range(second):
                now_s += WINDOW_S
                heard_s += WINDOW_S if first else 0.0
                event = turns.hear(now_s, WINDOW_S, 0.9 if first else 0.1, hangover_s=0.4, words=words)
                events.append(event)
                assert event is not TurnEvent.BARGED_IN or (bot_speaks and may_barge_in and first)
                assert event is not TurnEvent.SILENCE or not first
        for event in events:
            if event in (TurnEvent.ANSWER_ENDED, TurnEvent.BACKCHANNEL):
                assert heard_s > 0.03
                heard_s = 0.0 if event is TurnEvent.ANSWER_ENDED else heard_s
