"""Piper voices: a tiny one with random weights loads and speaks."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from tests.tts.under_test import need
from tts.engine import VoiceError
from tts.voices import make_voice

need("piper")
need("onnx")

from tests.tts.tiny_vits import write_piper_voice  # noqa: E402 - it needs onnx


def length(name: str, **manner: object) -> int:
    return sum(len(chunk) for chunk in make_voice(name, **manner).synthesize("Selamat pagi, Ibu."))  # type: ignore[arg-type]


def test_a_file_or_its_folder_names_it(tmp_path: Path) -> None:
    folder = write_piper_voice(tmp_path / "voice")
    assert length(f"piper:{folder}") > 0
    assert length(f"piper:{folder / 'id_ID-tiny-x_low.onnx'}") > 0


def test_of_several_in_a_folder_one_must_be_named(tmp_path: Path) -> None:
    folder = write_piper_voice(tmp_path)
    shutil.copy(folder / "id_ID-tiny-x_low.onnx", folder / "other.onnx")
    with pytest.raises(VoiceError, match=r"several voices \(id_ID-tiny-x_low.onnx, other.onnx\)"):
        make_voice(f"piper:{folder}")


def test_speakers_go_by_number_or_name(tmp_path: Path) -> None:
    folder = write_piper_voice(tmp_path, speakers=3)
    assert length(f"piper:{folder}@2") == length(f"piper:{folder}@speaker2")
    assert length(f"piper:{folder}@2") != length(f"piper:{folder}@0")
    with pytest.raises(VoiceError, match="known: speaker0, speaker1, speaker2"):
        make_voice(f"piper:{folder}@Budi")


def test_a_voice_with_one_speaker_has_no_other(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="but one speaker"):
        make_voice(f"piper:{write_piper_voice(tmp_path)}@3")


def test_a_missing_or_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="santun models list"):
        make_voice(f"piper:{tmp_path / 'nowhere'}")
    with pytest.raises(VoiceError, match=r"no \.onnx file"):
        make_voice(f"piper:{tmp_path}")
    folder = write_piper_voice(tmp_path)
    (folder / "id_ID-tiny-x_low.onnx").write_bytes(b"<html>Not found</html>")
    with pytest.raises(VoiceError, match="fetch it anew"):
        make_voice(f"piper:{folder}")
    (folder / "id_ID-tiny-x_low.onnx.json").unlink()
    with pytest.raises(VoiceError, match=r"needs id_ID-tiny-x_low\.onnx\.json"):
        make_voice(f"piper:{folder}")


def test_a_model_that_gives_no_numbers_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="damaged"):
        make_voice(f"piper:{write_piper_voice(tmp_path, broken=True)}")


def test_customers_names_stay_out_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    list(make_voice(f"piper:{write_piper_voice(tmp_path)}").synthesize("Ibu Rahayu, selamat pagi."))
    assert "Rahayu" not in caplog.text
