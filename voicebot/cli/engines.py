"""``santun nlu | transcribe | scripts | talk``: the engines and scripts by themselves, without a database."""

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
scripts_app = typer.Typer(help="Check call scripts.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to ``santun``."""
    app.add_typer(nlu_app, name="nlu")
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
    engine: str | None = typer.Option(
        None,
        "--engine",
        help="Recognizer: embedded (Indonesian), pocketsphinx (English), or vosk:MODEL, sherpa:MODEL, faster-whisper:MODEL, "
        "whisper:MODEL, wav2vec2:MODEL with a folder or a name from `santun models list`.",
    ),
    language: Language = typer.Option(Language.id, "--lang"),
    phrases: Path | None = typer.Option(None, "--phrases", help="Sentences and words to expect, one a line."),
    state: State = typer.Option(State.general, "--state", help="Decode with a dialogue state's graph."),
    output: Path | None = OUTPUT,
) -> None:
    """Words with times and confidence, one line a channel."""
    from asr.transcribe import transcribe_files
    from models.store import ModelStoreError
    from voicebot.cli.output import file_progress
    from voicebot.core.errors import ModelError
    from voicebot.core.settings import load_settings

    threads = load_settings().engines.threads
    with file_progress() as (bar, told):
        try:
            results = transcribe_files(
                audio,
                engine=engine,
                language=language.value,
                phrases=phrases,
                state=state.value,
                threads=threads,
                progress=told,
            )
        except ModelStoreError as error:
            raise ModelError(str(error)) from error
        except (ValueError, OSError) as error:
            raise InputError(str(error)) from error
        try:
            raise typer.Exit(write_lines(results, output, progress=bar))
        except ModelStoreError as error:  # some engines load their models with the first sound
            raise ModelError(str(error)) from error


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
