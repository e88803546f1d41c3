"""The listening half of a call: frames → without the bot's echo → speech or not → whose turn → words."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from asr.engine import Hearing, SpeechDetector, StreamingRecognizer, Waveform
from asr.transcript import Hypothesis
from voicebot.call.audio import FRAME_S, AudioFrame, to_engine
from voicebot.call.echo import EchoCanceller, SentFrames
from voicebot.call.turns import TurnEvent, TurnTaker, TurnTimes, Words, words_of

_LEAD_IN_S = 0.5
"""Sound before the detector noticed speech: a soft first syllable is in it."""
_FEED_S = 0.16
_FIRST_WORD_S = 0.22
_READ_ANEW_S = 1.2
"""While the bot may be interrupted: no word is understood before the first, none is waited for beyond the second."""
_KEPT_S = 3.0
"""How long an answer is kept to be joined with what follows."""
CONFIDENT = 0.35
"""Below this belief an answer counts as not understood, except where the bot will read it back."""
_SPARSE_S = 2.0
_SPARSE_WORDS = 1.2
"""Fewer words a second than this in so much speech: the question's own graph has passed over most of what was said."""
_SURE_YES = 0.6
"""A second reading that finds no more than a yes must be this sure: nobody's "tidak" may become one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer that has ended; seconds count from the answer of the call, ``*_loop_s`` on the event loop's clock."""

    hypothesis: Hypothesis
    start_s: float
    end_s: float
    speech_ended_loop_s: float
    endpoint_loop_s: float
    recognized_loop_s: float


@dataclass(slots=True, kw_only=True)
class _Utterance:
    """Sound being recognised; all of it is kept, in case it must be read again or joined with more."""

    hearing: Hearing
    state: str
    began_s: float
    ended_s: float = 0.0
    pieces: list[Waveform] = field(default_factory=list[Waveform])
    fed: int = 0

    def unfed(self) -> Waveform | None:
        """What the recognizer has not had yet."""
        new, self.fed = self.pieces[self.fed :], len(self.pieces)
        return np.concatenate(new) if new else None


