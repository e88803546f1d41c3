"""Voices of Piper (extra ``piper``; piper-tts is GPL-3.0 and brings an espeak-ng of its own for the pronunciation).

A voice is ``NAME.onnx`` with ``NAME.onnx.json`` beside it, as ``python -m piper.download_voices`` leaves them. The only file here
that imports piper.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from tts.engine import VoiceError, Waveform
from tts.finishing import prove, speak
from tts.model_files import beside, fingerprint, the_model


class PiperVoice:
    """A Piper voice; thread-safe.

    ``model`` is its .onnx file or the folder of it, ``speaker`` a number or name of a voice with several, ``speed`` 1.2 for a fifth
    faster. It runs on one core, since a worker holds several calls. Raises :class:`VoiceError`.
    """

    def __init__(
        self, model: Path, *, language: str = "id", speaker: str = "", speed: float = 1.0, rate_hz: int = 8000
    ) -> None:
        self._model = the_model(model, ".onnx")
        self._config_file = beside(self._model, self._model.name + ".json")
        self._language, self._rate_hz = language, rate_hz
        self._voice: Any = _load(self._model, self._config_file)
        config = self._voice.config
        self._speaker = _speaker_number(speaker, config.speaker_id_map, config.num_speakers, self._model.name)
        self._speed = speed
        from piper import SynthesisConfig  # pyright: ignore[reportMissingImports] - an extra

        # The level is ours to set. Piper's own scale is the model's natural pace.
        self._manner: Any = SynthesisConfig(
            speaker_id=self._speaker, length_scale=config.length_scale / speed, normalize_audio=False
        )
        prove(self._say, self._model.name)

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    @cached_property
    def key(self) -> str:
        """Names everything that changes the sound; for caches."""
        return f"piper/{fingerprint(self._model, self._config_file)}/{self._speaker}/{self._speed:g}/{self._language}/{self._rate_hz}"

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text``, a chunk for each sentence."""
        return speak(text, language=self._language, rate_hz=self._rate_hz, say=self._say, name=self._model.name)

    def _say(self, words: str) -> tuple[Waveform, int]:
        # [[…]] would be taken for phonemes.
        chunks = self._voice.synthesize(words.replace("[[", "").replace("]]", ""), self._manner)
        pieces = [np.atleast_1d(chunk.audio_float_array) for chunk in chunks]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32), self._voice.config.sample_rate


def _load(model: Path, config_file: Path) -> Any:
    try:
        from piper import PiperConfig, PiperVoice  # pyright: ignore[reportMissingImports] - an extra
    except ImportError as error:
        raise VoiceError(f"Piper is not here ({error}): run `pip install 'santun[piper]'`") from error
    # Piper writes the sentences it speaks, names and all, to its debug log.
    logging.getLogger("piper").setLevel(logging.WARNING)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        config = PiperConfig.from_dict(json.loads(config_file.read_text(encoding="utf-8")))
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise VoiceError(f"{model} does not load as a Piper voice ({error}); fetch it anew") from error
    return PiperVoice(config=config, session=session)


def _speaker_number(speaker: str, names: dict[str, int], count: int, voice: str) -> int | None:
    if not speaker:
        return None
    number = names.get(speaker, int(speaker) if speaker.isdecimal() else -1)
    if not 0 <= number < count:
        known = ", ".join(sorted(names)) or f"0 to {count - 1}"
        raise VoiceError(f"{voice} has no speaker {speaker!r}; known: {known}" if count > 1 else f"{voice} has but one speaker")
    return number
