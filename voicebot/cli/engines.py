"""``santun nlu | transcribe | models | scripts | talk``: the engines and scripts by themselves, without a database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from voicebot.cli.output import moment, read_lines, write_lines
from voicebot.core.errors import InputError


class Language(StrEnum):
    """The languages spoken."""

    id = "id"
    en = "en"


class State(StrEnum):
    """The dialogue states with a decoding graph of their own."""

    general = "general"
    digits = "digits"
    yes_no = "yes_no"
    date = "date"
    amount = "amount"


OUTPUT = typer.Option(None, "-o", "--output", help="Write here instead of standard output.", dir_okay=False)
NOW = typer.Option(None, "--now", help="The moment to resolve 'besok' from, ISO-8601; default: now.")

nlu_app = typer.Typer(help="Understand what customers say.", no_args_is_help=True)
models_app = typer.Typer(help="Find, pull and verify models.", no_args_is_help=True)
scripts_app = typer.Typer(help="Check call scripts.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to ``santun``."""
    app.add_typer(nlu_app, name="nlu")
    app.add_typer(models_app, name="models")
    app.add_typer(scripts_app, name="scripts")
    app.command()(transcribe)
    app.command()(talk)


@nlu_app.command("parse")
def nlu_parse(
    source: Path = typer.Argument(..., metavar="IN.jsonl", help='Lines of {"id","text","lang","context"}.'),
    now: str | None = NOW,
    output: Path | None = OUTPUT,
) -> None:
    """Intents and values of each utterance in a JSONL file."""
    from nlu.parse import parse_lines

    lines = read_lines(source)
    raise typer.Exit(write_lines(parse_lines(lines, default_now=moment(now)), output, total=len(lines)))


@nlu_app.command("explain")
def nlu_explain(
    text: str = typer.Argument(..., help="What the customer said."),
    language: Language = typer.Option(Language.id, "--lang"),
    asked: str | None = typer.Option(None, "--asked", help="The bot's last question, such as ask_date."),
    now: str | None = NOW,
) -> None:
    """Which rules fired on TEXT, where, and what came of it."""
    from nlu.explain import explain

    for line in explain(text, language=language.value, asked=asked, now=moment(now)):
        typer.echo(line)


@models_app.command("list")
def models_list() -> None:
    """Every known model: kind, language, size, licence, and whether it is here."""
    from rich.console import Console
    from rich.table import Table

    from models.store import is_present, list_models

    table = Table("name", "kind", "language", "MB", "licence", "here")
    for entry in list_models():
        size = f"{entry.size_bytes / 1e6:.1f}" if entry.size_bytes else "?"
        here = "yes" if is_present(entry.name) else "no"
        table.add_row(entry.name, entry.kind, entry.language, size, entry.licence, here)
    Console().print(table)


@models_app.command("verify")
def models_verify(name: str | None = typer.Argument(None, help="One model; default: all that are here.")) -> None:
    """Check size and sha256 of models on this machine."""
    from models.store import ModelStoreError, is_present, list_models, verify

    names = [name] if name else [entry.name for entry in list_models() if is_present(entry.name)]
    failed = False
    for each in names:
        try:
            verify(each)
            typer.echo(f"{each}: ok")
        except ModelStoreError as error:
            failed = True
            typer.echo(f"{each}: {error}")
    raise typer.Exit(1 if failed else 0)


@models_app.command("pull")
def models_pull(
    name: str = typer.Argument(...),
    offline: bool = typer.Option(False, "--offline", help="Refuse to use the network."),
) -> None:
    """Fetch a model from its source and check it."""
    from rich.progress import Progress

    from models.store import ModelStoreError, pull

    with Progress(transient=True) as progress:
        task = progress.add_task(name, total=None)
        try:
            path = pull(
                name,
                offline=offline,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        except ModelStoreError as error:
            raise InputError(str(error)) from error
    typer.echo(path)


@models_app.command("show")
def models_show(name: str = typer.Argument(...)) -> None:
    """A model's card."""
    from models.store import ModelStoreError, card_text

    try:
        typer.echo(card_text(name))
    except ModelStoreError as error:
        raise InputError(str(error)) from error


@scripts_app.command("check")
def scripts_check(files: list[Path] = typer.Argument(None, help="Script files; default: the shipped ones.")) -> None:
    """Load call scripts and report everything that cannot work."""
    from voicebot.core.script import shipped_scripts
    from voicebot.core.script_checks import check_files

    lines, ok = check_files(files or list(shipped_scripts().values()))
    for line in lines:
        typer.echo(line)
    raise typer.Exit(0 if ok else 1)


def transcribe(
    audio: list[Path] = typer.Argument(..., help="Audio files or folders."),
    engine: str = typer.Option("embedded", "--engine", help="Recognizer; see `santun models list`."),
    language: Language = typer.Option(Language.id, "--lang"),
    phrases: Path | None = typer.Option(None, "--phrases", help="Sentences and words to expect, one a line."),
    state: State = typer.Option(State.general, "--state", help="Decode with a dialogue state's graph."),
    output: Path | None = OUTPUT,
) -> None:
    """Words with times and confidence, one line a channel."""
    from asr.transcribe import known_engines, transcribe_files

    if engine not in known_engines():
        raise InputError(f"there is no recognizer named {engine!r}; known: {', '.join(known_engines())}")
    results = transcribe_files(audio, engine=engine, language=language.value, phrases=phrases, state=state.value)
    raise typer.Exit(write_lines(results, output))


def talk(
    replay: Path | None = typer.Option(None, "--replay", help="Conversations to replay, JSONL.", exists=True),
    script: str = typer.Option("payment_reminder", "--script", help="Call script (name or file) to talk by."),
    now: str | None = NOW,
    output: Path | None = OUTPUT,
) -> None:
    """Talk with the bot in text, or replay conversations through the live dialogue policy."""
    from voicebot.simulate.talk import converse, replay_lines

    if replay is None:
        converse(script, now=moment(now))
        return
    lines = read_lines(replay)
    raise typer.Exit(write_lines(replay_lines(lines, default_now=moment(now)), output, total=len(lines)))
