"""When to leave a message on a voicemail box: after its beep, or after a silence where none comes; and when not to.

Pure: asked again and again with the time. A second beep starts the message anew, since a box records from its last beep on. A
person who picks up behind the greeting gets a conversation instead.
"""

from __future__ import annotations

from typing import Literal

from voicebot.call.answering import AnsweringJudge

Cue = Literal["wait", "speak", "person", "give up"]

_AFTER_BEEP_S = 0.15
"""Boxes begin to record a little after their beep."""
_NO_BEEP_S = 1.8
"""Silence after which no beep is expected any more; boxes leave up to about 1.5 s between greeting and beep."""
_PATIENCE_S = 30.0
_ANNOUNCED_PATIENCE_S = 8.0
"""An announcement may yet turn out to offer a voicemail box; for longer it only repeats itself."""
_PERSON_PAUSE_S = 0.5
_PERSON_LONGEST_S = 2.5
_PERSON_ODDS = -2.0
"""Log odds of a machine's words, below which they are a person's."""


class MessageMoment:
    """Follows the line from the verdict "machine" on."""

    def __init__(self, judge: AnsweringJudge, now_s: float) -> None:
        self._judge = judge
        self._began_s = now_s
        self._heard_beep_s = 0.0
        self._greeting = len(judge.text)

    def cue(self, now_s: float) -> Cue:
        """What to do now."""
        judge = self._judge
        if judge.is_tone_sounding:
            return "wait"
        if self.is_person(now_s):
            return "person"
        quiet_s = now_s - judge.quiet_since_s()
        is_box = judge.verdict is not None and judge.verdict.answered == "voicemail"
        beep_s = judge.beep_ended_s
        if beep_s is not None and beep_s > self._heard_beep_s and quiet_s >= _AFTER_BEEP_S:
            self._heard_beep_s = beep_s
            return "speak"
        if quiet_s >= _NO_BEEP_S:
            return "speak" if is_box else "give up"
        waited_s = now_s - self._began_s
        return "give up" if waited_s > (_PATIENCE_S if is_box else _ANNOUNCED_PATIENCE_S) else "wait"

    def has_beeped_again(self) -> bool:
        """Whether a beep has come since the message began."""
        return (self._judge.beep_ended_s or 0.0) > self._heard_beep_s

    def is_person(self, now_s: float) -> bool:
        """Whether somebody has said a few words, none of them a machine's, and waits for an answer."""
        said = self._judge.said_last(now_s)
        return (
            said is not None
            and said.quiet_s >= _PERSON_PAUSE_S
            and said.length_s <= _PERSON_LONGEST_S
            and said.began_s > self._began_s
            and said.odds <= _PERSON_ODDS
        )
