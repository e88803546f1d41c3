"""The listening half of a call: frames → speech or not → whose turn → words."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.engine import Hearing, SpeechDetector, StreamingRecognizer
from asr.transcript import Hypothesis
from voicebot.call.audio import FRAME_S, AudioFrame, to_engine
from voicebot.call.turns import TurnEvent, TurnTaker, TurnTimes

_LEAD_IN_S = 0.3
_FEED_S = 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer that has ended; seconds count from the answer of the call, ``*_loop_s`` on the event loop's clock."""

    hypothesis: Hypothesis
    start_s: float
    end_s: float
    speech_ended_loop_s: float
    endpoint_loop_s: float
    recognized_loop_s: float


class Listener:
    """Follows one caller. ``recognizer`` and ``graph`` give what hears and its decoding state wanted now; ``is_complete``
    judges partial words."""

    def __init__(
        self,
        recognizer: Callable[[], StreamingRecognizer],
        detector: SpeechDetector,
        times: TurnTimes,
        executor: Executor,
        *,
        graph: Callable[[], str],
        hints: tuple[str, ...],
        is_complete: Callable[[Hypothesis], bool],
    ) -> None:
        self._recognizer = recognizer
        self._detector = detector
        self._executor = executor
        self._graph = graph
        self._hints = hints
        self._is_complete = is_complete
        self.turns = TurnTaker(times)
        self.now_s = 0.0
        self._window: NDArray[np.float32] = np.zeros(0, np.float32)
        self._recent: deque[NDArray[np.float32]] = deque(maxlen=round(_LEAD_IN_S / FRAME_S))
        self._unfed: list[NDArray[np.float32]] = []
        self._hearing: Hearing | None = None
        self._began_s = 0.0
        self._partial = Hypothesis()
        self._kept: tuple[Hearing, float, float] | None = None

    @property
    def partial(self) -> Hypothesis:
        """What was understood of the utterance in progress."""
        return self._partial

    async def hear(self, frame: AudioFrame) -> TurnEvent | None:
        """Take one frame; tells when something about the turns has changed."""
        samples = to_engine(frame.samples)
        self.now_s = frame.start_s + FRAME_S
        self._window = np.concatenate([self._window, samples])
        event: TurnEvent | None = None
        size = self._detector.window_samples
        while len(self._window) >= size:
            window, self._window = self._window[:size], self._window[size:]
            chance = self._detector.probability(window)
            complete = self._hearing is not None and self._is_complete(self._partial)
            found = self.turns.hear(self.now_s, size / self._detector.rate_hz, chance, complete=complete)
            event = found or event
        if self._hearing is None:
            self._recent.append(samples)
            if event in (TurnEvent.SPEECH_STARTED, TurnEvent.BARGED_IN):
                self._begin()
        else:
            self._unfed.append(samples)
            if len(self._unfed) * FRAME_S >= _FEED_S and event is None:
                await self._feed()
        if event is TurnEvent.BACKCHANNEL and self._hearing is not None:
            self._kept = (self._hearing, self._began_s, self.turns.last_speech_s)
            self._hearing = None
        return event

    def _begin(self) -> None:
        self._hearing = self._recognizer().listen(state=self._graph(), hints=self._hints)
        self._unfed = list(self._recent)
        self._recent.clear()
        self._partial = Hypothesis()
        self._began_s = self.turns.speech_began_s or self.now_s

    async def _feed(self) -> None:
        hearing, pieces = self._hearing, self._unfed
        self._unfed = []
        if hearing is None or not pieces:
            return
        sound = np.concatenate(pieces)
        loop = asyncio.get_running_loop()
        self._partial = await loop.run_in_executor(self._executor, hearing.feed, sound)

    async def finish(self) -> Heard | None:
        """The words of the answer that has just ended; None when there was no speech."""
        loop = asyncio.get_running_loop()
        endpoint_s = loop.time()
        if self._hearing is None and self._kept is not None:
            hearing, began_s, ended_s = self._kept
        elif self._hearing is not None:
            await self._feed()
            hearing, began_s, ended_s = self._hearing, self._began_s, self.turns.last_speech_s
        else:
            return None
        self._hearing = self._kept = None
        hypothesis = await loop.run_in_executor(self._executor, hearing.finish)
        self._partial = Hypothesis()
        return Heard(
            hypothesis=hypothesis,
            start_s=began_s,
            end_s=ended_s,
            speech_ended_loop_s=endpoint_s - max(0.0, self.now_s - ended_s),
            endpoint_loop_s=endpoint_s,
            recognized_loop_s=loop.time(),
        )
