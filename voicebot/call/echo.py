"""Takes the bot's own voice out of what comes back on the line, and tells how much of the sound it was.

Hybrids and loudspeakers return the bot's words 20-200 ms later; a speech detector rightly calls that speech. The canceller is the
frequency-domain Kalman filter: its step follows from what is known of the path, so it settles within a second and stands still
while both talk.

Sources: G. Enzner, P. Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones", Signal
Processing 86 (2006); F. Kuech, E. Mabande, G. Enzner, "State-space architecture of the partitioned-block-based acoustic echo
controller", ICASSP 2014.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from voicebot.call.audio import FRAME_S, frame_samples

_REACH_S = 0.28
"""Longest echo path: the delay on the line and the ringing of a hybrid after it."""
_FORGETTING = 0.9995
_SMOOTHING = 0.7
_FLOOR = 1e-7
_START_DOUBT = 0.05
_FAR_ACTIVE = 1e-5
"""Mean square (about -50 dB) from which the bot counts as audible."""
_LEARNING_FRAMES = 100
"""Frames with the bot audible before the filter may be believed: 2 s, once a call."""
_BENEFIT_MEMORY = 0.98
_BENEFIT = 0.0
"""Energy taken out for the energy of the echo as estimated: 1 for a perfect filter, -1 where nothing comes back on the line and
the filter only adds traces of the bot's voice. Below this, sound passes as it came."""
_SETTLED_FRAMES = 200
"""Frames after which the filter takes out most of an echo: 4 s."""
_EXPLAINED = 0.35
_EXPLAINED_EARLY = 0.7
"""Left over of the sound; below this share what came back was the bot. A filter that is still settling leaves more."""
_FAINT = 6e-6
"""Mean square (-52 dB) of the rest that counts as nothing while the bot speaks: detectors hear speech at any level."""
_MEMORY_FRAMES = 5
_MOST_AHEAD_FRAMES = 50
"""Frames that may have gone out before their counterparts are looked at: a second, as when recognition holds up the listener."""


class EchoCanceller:
    """One line's echo path; give it every frame that goes and every frame that comes, in order."""

    def __init__(self, rate_hz: int) -> None:
        self._size = frame_samples(rate_hz)
        parts = round(_REACH_S / FRAME_S)
        bins = self._size + 1
        self._path = np.zeros((parts, bins), np.complex64)
        self._doubt = np.full((parts, bins), _START_DOUBT, np.float32)
        self._spectra = np.zeros((parts, bins), np.complex64)
        self._noise = np.full(bins, 1e-3, np.float32)
        self._sent = np.zeros(2 * self._size, np.float32)
        self._loudness: deque[float] = deque([0.0] * parts, maxlen=parts)
        self._came: deque[float] = deque([0.0] * _MEMORY_FRAMES, maxlen=_MEMORY_FRAMES)
        self._left: deque[float] = deque([0.0] * _MEMORY_FRAMES, maxlen=_MEMORY_FRAMES)
        self._learned_frames = 0
        self._taken_out = self._estimated = 0.0

    def cancel(self, came: NDArray[np.float32], sent: NDArray[np.float32]) -> NDArray[np.float32]:
        """``came`` without the echo of ``sent`` and of the frames before it; all of one frame's length."""
        self._sent = np.concatenate([self._sent[self._size :], sent])
        self._loudness.append(float(np.dot(sent, sent)) / self._size)
        if max(self._loudness) < _FAR_ACTIVE:
            self._spectra = np.roll(self._spectra, 1, axis=0)
            self._spectra[0] = 0
            self._remember(came, came)
            return came
        self._spectra = np.roll(self._spectra, 1, axis=0)
        self._spectra[0] = np.fft.rfft(self._sent)
        echo = np.fft.irfft((self._spectra * self._path).sum(axis=0))[self._size :].astype(np.float32)
        rest = came - echo
        self._learn(rest)
        self._learned_frames += 1
        self._remember(came, rest)
        self._taken_out = _BENEFIT_MEMORY * self._taken_out + float(np.dot(came, came) - np.dot(rest, rest))
        self._estimated = _BENEFIT_MEMORY * self._estimated + float(np.dot(echo, echo))
        return rest if self._helps else came

    def _learn(self, rest: NDArray[np.float32]) -> None:
        error = np.fft.rfft(np.concatenate([np.zeros_like(rest), rest]))
        self._noise = _SMOOTHING * self._noise + (1 - _SMOOTHING) * np.square(np.abs(error)).astype(np.float32)
        power = np.square(np.abs(self._spectra))
        self._doubt = _FORGETTING**2 * self._doubt + (1 - _FORGETTING**2) * np.square(np.abs(self._path))
        gain = self._doubt / (0.5 * (self._doubt * power).sum(axis=0) + self._noise + _FLOOR)
        step = np.fft.irfft(gain * np.conj(self._spectra) * error)
        step[:, self._size :] = 0
        self._path = (self._path + np.fft.rfft(step)).astype(np.complex64)
        self._doubt = np.maximum(self._doubt * (1 - 0.5 * gain * power), 0).astype(np.float32)

    def _remember(self, came: NDArray[np.float32], rest: NDArray[np.float32]) -> None:
        self._came.append(float(np.dot(came, came)) / self._size)
        self._left.append(float(np.dot(rest, rest)) / self._size)

    @property
    def _helps(self) -> bool:
        return self._taken_out > _BENEFIT * self._estimated

    @property
    def is_echo(self) -> bool:
        """Whether the last 100 ms held the bot's own voice and nobody else's."""
        if max(self._loudness) < _FAR_ACTIVE:
            return False
        left = sum(self._left)
        if self._learned_frames < _LEARNING_FRAMES:
            return True
        if not self._helps:
            return False
        if left / _MEMORY_FRAMES < _FAINT:
            return True
        share = _EXPLAINED_EARLY if self._learned_frames < _SETTLED_FRAMES else _EXPLAINED
        return left < share * sum(self._came)


class SentFrames:
    """What goes out on a line, frame by frame beside what comes in; a :class:`~voicebot.call.transports.FrameTap`."""

    def __init__(self, rate_hz: int) -> None:
        self._silence = np.zeros(frame_samples(rate_hz), np.int16)
        self._frames: deque[bytes] = deque(maxlen=_MOST_AHEAD_FRAMES)

    def heard(self, pcm: bytes) -> None:
        """The other direction comes by another way."""

    def sent(self, pcm: bytes) -> None:
        """A frame has gone out; called on the line's own thread."""
        self._frames.append(pcm)

    def next_frame(self) -> NDArray[np.int16]:
        """The frame that went out beside the next one that came in; silence when none did."""
        return np.frombuffer(self._frames.popleft(), np.int16) if self._frames else self._silence
