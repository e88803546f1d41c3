"""Lines to customers: what a call needs from a telephone, whatever carries it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from voicebot.call.audio import AudioFrame


class FrameTap(Protocol):
    """Gets every frame as it comes and goes; must not block. Frame n of each side belongs to the same 20 ms."""

    def heard(self, pcm: bytes) -> None:
        """The customer's next 20 ms, PCM16."""
        ...

    def sent(self, pcm: bytes) -> None:
        """What went to the customer in the next 20 ms, PCM16."""
        ...


class Line(Protocol):
    """An answered call. Leaving the ``async with`` of :meth:`Transport.dial` hangs up."""

    @property
    def rate_hz(self) -> int:
        """Samples a second in both directions (8000 or 16000)."""
        ...

    @property
    def queued_s(self) -> float:
        """Seconds queued by :meth:`play` and not yet on the wire."""
        ...

    def incoming(self) -> AsyncIterator[AudioFrame]:
        """The customer's sound and silence, 20 ms at a time; ends when either side hangs up."""
        ...

    async def play(self, frame: AudioFrame) -> None:
        """Queue one frame towards the customer; waits while more than about 200 ms are queued."""
        ...

    def stop_playing(self) -> None:
        """Drop what is queued: the customer has barged in."""
        ...

    def take_keys(self) -> str:
        """DTMF keys pressed since the last call, such as ``"1"``; empty when none."""
        ...

    def tap(self, tap: FrameTap) -> None:
        """Let ``tap`` have every frame from now on."""
        ...

    async def transfer(self, target: str) -> None:
        """Hand the customer over to ``target``; raises ``CallError`` with the reason when it fails."""
        ...


class Transport(Protocol):
    """A way to reach telephone numbers."""

    def dial(self, number: str, *, ring_timeout_s: float) -> AbstractAsyncContextManager[Line]:
        """Dial and wait for an answer.

        Raises ``CallNotAnswered`` (no_answer, busy, rejected, invalid_number) on entering, ``LineLost`` later.
        """
        ...
