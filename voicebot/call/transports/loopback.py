"""A line inside the process: two ends, a frame each 20 ms both ways, with delay and loss as wished.

Time is the event loop's, so tests may run it in virtual time.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np

from voicebot.call.audio import FRAME_S, AudioFrame, frame_samples
from voicebot.call.transports import FrameTap
from voicebot.core.errors import CallError

_MAX_QUEUED_FRAMES = 10


class LoopbackLine:
    """One end of a call within the process."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._silence = np.zeros(frame_samples(rate_hz), np.int16)
        self._to_play: deque[np.ndarray] = deque()
        self._arrived: asyncio.Queue[AudioFrame | None] = asyncio.Queue()
        self._taps: list[FrameTap] = []
        self._keys = ""
        self._ended = False
        self.peer: LoopbackLine | None = None

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return self._rate_hz

    @property
    def queued_s(self) -> float:
        """Seconds waiting to be sent."""
        return len(self._to_play) * FRAME_S

    async def incoming(self) -> AsyncIterator[AudioFrame]:
        """What the other end sends, until somebody hangs up."""
        while (frame := await self._arrived.get()) is not None:
            yield frame

    async def play(self, frame: AudioFrame) -> None:
        """Queue a frame, waiting while 200 ms are queued."""
        while len(self._to_play) >= _MAX_QUEUED_FRAMES and not self._ended:
            await asyncio.sleep(FRAME_S)
        self._to_play.append(frame.samples)

    def stop_playing(self) -> None:
        """Drop what is queued."""
        self._to_play.clear()

    def take_keys(self) -> str:
        """Keys pressed at the other end."""
        keys, self._keys = self._keys, ""
        return keys

    def press(self, keys: str) -> None:
        """Press keys at this end."""
        if self.peer is not None:
            self.peer._keys += keys

    def tap(self, tap: FrameTap) -> None:
        """Let ``tap`` have every frame."""
        self._taps.append(tap)

    async def transfer(self, target: str) -> None:
        """There is nobody to hand over to."""
        raise CallError(f"a loopback line cannot be transferred to {target}")

    def hang_up(self) -> None:
        """End the call at both ends."""
        for end in (self, self.peer):
            if end is not None and not end._ended:
                end._ended = True
                end._arrived.put_nowait(None)

    def next_frame(self) -> np.ndarray:
        """What this end sends now."""
        samples = self._to_play.popleft() if self._to_play else self._silence
        for tap in self._taps:
            tap.sent(samples.tobytes())
        return samples

    def deliver(self, samples: np.ndarray, start_s: float) -> None:
        """What arrives at this end now."""
        for tap in self._taps:
            tap.heard(samples.tobytes())
        self._arrived.put_nowait(AudioFrame(samples=samples, rate_hz=self._rate_hz, start_s=start_s))

    @property
    def ended(self) -> bool:
        """Somebody has hung up."""
        return self._ended


async def carry(
    one: LoopbackLine, other: LoopbackLine, *, delay_s: float = 0.0, loss_share: float = 0.0, seed: int = 0
) -> None:
    """Carry frames both ways until the call ends."""
    chance = random.Random(seed)
    delayed = max(0, round(delay_s / FRAME_S))
    silence = np.zeros(frame_samples(one.rate_hz), np.int16)
    there: deque[np.ndarray] = deque([silence] * delayed)
    back: deque[np.ndarray] = deque([silence] * delayed)
    loop = asyncio.get_running_loop()
    began = loop.time()
    tick = 0
    while not one.ended:
        there.append(one.next_frame())
        back.append(other.next_frame())
        for queue, end in ((there, other), (back, one)):
            samples = queue.popleft()
            end.deliver(silence if chance.random() < loss_share else samples, tick * FRAME_S)
        tick += 1
        await asyncio.sleep(max(0.0, began + tick * FRAME_S - loop.time()))


class LoopbackTransport:
    """Dials a coroutine: ``answer(number, line)`` plays the customer, and hangs up by returning.

    ``answer`` may raise ``CallNotAnswered`` before its first ``await`` on the line.
    """

    def __init__(
        self,
        answer: Callable[[str, LoopbackLine], Awaitable[None]],
        *,
        rate_hz: int = 8000,
        delay_s: float = 0.0,
        loss_share: float = 0.0,
        check: Callable[[str], None] = lambda number: None,
    ) -> None:
        self._answer = answer
        self._rate_hz = rate_hz
        self._delay_s = delay_s
        self._loss_share = loss_share
        self._check = check

    @asynccontextmanager
    async def dial(self, number: str, *, ring_timeout_s: float) -> AsyncGenerator[LoopbackLine, None]:
        """Reach the customer at once; ``check(number)`` may raise ``CallNotAnswered``."""
        self._check(number)
        bot, customer = LoopbackLine(self._rate_hz), LoopbackLine(self._rate_hz)
        bot.peer, customer.peer = customer, bot

        async def answering() -> None:
            try:
                await self._answer(number, customer)
            finally:
                customer.hang_up()

        carrying = asyncio.create_task(carry(bot, customer, delay_s=self._delay_s, loss_share=self._loss_share))
        talking = asyncio.create_task(answering())
        try:
            yield bot
        finally:
            bot.hang_up()
            talking.cancel()
            await asyncio.gather(carrying, talking, return_exceptions=True)