class Listener:
    """Follows one caller. ``recognizer`` and ``graph`` give what hears and its decoding state wanted now; ``hangover_s`` tells
    how much silence would end the answer, from partial words."""

    def __init__(
        self,
        recognizer: Callable[[], StreamingRecognizer],
        detector: SpeechDetector,
        times: TurnTimes,
        executor: Executor,
        *,
        graph: Callable[[], str],
        hints: tuple[str, ...],
        hangover_s: Callable[[Hypothesis], float],
        sent: SentFrames | None = None,
    ) -> None:
        self._recognizer = recognizer
        self._detector = detector
        self._executor = executor
        self._graph = graph
        self._hints = hints
        self._judge_hangover = hangover_s
        self.turns = TurnTaker(times)
        self.now_s = 0.0
        self._sent = sent
        self._canceller = EchoCanceller(detector.rate_hz) if sent is not None else None
        self._window: NDArray[np.float32] = np.zeros(0, np.float32)
        self._recent: deque[Waveform] = deque(maxlen=round(_LEAD_IN_S / FRAME_S))
        self._current: _Utterance | None = None
        self._backchannel: _Utterance | None = None
        self._answered: _Utterance | None = None
        self._partial = Hypothesis()
        self._hangover_s = times.endpoint_s
        self._words = Words.NONE

    @property
    def partial(self) -> Hypothesis:
        """What was understood of the utterance in progress."""
        return self._partial

    async def hear(self, frame: AudioFrame) -> TurnEvent | None:
        """Take one frame; tells when something about the turns has changed."""
        samples = self._without_echo(to_engine(frame.samples))
        self.now_s = frame.start_s + FRAME_S
        event = self._notice(samples)
        if self._current is None:
            self._recent.append(samples)
            self._keep(samples)
            if event is TurnEvent.WENT_ON and self._answered is not None:
                self._go_on(self._answered)
            elif event in (TurnEvent.SPEECH_STARTED, TurnEvent.BARGED_IN, TurnEvent.WENT_ON):
                self._begin()
        else:
            self._current.pieces.append(samples)
            if (len(self._current.pieces) - self._current.fed) * FRAME_S >= _FEED_S and event is None:
                await self._listen_on(self._current)
        if event is TurnEvent.BACKCHANNEL and self._current is not None:
            self._backchannel, self._current = self._current, None
            self._backchannel.ended_s = self.turns.last_speech_s
        return event

    def _without_echo(self, samples: Waveform) -> Waveform:
        if self._sent is None or self._canceller is None:
            return samples
        return self._canceller.cancel(samples, to_engine(self._sent.next_frame()))

    def _notice(self, samples: Waveform) -> TurnEvent | None:
        event: TurnEvent | None = None
        self._window = np.concatenate([self._window, samples])
        size = self._detector.window_samples
        while len(self._window) >= size:
            window, self._window = self._window[:size], self._window[size:]
            chance = self._detector.probability(window)
            if self._canceller is not None and self._canceller.is_echo:
                chance = 0.0
            found = self.turns.hear(
                self.now_s, size / self._detector.rate_hz, chance, hangover_s=self._hangover_s, words=self._words
            )
            event = found or event
        return event

    def _keep(self, samples: Waveform) -> None:
        """What follows an answer, in case it is part of it."""
        if self._answered is not None:
            self._answered.pieces.append(samples)
            if self.now_s - self._answered.ended_s > _KEPT_S:
                self._answered = None

    def _begin(self) -> None:
        state = self._graph()
        hearing = self._recognizer().listen(state=state, hints=self._hints)
        began_s = self.turns.speech_began_s or self.now_s
        self._follow(_Utterance(hearing=hearing, state=state, began_s=began_s, pieces=list(self._recent)))

    def _go_on(self, answered: _Utterance) -> None:
        hearing = self._recognizer().listen(state=answered.state, hints=self._hints)
        self._follow(_Utterance(hearing=hearing, state=answered.state, began_s=answered.began_s, pieces=answered.pieces))

    def _follow(self, utterance: _Utterance) -> None:
        self._current = utterance
        self._answered = self._backchannel = None
        self._recent.clear()
        self._understand(Hypothesis())

    def _understand(self, partial: Hypothesis) -> None:
        if partial is self._partial:
            return
        self._partial = partial
        self._hangover_s = self._judge_hangover(partial)
        heard = [word.text for word in partial.words]
        settled = heard[:-1] or heard  # a last word that is still being said may be misheard: "iya i…" for "iya ini"
        self._words = words_of(" ".join(settled)) if partial.confidence >= CONFIDENT else Words.NONE

    async def _listen_on(self, utterance: _Utterance) -> None:
        """Whether an interruption is one must be known sooner than the recognizer's next partial: its short sound is read anew."""
        lasted_s = self.now_s - utterance.began_s
        if self.turns.awaits_words and lasted_s < _FIRST_WORD_S:
            return
        if self.turns.awaits_words and lasted_s < _READ_ANEW_S:
            utterance.hearing = self._recognizer().listen(state=utterance.state, hints=self._hints)
            utterance.fed = 0
        await self._feed(utterance)

    async def _feed(self, utterance: _Utterance) -> None:
        sound = utterance.unfed()
        if sound is not None:
            loop = asyncio.get_running_loop()
            self._understand(await loop.run_in_executor(self._executor, utterance.hearing.feed, sound))

    async def finish(self) -> Heard | None:
        """The words of the answer that has just ended; None when there was no speech."""
        loop = asyncio.get_running_loop()
        endpoint_s = loop.time()
        utterance = self._current or self._backchannel
        if utterance is None:
            return None
        if self._current is not None:
            utterance.ended_s = self.turns.last_speech_s
        self._current = self._backchannel = None
        await self._feed(utterance)
        hypothesis = await loop.run_in_executor(self._executor, self._final, utterance)
        self._answered = utterance
        self._understand(Hypothesis())
        return Heard(
            hypothesis=hypothesis,
            start_s=utterance.began_s,
            end_s=utterance.ended_s,
            speech_ended_loop_s=endpoint_s - max(0.0, self.now_s - utterance.ended_s),
            endpoint_loop_s=endpoint_s,
            recognized_loop_s=loop.time(),
        )

    def _final(self, utterance: _Utterance) -> Hypothesis:
        """The final words; where the question's own graph does not hold them, those of the general one."""
        own = utterance.hearing.finish()
        speech_s = utterance.ended_s - utterance.began_s
        is_sparse = speech_s >= _SPARSE_S and len(own.words) < _SPARSE_WORDS * speech_s
        if utterance.state in ("general", "digits") or (own.confidence >= CONFIDENT and not is_sparse):
            return own
        second = self._recognizer().listen(state="general", hints=self._hints)
        second.feed(np.concatenate(utterance.pieces))
        general = second.finish()
        if words_of(general.text) is Words.AGREEING and general.confidence < _SURE_YES:
            return own
        says_more = is_sparse and general.confidence >= CONFIDENT and len(general.words) > len(own.words)
        return general if says_more or general.confidence > own.confidence else own
