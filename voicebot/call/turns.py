"""Whose turn it is to speak. Pure: time comes with the windows of sound.

An answer ends after a silence whose length its words decide (``voicebot.call.hangover``). If the customer goes on just as the bot
begins to reply, the answer had not ended: the reply is withdrawn and both parts are one answer. While the bot speaks, speech must
be words, or last, to count as barging in; a "ya" or "hmm" is a backchannel, unless the bot falls silent right after it: then it
was the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SPEECH_THRESHOLD = 0.5
_ATTACK_S = 0.06
"""Speech shorter than this is a click."""
_LATE_BACKCHANNEL_S = 0.8
_AGREEING_S = 2.0
"""Agreeing words that go on for longer than this are no backchannel any more."""


class TurnEvent(Enum):
    """What the turn taker has noticed."""

    SPEECH_STARTED = "speech_started"
    BARGED_IN = "barged_in"
    WENT_ON = "went_on"
    """The answer that had been taken for ended goes on; the reply to it does not hold."""
    ANSWER_ENDED = "answer_ended"
    BACKCHANNEL = "backchannel"
    SILENCE = "silence"


_AGREEING_WORDS = frozenset(
    "ya iya iyah he eh heeh ho oh mm hm hmm mhm em oke ok okey baik betul bener benar siap sip halo nggih "
    "yes yeah yep yup okay right uh huh aha sure see i hello".split()
)
_AGREEING_COUNT = 3


class Words(Enum):
    """What is understood so far of what is being said."""

    NONE = "none"
    AGREEING = "agreeing"
    """Only what listeners say while they listen: "ya", "he-eh", "oke"."""
    SAYING = "saying"


def words_of(text: str) -> Words:
    """What kind of words ``text`` is; Indonesian and English."""
    words = text.lower().replace("-", " ").split()
    if not words:
        return Words.NONE
    if len(words) <= _AGREEING_COUNT and all(word in _AGREEING_WORDS for word in words):
        return Words.AGREEING
    return Words.SAYING


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """The limits, in seconds; see ``voicebot.core.settings.TurnSettings``."""

    endpoint_s: float = 0.6
    complete_endpoint_s: float = 0.35
    unfinished_endpoint_s: float = 1.2
    resume_s: float = 0.8
    barge_in_s: float = 0.25
    barge_in_unclear_s: float = 0.7
    silence_s: float = 5.0
    max_answer_s: float = 15.0


class TurnTaker:
    """One call's turns."""

    def __init__(self, times: TurnTimes) -> None:
        self._times = times
        self._bot_speaks = False
        self._bot_began_s = 0.0
        self._may_barge_in = True
        self._may_go_on = False
        self._has_asked = False
        self._speech_began_s: float | None = None
        self._voiced_s = 0.0
        self._last_speech_s = 0.0
        self._told_start = False
        self._barged = False
        self._waited_from_s: float | None = None
        self._pending_end_s: float | None = None
        self._answer: tuple[float, float] | None = None
        self._patience_s = times.silence_s

    @property
    def speech_began_s(self) -> float | None:
        """When the utterance in progress began."""
        return self._speech_began_s

    @property
    def last_speech_s(self) -> float:
        """When speech was last heard."""
        return self._last_speech_s

    @property
    def awaits_words(self) -> bool:
        """Whether what is being said will stop the bot once it is understood to be words."""
        return self._bot_speaks and self._may_barge_in and not self._barged

    def bot_starts(self, now_s: float, *, may_barge_in: bool, may_go_on: bool = False) -> None:
        """The bot begins to speak; ``may_go_on``: it replies to an answer that may turn out not to have ended."""
        self._bot_speaks = True
        self._bot_began_s = now_s
        self._may_barge_in = may_barge_in
        self._may_go_on = may_go_on
        self._has_asked = True
        self._waited_from_s = None

    def bot_stops(self, now_s: float, *, patience_s: float | None = None) -> TurnEvent | None:
        """The bot has fallen silent; what was just said beneath its last words may have been the answer.

        ``patience_s`` replaces the usual time after which silence is an answer of its own ("please hold on").
        """
        self._bot_speaks = self._may_go_on = False
        self._patience_s = patience_s or self._times.silence_s
        self._waited_from_s = now_s
        pending, self._pending_end_s = self._pending_end_s, None
        if pending is not None and now_s - pending <= _LATE_BACKCHANNEL_S:
            self._waited_from_s = None
            return TurnEvent.ANSWER_ENDED
        return None

    def forget(self) -> None:
        """What was being said has been taken as it stands; speech from now on is new."""
        self._speech_began_s = self._pending_end_s = self._answer = None
        self._barged = False

    def hear(
        self, now_s: float, window_s: float, speech_probability: float, *, hangover_s: float, words: Words = Words.NONE
    ) -> TurnEvent | None:
        """Take the window that ends at ``now_s``; ``hangover_s`` of silence would end the answer as it stands."""
        if speech_probability >= SPEECH_THRESHOLD:
            return self._speech(now_s, window_s, words)
        if self._speech_began_s is None:
            return self._nothing(now_s)
        quiet_s = now_s - self._last_speech_s
        if not self._told_start:
            if quiet_s > _ATTACK_S:
                self._speech_began_s = None
            return None
        if quiet_s < hangover_s:
            return None
        if self._bot_speaks and not self._barged:
            self._pending_end_s = self._last_speech_s
            self._speech_began_s = None
            return TurnEvent.BACKCHANNEL
        return self._end(now_s)

    def _speech(self, now_s: float, window_s: float, words: Words) -> TurnEvent | None:
        if self._speech_began_s is None:
            self._speech_began_s = now_s - window_s
            self._voiced_s = 0.0
            self._told_start = False
            self._pending_end_s = None
        self._last_speech_s = now_s
        self._voiced_s += window_s
        if not self._told_start and self._voiced_s >= _ATTACK_S and self._goes_on():
            self._told_start = self._barged = True
            self._speech_began_s = self._answer[0] if self._answer else self._speech_began_s
            return TurnEvent.WENT_ON
        if self._bot_speaks and self._may_barge_in and not self._barged and self._interrupts(words):
            self._told_start = self._barged = True
            return TurnEvent.BARGED_IN
        if not self._told_start and self._voiced_s >= _ATTACK_S:
            self._told_start = True
            return TurnEvent.SPEECH_STARTED
        if now_s - self._speech_began_s >= self._times.max_answer_s and not self._bot_speaks:
            ended = self._end(now_s)
            self._answer = None  # what was cut at the limit is not joined again
            return ended
        return None

    def _goes_on(self) -> bool:
        """Whether speech began before the reply to the last answer had been under way for long."""
        if self._speech_began_s is None or self._answer is None or self._waited_from_s is not None:
            return False
        began_s, ended_s = self._answer
        may = self._may_go_on if self._bot_speaks else self._has_asked
        if not may or self._last_speech_s - began_s > self._times.max_answer_s:
            return False
        return self._speech_began_s - (self._bot_began_s if self._bot_speaks else ended_s) <= self._times.resume_s

    def _interrupts(self, words: Words) -> bool:
        times = self._times
        needed_s = {
            Words.SAYING: times.barge_in_s,
            Words.NONE: times.barge_in_unclear_s,
            Words.AGREEING: max(_AGREEING_S, times.barge_in_unclear_s),
        }
        return self._voiced_s >= needed_s[words]

    def _nothing(self, now_s: float) -> TurnEvent | None:
        waited = self._waited_from_s
        if waited is not None and not self._bot_speaks and now_s - waited >= self._patience_s:
            self._waited_from_s = None
            return TurnEvent.SILENCE
        return None

    def _end(self, now_s: float) -> TurnEvent:
        began_s = self._speech_began_s
        self._answer = (began_s, now_s) if began_s is not None else None
        self._speech_began_s = None
        self._barged = False
        self._waited_from_s = None
        return TurnEvent.ANSWER_ENDED
