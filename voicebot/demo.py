"""The main job on one machine in a few minutes: import, call, talk, score, show. Every part is the real one.

Bot and customers are separate processes with a SIP stack each; the clock is simulated so that it is always a Tuesday morning.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from analytics.samples import render_samples
from analytics.store import import_recordings, score_waiting
from voicebot.campaign.accounts import import_accounts
from voicebot.core.clock import local_time, now_utc
from voicebot.core.database import make_engine, make_sessions
from voicebot.core.embedded_postgres import embedded_server
from voicebot.core.logs import configure_logs
from voicebot.core.money import format_rupiah
from voicebot.core.schema import migrate
from voicebot.core.settings import Settings, load_settings
from voicebot.core.storage import set_clock
from voicebot.core.store.attempts import campaign_is_over, create_campaign, plan_attempts
from voicebot.core.store.calls import list_calls
from voicebot.core.store.recordings import list_recordings

SIMULATED_NOW = "2026-11-24T10:00:00+07:00"
_CALLS_LIMIT_S = 240
_TABLE_WIDTH = 150
"""Wide enough for the summary when the output is a file."""
console = Console(highlight=False, soft_wrap=True)


def run_demo(folder: Path, *, serve: bool, began_s: float) -> None:
    """Run it in ``folder``, which is emptied first; ends by itself unless ``serve``."""
    shutil.rmtree(folder / "recordings", ignore_errors=True)
    with ExitStack() as stack:
        customers_port = stack.enter_context(_customers())
        settings = _settings(folder, customers_port)
        console.rule("1. database")
        url = stack.enter_context(embedded_server(settings.data_dir))
        engine = make_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        migrate(engine)
        sessions = make_sessions(engine)
        console.print(f"embedded PostgreSQL in {settings.data_dir}")
        console.rule("2. accounts")
        campaign_id = _plan(sessions)
        console.rule("3. calls over SIP on 127.0.0.1")
        with _worker():
            _wait_until_over(sessions, campaign_id)
        console.rule("4. scores")
        _score(sessions, settings, folder)
        console.rule("5. results")
        _show(sessions, began_s)
        if serve:
            from voicebot.web.app import serve as serve_web

            console.print(f"\nopen [bold]http://{settings.web_host}:{settings.web_port}[/bold] (Ctrl-C ends)")
            serve_web(settings, url)
        engine.dispose()


def _settings(folder: Path, customers_port: int) -> Settings:
    """The demo's settings, by the environment so that the worker process has the same."""
    os.environ.update(
        SANTUN_DATA_DIR=str(folder),
        SANTUN_SIMULATED_NOW=SIMULATED_NOW,
        SANTUN_SIMULATED_SINCE_EPOCH_S=str(time.time()),
        SANTUN_SIP__TRUNK_PORT=str(customers_port),
        SANTUN_SIP__RING_TIMEOUT_S="8",
        SANTUN_LOG_LEVEL="warning",
    )
    os.environ.pop("SANTUN_DATABASE_URL", None)
    load_settings.cache_clear()
    settings = load_settings()
    configure_logs(settings)
    set_clock(settings)
    return settings


