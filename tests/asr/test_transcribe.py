"""Files and folders in, a line a channel out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pytest

from asr.audio_file import write_wav
from asr.transcribe import known_engines, transcribe_files
from tts.espeak import EspeakVoice


def _spoken(text: str) -> np.ndarray:
    return np.concatenate(list(EspeakVoice().synthesize(text)))


def test_each_channel_is_a_line_and_a_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    wave = _spoken("saya sudah bayar kemarin")
    write_wav(tmp_path / "call.wav", np.stack([wave, np.zeros_like(wave)]), 8000)
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    lines = list(transcribe_files([tmp_path]))
    assert [(line["id"], line.get("channel")) for line in lines] == [("broken", None), ("call", 0), ("call", 1)]
    assert "error" in lines[0]
    assert lines[1]["text"] == "saya sudah bayar kemarin"
    assert [word["text"] for word in lines[1]["words"]] == lines[1]["text"].split()
    assert lines[1]["duration_s"] == pytest.approx(len(wave) / 8000, abs=0.01)
    assert (lines[2]["text"], lines[2]["words"]) == ("", [])
    assert json.loads(json.dumps(lines)) == lines


def test_a_phrase_list_teaches_new_words(tmp_path: Path) -> None:
    write_wav(tmp_path / "call.wav", _spoken("saya zulkifli"), 8000)
    (tmp_path / "names.txt").write_text("\ufeffZulkifli\n\n", encoding="utf-8")
    (line,) = transcribe_files([tmp_path / "call.wav"], phrases=tmp_path / "names.txt")
    assert "zulkifli" in line["text"]


def test_the_state_chooses_the_words(tmp_path: Path) -> None:
    write_wav(tmp_path / "call.wav", _spoken("nol delapan satu dua"), 8000)
    (line,) = transcribe_files([tmp_path / "call.wav"], state="digits")
    assert line["text"] == "nol delapan satu dua"


def test_an_unknown_engine_state_or_language_is_refused() -> None:
    with pytest.raises(ValueError, match="telepathy"):
        list(transcribe_files([], engine="telepathy"))
    with pytest.raises(ValueError, match="singing"):
        list(transcribe_files([], state="singing"))
    with pytest.raises(ValueError, match="English"):
        list(transcribe_files([], engine="embedded", language="en"))


def test_listing_engines_loads_none_of_them() -> None:
    code = "import sys, asr.transcribe as t; t.known_engines(); print([m for m in ('kaldifst', 'onnxruntime') if m in sys.modules])"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"
    assert "embedded" in known_engines()
