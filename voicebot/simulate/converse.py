"""A simulated customer on a line: waits until the bot has spoken, answers, interrupts, presses keys, hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from tts.espeak import EspeakVoice
from voicebot.call.audio import FRAME_S, AudioFrame, frame_samples, frames_of, to_engine, to_line
from voicebot.call.transports import Line
from voicebot.simulate.persona import Persona, Utterance

_LOUD = 0.01
_BOT_PAUSE_S = 0.55
"""The bot counts as silent after this; longer than its pauses between sentences."""


async def play_customer(line: Line, persona: Persona, *, seed: int = 0, executor: Executor | None = None) -> None:
    """Live through the call; returns when the line ends, or when the customer hangs up. Speech is made in ``executor``."""
    voices = {
        language: EspeakVoice(
            language=language, variant=persona.voice, rate_wpm=persona.rate_wpm, pitch=persona.pitch, rate_hz=line.rate_hz
        )
        for language in {persona.language, *(utterance.language or persona.language for utterance in persona.says)}
    }
    loop = asyncio.get_running_loop()
    spoken = [
        await loop.run_in_executor(executor, _render, voices[utterance.language or persona.language], utterance)
        for utterance in persona.says
    ]
    noise = np.random.default_rng(seed).standard_normal(line.rate_hz * 4).astype(np.float32) * 10 ** (persona.noise_db / 20)
    customer = _Customer(line, persona.says, spoken, noise)
    async for frame in line.incoming():
        if not await customer.step(frame) and persona.hangs_up_after:
            await asyncio.sleep(0.3)
            return


def _render(voice: EspeakVoice, utterance: Utterance) -> NDArray[np.int16]:
    waves = list(voice.synthesize(utterance.text)) if utterance.text else []
    return to_line(np.concatenate(waves)) if waves else np.zeros(0, np.int16)


class _Customer:
    def __init__(
        self, line: Line, says: Sequence[Utterance], spoken: list[NDArray[np.int16]], noise: NDArray[np.float32]
    ) -> None:
        self._line = line
        self._says = list(says)
        self._spoken = spoken
        self._noise = noise
        self._place = 0
        self._speaking: list[AudioFrame] = []
        self._bot_spoke_s = 0.0
        self._bot_quiet_s = 0.0
        self._heard_bot = False
        self._first = True

    async def step(self, frame: AudioFrame) -> bool:
        """Take one frame and send one; False once everything has been said."""
        loud = float(np.abs(to_engine(frame.samples)).max()) > _LOUD
        if loud:
            self._bot_spoke_s += FRAME_S
            self._bot_quiet_s = 0.0
            self._heard_bot = True
        else:
            self._bot_quiet_s += FRAME_S
        if not self._speaking and self._says and self._is_time():
            await self._begin()
        await self._send()
        return bool(self._says or self._speaking)

    def _is_time(self) -> bool:
        following = self._says[0]
        if following.interrupts_after_s is not None:
            return self._bot_spoke_s >= following.interrupts_after_s
        if self._first:
            return self._bot_quiet_s >= following.after_s
        return self._heard_bot and self._bot_quiet_s >= _BOT_PAUSE_S + following.after_s

    async def _begin(self) -> None:
        utterance = self._says.pop(0)
        samples = self._spoken[self._place]
        self._place += 1
        self._first = self._heard_bot = False
        self._bot_spoke_s = 0.0
        press = getattr(self._line, "press", None)
        if utterance.keys and press is not None:
            pressed = press(utterance.keys)
            if asyncio.iscoroutine(pressed):
                await pressed
        self._speaking = list(frames_of(samples, self._line.rate_hz))

    async def _send(self) -> None:
        size = frame_samples(self._line.rate_hz)
        self._noise = np.roll(self._noise, -size)
        samples = to_line(self._noise[:size])
        if self._speaking:
            samples = np.clip(samples.astype(np.int32) + self._speaking.pop(0).samples, -32768, 32767).astype(np.int16)
            if not self._speaking:
                self._heard_bot = False  # what the bot still said beneath our words does not count as its answer
        if self._line.queued_s < 0.1:
            await self._line.play(AudioFrame(samples=samples, rate_hz=self._line.rate_hz, start_s=0.0))
