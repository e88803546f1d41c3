"""Adapted recognizers: versions ``NAME@1``, ``NAME@2`` … in the models folder, one of which is current and goes by ``NAME``.

The recipe ``models.recipes.adapt`` makes them; the model store lists them like any other model. The newest version is current
unless a file ``NAME.current`` names another, which is how a rollback is done.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.records import RECORD, read_record

_VERSION = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)@(?P<number>[1-9]\d*)")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One adapted head; ``str`` gives the name that engines are set to."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}@{self.number}"


def parse_version(text: str) -> Version | None:
    """``NAME@2`` as a version; None for anything else."""
    match = _VERSION.fullmatch(text)
    return Version(match["name"], int(match["number"])) if match else None


def versions(folder: Path, name: str | None = None) -> list[Version]:
    """Those in the models folder, of one name or of all, sorted."""
    if not folder.is_dir():
        return []
    found = [parse_version(path.name) for path in folder.iterdir() if (path / "model.json").is_file()]
    return sorted(version for version in found if version is not None and name in (None, version.name))


def current(folder: Path, name: str) -> Version | None:
    """The version that ``name`` stands for; None where there is none."""
    known = versions(folder, name)
    try:
        chosen = Version(name, int((folder / f"{name}.current").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return known[-1] if known else None
    return chosen if chosen in known else (known[-1] if known else None)


def make_current(folder: Path, version: Version) -> None:
    """From now on ``version.name`` means this version; processes that run keep what they loaded."""
    partial = folder / f".{version.name}.current.{os.getpid()}"
    partial.write_text(f"{version.number}\n", encoding="utf-8")
    partial.replace(folder / f"{version.name}.current")


def description_of(folder: Path, version: Version) -> dict[str, Any]:
    """The version's ``model.json``; empty where it cannot be read."""
    try:
        found = json.loads((folder / str(version) / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def catalogue_tables(folder: Path) -> dict[str, dict[str, Any]]:
    """What the store's catalogue says of each version, and of each name, which means its current version."""
    tables: dict[str, dict[str, Any]] = {}
    for version in versions(folder):
        tables[str(version)] = _table(folder, version)
    for name in {version.name for version in versions(folder)}:
        if (now := current(folder, name)) is not None:
            tables[name] = tables[str(now)] | {
                "summary": f"{tables[str(now)]['summary']} (now {now})",
                "engine": f"embedded:{name}",
            }
    return tables


def _table(folder: Path, version: Version) -> dict[str, Any]:
    description = description_of(folder, version)
    place = folder / str(version)
    record = read_record(place)
    files = record.files if record is not None else {}
    learnt = description.get("adaptation", {})
    return {
        "kind": "recognizer",
        "language": str(description.get("language", "id")),
        "rate_hz": int(description.get("rate_hz", 0)),
        "licence": str(description.get("licence", "unknown")),
        "research_only": bool(description.get("research_only", False)),
        "summary": f"{learnt.get('parent', '?')} adapted to {learnt.get('trained_utterances', '?')} utterances of yours",
        "engine": f"embedded:{version}",
        "folder": str(place),
        "files": [
            {"path": path, "size_bytes": kept.size_bytes, "sha256": kept.sha256}
            for path, kept in files.items()
            if path != RECORD
        ],
    }
