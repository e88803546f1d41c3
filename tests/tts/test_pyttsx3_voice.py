"""The system's speech program speaks from a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tts.under_test import make
from tts.engine import VoiceError
from tts.pyttsx3_voice import Pyttsx3Voice
from tts.voices import make_voice

SCRIPT = """
from tts.voices import make_voice
voice = make_voice("pyttsx3")
print(sum(len(chunk) for chunk in voice.synthesize("Selamat pagi.")), voice._child._process.pid)
"""


@pytest.fixture(scope="module")
def voice() -> Pyttsx3Voice:
    return make("pyttsx3", Path())  # type: ignore[return-value]


def test_it_speaks_indonesian_where_the_system_can(voice: Pyttsx3Voice) -> None:
    assert voice.key.split("/175/")[0].endswith("/id")


def test_english_is_another_voice(voice: Pyttsx3Voice) -> None:
    assert make_voice("pyttsx3", language="en").key != voice.key  # type: ignore[attr-defined]


def test_nothing_but_results_reaches_standard_output_and_no_process_stays(voice: Pyttsx3Voice) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    samples, pid = done.stdout.split()
    assert int(samples) > 4000
    deadline_s = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline_s, "the speaking process outlived the one that started it"
        time.sleep(0.05)


def test_a_program_that_died_is_started_again(voice: Pyttsx3Voice) -> None:
    process = voice._child._process
    process.kill()
    process.wait()
    assert sum(len(chunk) for chunk in voice.synthesize("Selamat pagi.")) > 4000


def test_an_unknown_speaker_says_so(voice: Pyttsx3Voice) -> None:
    with pytest.raises(VoiceError, match="'nobody'"):
        make_voice("pyttsx3@nobody")


def test_a_speaker_may_be_named_by_a_part_of_the_system_voice(voice: Pyttsx3Voice) -> None:
    assert "poz/ms" in make_voice("pyttsx3@poz/ms").key  # type: ignore[attr-defined]
