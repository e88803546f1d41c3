"""``santun adapt``: the recognizer, trained on with labelled calls of your own; its versions, and the way back."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from voicebot.cli.output import FAILED
from voicebot.core.errors import InputError

if TYPE_CHECKING:
    from models.adapted import Version
    from models.recipes.adapt.run import Outcome

_NEEDED = ("torch", "onnx", "scipy", "pyworld")
_INSTALL = "pip install 'santun[train]' --extra-index-url https://download.pytorch.org/whl/cpu"


def register(app: typer.Typer) -> None:
    """Add this command to ``santun``."""
    app.command()(adapt)


def adapt(
    data: Path | None = typer.Argument(
        None, metavar="DATA", help="Folder with recordings and a .tsv (path, text, speaker, domain), or a .tsv or .jsonl file."
    ),
    base: str = typer.Option(
        "id-phone", "--base", help="What to start from: id-phone, an adapted NAME or NAME@2, or a folder."
    ),
    name: str | None = typer.Option(None, "--name", help="Name of the result; versions NAME@1, NAME@2 … are counted up."),
    data_licence: str = typer.Option(
        "", "--data-licence", help="Licence of DATA unless it is yours; NC makes it research only."
    ),
    keep_doubtful: bool = typer.Option(False, "--keep-doubtful", help="Train on labels, too, that the sound contradicts."),
    report: Path | None = typer.Option(
        None,
        "--report",
        help="Table of rows set aside, with reasons; default: DATA's name + .set-aside.tsv, here.",
        dir_okay=False,
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only check rows, sound and labels."),
    seed: int = typer.Option(0, "--seed", help="Decides which callers are held out, and all else that is drawn."),
    steps: int = typer.Option(120, "--steps", min=1, help="Training steps."),
    jobs: int = typer.Option(2, "--jobs", min=1, help="Processes at once."),
    listed: bool = typer.Option(False, "--list", help="List adapted versions."),
    rollback: str | None = typer.Option(
        None, "--rollback", metavar="NAME", help="Make the version before the current one current."
    ),
    as_json: bool = typer.Option(False, "--json", help="The result as one JSON object."),
) -> None:
    """Train the recognizer on with labelled calls; a new version comes only of a head that hears new callers better."""
    if listed:
        _list(as_json)
        return
    if rollback is not None:
        _roll_back(rollback)
        return
    if data is None:
        raise InputError("name the labelled calls: santun adapt DATA (docs/adapt.md tells what they look like)")
    if missing := [package for package in _NEEDED if importlib.util.find_spec(package) is None]:
        raise InputError(f"training needs {', '.join(missing)}: {_INSTALL}")
    from models.places import places
    from models.recipes.adapt.errors import AdaptError, Refused
    from models.recipes.adapt.run import Options, Outcome, write_report
    from models.recipes.adapt.run import adapt as run

    options = Options(
        source=data,
        models_dir=places().folder,
        base=base,
        name=name,
        data_licence=data_licence,
        keep_doubtful=keep_doubtful,
        dry_run=dry_run,
        seed=seed,
        steps=steps,
        jobs=jobs,
    )
    outcome = Outcome()
    refused = ""
    try:
        with _progress() as progress:
            run(options, outcome, progress)
    except Refused as error:
        refused = str(error)
    except AdaptError as error:
        raise InputError(str(error)) from error
    finally:
        if outcome.set_aside:
            target = report or Path(f"{data.resolve().stem}.set-aside.tsv")
            write_report(target, outcome.set_aside)
            typer.echo(f"santun: {len(outcome.set_aside)} rows were set aside or doubted; see {target}", err=True)
    if as_json:
        typer.echo(json.dumps(_facts(outcome, refused), ensure_ascii=False))
    else:
        for line in _lines(outcome, dry_run=dry_run):
            typer.echo(line)
    if refused:
        typer.echo(f"santun: {refused}", err=True)
        raise typer.Exit(FAILED)


def _lines(outcome: Outcome, *, dry_run: bool) -> Generator[str]:
    yield (
        f"{outcome.utterances} utterances of {outcome.callers} callers; {outcome.trained_utterances} to learn from, "
        f"{outcome.held_out_callers} callers held out to judge by"
    )
    yield from (f"note: {note}" for note in outcome.notes)
    if dry_run:
        yield "dry run: nothing was trained"
    yield from (str(judged) for judged in outcome.judged)
    if outcome.version is not None:
        if outcome.research_only:
            yield f"{outcome.version} is FOR RESEARCH ONLY: its base or its data forbid commercial use"
        yield f"{outcome.version} is ready: SANTUN_ENGINES__RECOGNIZER=embedded:{outcome.version.name} (restart what is running)"


def _facts(outcome: Outcome, refused: str) -> dict[str, Any]:
    return {
        "version": str(outcome.version) if outcome.version else None,
        "refused": refused or None,
        "research_only": outcome.research_only,
        "utterances": outcome.utterances,
        "callers": outcome.callers,
        "held_out_callers": outcome.held_out_callers,
        "set_aside": len(outcome.set_aside),
        "notes": outcome.notes,
        "results": {judged.name: judged.as_dict() for judged in outcome.judged},
    }


def _list(as_json: bool) -> None:
    from models.adapted import current, description_of, versions
    from models.places import places

    folder = places().folder
    found = versions(folder)
    if not found and not as_json:
        typer.echo(f"no adapted versions in {folder}")
    for version in found:
        description = description_of(folder, version)
        facts = description.get("adaptation", {})
        row = {
            "version": str(version),
            "current": current(folder, version.name) == version,
            "parent": facts.get("parent"),
            "made_at": facts.get("made_at"),
            "trained_utterances": facts.get("trained_utterances"),
            "callers": facts.get("callers"),
            "results": facts.get("results", {}),
            "licence": description.get("licence", "unknown"),
            "research_only": bool(description.get("research_only")),
        }
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _row(version, row))


def _row(version: Version, row: dict[str, Any]) -> str:
    result = row["results"].get("held-out callers", {})
    rates = [f"{100 * result[when]['share']:.1f} %" for when in ("before", "after") if when in result]
    return (
        f"{'*' if row['current'] else ' '} {version}: from {row['parent']} with {row['trained_utterances']} utterances, "
        f"held-out callers {' → '.join(rates) or '?'}{', RESEARCH ONLY' if row['research_only'] else ''} ({row['made_at']})"
    )


def _roll_back(name: str) -> None:
    from models.adapted import current, make_current, versions
    from models.places import places

    folder = places().folder
    now = current(folder, name)
    if now is None:
        known = sorted({version.name for version in versions(folder)})
        raise InputError(f"there is no adapted model {name}; known: {', '.join(known) or 'none'}")
    before = [version for version in versions(folder, name) if version < now]
    if not before:
        raise InputError(
            f"{now} is the first version of {name}; to go back to its base, set SANTUN_ENGINES__RECOGNIZER accordingly"
        )
    make_current(folder, before[-1])
    typer.echo(f"{name} is {before[-1]} again (was {now}); restart what is running")


@contextmanager
def _progress() -> Generator[Callable[[str, int, int], None]]:
    """A bar a stage on standard error where someone watches, a line a stage where nobody does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[str] = set()

        def line(what: str, done: int, total: int) -> None:
            if what not in told:
                told.add(what)
                typer.echo(f"{what} ({total})", err=True)

        yield line
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True) as bars:

        def bar(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield bar
