"""The worker process in which Vosk runs, seen from outside: requests take turns, and what dies is started again."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asr.engine import RecognizerError
from asr.vosk_worker import read_frame, write_frame


class WorkerDiedError(RecognizerError):
    """The worker process ended in the middle of a request, or the utterance was begun at one that has ended since."""


class WorkerProcess:
    """The process that holds the model, and the turns at it. A new one is started, at need, when it has died."""

    def __init__(self, folder: Path, rate_hz: int) -> None:
        self._folder = folder
        self._rate_hz = rate_hz
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.generation = self._number = 0
        self._dropped: deque[tuple[int, int]] = deque()
        with self._lock:
            self._start()

    @property
    def process_id(self) -> int | None:
        """Of the worker, while it runs."""
        return self._process.pid if self._process is not None else None

    def open(self, grammar: Sequence[str]) -> tuple[int, int]:
        """Begin an utterance; its number, and the worker's it was begun at."""
        with self._lock:
            self._number += 1
            request = {"do": "open", "hearing": self._number, "rate_hz": self._rate_hz, "grammar": list(grammar)}
            try:
                if self._process is None:
                    self._start()
                self._exchange(request, b"")
            except WorkerDiedError:  # between two utterances; nothing is lost but the time to load the model
                self._start()
                self._exchange(request, b"")
            return self._number, self.generation

    def ask(self, what: str, number: int, generation: int, sound: bytes) -> dict[str, Any]:
        """Send sound of an utterance. Raises :class:`WorkerDiedError`."""
        with self._lock:
            if generation != self.generation or self._process is None:
                raise WorkerDiedError("the vosk worker was started anew")
            return self._exchange({"do": what, "hearing": number}, sound)

    def drop(self, number: int, generation: int) -> None:
        """Forget an utterance that nobody will finish, with the next request: finalizers may run in the midst of one."""
        self._dropped.append((number, generation))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        self._end()
        self.generation += 1
        self._process = subprocess.Popen(
            [sys.executable, "-m", "asr.vosk_worker", str(self._folder.absolute())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],
            # Kaldi decodes on one thread; BLAS threads that wait for each other on busy cores cost more than they save.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._ended = weakref.finalize(self, _end_process, self._process)  # also when this process ends
        try:
            self._receive()
        except RecognizerError as error:
            self._end()
            raise ValueError(
                f"the Vosk model in {self._folder} cannot be loaded ({error}): it is damaged or of another kind; fetch it anew"
            ) from error

    def _exchange(self, request: dict[str, Any], sound: bytes) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        dropped = [self._dropped.popleft() for _ in range(len(self._dropped))]
        request["dropped"] = [number for number, generation in dropped if generation == self.generation]
        try:
            write_frame(self._process.stdin, request, sound)
        except OSError as error:
            raise WorkerDiedError(self._epitaph()) from error
        return self._receive()

    def _receive(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            answer, _ = read_frame(self._process.stdout)
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._epitaph()) from error
        if "error" in answer:
            raise RecognizerError(f"vosk: {answer['error']}")
        return answer["ok"]

    def _epitaph(self) -> str:
        assert self._process is not None
        status = self._process.wait()
        return f"the vosk worker died ({'signal' if status < 0 else 'exit status'} {abs(status)})"

    def _end(self) -> None:
        if self._process is not None:
            self._ended()
            self._process = None


def _end_process(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):  # it ends when its input does
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
