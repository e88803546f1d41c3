"""Settings → recognizer, interpreter, voice. The lazy imports of engines live here; each is made once a process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from asr.engine import SpeechDetector, StreamingRecognizer, Transcriber
from nlu.understanding import Interpreter
from tts.engine import Synthesizer
from voicebot.core.errors import ModelError, SettingsError
from voicebot.core.logs import get_logger
from voicebot.core.settings import load_settings

if TYPE_CHECKING:
    from tts.cache import CachedVoice
    from tts.sentence_store import SentenceStore

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
    from asr.recognizers import make_recognizer as make
    from models.store import ModelStoreError

    try:
        recognizer = make(engine, threads=load_settings().engines.threads)
    except ModelStoreError as error:
        raise ModelError(f"SANTUN_ENGINES__RECOGNIZER: {error}") from error
    except ValueError as error:
        raise SettingsError(f"SANTUN_ENGINES__RECOGNIZER: {error}") from error
    if (warm := getattr(recognizer, "warm", None)) is not None:
        warm(("general", "greeting", "yes_no", "date", "amount"))
    return recognizer


def make_recognizers(engine: str = "embedded") -> dict[str, StreamingRecognizer]:
    """What hears callers live, by language. English is left out where its package is missing.

    Nothing of English is loaded before somebody speaks it; ``warm_recognizers`` does so ahead.
    """
    found = {"id": make_recognizer(engine)}
    if (english := _english_recognizer()) is not None:
        found["en"] = english
    return found


@cache
def _english_recognizer() -> StreamingRecognizer | None:
    from asr.pocketsphinx_library import PocketSphinxError
    from asr.sphinx import SphinxRecognizer

    try:
        return SphinxRecognizer(rate_hz=LINE_HZ)
    except PocketSphinxError as error:
        get_logger().warning("english_not_heard", reason=str(error))
        return None


def warm_recognizers(languages: Iterable[str], engine: str = "embedded") -> None:
    """Have everything ready that calls in ``languages`` need, so that the first answers are not slow."""
    recognizers = make_recognizers(engine)
    for language in languages:
        warm = getattr(recognizers.get(language), "warm", None)
        if warm is not None:
            warm(("general", "yes_no", "date", "amount", "digits"))


def make_transcriber(engine: str = "embedded", *, hints: tuple[str, ...] = ()) -> Transcriber:
    """Hears whole recordings, biased towards ``hints`` where the engine can be. Raises ``ModelError`` or ``SettingsError``."""
    from asr.recognizers import make_transcriber as make
    from models.store import ModelStoreError

    try:
        return make(engine, hints=hints, threads=load_settings().engines.threads)
    except ModelStoreError as error:
        raise ModelError(f"SANTUN_ENGINES__RECOGNIZER: {error}") from error
    except ValueError as error:
        raise SettingsError(f"SANTUN_ENGINES__RECOGNIZER: {error}") from error


def make_detector() -> SpeechDetector:
    """Speech or not, for one caller."""
    from asr.vad import SileroDetector

    return SileroDetector(LINE_HZ)


def make_voice(language: str = "id", engine: str | None = None, *, pace: float = 1.0, fixed: Iterable[str] = ()) -> Synthesizer:
    """The bot's voice in one language, by ``engine`` or else by the settings, with its sentences remembered.

    ``pace`` is a script's own speed beside that of the settings; ``fixed`` are texts that hold nothing of a customer, so that their
    sound may be kept on disk. Raises ``ModelError`` or ``SettingsError`` with what to do.
    """
    settings = load_settings().engines
    named, variable = (settings.voice_en, "VOICE_EN") if language == "en" else (settings.voice, "VOICE")
    speed = round(settings.voice_speed * pace, 3)
    store = _sentence_store(load_settings().data_dir / "speech", settings.voice_store_mb)
    voice = _voice(engine or named, language, speed, f"SANTUN_ENGINES__{variable}", store)
    voice.keep(fixed)
    return voice


@cache
def _sentence_store(folder: Path, limit_mb: float) -> SentenceStore | None:
    from tts.sentence_store import SentenceStore

    return SentenceStore(folder, limit_bytes=int(limit_mb * 1e6)) if limit_mb else None


@cache
def _voice(engine: str, language: str, speed: float, variable: str, store: SentenceStore | None) -> CachedVoice:
    from tts.cache import CachedVoice
    from tts.engine import VoiceError
    from tts.voices import make_voice as make

    try:
        return CachedVoice(make(engine, language=language, speed=speed, rate_hz=LINE_HZ), store=store)
    except VoiceError as error:
        raise ModelError(f"{variable}: {error}") from error
    except ValueError as error:
        raise SettingsError(f"{variable}: {error}") from error
