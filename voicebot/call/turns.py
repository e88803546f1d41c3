"""Whose turn it is to speak. Pure: time comes with the frames.

An answer ends after a silence, sooner when its words are complete already. While the bot speaks, speech must last to count as
barging in; a shorter "ya" or "hmm" is a backchannel, unless the bot falls silent right after it: then it was the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SPEECH_THRESHOLD = 0.5
_ATTACK_S = 0.06
"""Speech shorter than this is a click."""
_LATE_BACKCHANNEL_S = 0.8


class TurnEvent(Enum):
    """What the turn taker has noticed."""

    SPEECH_STARTED = "speech_started"
    BARGED_IN = "barged_in"
    ANSWER_ENDED = "answer_ended"
    BACKCHANNEL = "backchannel"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """The limits, in seconds; see ``voicebot.core.settings.TurnSettings``."""

    endpoint_s: float = 0.6
    complete_endpoint_s: float = 0.35
    barge_in_s: float = 0.3
    silence_s: float = 5.0
    max_answer_s: float = 15.0


class TurnTaker:
    """One call's turns."""

    def __init__(self, times: TurnTimes) -> None:
        self._times = times
        self._bot_speaks = False
        self._may_barge_in = True
        self._quiet_since_s = 0.0
        self._speech_began_s: float | None = None
        self._last_speech_s = 0.0
        self._told_start = False
        self._barged = False
        self._waited_from_s: float | None = None
        self._pending_end_s: float | None = None
        self._patience_s = times.silence_s

    @property
    def speech_began_s(self) -> float | None:
        """When the utterance in progress began."""
        return self._speech_began_s

    @property
    def last_speech_s(self) -> float:
        """When speech was last heard."""
        return self._last_speech_s

    def bot_starts(self, *, may_barge_in: bool) -> None:
        """The bot begins to speak."""
        self._bot_speaks = True
        self._may_barge_in = may_barge_in
        self._waited_from_s = None

    def bot_stops(self, now_s: float, *, patience_s: float | None = None) -> TurnEvent | None:
        """The bot has fallen silent; what was just said beneath its last words may have been the answer.

        ``patience_s`` replaces the usual time after which silence is an answer of its own ("please hold on").
        """
        self._bot_speaks = False
        self._patience_s = patience_s or self._times.silence_s
        self._waited_from_s = now_s
        pending, self._pending_end_s = self._pending_end_s, None
        if pending is not None and now_s - pending <= _LATE_BACKCHANNEL_S:
            self._waited_from_s = None
            return TurnEvent.ANSWER_ENDED
        return None

    def hear(self, now_s: float, window_s: float, speech_probability: float, *, complete: bool) -> TurnEvent | None:
        """Take the window that ends at ``now_s``; ``complete`` says that the words so far are a whole answer."""
        times = self._times
        if speech_probability >= SPEECH_THRESHOLD:
            if self._speech_began_s is None:
                self._speech_began_s = now_s - window_s
                self._told_start = False
                self._pending_end_s = None
            self._last_speech_s = now_s
            length_s = now_s - self._speech_began_s
            if self._bot_speaks and self._may_barge_in and not self._barged and length_s >= times.barge_in_s:
                self._barged = True
                self._told_start = True
                return TurnEvent.BARGED_IN
            if not self._told_start and length_s >= _ATTACK_S:
                self._told_start = True
                return TurnEvent.SPEECH_STARTED
            if length_s >= times.max_answer_s and not self._bot_speaks:
                return self._end()
            return None
        if self._speech_began_s is None:
            waited = self._waited_from_s
            if waited is not None and not self._bot_speaks and now_s - waited >= self._patience_s:
                self._waited_from_s = None
                return TurnEvent.SILENCE
            return None
        quiet_s = now_s - self._last_speech_s
        if not self._told_start:
            if quiet_s > _ATTACK_S:
                self._speech_began_s = None
            return None
        if quiet_s < (times.complete_endpoint_s if complete else times.endpoint_s):
            return None
        if self._bot_speaks and not self._barged:
            self._pending_end_s = self._last_speech_s
            self._speech_began_s = None
            return TurnEvent.BACKCHANNEL
        return self._end()

    def _end(self) -> TurnEvent:
        self._speech_began_s = None
        self._barged = False
        self._waited_from_s = None
        return TurnEvent.ANSWER_ENDED
