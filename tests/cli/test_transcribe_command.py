"""``santun transcribe`` as its users see it: engines, refusals, progress."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from asr.audio_file import write_wav
from tts.espeak import EspeakVoice

SANTUN = str(Path(sys.executable).with_name("santun"))


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two recordings and a file that is none."""
    folder = tmp_path_factory.mktemp("calls")
    for language, text in (("id", "saya sudah bayar kemarin"), ("en", "i already paid yesterday")):
        write_wav(folder / f"{language}.wav", np.concatenate(list(EspeakVoice(language=language).synthesize(text))), 8000)
    (folder / "broken.wav").write_bytes(b"no sound")
    return folder


def _transcribe(*arguments: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [SANTUN, "transcribe", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})})


def test_each_language_has_its_recognizer_without_being_asked(calls: Path) -> None:
    done = _transcribe(calls / "id.wav")
    line = json.loads(done.stdout)
    assert (done.returncode, line["engine"], line["text"]) == (0, "embedded", "saya sudah bayar kemarin")
    done = _transcribe(calls / "en.wav", "--lang", "en")
    line = json.loads(done.stdout)
    assert (done.returncode, line["engine"]) == (0, "pocketsphinx")
    assert line["text"]


def test_a_broken_file_is_a_line_with_an_error_and_the_others_go_on(calls: Path, tmp_path: Path) -> None:
    done = _transcribe(calls, "-o", tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert done.returncode == 1
    assert [(line["id"], "error" in line) for line in lines] == [("broken", True), ("en", False), ("id", False)]
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--engine", "telepathy"), "no recognizer named 'telepathy'; known: embedded"),
        (("--engine", "faster-whisper"), "faster-whisper needs a model"),
        (("--engine", "embedded", "--lang", "en"), "embedded hears Indonesian only; for English take one of: pocketsphinx"),
        (("--engine", "wav2vec2:x", "--state", "digits"), "leave --state out"),
        (("--phrases", "/no/such/file"), "/no/such/file"),
    ],
)
def test_a_wrong_use_is_refused_in_a_sentence(calls: Path, options: tuple[str, ...], complaint: str) -> None:
    done = _transcribe(calls / "id.wav", *options)
    assert done.returncode == 2
    assert done.stderr.startswith("santun: ")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_that_is_not_here_is_named_with_the_command_that_fetches_it(calls: Path, tmp_path: Path) -> None:
    pytest.importorskip("sherpa_onnx", reason="sherpa-onnx is not installed: run `make setup-engines`")
    done = _transcribe(calls / "id.wav", "--engine", "sherpa:zipformer-multi", environment={"SANTUN_MODELS_DIR": str(tmp_path)})
    assert done.returncode == 2
    assert "santun models pull zipformer-multi" in done.stderr


def test_a_terminal_shows_how_far_a_long_recording_is(tmp_path: Path) -> None:
    sentence = np.pad(np.concatenate(list(EspeakVoice().synthesize("saya sudah bayar"))), (0, 30 * 8000))
    write_wav(tmp_path / "long.wav", np.tile(sentence, 10), 8000)
    reader, writer = pty.openpty()
    process = subprocess.Popen([SANTUN, "transcribe", str(tmp_path / "long.wav")], stdout=subprocess.DEVNULL, stderr=writer)
    os.close(writer)
    shown = b""
    while True:
        try:
            piece = os.read(reader, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    assert process.wait() == 0
    assert b"long.wav" in shown
    assert b"/1 files" in shown
