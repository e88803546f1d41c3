"""Results as JSON lines, on standard output or in a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from voicebot.core.errors import InputError

FAILED = 1
"""Exit status when some inputs failed."""


def write_lines(
    results: Iterable[Mapping[str, Any]], output: Path | None, *, total: int | None = None, progress: Progress | None = None
) -> int:
    """Write each result as one line as it comes; returns the exit status (0, or 1 when any line holds an error).

    A file is written beside its place and moved there at the end, so a reader never sees half of one. ``progress`` is one that
    is shown already, by whoever makes the results.
    """
    failed = False
    with ExitStack() as stack:
        if output is None:
            stream = sys.stdout
            partial = None
        else:
            if not output.parent.exists():
                raise InputError(f"cannot write {output}: the folder {output.parent} does not exist")
            partial = output.with_name(f".{output.name}.{os.getpid()}.part")
            stream = stack.enter_context(partial.open("w", encoding="utf-8"))
        lines = progress or stack.enter_context(_progress())
        task = lines.add_task("", total=total, visible=progress is None)
        for result in results:
            failed = failed or "error" in result
            stream.write(json.dumps(result, ensure_ascii=False) + "\n")
            lines.advance(task)
    if output is not None and partial is not None:
        partial.replace(output)
    else:
        sys.stdout.flush()
    return FAILED if failed else 0


def _progress(counted: ProgressColumn | None = None) -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        counted or MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def file_progress() -> Generator[tuple[Progress, Callable[[Path, int, int, float], None]]]:
    """A bar for files that take long, on standard error if that is a terminal; and what to tell: (file, files done, files
    altogether, share of this file that is done)."""
    with _progress(TextColumn("{task.completed:.0f}/{task.total} files")) as progress:
        task = progress.add_task("", total=None)

        def told(path: Path, done: int, files: int, share: float) -> None:
            progress.update(task, description=path.name, completed=done + share, total=files)

        yield progress, told


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file (a byte-order mark is dropped), undecodable bytes replaced so that one bad line stays one.

    Raises ``InputError`` when the file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    text = raw.decode("utf-8-sig", errors="replace")
    return [line for line in text.split("\n") if line.strip()]


def moment(value: str | None) -> datetime:
    """The aware moment that ``--now`` names, now when absent; a naive one is read as Jakarta time."""
    from zoneinfo import ZoneInfo

    from voicebot.core.clock import now_utc

    jakarta = ZoneInfo("Asia/Jakarta")
    if value is None:
        return now_utc().astimezone(jakarta)
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"--now {value!r} is not an ISO-8601 moment such as 2026-11-24T10:00:00+07:00") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=jakarta)
