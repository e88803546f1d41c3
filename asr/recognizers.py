"""Every recognizer by name. Naming one imports nothing; opening one imports its library and no other.

An engine that needs a model is written ``NAME:MODEL``, where MODEL is a folder or a name from ``santun models list``. The embedded
one brings a model, and takes another of its kind in the same way: one that was adapted to a customer's calls.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from asr.engine import StreamingRecognizer, Transcriber
from asr.model_folder import model_folder

if TYPE_CHECKING:  # onnxruntime comes with it, and naming an engine must stay cheap
    from asr.redecoding import StretchDecoder

LINE_HZ = 8000
_LANGUAGES = {"id": "Indonesian", "en": "English"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What is known of a recognizer without importing it; what it opens is written MODULE:NAME.

    Engines that bring their model give ``live``, a :class:`StreamingRecognizer` made with ``rate_hz``, and perhaps ``whole``, a
    :class:`Transcriber` made with ``rate_hz``, ``state`` and ``hints``; ``takes_model`` says that both also take ``model``. The
    others give ``loads``, called with (folder, language, threads): it returns a :class:`StretchDecoder` or, where the engine
    follows a caller by itself, a :class:`StreamingRecognizer`.
    """

    name: str
    live: str = ""
    whole: str = ""
    loads: str = ""
    packages: tuple[str, ...] = ()
    extra: str = ""
    languages: tuple[str, ...] = ("id", "en")
    takes_states: bool = False
    takes_phrases: bool = False
    takes_model: bool = False

    @property
    def written(self) -> str:
        """As on the command line."""
        return f"{self.name}:MODEL" if self.loads else self.name


ENGINES = {
    engine.name: engine
    for engine in (
        Engine(
            name="embedded",
            live="asr.embedded:EmbeddedRecognizer",
            whole="asr.embedded:EmbeddedTranscriber",
            languages=("id",),
            takes_states=True,
            takes_phrases=True,
            takes_model=True,
        ),
        Engine(
            name="pocketsphinx",
            live="asr.sphinx:SphinxRecognizer",
            packages=("pocketsphinx",),
            languages=("en",),
            takes_states=True,
            takes_phrases=True,
        ),
        Engine(
            name="vosk",
            loads="asr.vosk_engine:load",
            packages=("vosk",),
            extra="vosk",
            takes_states=True,
            takes_phrases=True,
        ),
        Engine(name="sherpa", loads="asr.sherpa_engine:load", packages=("sherpa_onnx",), extra="sherpa"),
        Engine(
            name="faster-whisper",
            loads="asr.faster_whisper_engine:load",
            packages=("faster_whisper",),
            extra="faster-whisper",
            takes_phrases=True,
        ),
        Engine(
            name="whisper",
            loads="asr.transformers_engine:load_whisper",
            packages=("torch", "transformers"),
            extra="transformers",
            takes_phrases=True,
        ),
        Engine(
            name="wav2vec2",
            loads="asr.transformers_engine:load_ctc",
            packages=("torch", "transformers"),
            extra="transformers",
        ),
    )
}


def known_engines() -> tuple[str, ...]:
    """Recognizers as they are written on the command line; none is imported by asking."""
    return tuple(engine.written for engine in ENGINES.values())


def default_engine(language: str) -> str:
    """The recognizer of a language that needs no download."""
    return "pocketsphinx" if language == "en" else "embedded"


def make_recognizer(engine: str, *, language: str = "id", threads: int = 1) -> StreamingRecognizer:
    """Hears live callers, at the line's rate. Raises ``ValueError`` or :class:`models.store.ModelStoreError` with what to do."""
    kind, model = named(engine, language)
    require(kind)
    if kind.live:
        return _found(kind.live)(rate_hz=LINE_HZ, **_own(model))
    from asr.line_rate import LineRateRecognizer
    from asr.redecoding import RedecodingRecognizer, StretchDecoder

    loaded = _loaded(kind.name, model, language, threads)
    recognizer = RedecodingRecognizer(loaded) if isinstance(loaded, StretchDecoder) else loaded
    return recognizer if recognizer.rate_hz == LINE_HZ else LineRateRecognizer(recognizer, LINE_HZ)


def make_transcriber(
    engine: str, *, language: str = "id", state: str = "general", hints: Sequence[str] = (), threads: int = 1
) -> Transcriber:
    """Hears whole recordings. ``state`` and ``hints`` make no difference to engines that cannot take them.

    Raises ``ValueError`` or :class:`models.store.ModelStoreError` with what to do.
    """
    kind, model = named(engine, language)
    require(kind)
    if kind.whole:
        return _found(kind.whole)(rate_hz=LINE_HZ, state=state, hints=hints, **_own(model))
    from asr.long_recordings import StreamedStretches, StretchTranscriber
    from asr.redecoding import StretchDecoder

    loaded = _found(kind.live)(rate_hz=LINE_HZ) if kind.live else _loaded(kind.name, model, language, threads)
    decoder = loaded if isinstance(loaded, StretchDecoder) else StreamedStretches(loaded, state=state)
    return StretchTranscriber(decoder, hints=hints)


def named(engine: str, language: str = "id") -> tuple[Engine, str]:
    """The engine and its model's name. Raises ``ValueError`` with what would be right."""
    name, _, model = engine.partition(":")
    kind = ENGINES.get(name)
    if kind is None:
        raise ValueError(f"there is no recognizer named {engine!r}; known: {', '.join(known_engines())}")
    if kind.loads and not model:
        raise ValueError(f"{name} needs a model: write {name}:FOLDER, or {name}:NAME with a name from `santun models list`")
    if model and not kind.loads and not kind.takes_model:
        raise ValueError(f"{name} brings its own model; write only {name}")
    if language not in kind.languages:
        heard = " and ".join(_LANGUAGES[each] for each in kind.languages)
        others = ", ".join(each.written for each in ENGINES.values() if language in each.languages)
        raise ValueError(f"{name} hears {heard} only; for {_LANGUAGES.get(language, language)} take one of: {others}")
    return kind, model


def require(engine: Engine) -> None:
    """Raise ``ValueError`` with the command that installs what is missing; imports nothing."""
    missing = [package for package in engine.packages if importlib.util.find_spec(package) is None]
    if missing:
        advice = ", with PyTorch from its CPU index unless you have a GPU (docs/models.md)" if "torch" in missing else ""
        santun = f"'santun[{engine.extra}]'" if engine.extra else "santun"
        raise ValueError(
            f"the recognizer {engine.name} lacks the package {' and '.join(missing)}: run `pip install {santun}`{advice}"
        )


def _own(model: str) -> dict[str, Any]:
    """Names another model than the one that the engine brings."""
    return {"model": model} if model else {}


@cache
def _loaded(name: str, model: str, language: str, threads: int) -> StretchDecoder | StreamingRecognizer:
    """The heavy part, once a process."""
    return _found(ENGINES[name].loads)(model_folder(model), language, threads)


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
