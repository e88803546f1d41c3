"""``santun voice``: from a script to a folder of recordings."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from tts.espeak import EspeakVoice

ROOT = Path(__file__).resolve().parents[2]


def santun(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voicebot.cli", "voice", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment, check=False, timeout=120
    )


def test_say_writes_a_file_and_shows_the_words(tmp_path: Path) -> None:
    done = santun("say", "Tagihan Anda Rp50.000.", "-o", tmp_path / "x.wav", SANTUN_DATA_DIR=str(tmp_path))
    assert done.stdout == "Tagihan Anda lima puluh ribu rupiah.\n"
    wave, rate_hz = soundfile.read(tmp_path / "x.wav")
    assert rate_hz == 8000
    assert len(wave) > rate_hz


def test_a_sheet_is_written_filled_and_checked(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    first = santun("prompts", "payment_reminder", "--recordings", folder, "--write", SANTUN_COMPANY="Dana Santun")
    assert first.returncode == 1
    assert "0 of 145 sentences of payment_reminder@" in first.stderr
    with (folder / "index.tsv").open(encoding="utf-8") as sheet:
        rows = list(csv.DictReader(sheet, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert any("Dana Santun" in row["text"] for row in rows)
    missing = [line.split("\t")[0] for line in first.stdout.splitlines()]
    assert len(missing) == len(set(missing)) == len({row["file"] for row in rows})

    row = next(row for row in rows if row["text"] == "Panggilan ini direkam.")
    voice = EspeakVoice(variant="m3", rate_hz=16000)
    soundfile.write(folder / row["file"], np.pad(np.concatenate(list(voice.synthesize(row["text"]))), 3000), 16000)
    again = santun("prompts", "payment_reminder", "--recordings", folder, SANTUN_COMPANY="Dana Santun")
    assert "1 of 145 sentences" in again.stderr
    assert row["file"] not in again.stdout
    assert santun("check", folder).returncode == 0

    soundfile.write(folder / row["file"], np.zeros(16000), 16000)
    faulty = santun("check", folder)
    assert faulty.returncode == 1
    assert f"{row['file']}: is silent" in faulty.stdout


def test_a_second_script_adds_to_the_sheet(tmp_path: Path) -> None:
    santun("prompts", "payment_reminder", "--recordings", tmp_path, "--write")
    before = (tmp_path / "index.tsv").read_text(encoding="utf-8").splitlines()
    santun("prompts", "overdue_reminder", "--recordings", tmp_path, "--write")
    after = (tmp_path / "index.tsv").read_text(encoding="utf-8").splitlines()
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_words_for_sums_are_listed_on_request(tmp_path: Path) -> None:
    done = santun("prompts", "payment_reminder", "--recordings", tmp_path, "--words")
    assert "words/juta.wav\tjuta" in done.stdout.splitlines()


def test_a_sheet_that_cannot_be_read_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "index.tsv").write_text("nonsense")
    done = santun("check", tmp_path)
    assert done.returncode == 2
    assert "lacks the columns" in done.stderr
    assert "Traceback" not in done.stderr
