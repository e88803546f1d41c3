"""The moments of a scene at which a judge might decide, as features."""

from __future__ import annotations

from models.recipes.answering.trace import Trace, replay
from voicebot.call.answering import AnsweringJudge, AnsweringLimits, features_of
from voicebot.call.machine_words import AnsweringModel, MachineWords, WordEvidence
from voicebot.call.rhythm import Timing

_PAUSES_S = (0.36, 0.6, 0.9)
_EVERY_S = 1.0


def moments(traced: Trace, words: MachineWords) -> list[dict[str, float]]:
    """Features at each pause, when it has lasted as long as a verdict takes, and each second of speech."""
    recorder = _Recorder(words)
    for _ in replay(traced, recorder):
        pass
    return recorder.found


class _Recorder(AnsweringJudge):
    """Never decides; keeps what it would have decided on."""

    def __init__(self, words: MachineWords) -> None:
        nothing = AnsweringModel(words={"id": words}, timing={}, bias=0.0)
        super().__init__(model=nothing, limits=AnsweringLimits(hello_wait_s=1e9))
        self.found: list[dict[str, float]] = []
        self._pause_s = 0.0
        self._second = 0

    def log_odds(self, timing: Timing) -> float:
        """Asked at every frame: takes down the moments that count."""
        for limit_s in _PAUSES_S:
            if self._pause_s < limit_s <= timing.quiet_s:
                self._take(timing, self._evidence(self.text))
        self._pause_s = timing.quiet_s
        second = int(timing.since_began_s / _EVERY_S)
        if second > self._second and timing.quiet_s < 0.1:
            self._second = second
            self._take(timing, self._evidence(self.text))
        return 0.0

    def _take(self, timing: Timing, evidence: WordEvidence) -> None:
        self.found.append(features_of(timing, evidence, bool(self.text)))
