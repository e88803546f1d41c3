"""The first seconds of a call, as a session sees them: wait, speak first, greet a person, or deal with a machine."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voicebot.call.answering import MACHINES, AnsweringJudge, Verdict
from voicebot.call.audio import FRAME_S
from voicebot.call.voicemail import MessageMoment

Opening = Literal["speak first", "person", "machine", "nobody"]

_RINGS_S = 45.0
"""A line that still rings after so long is not answered."""
_DISPOSITIONS = {
    "voicemail": "voicemail",
    "announcement": "no_answer",
    "busy": "busy",
    "fax": "failed",
    "ringback": "no_answer",
}


class Pickup:
    """Who answers this call; fed by the session until the party is verified."""

    def __init__(self, rate_hz: int, language: str) -> None:
        self._judge = AnsweringJudge(rate_hz, language=language)
        self._closed = False
        self._moment: MessageMoment | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The latest verdict."""
        return self._judge.verdict

    @property
    def is_open(self) -> bool:
        """Whether anything is left to judge."""
        return not self._closed

    @property
    def is_machine(self) -> bool:
        """Whether a machine answers, as far as is known."""
        return not self._closed and self.verdict is not None and self.verdict.answered in MACHINES

    @property
    def disposition(self) -> str:
        """How a call that no person answered is filed."""
        return _DISPOSITIONS.get(self.verdict.answered if self.verdict is not None else "ringback", "no_answer")

    def hear(self, samples: NDArray[np.float32], now_s: float, *, is_speech: bool, words: str) -> Verdict | None:
        """Take the 20 ms that end at ``now_s``; returns a new verdict."""
        if self._closed:
            return None
        self._judge.understand(words, now_s)
        return self._judge.hear(samples, now_s - FRAME_S, is_speech=is_speech)

    def settle(self, words: str, now_s: float) -> None:
        """An utterance has ended with these words."""
        self._judge.understand(words, now_s, final=True)

    def tell_machine(self, now_s: float) -> None:
        """The words just settled are certainly a machine's."""
        self._judge.conclude_machine(now_s)

    def close(self) -> None:
        """The party is verified: nothing more is judged."""
        self._closed = True

    def opening(self, now_s: float) -> Opening | None:
        """How the call goes on; None: wait."""
        verdict = self.verdict
        if verdict is None:
            return None
        if verdict.answered == "ringback":
            return "nobody" if now_s - verdict.at_s > _RINGS_S else None
        if verdict.answered == "silence":
            return "speak first"
        return "person" if verdict.answered == "human" else "machine"

    def message_moment(self, now_s: float) -> MessageMoment:
        """From now on, when to leave a message."""
        self._moment = MessageMoment(self._judge, now_s)
        return self._moment

    def ends_message(self, now_s: float) -> bool:
        """Whether the message being left must stop: the box beeped again, or a person has picked up."""
        return self._moment is not None and (self._moment.has_beeped_again() or self._moment.is_person(now_s))

    def person_after_all(self) -> None:
        """Somebody has picked up behind the machine; nothing that was said before counts."""
        self._moment = None
        self._judge.start_over()
