"""The pyttsx3 adapter: speaks through whatever speech program the system has (extra ``pyttsx3``).

pyttsx3 only writes files, so a sentence is spoken as a whole; on Debian it needs the package ``libespeak-ng1``.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import soundfile
import soxr

from tts.engine import Waveform
from tts.spoken import to_spoken

_LOCK = threading.Lock()


class Pyttsx3Error(RuntimeError):
    """pyttsx3 or the system's speech program is missing, or did not speak."""


class Pyttsx3Voice:
    """A voice of the system."""

    def __init__(self, *, language: str = "id", rate_hz: int = 8000) -> None:
        self._language = language
        self._rate_hz = rate_hz
        try:
            import pyttsx3  # pyright: ignore[reportMissingImports] - an extra

            self._engine: Any = pyttsx3.init()
        except (ImportError, OSError, RuntimeError) as error:
            raise Pyttsx3Error(
                f"pyttsx3 cannot speak here ({error}): pip install 'santun[pyttsx3]', and on Debian apt-get install libespeak-ng1"
            ) from error
        names = [voice.id for voice in self._engine.getProperty("voices")]
        wanted = [name for name in names if name.rsplit("/", 1)[-1].startswith(language)]
        if wanted:
            self._engine.setProperty("voice", wanted[0])

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text`` as one chunk."""
        with _LOCK, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            self._engine.save_to_file(to_spoken(text, self._language), str(path))
            self._engine.runAndWait()
            if not path.is_file() or path.stat().st_size == 0:
                raise Pyttsx3Error("pyttsx3 wrote no sound; is a speech program installed (Debian: libespeak-ng1)?")
            wave, found_hz = soundfile.read(path, dtype="float32", always_2d=True)
        yield soxr.resample(wave.mean(axis=1), found_hz, self._rate_hz).astype("float32")
