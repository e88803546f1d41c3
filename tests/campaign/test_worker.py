"""Real calls: a worker process and a customers process, two PJSIP stacks on 127.0.0.1, a real database between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import soundfile
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from asr.embedded import EmbeddedTranscriber
from voicebot.call.recorder import read_journal
from voicebot.campaign.accounts import import_accounts
from voicebot.core.store.attempts import create_campaign, plan_attempts
from voicebot.core.tables import Account, Call, CallAttempt, Promise, Recording, Turn

pytest.importorskip("pjsua2", reason="SIP needs the pjsua2-python wheel (Linux x86_64)")
pytestmark = [pytest.mark.sip, pytest.mark.database, pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-24T10:00:00+07:00"


@contextmanager
def customers() -> Iterator[int]:
    command = [sys.executable, "-m", "voicebot.simulate.sip_customers", "--rtp-port", "36000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    yield int(json.loads(process.stdout.readline())["port"])
    process.terminate()
    process.wait(timeout=30)


@contextmanager
def worker(folder: Path, url: str, port: int, *, rtp_port: int = 20000, now: str = NOW) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {
        "SANTUN_DATA_DIR": str(folder),
        "SANTUN_DATABASE_URL": url,
        "SANTUN_SIMULATED_NOW": now,
        "SANTUN_SIMULATED_SINCE_EPOCH_S": str(time.time()),
        "SANTUN_SIP__TRUNK_PORT": str(port),
        "SANTUN_SIP__RTP_PORT": str(rtp_port),
        "SANTUN_SIP__RING_TIMEOUT_S": "3",
        "SANTUN_LOG_FORMAT": "json",
    }
    command = [sys.executable, "-m", "voicebot.cli", "worker", "--no-recordings"]
    with (folder / f"worker-{rtp_port}.log").open("w") as output:
        process = subprocess.Popen(command, env=environment, text=True, cwd=ROOT, stderr=output, stdout=output)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def plan(sessions: sessionmaker[Session], portfolio: Path, numbers: list[str]) -> None:
    """Attempts to these of the demo's customers only."""
    with sessions.begin() as session:
        import_accounts(session, portfolio)
        campaign = create_campaign(session, name="test", script="payment_reminder")
        plan_attempts(session, campaign, due_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
        session.execute(update(CallAttempt).where(CallAttempt.number.not_in(numbers)).values(state="cancelled"))


def wait_for(sessions: sessionmaker[Session], condition: Callable[[Session], Any], limit_s: float) -> None:
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        with sessions() as session:
            if condition(session):
                return
        time.sleep(0.25)
    with sessions() as session:
        states = session.execute(select(CallAttempt.number, CallAttempt.state, CallAttempt.reason)).all()
    pytest.fail(f"not reached in {limit_s} s; attempts: {states}")


def states(session: Session) -> list[str]:
    return list(session.scalars(select(CallAttempt.state).where(CallAttempt.state != "cancelled")))


def test_a_call_over_sip_stores_the_promise_that_the_customer_said(
    tmp_path: Path, sessions: sessionmaker[Session], database_url: str, portfolio: Path
) -> None:
    plan(sessions, portfolio, ["+6281200000001", "+6281200000010"])
    with customers() as port, worker(tmp_path, database_url, port):
        wait_for(sessions, lambda session: set(states(session)) == {"finished"}, 150)
    with sessions() as session:
        call = session.scalars(select(Call).where(Call.disposition == "answered")).one()
        promise = session.scalars(select(Promise)).one()
        assert (call.party, call.outcome) == ("right_party", "partial_promise")
        assert (promise.amount, promise.promised_on) == (750_000, date(2026, 11, 28))
        assert session.scalar(select(func.count(Call.id)).where(Call.disposition == "busy")) == 1
        said = [turn.text for turn in session.scalars(select(Turn).where(Turn.speaker == "bot").order_by(Turn.index))]
        path = tmp_path / "recordings" / session.scalars(select(Recording.path)).one()
    assert "agihan" not in said[0], "not a word of the debt in the greeting"
    samples, rate_hz = soundfile.read(path, dtype="float32")
    assert rate_hz == 8000
    transcriber = EmbeddedTranscriber(hints=said)
    customer = " ".join(word.text for word in transcriber.transcribe(samples[:, 0]))
    bot = " ".join(word.text for word in transcriber.transcribe(samples[:, 1]))
    print(f"customer channel: {customer}\nbot channel: {bot}")
    assert "saya bayar tujuh ratus lima puluh ribu tanggal dua puluh delapan" in customer
    assert "apakah saya berbicara dengan bapak budi santoso" in bot
    assert "agihan" not in customer
    events = [line["event"] for line in read_journal(path.with_suffix(".journal.jsonl"))]
    assert events[:2] == ["dialing", "answered"]
    assert events[-1] == "ended"


def test_a_killed_worker_leaves_interrupted_and_a_recording_while_the_other_goes_on(
    tmp_path: Path, sessions: sessionmaker[Session], database_url: str, portfolio: Path
) -> None:
    plan(sessions, portfolio, ["+6281200000001"])
    with customers() as port, worker(tmp_path, database_url, port) as doomed:
        wait_for(sessions, lambda session: states(session) == ["talking"], 60)
        time.sleep(6)
        doomed.kill()
        doomed.wait()
        with worker(tmp_path, database_url, port, rtp_port=24000):
            with sessions.begin() as session:
                session.execute(update(CallAttempt).where(CallAttempt.number == "+6281200000005").values(state="planned"))
            wait_for(sessions, lambda session: sorted(states(session)) == ["finished", "interrupted"], 90)
    with sessions() as session:
        killed = session.scalars(select(CallAttempt).where(CallAttempt.state == "interrupted")).one()
        assert killed.number == "+6281200000001"
        assert session.scalar(select(func.count(CallAttempt.id)).where(CallAttempt.account_id == killed.account_id)) == 1
        assert session.scalars(select(Call.party)).all() == ["wrong_number"]
        recording = next((tmp_path / "recordings").rglob(f"attempt-{killed.id}.wav"))
    samples, _ = soundfile.read(recording, dtype="float32")
    assert samples.shape[0] > 8000 * 3
    assert float(abs(samples[:, 1]).max()) > 0.05, "the bot is heard in it"


@pytest.mark.parametrize(
    ("now", "rule"),
    [("2026-11-22T10:00:00+07:00", "days"), ("2026-11-24T20:30:00+07:00", "hours"), ("2026-12-25T10:00:00+07:00", "holidays")],
)
def test_nobody_is_dialed_outside_the_contact_rules(
    tmp_path: Path, sessions: sessionmaker[Session], database_url: str, portfolio: Path, now: str, rule: str
) -> None:
    plan(sessions, portfolio, ["+6281200000001"])
    with sessions.begin() as session:
        session.execute(update(CallAttempt).values(due_at=datetime(2026, 11, 1, tzinfo=UTC)))
        session.execute(update(Account).values(due_on=date.fromisoformat(now[:10])))
    with worker(tmp_path, database_url, 9, now=now):
        wait_for(sessions, lambda session: session.scalar(select(func.count()).where(CallAttempt.reason.startswith(rule))), 60)
    with sessions() as session:
        attempt = session.scalars(select(CallAttempt).where(CallAttempt.state != "cancelled")).one()
        assert attempt.state == "planned"
        assert attempt.dialed_at is None
        assert attempt.due_at > datetime.fromisoformat(now)
