"""Every voice by name. Naming one imports nothing; making one imports its library and no other.

A voice is written ``NAME``, or ``NAME:MODEL`` where MODEL is a folder, a file or a name from ``santun models list``; ``@SPEAKER`` at
the end picks one of several speakers: ``espeak@m3``, ``piper:/opt/voices/id_ID-news_tts-medium``, ``sherpa:/opt/voices/many@2``.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tts.engine import Synthesizer, VoiceError
from tts.model_files import model_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is known of a kind of voice without importing it.

    ``loads`` is MODULE:CLASS, made with (model, language, speaker, speed, rate_hz), the model only for kinds that need one.
    ``extra`` names the extra of this package that installs ``package``; both are empty for what is always there.
    """

    name: str
    summary: str
    loads: str = ""
    needs_model: bool = False
    package: str = ""
    extra: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind(name="espeak", summary="the built-in voice, espeak-ng: clear but robotic"),
        Kind(
            name="pyttsx3",
            summary="the operating system's speech program",
            loads="tts.pyttsx3_voice:Pyttsx3Voice",
            package="pyttsx3",
            extra="pyttsx3",
        ),
        Kind(
            name="piper",
            summary="a voice of Piper",
            loads="tts.piper_voice:PiperVoice",
            needs_model=True,
            package="piper",
            extra="piper",
        ),
        Kind(
            name="sherpa",
            summary="a VITS voice of sherpa-onnx",
            loads="tts.sherpa_voice:SherpaVoice",
            needs_model=True,
            package="sherpa_onnx",
            extra="sherpa",
        ),
        Kind(
            name="coqui",
            summary="a voice of Coqui TTS; needs PyTorch",
            loads="tts.coqui_voice:CoquiVoice",
            needs_model=True,
            package="TTS",
            extra="coqui",
        ),
        Kind(name="recorded", summary="a person's recordings, with another voice for what has none", needs_model=True),
    )
}


def known_voices() -> tuple[str, ...]:
    """Voices as they are written in the settings; none is imported by asking."""
    return tuple(f"{kind.name}:MODEL" if kind.needs_model else kind.name for kind in KINDS.values())


def make_voice(name: str, *, language: str = "id", speed: float = 1.0, rate_hz: int = 8000) -> Synthesizer:
    """A voice; ``speed`` 1.2 is a fifth faster than its natural pace.

    Raises ``ValueError`` for a name that is none, :class:`VoiceError` for a voice that is not here or does not speak; both say what
    to do.
    """
    kind, model, speaker = parse(name)
    if kind.package and importlib.util.find_spec(kind.package) is None:
        torch = " with PyTorch from its CPU index unless you have a GPU (docs/models.md)" if kind.name == "coqui" else ""
        raise VoiceError(
            f"the voice {kind.name} lacks the package {kind.package}: run `pip install 'santun[{kind.extra}]'`{torch}"
        )
    if kind.name == "espeak":
        from tts.espeak import DEFAULT_VARIANT, EspeakVoice, speakers

        if speaker and speaker not in speakers():
            raise VoiceError(f"espeak has no speaker {speaker!r}; known: {', '.join(speakers())}")
        return EspeakVoice(language=language, variant=speaker or DEFAULT_VARIANT, rate_hz=rate_hz, speed=speed)
    if kind.name == "recorded":
        from tts.recorded import RecordedVoice, voice_beneath

        folder = model_place(model)
        beneath = voice_beneath(folder) or (f"espeak@{speaker}" if speaker else "espeak")
        return RecordedVoice(
            folder, beneath=make_voice(beneath, language=language, speed=speed, rate_hz=rate_hz), language=language
        )
    module, _, attribute = kind.loads.partition(":")
    make: Callable[..., Synthesizer] = getattr(importlib.import_module(module), attribute)
    if kind.needs_model:
        make = partial(make, model_place(model))
    return make(language=language, speaker=speaker, speed=speed, rate_hz=rate_hz)


def parse(name: str) -> tuple[Kind, str, str]:
    """Kind, model and speaker of a written voice; the latter two may be empty. Raises ``ValueError``."""
    kind_name, colon, model = name.partition(":")
    if colon:
        model, at, speaker = model.rpartition("@")
        if not at or "/" in speaker:  # an @ within a folder's name belongs to it
            model, speaker = name.partition(":")[2], ""
    else:
        kind_name, _, speaker = name.partition("@")
    kind = KINDS.get(kind_name)
    if kind is None:
        raise ValueError(f"there is no voice named {name!r}; known: {', '.join(known_voices())}")
    if kind.needs_model and not model:
        raise ValueError(f"{kind_name} needs a model: write {kind_name}:FOLDER, or :NAME with a name from `santun models list`")
    if model and not kind.needs_model:
        raise ValueError(f"{kind_name} takes no model; write {kind_name}, or {kind_name}@SPEAKER for another speaker")
    return kind, model, speaker
