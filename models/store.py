"""The model store: finds and checks models, and knows what each may be used for.

Models lie in the package (``models/weights``), in a folder of the user's own, or were fetched (:mod:`models.fetch`) into the models
folder. A fetched model appears there at once and whole, with a record of every file's sha256.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from models.catalogue import Check, Entry, File, ModelStoreError, Recipe, entries, entry
from models.places import places
from models.records import Kept, Record, read_record, sha256_of

__all__ = [
    "Check",
    "Entry",
    "File",
    "ModelStoreError",
    "entry",
    "find",
    "folder_of",
    "is_present",
    "list_models",
    "sha256_of",
    "verify",
]

_HERE = Path(__file__).parent


def list_models() -> tuple[Entry, ...]:
    """Every known model."""
    return tuple(entries().values())


def folder_of(name: str) -> Path:
    """Where the model lies, or would lie."""
    return place_of(entry(name))


def place_of(model: Entry) -> Path:
    """The folder of an entry."""
    if model.folder:
        return Path(model.folder).expanduser()
    return _HERE / "weights" / model.name if model.in_package else places().folder / model.name


def is_present(name: str) -> bool:
    """All files are here, by size."""
    model = entry(name)
    folder = place_of(model)
    if model.folder:
        return folder.is_dir() and all((folder / file.path).is_file() for file in model.files)
    wanted = _wanted(model, read_record(folder))
    return _vouched(wanted) and all(_size(folder / path) == kept.size_bytes for path, kept in wanted.items())


def find(name: str) -> Path:
    """The model's folder, for an engine to load from. Raises ``ModelStoreError``.

    Files of the package are hashed once a process. Fetched ones, which may hold gigabytes, were hashed when they came: now their
    sizes and times must be those of then, else they are hashed again.
    """
    return _found(name, place_of(entry(name)))


@cache
def _found(name: str, folder: Path) -> Path:
    _check(entry(name), folder, thorough=False)
    return folder


def verify(name: str) -> None:
    """Hash every file. Raises ``ModelStoreError`` unless each is here with the right content."""
    model = entry(name)
    _check(model, place_of(model), thorough=True)


def _check(model: Entry, folder: Path, *, thorough: bool) -> None:
    if model.folder:
        if not folder.is_dir():
            raise ModelStoreError(
                f"the folder of your model {model.name} is not there: {folder} (see {places().own_catalogue})"
            )
        wanted = {f.path: Kept(size_bytes=f.size_bytes or _size(folder / f.path), sha256=f.sha256) for f in model.files}
    else:
        wanted = _wanted(model, read_record(folder))
        if not _vouched(wanted):
            raise ModelStoreError(f"the model {model.name} is not here ({folder}); {_remedy(model)}")
    for path, kept in wanted.items():
        _check_file(model, folder / path, kept, thorough=thorough)


def _check_file(model: Entry, path: Path, kept: Kept, *, thorough: bool) -> None:
    if not path.is_file():
        raise ModelStoreError(f"the model {model.name} is not whole: {path} is missing; {_remedy(model)}")
    state = path.stat()
    if state.st_size == kept.size_bytes and not thorough and kept.mtime_ns == state.st_mtime_ns:
        return
    if state.st_size != kept.size_bytes or (kept.sha256 and sha256_of(path) != kept.sha256):
        raise ModelStoreError(f"{path} is not the file that {model.name} needs (size or sha256 differ); {_remedy(model)}")


def _wanted(model: Entry, record: Record | None) -> dict[str, Kept]:
    """What must be here: the recorded files, held to the catalogue's hashes where it has any."""
    listed = {file.path: Kept(size_bytes=file.size_bytes, sha256=file.sha256) for file in model.files}
    if record is None:
        return listed
    wanted = dict(record.files)
    for path, kept in listed.items():
        recorded = wanted.get(path)
        if recorded is None or (kept.sha256 and recorded.sha256 != kept.sha256):
            wanted[path] = kept
    return wanted


def _vouched(wanted: dict[str, Kept]) -> bool:
    """Every file has a hash to be held to: the catalogue's, or that of the record made when it was fetched."""
    return bool(wanted) and all(kept.sha256 for kept in wanted.values())


def _remedy(model: Entry) -> str:
    if model.folder:
        return f"put it there, or change {places().own_catalogue}"
    if isinstance(model.source, Recipe):
        return f"build it: {model.source.recipe} (`santun models show {model.name}` tells more)"
    return "reinstall santun" if model.in_package else f"run `santun models pull {model.name}`"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1
