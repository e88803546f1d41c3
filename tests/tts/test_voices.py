"""Voices by name: nothing is imported by asking, and what is missing is named with its remedy."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tts.engine import VoiceError
from tts.voices import KINDS, known_voices, make_voice, parse

LIBRARIES = ("pyttsx3", "piper", "sherpa_onnx", "TTS", "torch", "espeakng_loader")


def test_asking_for_names_imports_no_engine() -> None:
    script = f"import sys, tts.voices; tts.voices.known_voices(); print([n for n in {LIBRARIES} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("espeak", ("espeak", "", "")),
        ("espeak@m3", ("espeak", "", "m3")),
        ("pyttsx3@poz/ms", ("pyttsx3", "", "poz/ms")),
        ("piper:/opt/voices/id_ID-news", ("piper", "/opt/voices/id_ID-news", "")),
        ("piper:/opt/a@b/news@2", ("piper", "/opt/a@b/news", "2")),
        ("piper:/opt/a@b/news", ("piper", "/opt/a@b/news", "")),
        ("coqui:~/voices@gadis", ("coqui", "~/voices", "gadis")),
    ],
)
def test_a_voice_is_kind_model_and_speaker(written: str, parts: tuple[str, str, str]) -> None:
    kind, model, speaker = parse(written)
    assert (kind.name, model, speaker) == parts


@pytest.mark.parametrize(
    ("written", "complaint"),
    [("festival", "known: espeak, pyttsx3"), ("piper", "piper:FOLDER"), ("espeak:x", "takes no model"), ("", "known:")],
)
def test_a_name_that_is_none_says_what_may_be_written(written: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        make_voice(written)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.package], ids=lambda kind: kind.name)
def test_a_missing_package_names_the_command(kind: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    name = f"{kind.name}:/nowhere" if kind.needs_model else kind.name  # type: ignore[attr-defined]
    with pytest.raises(VoiceError, match=rf"pip install 'santun\[{kind.extra}\]'"):  # type: ignore[attr-defined]
        make_voice(name)


def test_an_unknown_speaker_of_the_built_in_voice_is_refused_with_those_known() -> None:
    with pytest.raises(VoiceError, match=r"'ardi'; known: .*f2.*m3"):
        make_voice("espeak@ardi")


def test_a_model_of_the_store_is_named_by_it() -> None:
    from tts.model_files import model_place

    assert model_place("silero-vad").is_dir()
    with pytest.raises(VoiceError, match="no model named"):
        model_place("no-such-voice")


def test_every_name_can_be_written_in_the_settings() -> None:
    assert known_voices() == ("espeak", "pyttsx3", "piper:MODEL", "sherpa:MODEL", "coqui:MODEL", "recorded:MODEL")
