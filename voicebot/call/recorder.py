"""Two-channel recording (customer left, bot right), streamed to disk, playable whatever happens.

The line hands over frames without waiting; a thread writes them five times a second and renews the WAV header each time, so a
killed process leaves a file that plays up to its last fifth of a second.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from voicebot.call.audio import frame_samples

_FLUSH_S = 0.2
_HEADER_BYTES = 44
_MAX_LEAD_FRAMES = 50
"""When one side stands still, the other is written beside silence after this many frames."""


def wav_header(data_bytes: int, rate_hz: int, channels: int = 2) -> bytes:
    """RIFF header of 16-bit PCM."""
    step = channels * 2
    return b"RIFF%sWAVEfmt %sdata%s" % (
        struct.pack("<I", _HEADER_BYTES - 8 + data_bytes),
        struct.pack("<IHHIIHH", 16, 1, channels, rate_hz, rate_hz * step, step, 16),
        struct.pack("<I", data_bytes),
    )


class Recorder:
    """A :class:`~voicebot.call.transports.FrameTap` that writes to ``path``; a context manager.

    A full disk ends the recording (``error`` says so), never the call.
    """

    def __init__(self, path: Path, *, rate_hz: int) -> None:
        self.path = path
        self.error: str | None = None
        self._rate_hz = rate_hz
        self._silence = bytes(frame_samples(rate_hz) * 2)
        self._heard: deque[bytes] = deque()
        self._sent: deque[bytes] = deque()
        self._data_bytes = 0
        self._done = threading.Event()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: BinaryIO = os.fdopen(descriptor, "wb", buffering=0)
        self._file.write(wav_header(0, rate_hz))
        self._thread = threading.Thread(target=self._write_on, name="recorder", daemon=True)

    @property
    def duration_s(self) -> float:
        """Seconds on disk."""
        return self._data_bytes / 4 / self._rate_hz

    def heard(self, pcm: bytes) -> None:
        """The customer's next 20 ms."""
        self._heard.append(pcm)

    def sent(self, pcm: bytes) -> None:
        """The bot's next 20 ms."""
        self._sent.append(pcm)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._flush(last=True)
        self._file.close()

    def _write_on(self) -> None:
        while not self._done.wait(_FLUSH_S):
            self._flush()

    def _flush(self, *, last: bool = False) -> None:
        heard, sent = len(self._heard), len(self._sent)
        ready = max(heard, sent) if last else max(min(heard, sent), max(heard, sent) - _MAX_LEAD_FRAMES)
        if not ready or self.error is not None:
            return
        left = self._take(self._heard, ready)
        right = self._take(self._sent, ready)
        both = np.stack([np.frombuffer(left, np.int16), np.frombuffer(right, np.int16)], axis=1).tobytes()
        try:
            self._file.seek(_HEADER_BYTES + self._data_bytes)
            self._file.write(both)
            self._data_bytes += len(both)
            self._file.seek(0)
            self._file.write(wav_header(self._data_bytes, self._rate_hz))
        except OSError as error:
            self.error = f"the recording ended early: {error.strerror}"

    def _take(self, side: deque[bytes], count: int) -> bytes:
        return b"".join(side.popleft() if side else self._silence for _ in range(count))


class Journal:
    """Append-only JSON lines beside a recording: what happened, safe on disk at once for what matters."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, event: str, *, durable: bool = False, **details: Any) -> None:
        """Add one line; ``durable`` waits until it is on disk."""
        line = json.dumps({"event": event, **details}, ensure_ascii=False, default=str) + "\n"
        os.write(self._descriptor, line.encode())
        if durable:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """No more lines."""
        os.close(self._descriptor)


def read_journal(path: Path) -> list[Mapping[str, Any]]:
    """The journal's lines; a last one cut short by a crash is left out."""
    found: list[Mapping[str, Any]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return found
