"""``santun transcribe``: files and folders in, a line for each channel out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from asr.audio_file import AudioFileError, audio_files, read_audio
from asr.engine import Transcriber

LINE_HZ = 8000


def known_engines() -> tuple[str, ...]:
    """Recognizers by name; none is imported by asking."""
    return ("embedded",)


def make_transcriber(engine: str, *, language: str = "id", state: str = "general", hints: Sequence[str] = ()) -> Transcriber:
    """A batch recognizer. Raises ``ValueError`` for an unknown engine or a language it does not speak."""
    if engine not in known_engines():
        raise ValueError(f"there is no recognizer named {engine!r}; known: {', '.join(known_engines())}")
    if language != "id":
        raise ValueError(f"the recognizer {engine!r} hears Indonesian only; English needs a downloaded engine")
    from asr.embedded import EmbeddedTranscriber

    return EmbeddedTranscriber(rate_hz=LINE_HZ, state=state, hints=hints)


def transcribe_files(
    paths: Sequence[Path],
    *,
    engine: str = "embedded",
    language: str = "id",
    phrases: Path | None = None,
    state: str = "general",
) -> Iterator[dict[str, Any]]:
    """Each channel's words; a broken file is a line with ``error`` and the others go on."""
    hints = [line.strip() for line in phrases.read_text(encoding="utf-8-sig").splitlines() if line.strip()] if phrases else []
    transcriber = make_transcriber(engine, language=language, state=state, hints=hints)
    for path in audio_files(list(paths)):
        try:
            channels, rate_hz = read_audio(path, rate_hz=transcriber.rate_hz)
        except AudioFileError as error:
            yield {"id": path.stem, "file": str(path), "error": str(error)}
            continue
        for number, channel in enumerate(channels):
            words = transcriber.transcribe(channel)
            yield {
                "id": path.stem,
                "file": str(path),
                "channel": number,
                "text": " ".join(word.text for word in words),
                "words": [{"text": w.text, "start_s": w.start_s, "end_s": w.end_s, "confidence": w.confidence} for w in words],
                "engine": engine,
                "duration_s": round(channel.shape[0] / rate_hz, 3),
            }
