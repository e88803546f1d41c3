"""The command line as other programs use it: forms, exit statuses, clear errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from analytics.samples import render_samples

ROOT = Path(__file__).resolve().parents[2]
PORTFOLIO = ROOT / "voicebot" / "simulate" / "portfolio.csv"
NOW = "2026-11-24T10:00:00+07:00"


def santun(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voicebot.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment, check=False, timeout=120
    )


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "command",
    [(), ("nlu", "parse"), ("nlu", "explain"), ("talk",), ("transcribe",), ("score",), ("scripts", "check"), ("models", "list"), ("models", "pull"),
     ("accounts", "import"), ("campaign", "start"), ("recordings", "import"), ("up",), ("worker",), ("demo",), ("doctor",)],
)  # fmt: skip
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    told = santun(*command, "--help")
    assert told.returncode == 0
    assert "Usage" in told.stdout


def test_nlu_parse_writes_a_line_a_line_and_fails_softly(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('\ufeff{"id": 1, "text": "saya bayar besok", "context": "ask_payment"}\r\n{broken\n', encoding="utf-8")
    done = santun("nlu", "parse", source, "--now", NOW, "-o", tmp_path / "out.jsonl")
    assert done.returncode == 1
    first, second = lines((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert first["primary"] == "promise_to_pay"
    assert "error" in second


def test_talk_replays_without_a_database_and_leaves_no_process(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    account = {"name": "Budi", "principal_due_idr": 500000, "due_date": "2026-11-20", "dpd": 4, "product": "pinjaman"}
    source.write_text(json.dumps({"id": "a", "lang": "id", "account": account, "turns": ["salah sambung"]}), encoding="utf-8")
    done = santun("talk", "--replay", source, "--now", NOW, SANTUN_DATA_DIR=str(tmp_path / "none"))
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout)[0]["outcome"] == "wrong_number"
    assert not (tmp_path / "none").exists()


def test_transcribe_and_score_a_folder_with_a_broken_file(tmp_path: Path) -> None:
    folder = render_samples(tmp_path / "calls")
    (folder / "zz_broken.wav").write_bytes(b"not sound")
    heard = santun("transcribe", folder, "-o", tmp_path / "heard.jsonl")
    assert heard.returncode == 1
    channels = lines((tmp_path / "heard.jsonl").read_text(encoding="utf-8"))
    assert len(channels) == 4 * 2 + 1
    assert "bawa polisi" in " ".join(str(line.get("text")) for line in channels)
    scored = santun("score", folder, "--customer-channel", "right")
    assert scored.returncode == 1
    assert [result["id"] for result in lines(scored.stdout)] == [
        "disclosure_call",
        "good_call",
        "mediocre_call",
        "threat_call",
        "zz_broken",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("nlu", "parse", "/nowhere.jsonl"), "cannot read"),
        (("transcribe", "x.wav", "--engine", "ears"), "no recognizer named"),
        (("talk", "--script", "nothing"), "no call script named"),
        (("nlu", "explain", "halo", "--now", "tomorrow"), "ISO-8601"),
        (("score", "x.wav", "--scorecard", "/nowhere.yaml"), "does not load"),
        (("transcribe", "x.wav", "--state", "dreaming"), "dreaming"),
    ],
)
def test_wrong_use_exits_2_and_says_what_to_do(arguments: tuple[str, ...], complaint: str) -> None:
    done = santun(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_scripts_check_names_faults(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("id: x\n", encoding="utf-8")
    assert santun("scripts", "check").returncode == 0
    done = santun("scripts", "check", wrong)
    assert done.returncode == 1
    assert "version: Field required" in done.stdout


def test_models_and_doctor_answer_without_loading_engines() -> None:
    listed = santun("models", "list")
    assert "id-phone" in listed.stdout
    assert santun("models", "verify").returncode == 0
    code = "import sys; sys.argv = ['santun', 'models', 'list']; from voicebot.cli import main\ntry: main()\nexcept SystemExit: pass\nprint('onnxruntime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.database
def test_accounts_are_imported_with_a_dry_run_first(tmp_path: Path, database_url: str) -> None:
    environment = {"SANTUN_DATABASE_URL": database_url, "SANTUN_DATA_DIR": str(tmp_path)}
    assert "10 would be added" in santun("accounts", "import", PORTFOLIO, "--dry-run", **environment).stdout
    assert "10 added" in santun("accounts", "import", PORTFOLIO, **environment).stdout
    assert "0 added, 10 renewed" in santun("accounts", "import", PORTFOLIO, **environment).stdout
    broken = tmp_path / "broken.csv"
    broken.write_text(PORTFOLIO.read_text(encoding="utf-8").replace("2026-11-18", "yesterday"), encoding="utf-8")
    done = santun("accounts", "import", broken, **environment)
    assert done.returncode == 1
    assert "line 3, column due_on" in done.stderr
    assert "10 calls planned" in santun("campaign", "start", "november", **environment).stdout
    assert santun("campaign", "pause", "december", **environment).returncode == 2


@pytest.mark.database
@pytest.mark.timeout(120)
def test_up_serves_and_ends_when_told(tmp_path: Path, database_url: str) -> None:
    environment = os.environ | {
        "SANTUN_DATABASE_URL": database_url,
        "SANTUN_DATA_DIR": str(tmp_path),
        "SANTUN_WEB_PORT": "8765",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "voicebot.cli", "up", "--workers", "1"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline_s = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen("http://127.0.0.1:8765/health", timeout=2) as answer:
                    assert json.load(answer)["status"] == "ok"
                break
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < deadline_s, "the web app did not start"
                time.sleep(0.3)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen("http://127.0.0.1:8765/api/recordings", timeout=5)
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert process.returncode in (0, -15)
