"""Voices of Coqui TTS (extra ``coqui``, MPL-2.0): checkpoints of VITS, Glow-TTS and the other models that coqui-tts loads.

A voice is a folder with ``config.json`` and one .pth file; with ``vocab.txt`` it is one of Meta's MMS, in fairseq's form. It needs
PyTorch. The only file here that imports TTS.
"""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tts.engine import VoiceError, Waveform
from tts.finishing import prove, speak
from tts.model_files import beside, fingerprint, the_model

_BESIDES = ("speakers", "language_ids", "d_vector", "se_checkpoint", "model_se", "D_")
"""Beginnings of the names of .pth files that are no voices: tables and encoders of speakers, discriminators."""
_FILES_NAMED_IN_CONFIG = ("speakers_file", "language_ids_file", "d_vector_file")


class CoquiVoice:
    """A Coqui TTS voice; thread-safe.

    ``model`` is its folder or .pth file, ``speaker`` a name of a voice with several, ``speed`` 1.2 for a fifth faster.
    Raises :class:`VoiceError`.
    """

    def __init__(
        self, model: Path, *, language: str = "id", speaker: str = "", speed: float = 1.0, rate_hz: int = 8000
    ) -> None:
        self._model = the_model(model, ".pth", besides=_BESIDES)
        self._config_file = beside(self._model, "config.json")
        self._language, self._rate_hz, self._speed = language, rate_hz, speed
        self._lock = threading.Lock()
        self._engine: Any = _load(self._model, self._config_file)
        self._speaker = _speaker_name(speaker, self._engine.tts_model, self._model.name)
        self._model_language = _language_name(language, self._engine.tts_model, self._model.name)
        _set_speed(self._engine.tts_model, speed, self._model.name)
        prove(self._say, self._model.name)

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._rate_hz

    @cached_property
    def key(self) -> str:
        """Names everything that changes the sound; for caches."""
        manner = f"{self._speaker or ''}/{self._speed:g}/{self._language}/{self._rate_hz}"
        return f"coqui/{fingerprint(self._model, self._config_file)}/{manner}"

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text``, a chunk for each sentence."""
        return speak(text, language=self._language, rate_hz=self._rate_hz, say=self._say, name=self._model.name)

    def _say(self, words: str) -> tuple[Waveform, int]:
        with self._lock:  # models keep state between their layers
            samples = self._engine.tts(
                words, speaker_name=self._speaker, language_name=self._model_language, split_sentences=False
            )
        return np.asarray(samples, dtype=np.float32), int(self._engine.output_sample_rate)


def _load(model: Path, config_file: Path) -> Any:
    try:
        from TTS.utils.synthesizer import Synthesizer  # pyright: ignore[reportMissingImports] - an extra
    except (ImportError, OSError) as error:
        raise VoiceError(
            f"Coqui TTS is not here ({error}): run `pip install 'santun[coqui]'` with PyTorch, torchaudio and torchcodec from "
            "PyTorch's CPU index unless you have a GPU (docs/models.md)"
        ) from error
    # Coqui writes the sentences it speaks, names and all, to its log.
    logging.getLogger("TTS").setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory(prefix="santun-voice-") as scratch:
            if model.with_name("vocab.txt").is_file():
                return Synthesizer(tts_checkpoint=_as_fairseq(model, Path(scratch)))
            return Synthesizer(tts_checkpoint=model, tts_config_path=_with_whole_paths(config_file, Path(scratch)))
    except Exception as error:
        raise VoiceError(f"{model} does not load as a Coqui voice ({error}); fetch it anew") from error


def _as_fairseq(model: Path, scratch: Path) -> Path:
    """The same model at a path with the word by which Coqui tells this form."""
    folder = scratch / "fairseq"
    folder.mkdir()
    for name in (model.name, "config.json", "vocab.txt"):
        (folder / name).symlink_to(model.with_name(name).absolute())
    return folder / model.name


def _with_whole_paths(config_file: Path, scratch: Path) -> Path:
    """A configuration that finds the voice's other files wherever its folder lies: makers leave bare names or their own paths."""
    config: dict[str, Any] = json.loads(config_file.read_text(encoding="utf-8"))
    for section in (config, config.get("model_args") or {}):
        for setting in _FILES_NAMED_IN_CONFIG:
            named = section.get(setting)
            if isinstance(named, str) and named and (here := config_file.with_name(Path(named).name)).is_file():
                section[setting] = str(here.absolute())
    whole = scratch / "config.json"
    whole.write_text(json.dumps(config), encoding="utf-8")
    return whole


def _speaker_name(speaker: str, model: Any, voice: str) -> str | None:
    manager = getattr(model, "speaker_manager", None)
    known = sorted(manager.speaker_names) if manager is not None else []
    if not speaker:
        return known[0] if len(known) > 1 else None
    if speaker not in known:
        raise VoiceError(f"{voice} has no speaker {speaker!r}; {'known: ' + ', '.join(known) if known else 'it has but one'}")
    return speaker


def _language_name(language: str, model: Any, voice: str) -> str | None:
    manager = getattr(model, "language_manager", None)
    known = sorted(manager.language_names) if manager is not None else []
    if len(known) < 2:
        return None
    if language not in known:
        raise VoiceError(f"{voice} does not speak {language!r}; it speaks {', '.join(known)}")
    return language


def _set_speed(model: Any, speed: float, voice: str) -> None:
    if speed == 1:
        return
    if not hasattr(model, "length_scale"):
        raise VoiceError(f"{voice} is a kind of model that cannot speak faster or slower; leave the voice's speed at 1")
    model.length_scale = model.length_scale / speed
