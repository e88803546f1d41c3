"""What was fetched: written beside a model's files, it holds them to their sha256 ever after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from models.places import stays_inside

RECORD = ".santun.json"
"""Hidden, so that no engine takes it for a part of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One file as it was when it was checked last."""

    size_bytes: int
    sha256: str
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A fetched model; ``accepted`` says that nothing but the user's word vouched for it when it came."""

    name: str
    fetched_from: str
    accepted: bool
    files: Mapping[str, Kept]


def sha256_of(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_record(
    folder: Path, *, name: str, fetched_from: str, accepted: bool, paths: list[str], known: Mapping[str, str]
) -> None:
    """Record ``paths`` of ``folder``; ``known`` are digests that were computed already."""
    files: dict[str, Kept] = {}
    for path in sorted(paths):
        state = (folder / path).stat()
        digest = known.get(path) or sha256_of(folder / path)
        files[path] = Kept(size_bytes=state.st_size, sha256=digest, mtime_ns=state.st_mtime_ns)
    record = Record(name=name, fetched_from=fetched_from, accepted=accepted, files=files)
    (folder / RECORD).write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record | None:
    """The record of a model's folder; none where there is none, or it cannot be read."""
    try:
        return parse_record((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def parse_record(text: str) -> Record:
    """Raises ``ValueError``."""
    try:
        data = json.loads(text)
        if unsafe := [path for path in data["files"] if not stays_inside(path)]:
            raise ValueError(f"it names {unsafe[0]!r}, which would lie outside the model's folder")
        return Record(
            name=str(data["name"]),
            fetched_from=str(data["fetched_from"]),
            accepted=bool(data["accepted"]),
            files={
                str(path): Kept(size_bytes=int(kept["size_bytes"]), sha256=str(kept["sha256"]), mtime_ns=int(kept["mtime_ns"]))
                for path, kept in data["files"].items()
            },
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a record of a model: {error}") from error
