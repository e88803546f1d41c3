"""The import contracts are alive: they hold, and a planted violation of each breaks them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("voicebot", "asr", "nlu", "tts", "analytics", "models")
VIOLATIONS = [
    ("asr/planted.py", "import nlu.understanding"),
    ("nlu/planted.py", "import asyncio"),
    ("tts/planted.py", "import sqlalchemy"),
    ("asr/planted.py", "import voicebot.core.errors"),
    ("analytics/planted.py", "import voicebot.call.audio"),
    ("voicebot/call/planted.py", "import analytics.recording"),
    ("voicebot/core/planted.py", "import voicebot.call.audio"),
    ("voicebot/call/planted.py", "import voicebot.campaign.dialer"),
    ("voicebot/campaign/planted.py", "import pjsua2"),
    ("nlu/planted.py", "import torch"),
    ("models/planted.py", "import transformers"),
    ("asr/planted.py", "import vosk"),
    ("voicebot/core/planted.py", "import faster_whisper"),
    ("tts/planted.py", "import piper"),
    ("voicebot/core/planted.py", "import pyttsx3"),
    ("asr/planted.py", "import TTS"),
    ("tts/planted.py", "import diskcache"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", "pyproject.toml", "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder), "PATH": ""}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy_of_the_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "weights", "static", "cache")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(copy_of_the_tree: Path) -> None:
    result = lint_imports(copy_of_the_tree)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("place", "line"), VIOLATIONS)
def test_a_planted_violation_breaks_a_contract(copy_of_the_tree: Path, place: str, line: str) -> None:
    planted = copy_of_the_tree / place
    planted.write_text(f"{line}\n", encoding="utf-8")
    try:
        result = lint_imports(copy_of_the_tree)
    finally:
        planted.unlink()
    assert result.returncode != 0, f"{place} may {line}"
    assert "BROKEN" in result.stdout
