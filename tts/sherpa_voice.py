"""VITS voices of sherpa-onnx (extra ``sherpa``): Piper's, MMS' and Coqui's, converted as its makers publish them.

A voice is a folder with one .onnx file and ``tokens.txt``. sherpa-onnx 2 is told phonemes, unless the voice's units are letters; they
come from the espeak-ng that the built-in voice uses. It ends the whole process where a folder is not as it expects, so that is looked
at before. The only file of ``tts`` that imports it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from tts.engine import VoiceError, Waveform
from tts.finishing import prove, speak
from tts.model_files import beside, fingerprint, the_model
from tts.phonemes import phoneme_symbols

_NEEDED_METADATA = ("sample_rate", "n_speakers", "language", "comment")
_TOLD_PHONEMES = ("piper", "coqui", "icefall")
_NAMED_SYMBOLS = ("<PAD>", "<EOS>", "<BOS>", "<BLNK>")


class SherpaVoice:
    """A VITS voice; thread-safe.

    ``model`` is its folder or .onnx file, ``speaker`` a number of a voice with several, ``speed`` 1.2 for a fifth faster.
    Raises :class:`VoiceError`.
    """

    def __init__(
        self, model: Path, *, language: str = "id", speaker: str = "", speed: float = 1.0, rate_hz: int = 8000
    ) -> None:
        self._model = the_model(model, ".onnx")
        self._tokens = beside(self._model, "tokens.txt")
        self._language, self._rate_hz, self._speed = language, rate_hz, speed
        self._lock = threading.Lock()
        sherpa_onnx = _library()
        metadata = _metadata(self._model)
        self._espeak_voice = _espeak_voice(self._model, metadata)
        self._symbols = _symbols(self._tokens, metadata)
        self._speaker = _speaker_number(speaker, max(1, int(metadata["n_speakers"])), self._model.name)
        self._manner: Callable[[], Any] = sherpa_onnx.GenerationConfig
        self._engine: Any = sherpa_onnx.OfflineTts(_config(sherpa_onnx, self._model, self._tokens))
        prove(self._say, self._model.name)

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    @cached_property
    def key(self) -> str:
        """Names everything that changes the sound; for caches."""
        return (
            f"sherpa/{fingerprint(self._model, self._tokens)}/{self._speaker}/{self._speed:g}/{self._language}/{self._rate_hz}"
        )

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text``, a chunk for each sentence."""
        return speak(text, language=self._language, rate_hz=self._rate_hz, say=self._say, name=self._model.name)

    def _say(self, words: str) -> tuple[Waveform, int]:
        symbols = phoneme_symbols(words, self._espeak_voice) if self._espeak_voice else words.lower()
        if self._symbols.isdisjoint(symbols):  # sherpa-onnx would print the sentence, names and all
            return np.zeros(0, np.float32), self._engine.sample_rate
        manner = self._manner()
        manner.sid, manner.speed = self._speaker, self._speed
        manner.silence_scale = 1.0  # pauses at commas stay as long as the model makes them
        if self._espeak_voice:
            manner.phoneme_codepoints = [[ord(symbol) for symbol in symbols]]
        with self._lock:  # nobody promises that one engine may be asked twice at once
            audio = self._engine.generate("" if self._espeak_voice else words, manner)
        return np.asarray(audio.samples, dtype=np.float32), audio.sample_rate


def _library() -> Any:
    try:
        import sherpa_onnx  # pyright: ignore[reportMissingImports] - an extra
    except ImportError as error:
        raise VoiceError(f"sherpa-onnx is not here ({error}): run `pip install 'santun[sherpa]'`") from error
    return sherpa_onnx


def _config(sherpa_onnx: Any, model: Path, tokens: Path) -> Any:
    vits = sherpa_onnx.OfflineTtsVitsModelConfig(model=str(model), tokens=str(tokens))
    # One thread, since a worker holds several calls.
    return sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(vits=vits, num_threads=1), max_num_sentences=1)


def _metadata(model: Path) -> dict[str, str]:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise VoiceError(f"{model} does not load ({error}); fetch it anew") from error
    metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
    if lacking := [name for name in _NEEDED_METADATA if name not in metadata]:
        raise VoiceError(
            f"{model} is not made for sherpa-onnx: it lacks {', '.join(lacking)}. Fetch sherpa-onnx's own conversion of the "
            "voice; a voice straight from Piper is named piper:… in the settings"
        )
    if not all(metadata[name].isdecimal() for name in ("sample_rate", "n_speakers")):
        raise VoiceError(f"{model} has a sample_rate or n_speakers that is no number; fetch it anew")
    return metadata


def _espeak_voice(model: Path, metadata: Mapping[str, str]) -> str:
    """espeak-ng's name of the language, for voices that are told phonemes; empty for those that read letters."""
    if metadata.get("frontend") == "characters":
        return ""
    if not metadata.get("voice") or not any(maker in metadata["comment"] for maker in _TOLD_PHONEMES):
        raise VoiceError(
            f"{model.name} knows only the words of a lexicon, so it cannot say customers' names; take a voice whose units are "
            "phonemes or letters"
        )
    return metadata["voice"]


def _symbols(tokens: Path, metadata: Mapping[str, str]) -> frozenset[str]:
    """A line is a symbol and its number; Piper's voices have marks for padding, begin and end, Coqui's a comma."""
    symbols: list[str] = []
    for number, line in enumerate(tokens.read_text(encoding="utf-8").splitlines(), 1):
        symbol, _, index = line.rstrip().rpartition(" ")
        if not index.isdecimal() or (len(symbol) > 1 and symbol not in _NAMED_SYMBOLS):
            raise VoiceError(f"line {number} of {tokens} is not a symbol and its number; fetch the voice anew")
        symbols.append(symbol or " ")
    if len(set(symbols)) < len(symbols):
        raise VoiceError(f"{tokens} has a symbol twice; fetch the voice anew")
    told_phonemes = metadata.get("frontend") != "characters"
    needed = "_^$" if told_phonemes and "piper" in metadata["comment"] else ("," if told_phonemes else "")
    if lacking := [mark for mark in needed if mark not in symbols]:
        raise VoiceError(f"{tokens} lacks {' '.join(lacking)}; fetch the voice anew")
    return frozenset(symbols) - frozenset(" _^$.,:;!?")


def _speaker_number(speaker: str, count: int, voice: str) -> int:
    number = int(speaker) if speaker.isdecimal() else (0 if not speaker else -1)
    if not 0 <= number < count:
        known = f"known: 0 to {count - 1}" if count > 1 else "it has but one"
        raise VoiceError(f"{voice} has no speaker {speaker!r}; {known}")
    return number