@contextmanager
def _customers() -> Generator[int]:
    """The simulated customers' process; yields its SIP port."""
    command = [sys.executable, "-m", "voicebot.simulate.sip_customers"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(json.loads(process.stdout.readline())["port"])
    finally:
        _end(process)


@contextmanager
def _worker() -> Generator[None]:
    """A worker process whose events are shown as they come."""
    command = [sys.executable, "-m", "voicebot.cli", "worker", "--events", "--no-recordings"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    showing = threading.Thread(target=_show_events, args=(process,), daemon=True)
    showing.start()
    try:
        yield
    finally:
        _end(process)
        showing.join(timeout=5)


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()


def _show_events(process: subprocess.Popen[str]) -> None:
    colours = ("cyan", "magenta", "green", "yellow", "blue", "red", "bright_cyan", "bright_magenta")
    assert process.stdout is not None
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        who = f"[{colours[event['attempt'] % len(colours)]}]{event['attempt']:>3} {event['name']:<15}[/]"
        kind = event["event"]
        if kind == "said":
            extra = f" [dim]{', '.join(event['intents'])}[/dim]" if event["intents"] else ""
            delay = f" [dim]({event['voice_to_voice_s']:.2f} s)[/dim]" if "voice_to_voice_s" in event else ""
            console.print(f"{who} {event['start_s']:6.1f}s [bold]{event['speaker']:<8}[/bold] {event['text']}{extra}{delay}")
        elif kind == "ended":
            promise = event["promise"]
            told = f", {format_rupiah(promise['amount'])} on {promise['due_on']}" if promise else ""
            console.print(
                f"{who}         [bold]→ {event['disposition']}, {event['party']}, {event['outcome'] or '-'}{told}[/bold]"
            )
        else:
            console.print(f"{who}         [dim]{kind}[/dim]")


def _plan(sessions: sessionmaker[Session]) -> int:
    portfolio = Path(str(resources.files("voicebot"))) / "simulate" / "portfolio.csv"
    with sessions.begin() as session:
        report = import_accounts(session, portfolio)
        console.print(f"{report.added} accounts imported, {len(report.errors)} rows not usable")
        campaign = create_campaign(session, name="demo", script="payment_reminder")
        planned = plan_attempts(session, campaign, due_at=now_utc())
        console.print(f"{planned} calls planned")
        return campaign.id


def _wait_until_over(sessions: sessionmaker[Session], campaign_id: int) -> None:
    deadline_s = time.monotonic() + _CALLS_LIMIT_S
    while time.monotonic() < deadline_s:
        with sessions() as session:
            if campaign_is_over(session, campaign_id):
                return
        time.sleep(0.5)
    console.print("[red]not every call has ended in time[/red]")


def _score(sessions: sessionmaker[Session], settings: Settings, folder: Path) -> None:
    samples = render_samples(folder / "human-calls")
    for result in import_recordings(sessions, settings, [samples]):
        if "error" in result:
            console.print(f"[red]{result['file']}: {result['error']}[/red]")
    for result in score_waiting(sessions, settings):
        if "error" in result:
            console.print(f"[red]recording {result['recording']}: {result['error']}[/red]")
        else:
            faults = f", auto-fail: {', '.join(result['auto_fail'])}" if result["auto_fail"] else ""
            console.print(f"recording {result['recording']:>3} ({result['source']}): {result['score']:.0f} points{faults}")


def _show(sessions: sessionmaker[Session], began_s: float) -> None:
    table = Table("customer", "disposition", "party", "outcome", "promise", "call back", "score", title="Calls by the bot")
    with sessions() as session:
        for call in reversed(list_calls(session)):
            promise, callback = call.promise, call.callback
            report = call.recording.reports[0] if call.recording and call.recording.reports else None
            table.add_row(
                call.account.person.name if call.account else "",
                call.disposition,
                call.party,
                call.outcome or "",
                f"{format_rupiah(promise.amount)} on {promise.promised_on}" if promise else "",
                f"{local_time(call.account.person.zone, callback.due_at):%a %d %b %H:%M %Z}"
                if callback and callback.due_at and call.account
                else "",
                f"{report.score:.0f}" if report and report.score is not None else "",
            )
        human = Table("recording", "agent", "score", "auto-fail", title="Calls by human agents")
        for recording in reversed(list_recordings(session)):
            if recording.source == "human":
                report = recording.reports[0] if recording.reports else None
                score = f"{report.score:.0f}" if report and report.score is not None else "-"
                human.add_row(
                    str(recording.details.get("file") or recording.id),
                    recording.agent_id,
                    score,
                    ", ".join(report.auto_fail) if report else "",
                )
    wide = Console(highlight=False, width=max(_TABLE_WIDTH, console.width))
    wide.print(table)
    wide.print(human)
    console.print(f"{time.monotonic() - began_s:.0f} s in all")
