"""The speech program of the operating system, through pyttsx3 (extra ``pyttsx3``; on Debian it needs ``libespeak-ng1``).

pyttsx3 lives in a process of its own. Its espeak-ng has the same library name as the built-in voice's, so within one process the
loader gives it the built-in one, which it starts a second time, with other data: that ends the process. It also writes to standard
output, and SAPI and macOS want the main thread. The child ends with the process that started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import soundfile

from tts.engine import VoiceError, Waveform
from tts.finishing import prove, speak

_NORMAL_WPM = 175
_TIMEOUT_S = 30.0
_CHILD = (
    f"import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {__name__} import serve; serve(json.loads(sys.argv[2]))"
)
_REMEDY = "run `pip install 'santun[pyttsx3]'`, and on Debian `apt-get install libespeak-ng1`"


class Pyttsx3Voice:
    """A voice of the system; thread-safe. ``speaker`` is part of a system voice's name, ``speed`` 1.2 for a fifth faster.

    Raises :class:`VoiceError`.
    """

    def __init__(self, *, language: str = "id", speaker: str = "", speed: float = 1.0, rate_hz: int = 8000) -> None:
        self._language, self._rate_hz = language, rate_hz
        self._wish = {"language": language, "speaker": speaker, "rate_wpm": round(_NORMAL_WPM * speed)}
        self._lock = threading.Lock()
        self._child = _Child(self._wish)
        prove(self._say, "pyttsx3")

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    @cached_property
    def key(self) -> str:
        """Names everything that changes the sound; for caches."""
        return f"pyttsx3/{self._child.voice}/{self._wish['rate_wpm']}/{self._language}/{self._rate_hz}"

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text``, a chunk for each sentence."""
        return speak(text, language=self._language, rate_hz=self._rate_hz, say=self._say, name="pyttsx3")

    def _say(self, words: str) -> tuple[Waveform, int]:
        with self._lock, tempfile.TemporaryDirectory(prefix="santun-voice-") as folder:
            path = Path(folder) / "sentence.wav"
            if not self._child.runs():
                self._child = _Child(self._wish)
            self._child.ask({"words": words, "path": str(path)})
            if not path.is_file() or path.stat().st_size == 0:
                raise VoiceError(f"pyttsx3 wrote no sound; is a speech program installed? {_REMEDY}")
            samples, found_hz = soundfile.read(path, dtype="float32", always_2d=True)
        return samples.mean(axis=1), found_hz


class _Child:
    """The process that speaks: a JSON line for each sentence, a JSON line back."""

    def __init__(self, wish: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, json.dumps(sys.path), json.dumps(wish)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the parent to act upon
        )
        weakref.finalize(self, _end, self._process)
        self.voice = str(self._answer()["voice"])

    def runs(self) -> bool:
        """Nobody has ended it."""
        return self._process.poll() is None

    def ask(self, request: dict[str, str]) -> dict[str, Any]:
        """Its answer. Raises :class:`VoiceError` with its complaint, or where it died or hung."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # a dead child is found out below
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        watchdog = threading.Timer(_TIMEOUT_S, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            status = self._process.wait()
            raise VoiceError(f"the speech program behind pyttsx3 ended (status {status}) or was silent for {_TIMEOUT_S:.0f} s")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise VoiceError(f"pyttsx3 cannot speak here: {answer['error']}")
        return answer


def _end(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(wish: dict[str, Any]) -> None:
    """The child: speak into files until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # pyttsx3 prints where it saved a file
    try:
        engine, voice = _start(wish)
    except LookupError as error:
        answers.write(json.dumps({"error": error.args[0]}) + "\n")
        return
    except Exception as error:
        answers.write(json.dumps({"error": f"{str(error) or type(error).__name__}; {_REMEDY}"}) + "\n")
        return
    answers.write(json.dumps({"voice": voice}) + "\n")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            engine.save_to_file(request["words"], request["path"])
            engine.runAndWait()
            answers.write("{}\n")
        except Exception as error:
            answers.write(json.dumps({"error": type(error).__name__}) + "\n")


def _start(wish: dict[str, Any]) -> tuple[Any, str]:
    """The engine, and the voice it was told to take. Raises ``LookupError`` where the system has no such voice."""
    import pyttsx3  # pyright: ignore[reportMissingImports] - an extra

    engine: Any = pyttsx3.init()
    voices: Any = engine.getProperty("voices")
    if speaker := wish["speaker"]:
        found = [voice.id for voice in voices if speaker.lower() in f"{voice.id} {voice.name}".lower()]
        if not found:
            raise LookupError(f"no voice of this system has {speaker!r} in its name")
    else:
        speaking = [voice for voice in voices if _fitness(voice, wish["language"])]
        found = [voice.id for voice in sorted(speaking, key=lambda voice: -_fitness(voice, wish["language"]))]
        if not found:
            raise LookupError(f"no voice of this system speaks {wish['language']!r}: install one in the system's settings")
    engine.setProperty("voice", found[0])
    engine.setProperty("rate", wish["rate_wpm"])
    return engine, str(found[0])


def _fitness(voice: Any, language: str) -> int:
    """How well it fits, by the languages it lists or the end of its identifier (``poz/id``); 0 if it speaks another one."""
    listed = [str(each).lower().replace("_", "-") for each in voice.languages or ()]
    names = {*listed, str(voice.id).rsplit("/", 1)[-1].lower()}
    usual = "en-us" if language == "en" else language
    if usual in names:
        return 3
    return 2 if language in names else int(any(name.startswith(f"{language}-") for name in names))
