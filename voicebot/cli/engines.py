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
    from nlu.parse import LANGUAGES, parse_lines
    from voicebot.core.engines import make_interpreter

    lines = read_lines(source)
    interpreters = {language: make_interpreter(language) for language in LANGUAGES}
    results = parse_lines(lines, default_now=moment(now), interpreters=interpreters)
    raise typer.Exit(write_lines(results, output, total=len(lines)))


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
def scripts_check(
    files: list[Path] = typer.Argument(None, help="Script files; default: the shipped ones."),
    conversations: Path | None = typer.Option(
        None, "--conversations", help="Folder of test conversations (YAML): tells what of the scripts they visit.", exists=True
    ),
) -> None:
    """Load call scripts, report everything that cannot work, and what test conversations cover."""
    from voicebot.core.script import load_script, shipped_scripts
    from voicebot.core.script_checks import check_files

    paths = files or list(shipped_scripts().values())
    lines, ok = check_files(paths)
    for line in lines:
        typer.echo(line)
    if ok and conversations is not None:
        from voicebot.simulate.coverage import coverage, read_conversations

        found = coverage([load_script(path) for path in paths], (each for _, each in read_conversations(conversations)))
        typer.echo(f"flow coverage: {found.share:.1%} of {len(found.units)} steps and repair branches")
        for unit in sorted(found.missed):
            typer.echo(f"  not visited: {unit}")
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
    explained: bool = typer.Option(False, "--explain", help="Show how each answer is understood and which rule is followed."),
    option: list[str] = typer.Option([], "--option", help="Switch an option of the script on, such as second_factor."),
    now: str | None = NOW,
    output: Path | None = OUTPUT,
) -> None:
    """Talk with the bot in text, or replay conversations through the live dialogue policy."""
    from voicebot.simulate.talk import replay_lines

    if replay is None:
        from voicebot.simulate.terminal import converse

        converse(script, now=moment(now), explained=explained, options=dict.fromkeys(option, True))
        return
    lines = read_lines(replay)
    raise typer.Exit(write_lines(replay_lines(lines, default_now=moment(now)), output, total=len(lines)))
