"""``santun models list | show | pull | verify``: models by themselves, without a database and without loading an engine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from voicebot.cli.output import FAILED
from voicebot.core.errors import InputError

if TYPE_CHECKING:
    from models.catalogue import Entry

_PLAIN_WIDTH = 160
_LINE_EVERY_S = 10.0
"""How often a pull that no terminal watches says how far it is."""

models_app = typer.Typer(help="Find, pull and verify models.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to ``santun``."""
    app.add_typer(models_app, name="models")


@models_app.command("list")
def models_list(
    kind: str | None = typer.Option(None, "--kind", help="Only these: recognizer, voice, interpreter, …"),
    language: str | None = typer.Option(None, "--lang", help="Only models that know this language, such as id."),
    here: bool = typer.Option(False, "--here", help="Only those on this machine."),
    as_json: bool = typer.Option(False, "--json", help="A JSON line a model."),
) -> None:
    """Every known model: kind, language, size, licence, what it is checked against, and whether it is here."""
    from models.store import is_present, list_models

    with _as_input_errors():
        rows = [
            (model, is_present(model.name))
            for model in list_models()
            if kind in (None, model.kind)
            and (language is None or language in model.language.split() or model.language == "any")
        ]
    rows = [(model, present) for model, present in rows if present or not here]
    if as_json:
        for model, present in rows:
            typer.echo(json.dumps(_facts(model, present), ensure_ascii=False))
        return
    _print_table(rows)


@models_app.command("show")
def models_show(name: str = typer.Argument(..., help="See `santun models list`.")) -> None:
    """What a model is, what its licence allows, where it comes from, what vouches for it; then its card."""
    from models.addresses import source_of
    from models.catalogue import Check, Recipe, card_of, entry
    from models.places import places
    from models.records import read_record
    from models.store import is_present, place_of

    with _as_input_errors():
        model = entry(name)
        folder = place_of(model)
        present = is_present(name)
    record = read_record(folder)
    checked = "as your own list says" if model.folder else _CHECKED[model.check.name]
    if model.check is Check.NOTHING and record is not None:
        checked += "; held to what came first, which was recorded"
    how = "build it" if isinstance(model.source, Recipe) else f"`santun models pull {name}` puts it"
    lines = [
        ("what", f"{model.kind}, {_languages(model)}{f', {model.rate_hz} Hz' if model.rate_hz else ''}: {model.summary}"),
        ("licence", model.licence + (". RESEARCH ONLY: not for commercial use" if model.research_only else "")),
        ("size", f"{_megabytes(model)} MB" if model.size_bytes else "not known"),
        ("use it", model.engine or "by name, where a model is asked for"),
        ("from", "the package" if model.in_package else source_of(model, places())),
        ("checked", checked),
        ("here", str(folder) if present else f"no; {how} into {folder}"),
    ]
    for label, text in lines:
        typer.echo(f"{label:8} {text}")
    typer.echo(f"\n{card_of(model)}")


@models_app.command("pull")
def models_pull(
    names: list[str] = typer.Argument(..., metavar="NAME...", help="See `santun models list`."),
    offline: bool = typer.Option(False, "--offline", help="Refuse to use the network (a mirror that is a folder will do)."),
    accept_unverified: bool = typer.Option(
        False, "--accept-unverified", help="Fetch a model whose hash nobody vouches for; what comes is recorded and held to."
    ),
) -> None:
    """Fetch models and check them; prints the folder of each. Fetched again, a broken download resumes."""
    from models.catalogue import ModelStoreError, entry
    from models.fetch import pull

    with _as_input_errors():
        wanted = [entry(name) for name in names]
    failed = False
    for model in wanted:
        try:
            with _progress(model) as progress:
                folder = pull(model.name, offline=offline, accept_unverified=accept_unverified, progress=progress)
        except ModelStoreError as error:
            failed = True
            typer.echo(f"santun: {model.name}: {error}", err=True)
            continue
        if model.research_only:
            typer.echo(f"santun: {model.name} is for research only: {model.licence}", err=True)
        typer.echo(folder)
    raise typer.Exit(FAILED if failed else 0)


@models_app.command("verify")
def models_verify(names: list[str] = typer.Argument(None, metavar="[NAME...]", help="Default: all that are here.")) -> None:
    """Hash the files of models on this machine."""
    from models.catalogue import ModelStoreError
    from models.store import is_present, list_models, verify

    with _as_input_errors():
        chosen = names or [model.name for model in list_models() if is_present(model.name)]
    failed = False
    for name in chosen:
        try:
            verify(name)
            typer.echo(f"{name}: ok")
        except ModelStoreError as error:
            failed = True
            typer.echo(f"{name}: {error}")
    raise typer.Exit(FAILED if failed else 0)


_CHECKED = {
    "OURS": "sha256, of files that Santun's makers fetched themselves",
    "PUBLISHED": "sha256, as users or makers of the model publish it; Santun's makers have not fetched it",
    "NOTHING": "unverified: no sha256 is known for every file; a pull needs --accept-unverified",
}


@contextmanager
def _as_input_errors() -> Generator[None]:
    from models.catalogue import ModelStoreError

    try:
        yield
    except ModelStoreError as error:
        raise InputError(str(error)) from error


def _print_table(rows: list[tuple[Entry, bool]]) -> None:
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console = Console(width=_PLAIN_WIDTH)
    table = Table("name", "kind", "language", box=None, pad_edge=False)
    table.add_column("MB", justify="right")
    for title in ("licence", "checked by", "here"):
        table.add_column(title)
    for model, present in rows:
        licence = f"{model.licence} (research only)" if model.research_only else model.licence
        checked = "your own" if model.folder else model.check.value
        table.add_row(
            model.name, model.kind, _languages(model), _megabytes(model), licence, checked, "yes" if present else "no"
        )
    console.print(table)


def _facts(model: Entry, present: bool) -> dict[str, object]:
    return {
        "name": model.name,
        "kind": model.kind,
        "languages": model.language.split(),
        "rate_hz": model.rate_hz or None,
        "size_bytes": model.size_bytes or None,
        "licence": model.licence,
        "research_only": model.research_only,
        "checked_by": "own" if model.folder else model.check.name.lower(),
        "engine": model.engine or None,
        "here": present,
    }


def _languages(model: Entry) -> str:
    return model.language.replace(" ", ", ")


def _megabytes(model: Entry) -> str:
    return f"{model.size_bytes / 1e6:.1f}" if model.size_bytes else "?"


@contextmanager
def _progress(model: Entry) -> Generator[Callable[[str, int, int], None]]:
    """A bar on standard error where someone watches, a line now and then where nobody does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(model)
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(model.name, total=None)

        def told(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"{model.name}: {what}", completed=done, total=total or None)

        yield told


def _lines(model: Entry) -> Callable[[str, int, int], None]:
    last: dict[str, float] = {}

    def told(what: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        ended = total and done >= total
        if what in last and not ended and now_s - last[what] < _LINE_EVERY_S:
            return
        if last.get(what) == float("inf"):
            return
        last[what] = float("inf") if ended else now_s
        share = f": {done / 1e6:.1f} of {total / 1e6:.1f} MB" if total else (f": {done / 1e6:.1f} MB" if done else "")
        typer.echo(f"{model.name}: {what}{share}", err=True)

    return told
