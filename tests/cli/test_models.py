"""``santun models``: what a stranger types, and what programs read."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = b"weights " * 1000


def santun(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voicebot.cli", "models", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SANTUN_MODELS_DIR": str(folder), **environment},
        check=False,
        timeout=120,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder that lists one model of a mirror's, and the mirror."""
    mirror = tmp_path / "mirror" / "ours"
    mirror.mkdir(parents=True)
    (mirror / "model.bin").write_bytes(WEIGHTS)
    models = tmp_path / "models"
    models.mkdir()
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    text = (
        '[ours]\nkind = "voice"\nlanguage = "id"\nlicence = "CC BY-NC 4.0"\nresearch_only = true\nsummary = "a voice"\n'
        'source = { url = "https://models.invalid/" }\n'
        f'files = [{{ path = "model.bin", size_bytes = {len(WEIGHTS)}, sha256 = "{digest}" }}]\n'
        '[theirs]\nlicence = "MIT"\nsource = { url = "https://models.invalid/" }\nfiles = [{ path = "model.bin" }]\n'
    )
    (models / "models.toml").write_text(text, encoding="utf-8")
    return models


def test_list_names_licence_size_and_what_is_here(folder: Path) -> None:
    listed = santun("list", folder=folder)
    assert listed.returncode == 0, listed.stderr
    rows = {line.split()[0]: line for line in listed.stdout.splitlines()[1:] if line and not line.startswith(" ")}
    assert rows["id-phone"].rstrip().endswith("yes")
    assert "486.2" in rows["whisper-small-ct2"]
    assert "as published" in rows["whisper-small-ct2"]
    assert rows["whisper-small-ct2"].rstrip().endswith("no")
    assert "unverified" in rows["indobert-base"]
    assert "research only" in rows["ours"]


def test_list_can_be_narrowed_and_read_by_programs(folder: Path) -> None:
    listed = santun("list", "--kind", "recognizer", "--lang", "id", "--json", folder=folder)
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {row["kind"] for row in rows} == {"recognizer"}
    assert all("id" in row["languages"] for row in rows)
    names = [row["name"] for row in rows]
    assert "zipformer-multi" in names
    assert "vosk-small-en" not in names
    here = santun("list", "--here", "--json", folder=folder)
    assert "id-phone" in here.stdout
    assert "whisper" not in here.stdout


def test_show_says_what_the_licence_forbids_where_it_comes_from_and_what_vouches_for_it(folder: Path) -> None:
    shown = santun("show", "coqui-id-mms", folder=folder).stdout
    assert "RESEARCH ONLY" in shown
    assert "https://dl.fbaipublicfiles.com/mms/tts/ind.tar.gz" in shown
    assert "--accept-unverified" in shown
    assert "# Indonesian voices for Coqui TTS" in shown
    assert "unverified" not in santun("show", "resemblyzer", folder=folder).stdout
    assert santun("show", "nothing", folder=folder).returncode == 2


def test_pull_prints_the_folder_on_standard_output_and_its_progress_on_the_other(folder: Path) -> None:
    mirror = str(folder.parent / "mirror")
    pulled = santun("pull", "ours", "--offline", folder=folder, SANTUN_MODELS_MIRROR=mirror)
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout == f"{folder / 'ours'}\n"
    assert "model.bin: 0.0 of 0.0 MB" in pulled.stderr
    assert "for research only" in pulled.stderr
    assert "\x1b" not in pulled.stderr, "no escape codes where no terminal is"
    assert (folder / "ours" / "model.bin").read_bytes() == WEIGHTS
    assert santun("verify", "ours", folder=folder).stdout == "ours: ok\n"
    (folder / "ours" / "model.bin").write_bytes(WEIGHTS[::-1])
    damaged = santun("verify", folder=folder)
    assert damaged.returncode == 1
    assert "santun models pull ours" in damaged.stdout


def test_pull_goes_on_after_a_model_that_fails(folder: Path) -> None:
    mirror = str(folder.parent / "mirror")
    pulled = santun("pull", "theirs", "ours", folder=folder, SANTUN_MODELS_MIRROR=mirror)
    assert pulled.returncode == 1
    assert "--accept-unverified" in pulled.stderr
    assert pulled.stdout == f"{folder / 'ours'}\n"
    assert "Traceback" not in pulled.stderr


def test_a_mistake_in_the_own_list_is_wrong_use(folder: Path) -> None:
    (folder / "models.toml").write_text("[ours]\nlicense = 'MIT'\n", encoding="utf-8")
    listed = santun("list", folder=folder)
    assert listed.returncode == 2
    assert "unknown field license" in listed.stderr
    assert "Traceback" not in listed.stderr


def test_a_terminal_sees_a_bar(folder: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "SANTUN_MODELS_DIR": str(folder),
        "SANTUN_MODELS_MIRROR": str(folder.parent / "mirror"),
        "TERM": "xterm",
    }
    command = [sys.executable, "-m", "voicebot.cli", "models", "pull", "ours"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=environment, check=False, timeout=120)
    os.close(theirs)
    seen = os.read(ours, 100_000)
    os.close(ours)
    assert done.returncode == 0
    assert b"ours: " in seen
    assert b"\x1b[" in seen


def test_listing_needs_no_engine_and_no_network(folder: Path) -> None:
    code = (
        "import socket, sys\nsocket.socket.connect = lambda *a: sys.exit('asked the network')\n"
        "sys.argv = ['santun', 'models', 'list']\nfrom voicebot.cli import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code, end.code\n"
        "print([name for name in ('onnxruntime', 'torch', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SANTUN_MODELS_DIR": str(folder)},
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
