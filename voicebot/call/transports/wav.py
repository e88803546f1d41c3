"""Recorded answers play the customer: each file is spoken when the bot has been quiet for a while."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from asr.audio_file import read_audio
from voicebot.call.audio import FRAME_S, frames_of, to_engine, to_line
from voicebot.call.transports.loopback import LoopbackLine, LoopbackTransport

_QUIET_LEVEL = 0.005


class WavTransport(LoopbackTransport):
    """Plays ``files`` one after another, each after the bot has spoken and then been silent for ``pause_s``."""

    def __init__(self, files: Sequence[Path], *, rate_hz: int = 8000, pause_s: float = 0.6, stay_s: float = 30.0) -> None:
        super().__init__(self._speak_files, rate_hz=rate_hz)
        self._answers = [to_line(read_audio(path, rate_hz=rate_hz)[0].mean(axis=0)) for path in files]
        self._pause_s = pause_s
        self._stay_s = stay_s

    async def _speak_files(self, number: str, line: LoopbackLine) -> None:
        waiting = list(self._answers)
        spoke = False
        quiet_s = 0.0
        left_s = self._stay_s
        playing: list[np.ndarray] = []
        async for frame in line.incoming():
            loud = float(np.abs(to_engine(frame.samples)).max()) > _QUIET_LEVEL
            spoke = spoke or loud
            quiet_s = 0.0 if loud else quiet_s + FRAME_S
            if playing:
                await line.play(next(frames_of(playing.pop(0), line.rate_hz)))
                continue
            if waiting and spoke and quiet_s >= self._pause_s:
                playing = [piece.samples for piece in frames_of(waiting.pop(0), line.rate_hz)]
                spoke = False
            elif not waiting:
                left_s -= FRAME_S
                if left_s <= 0:
                    return
