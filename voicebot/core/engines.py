"""Settings → recognizer, interpreter, voice. The lazy imports of engines live here; each is made once a process."""

from __future__ import annotations

from functools import cache

from asr.engine import SpeechDetector, StreamingRecognizer, Transcriber
from nlu.understanding import Interpreter
from tts.engine import Synthesizer
from voicebot.core.errors import ModelError, SettingsError
from voicebot.core.settings import load_settings

LINE_HZ = 8000


def make_interpreter(language: str, engine: str | None = None) -> Interpreter:
    """What customers mean, in one language; by the engine that the settings name, unless ``engine`` does.

    Raises ``ModelError`` or ``SettingsError`` with what to do.
    """
    return _interpreter(language, engine or load_settings().engines.interpreter)


@cache
def _interpreter(language: str, engine: str) -> Interpreter:
    kind, _, checkpoint = engine.partition(":")
    if engine == "embedded":
        return _embedded_interpreter(language)
    if kind == "transformer" and checkpoint:
        from nlu.transformer import TransformerInterpreter

        try:
            # Nothing is fetched while calls wait; what lies at the hub is fetched beforehand (docs/models.md).
            return TransformerInterpreter(language, checkpoint, offline=True)
        except ValueError as error:
            raise ModelError(f"SANTUN_ENGINES__INTERPRETER: {error}") from error
    raise SettingsError(
        f"SANTUN_ENGINES__INTERPRETER: there is no interpreter named {engine!r}; known: embedded, transformer:FOLDER_OR_NAME"
    )


def _embedded_interpreter(language: str) -> Interpreter:
    from models.store import ModelStoreError
    from nlu.interpreter import HybridInterpreter

    try:
        return HybridInterpreter(language)
    except ModelStoreError as error:
        raise ModelError(str(error)) from error


@cache
def make_recognizer(engine: str = "embedded") -> StreamingRecognizer:
    """Hears callers live. Raises ``ModelError`` or ``SettingsError`` with what to do."""
    if engine != "embedded":
        raise SettingsError(f"SANTUN_ENGINES__RECOGNIZER: there is no recognizer named {engine!r}; known: embedded")
    from asr.embedded import EmbeddedRecognizer
    from models.store import ModelStoreError

    try:
        recognizer = EmbeddedRecognizer(rate_hz=LINE_HZ)
    except ModelStoreError as error:
        raise ModelError(str(error)) from error
    recognizer.warm(("general", "yes_no", "date", "amount"))
    return recognizer


def make_recognizers(engine: str = "embedded") -> dict[str, StreamingRecognizer]:
    """What hears callers live, by language."""
    return {"id": make_recognizer(engine)}


def make_transcriber(engine: str = "embedded", *, hints: tuple[str, ...] = ()) -> Transcriber:
    """Hears whole recordings, biased towards ``hints``."""
    from asr.transcribe import make_transcriber as make

    try:
        return make(engine, hints=hints)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def make_detector() -> SpeechDetector:
    """Speech or not, for one caller."""
    from asr.vad import SileroDetector

    return SileroDetector(LINE_HZ)


@cache
def make_voice(engine: str = "espeak", language: str = "id", variant: str = "f2") -> Synthesizer:
    """The bot's voice, with its sentences remembered."""
    from tts.cache import CachedVoice
    from tts.voices import make_voice as make

    try:
        return CachedVoice(make(engine, language=language, variant=variant, rate_hz=LINE_HZ))
    except ValueError as error:
        raise SettingsError(f"SANTUN_ENGINES__VOICE: {error}") from error
