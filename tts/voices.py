"""Voices by name; none is imported by listing."""

from __future__ import annotations

from tts.engine import Synthesizer


def known_voices() -> tuple[str, ...]:
    """Names that :func:`make_voice` takes."""
    return ("espeak", "pyttsx3")


def make_voice(name: str, *, language: str = "id", variant: str = "", rate_hz: int = 8000) -> Synthesizer:
    """A voice. Raises ``ValueError`` for an unknown name."""
    if name == "espeak":
        from tts.espeak import EspeakVoice

        return EspeakVoice(language=language, variant=variant or "f2", rate_hz=rate_hz)
    if name == "pyttsx3":
        from tts.pyttsx3_voice import Pyttsx3Voice

        return Pyttsx3Voice(language=language, rate_hz=rate_hz)
    raise ValueError(f"there is no voice named {name!r}; known: {', '.join(known_voices())}")
