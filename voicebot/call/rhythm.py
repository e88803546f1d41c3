"""The rhythm of the other side's speech: runs and pauses, as a judge of greetings sees them."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.call.audio import FRAME_S

_ATTACK_S = 0.06
"""Shorter speech is a click."""
_PAUSE_S = 0.2
"""A shorter gap belongs to the speech around it."""
_NEW_UTTERANCE_S = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The shape of what was said up to now: seconds of speech, of its longest run, of silence since, since its beginning."""

    speech_s: float = 0.0
    longest_run_s: float = 0.0
    pauses: int = 0
    quiet_s: float = 0.0
    since_began_s: float = 0.0


class Rhythm:
    """Follows speech and pauses, 20 ms at a time."""

    def __init__(self) -> None:
        self._began_s: float | None = None
        self._run_began_s: float | None = None
        self._candidate_s: float | None = None
        self._speech_s = 0.0
        self._longest_s = 0.0
        self._pauses = 0
        self.last_s = 0.0
        """When speech was last heard; 0 before."""
        self.utterance_began_s: float | None = None
        """When the latest utterance began: speech after a longer silence."""

    @property
    def is_starting(self) -> bool:
        """Whether speech may just have begun."""
        return self._candidate_s is not None

    def hear(self, now_s: float, is_speech: bool) -> None:
        """Take the 20 ms that end at ``now_s``."""
        if not is_speech:
            self._candidate_s = None
            if self._run_began_s is not None and now_s - self.last_s >= _PAUSE_S:
                length_s = self.last_s - self._run_began_s
                self._speech_s += length_s
                self._longest_s = max(self._longest_s, length_s)
                self._run_began_s = None
        elif self._run_began_s is not None:
            self.last_s = now_s
        elif self._candidate_s is None:
            self._candidate_s = now_s - FRAME_S
        elif now_s - self._candidate_s >= _ATTACK_S:
            self._begin(self._candidate_s, now_s)

    def _begin(self, began_s: float, now_s: float) -> None:
        if self.utterance_began_s is None or began_s - self.last_s >= _NEW_UTTERANCE_S:
            self.utterance_began_s = began_s
        if self._began_s is None:
            self._began_s = began_s
        else:
            self._pauses += 1
        self._run_began_s, self._candidate_s, self.last_s = began_s, None, now_s

    def timing(self, now_s: float) -> Timing:
        """The shape so far."""
        if self._began_s is None:
            return Timing()
        running_s = self.last_s - self._run_began_s if self._run_began_s is not None else 0.0
        return Timing(
            speech_s=self._speech_s + running_s,
            longest_run_s=max(self._longest_s, running_s),
            pauses=self._pauses,
            quiet_s=max(0.0, now_s - self.last_s),
            since_began_s=now_s - self._began_s,
        )
