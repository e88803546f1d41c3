"""``santun up | worker | accounts | campaign | demo | doctor``: running calls."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from voicebot.core.errors import InputError
from voicebot.core.settings import Settings, load_settings

accounts_app = typer.Typer(help="Accounts in arrears.", no_args_is_help=True)
campaign_app = typer.Typer(help="Campaigns of calls.", no_args_is_help=True)
recordings_app = typer.Typer(help="Recordings of human agents.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to ``santun``."""
    from voicebot.cli import doctor

    app.command()(up)
    app.command()(worker)
    app.command()(demo)
    app.add_typer(accounts_app, name="accounts")
    app.add_typer(campaign_app, name="campaign")
    app.add_typer(recordings_app, name="recordings")
    doctor.register(app)


@contextmanager
def _ready() -> Generator[tuple[Settings, str]]:
    """Settings, logs, clock and database of this process."""
    from voicebot.core.logs import configure_logs
    from voicebot.core.storage import open_storage, set_clock

    settings = load_settings()
    configure_logs(settings)
    set_clock(settings)
    with open_storage(settings) as url:
        yield settings, url


def up(workers: int = typer.Option(1, "--workers", min=0, max=16, help="Worker processes of up to four lines.")) -> None:
    """Run web, API, scoring and workers on this machine."""
    from voicebot.web.app import serve

    with _ready() as (settings, url):
        children = [subprocess.Popen([sys.executable, "-m", "voicebot.cli", "worker"]) for _ in range(workers)]
        typer.echo(f"http://{settings.web_host}:{settings.web_port}", err=True)
        try:
            serve(settings, url)
        finally:
            for child in children:
                child.send_signal(signal.SIGTERM)
            for child in children:
                child.wait(timeout=120)


def worker(
    events: bool = typer.Option(False, "--events", help="Print what happens in calls as JSON lines."),
    calls: bool = typer.Option(True, "--calls/--no-calls", help="Carry calls."),
    recordings: bool = typer.Option(True, "--recordings/--no-recordings", help="Score recordings."),
) -> None:
    """Carry calls (up to four lines) and score recordings until SIGTERM; then finish what is at hand."""
    from analytics.worker import score_jobs
    from voicebot.campaign.worker import work

    async def run(settings: Settings, url: str) -> None:
        async with asyncio.TaskGroup() as tasks:
            jobs = tasks.create_task(score_jobs(settings, url)) if recordings else None
            if calls:
                await tasks.create_task(work(settings, url, watch=_print_event if events else lambda a, e: None))
                if jobs is not None:
                    jobs.cancel()

    with _ready() as (settings, url):
        asyncio.run(run(settings, url))


def _print_event(assignment: Any, event: Any) -> None:
    """One JSON line an event; only where ``--events`` asked for it, since it holds what customers say."""
    from voicebot.call.events import BargedIn, CallResult, Said

    line: dict[str, Any] = {"attempt": assignment.attempt_id, "number": assignment.number, "name": assignment.account.name}
    if isinstance(event, Said):
        turn = event.turn
        line |= {"event": "said", "speaker": turn.speaker, "text": turn.text, "start_s": turn.start_s, "intents": turn.intents}
        line |= {"voice_to_voice_s": round(turn.latency.total_s, 3)} if turn.latency else {}
    elif isinstance(event, BargedIn):
        line |= {"event": "barged_in", "at_s": event.at_s}
    elif isinstance(event, CallResult):
        promise = {"amount": event.promise.amount, "due_on": str(event.promise.due_on)} if event.promise else None
        line |= {
            "event": "ended",
            "disposition": event.disposition,
            "party": event.party,
            "outcome": event.outcome,
            "promise": promise,
        }
    else:
        line |= {"event": str(event)}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@accounts_app.command("import")
def accounts_import(
    file: Path = typer.Argument(..., help="CSV; see docs/accounts.md for the columns."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check every row, store nothing."),
) -> None:
    """Store accounts of a CSV file; wrong rows are reported and left out."""
    from voicebot.campaign.accounts import import_accounts
    from voicebot.core.database import make_engine, make_sessions

    with _ready() as (_, url):
        engine = make_engine(url)
        with make_sessions(engine)() as session:
            report = import_accounts(session, file)
            if dry_run:
                session.rollback()
            else:
                session.commit()
        engine.dispose()
    for error in report.errors:
        typer.echo(f"line {error.line}{f', column {error.column}' if error.column else ''}: {error.reason}", err=True)
    done = "would be " if dry_run else ""
    typer.echo(f"{report.added} {done}added, {report.renewed} {done}renewed, {len(report.errors)} not usable")
    raise typer.Exit(1 if report.errors else 0)


@campaign_app.command("start")
def campaign_start(
    name: str = typer.Argument(...),
    script: str = typer.Option("payment_reminder", "--script", help="Call script (name or file)."),
) -> None:
    """Plan one call for every open account that has none in this campaign; workers take them as the rules allow."""
    from voicebot.core.clock import now_utc
    from voicebot.core.database import make_engine, make_sessions
    from voicebot.core.script import load_script
    from voicebot.core.store.attempts import create_campaign, plan_attempts

    load_script(script)
    with _ready() as (settings, url):
        engine = make_engine(url)
        with make_sessions(engine).begin() as session:
            campaign = create_campaign(session, name=name, script=script, rules=settings.rules)
            campaign.status = "running"
            planned = plan_attempts(session, campaign, due_at=now_utc())
        engine.dispose()
    typer.echo(f"{planned} calls planned in campaign {name}")


@campaign_app.command("pause")
def campaign_pause(name: str = typer.Argument(...)) -> None:
    """Take no more calls of a campaign; those at hand are finished."""
    from sqlalchemy import update

    from voicebot.core.database import make_engine, make_sessions
    from voicebot.core.tables import Campaign

    with _ready() as (_, url):
        engine = make_engine(url)
        with make_sessions(engine).begin() as session:
            found = session.execute(
                update(Campaign).where(Campaign.name == name).values(status="paused").returning(Campaign.id)
            ).scalar()
        engine.dispose()
    if found is None:
        raise InputError(f"there is no campaign named {name!r}")
    typer.echo(f"campaign {name} is paused")


@recordings_app.command("import")
def recordings_import(
    paths: list[Path] = typer.Argument(..., help="Audio files or folders; a JSON file beside one describes it."),
) -> None:
    """Take in recordings of human agents and have them scored by the workers."""
    from analytics.store import import_recordings
    from voicebot.core.database import make_engine, make_sessions

    with _ready() as (settings, url):
        engine = make_engine(url)
        results = import_recordings(make_sessions(engine), settings, paths)
        engine.dispose()
    failed = 0
    for result in results:
        failed += "error" in result
        typer.echo(json.dumps(result, ensure_ascii=False))
    raise typer.Exit(1 if failed else 0)


def demo(
    serve: bool = typer.Option(True, "--serve/--no-serve", envvar="DEMO_SERVE", help="Serve the web page afterwards."),
    folder: Path = typer.Option(Path(".santun/demo"), "--folder", help="Where the demo keeps its data."),
) -> None:
    """Real SIP calls on 127.0.0.1 to simulated customers, scored, and shown in the browser."""
    from voicebot.demo import run_demo

    began_s = time.monotonic()
    run_demo(folder.absolute(), serve=serve, began_s=began_s)
