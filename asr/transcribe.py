"""``santun transcribe``: files and folders in, a line for each channel out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr.audio_file import AudioFileError, audio_files
from asr.engine import RecognizerError, Transcriber
from asr.recognizers import default_engine, known_engines, make_transcriber, named

if TYPE_CHECKING:
    from asr.long_recordings import HeardChannel

__all__ = ["Progress", "known_engines", "make_transcriber", "transcribe_files"]

Progress = Callable[[Path, int, int, float], None]
"""Told (file, files done, files altogether, share of this file that is done)."""


def transcribe_files(
    paths: Sequence[Path],
    *,
    engine: str | None = None,
    language: str = "id",
    phrases: Path | None = None,
    state: str = "general",
    threads: int = 1,
    progress: Progress = lambda path, done, total, share: None,
) -> Iterator[dict[str, Any]]:
    """Each channel's words; a broken file, or one that a recognizer fails on, is a line with ``error`` and the others go on.

    Raises ``ValueError`` or :class:`models.store.ModelStoreError`, at once, when the engine cannot be had or used so.
    """
    hints = [line.strip() for line in phrases.read_text(encoding="utf-8-sig").splitlines() if line.strip()] if phrases else []
    engine = engine or default_engine(language)
    kind, _ = named(engine, language)
    if state != "general" and not kind.takes_states:
        raise ValueError(f"{kind.name} has no words of its own for the state {state!r}; leave --state out")
    if hints and not kind.takes_phrases:
        raise ValueError(f"{kind.name} cannot be biased towards phrases; leave --phrases out")
    transcriber = make_transcriber(engine, language=language, state=state, hints=hints, threads=threads)
    return _lines(audio_files(list(paths)), transcriber, engine, progress)


def _lines(files: Sequence[Path], transcriber: Transcriber, engine: str, progress: Progress) -> Iterator[dict[str, Any]]:
    from asr.long_recordings import transcribe_recording

    for done, path in enumerate(files):

        def told(done_s: float, total_s: float | None, path: Path = path, done: int = done) -> None:
            progress(path, done, len(files), min(1.0, done_s / total_s) if total_s else 0.0)

        told(0.0, None)
        try:
            channels = transcribe_recording(path, transcriber, progress=told)
        except (AudioFileError, RecognizerError) as error:
            yield {"id": path.stem, "file": str(path), "error": str(error)}
            continue
        for number, channel in enumerate(channels):
            yield _line(path, number, channel, engine)


def _line(path: Path, number: int, channel: HeardChannel, engine: str) -> dict[str, Any]:
    return {
        "id": path.stem,
        "file": str(path),
        "channel": number,
        "text": " ".join(word.text for word in channel.words),
        "words": [
            {"text": word.text, "start_s": word.start_s, "end_s": word.end_s, "confidence": word.confidence}
            for word in channel.words
        ],
        "engine": engine,
        "duration_s": round(channel.duration_s, 3),
    }
