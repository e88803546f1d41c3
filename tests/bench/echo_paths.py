"""Lines that return what was sent on them: level, delay, and the ringing of a badly matched hybrid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asr.engine import Waveform

RATE_HZ = 8000
_RING_HZ = 900
_RING_DECAY_S = 0.0075
_RING_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoPath:
    """``level_db`` is the echo's power against the power of what was sent."""

    level_db: float
    delay_s: float
    rings: bool = False


def add_echo(line: Waveform, sent: Waveform, path: EchoPath) -> Waveform:
    """``line`` with the echo of ``sent`` on it; both at 8 kHz and of one length."""
    response = _response(path)
    size = 1 << (len(sent) + len(response)).bit_length()
    echo = np.fft.irfft(np.fft.rfft(sent, size) * np.fft.rfft(response, size))[: len(sent)]
    scale = 10 ** (path.level_db / 20) * np.sqrt(np.square(sent).mean() / max(float(np.square(echo).mean()), 1e-12))
    return (line + scale * echo).astype(np.float32)


def _response(path: EchoPath) -> Waveform:
    response = np.zeros(int((path.delay_s + _RING_S) * RATE_HZ), np.float32)
    start = int(path.delay_s * RATE_HZ)
    if path.rings:
        time_s = np.arange(len(response) - start) / RATE_HZ
        response[start:] = np.exp(-time_s / _RING_DECAY_S) * np.cos(2 * np.pi * _RING_HZ * time_s)
    else:
        response[start], response[start + 3] = 1.0, -0.5
    return response


class Returning:
    """The same, frame by frame: what came in goes back out, ``already_s`` of the delay being the line's own."""

    def __init__(self, path: EchoPath, *, already_s: float) -> None:
        delay_s = max(0.0, path.delay_s - already_s)
        self._response = _response(EchoPath(level_db=path.level_db, delay_s=delay_s, rings=path.rings))
        self._response *= 10 ** (path.level_db / 20) / float(np.sqrt(np.square(self._response).sum()))
        self._tail = np.zeros(len(self._response) - 1, np.float32)

    def next(self, came: Waveform) -> Waveform:
        """The echo during this frame."""
        ringing = np.convolve(came, self._response)
        ringing[: len(self._tail)] += self._tail
        self._tail = ringing[len(came) :].copy()
        return ringing[: len(came)].astype(np.float32)
