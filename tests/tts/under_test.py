"""Voices for tests: each really loads and speaks; those whose library is not here skip, saying how to get it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tts.engine import Synthesizer, VoiceError
from tts.voices import make_voice

KINDS = ("espeak", "pyttsx3", "piper", "sherpa", "sherpa-letters", "coqui")


def need(package: str, remedy: str = "make setup-engines") -> None:
    """Skip the test, or the module that asks while it is collected, unless ``package`` is here."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not here: {remedy}", allow_module_level=True)


def written(kind: str, folder: Path, *, speakers: int = 1) -> str:
    """A voice of that kind as it is written in the settings, its model made in ``folder``."""
    if kind == "pyttsx3":
        need("pyttsx3")
    elif kind == "piper":
        need("piper")
        need("onnx")
        from tests.tts.tiny_vits import write_piper_voice

        return f"piper:{write_piper_voice(folder, speakers=speakers)}"
    elif kind.startswith("sherpa"):
        need("sherpa_onnx")
        need("onnx")
        from tests.tts.tiny_vits import write_sherpa_voice

        letters = {"comment": "coqui", "frontend": "characters", "add_blank": "1", "use_eos_bos": "0"}
        changes = letters if kind == "sherpa-letters" else {}
        return f"sherpa:{write_sherpa_voice(folder, speakers=speakers, **changes)}"
    elif kind == "coqui":
        need("TTS", "tools/test-coqui.sh runs these tests where it is")
        from tests.tts.tiny_coqui import write_coqui_voice

        if (folder / "model.pth").exists():  # it takes seconds to make
            return f"coqui:{folder}"
        names = tuple(f"speaker{number}" for number in range(speakers)) if speakers > 1 else ()
        return f"coqui:{write_coqui_voice(folder, speakers=names)}"
    return kind


def make(kind: str, folder: Path, **manner: object) -> Synthesizer:
    """That voice, loaded."""
    name = written(kind, folder)
    try:
        return make_voice(name, **manner)  # type: ignore[arg-type]
    except VoiceError as error:
        if kind == "pyttsx3" and "libespeak-ng1" in str(error):
            pytest.skip("no speech program here: tools/debian-packages.sh installs libespeak-ng1")
        raise
