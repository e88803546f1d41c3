"""Labelled calls: a TSV beside recordings, or JSON lines of corrections, read row by row; what cannot be used is named with its reason."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr.pronunciation import normalize
from models.recipes.adapt.errors import AdaptError

DOMAIN = "calls"
"""Of rows that name none."""
_NOT_WORDS = re.compile(r"[\[\]<>{}()*#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One utterance as labelled: a stretch of a recording (``end_s`` None: to its end) and the words said in it."""

    line: int
    audio: Path
    text: str
    speaker: str
    domain: str = DOMAIN
    start_s: float = 0.0
    end_s: float | None = None
    channel: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A row that is not trained on, and why; ``heard`` is what the base makes of it, where that matters."""

    line: int
    audio: str
    text: str
    reason: str
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The usable rows; ``names_speakers`` is False when files had to stand for callers."""

    rows: list[Row]
    set_aside: list[SetAside]
    names_speakers: bool


def read_labelled(source: Path) -> Labelled:
    """Rows of a TSV or JSON-lines file, or of the one in a folder. Raises ``AdaptError`` when there is none to read."""
    path = _list_in(source)
    rows: list[Row] = []
    aside: list[SetAside] = []
    seen: dict[tuple[Path, float, int | None], int] = {}
    named = True
    for line, fields in _fields(path):
        try:
            row = _row(line, fields, path.parent)
        except ValueError as error:
            audio = str(fields.get("path") or fields.get("audio") or "")
            aside.append(SetAside(line=line, audio=audio, text=str(fields.get("text") or ""), reason=str(error)))
            continue
        place = (row.audio, row.start_s, row.channel)
        if place in seen:
            reason = f"the same stretch as line {seen[place]}"
            aside.append(SetAside(line=line, audio=str(row.audio), text=row.text, reason=reason))
            continue
        seen[place] = line
        named = named and bool(str(fields.get("speaker") or "").strip())
        rows.append(row)
    if not rows and not aside:
        raise AdaptError(f"{path} holds no rows")
    return Labelled(rows, aside, named)


def _list_in(source: Path) -> Path:
    if not source.exists():
        raise AdaptError(f"there is no {source}")
    if source.is_file():
        if source.suffix.lower() not in (".tsv", ".jsonl"):
            raise AdaptError(f"{source.name} is neither .tsv nor .jsonl; see docs/adapt.md for both formats")
        return source
    lists = sorted([*source.glob("*.tsv"), *source.glob("*.jsonl")])
    manifests = [path for path in lists if path.name in ("manifest.tsv", "labels.tsv")]
    if len(found := manifests or lists) != 1:
        names = ", ".join(path.name for path in lists) or "none"
        raise AdaptError(f"{source} must hold one list (.tsv or .jsonl; found: {names}); name the file that you mean")
    return found[0]


def _fields(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line number, fields) of each row. Raises ``AdaptError`` for a list without the needed columns."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    if path.suffix.lower() == ".jsonl":
        yield from _json_fields(text.split("\n"))
        return
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = {name.strip() for name in rows.fieldnames or () if name}
    if "text" not in columns or not columns & {"path", "audio"}:
        raise AdaptError(f"{path.name} needs a first line that names its columns: path, text and, if known, speaker, domain")
    for row in rows:
        yield rows.line_num, {name.strip(): value for name, value in row.items() if isinstance(name, str)}


def _json_fields(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                fields = json.loads(line)
            except ValueError:
                fields = None
            yield number, fields if isinstance(fields, dict) else {"text": line[:80], "broken": True}


def _row(line: int, fields: Mapping[str, Any], folder: Path) -> Row:
    """Raises ``ValueError`` with the reason why the row cannot be used."""
    if fields.get("broken"):
        raise ValueError("not a JSON object")
    place = str(fields.get("path") or fields.get("audio") or "").strip()
    if not place:
        raise ValueError("names no recording")
    audio = (folder / Path(place).expanduser()).resolve()
    if not audio.is_file():
        raise ValueError("the recording is not there")
    channel = _number(fields, "channel")
    if channel is not None and (channel < 0 or channel != int(channel)):
        raise ValueError("channel must be 0, 1, …")
    start_s, end_s = _number(fields, "start_s") or 0.0, _number(fields, "end_s")
    if start_s < 0 or (end_s is not None and end_s <= start_s):
        raise ValueError("start_s and end_s enclose no time")
    return Row(
        line=line,
        audio=audio,
        text=_spoken(str(fields.get("text") or "")),
        speaker=str(fields.get("speaker") or "").strip() or audio.stem,
        domain=str(fields.get("domain") or "").strip() or DOMAIN,
        start_s=start_s,
        end_s=end_s,
        channel=int(channel) if channel is not None else None,
    )


def _spoken(text: str) -> str:
    if any(letter.isdigit() for letter in text):
        raise ValueError("the text holds digits; write numbers as they were said, such as 'lima ratus ribu'")
    if _NOT_WORDS.search(text):
        raise ValueError("the text holds signs that nobody says; write only the words")
    spoken = normalize(text)
    if not spoken:
        raise ValueError("the text is empty")
    return spoken


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} is no number")
    return number
