"""Archives of models, unpacked without trusting them: plain files only, none outside the folder, none that swells without end."""

from __future__ import annotations

import errno
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from models.catalogue import Archive, ModelStoreError
from models.places import stays_inside

_CHUNK_BYTES = 1 << 20
_SWELLING = 30
"""An archive that unpacks to more than so many times its size is no archive of weights."""
_ALWAYS_BYTES = 50_000_000

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    plain: bool
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def unpack(path: Path, archive: Archive, folder: Path, told: Told = lambda done, total: None) -> list[str]:
    """The files of ``archive`` (lying at ``path``) into ``folder``; gives their paths there. Raises ``ModelStoreError``."""
    budget = max(_ALWAYS_BYTES, _SWELLING * path.stat().st_size)
    done = 0
    written: list[str] = []
    try:
        for member in _members(path):
            place = _place(member.name, archive)
            if place is None:
                continue
            if not member.plain:
                raise ModelStoreError(f"{path.name} holds {member.name!r}, which is a link or a device: refused")
            if place in written:
                raise ModelStoreError(f"{path.name} holds {member.name!r} twice: refused")
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            with member.open() as source, target.open("wb") as out:
                while chunk := source.read(_CHUNK_BYTES):
                    done += len(chunk)
                    if done > budget:
                        raise ModelStoreError(f"{path.name} swells to more than {budget / 1e6:.0f} MB: refused")
                    out.write(chunk)
                    told(done, archive.unpacked_bytes)
            written.append(place)
    except ModelStoreError:
        raise
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError) as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full: free some space" if full else f"the archive is damaged or encrypted ({_first_line(error)})"
        raise ModelStoreError(f"{path.name} cannot be unpacked: {reason}; then pull again") from error
    if not written:
        raise ModelStoreError(
            f"{path.name} holds nothing beneath {archive.strip or 'its root'}: it is not the archive expected"
        )
    return sorted(written)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(" :")


def _place(name: str, archive: Archive) -> str | None:
    """Where a member belongs in the model's folder; none for what is left packed. Raises ``ModelStoreError``."""
    path = PurePosixPath(name)
    if not stays_inside(name):
        raise ModelStoreError(f"the archive holds {name!r}, which would lie outside the model's folder: refused")
    if archive.strip:
        if not path.is_relative_to(archive.strip):
            return None
        path = path.relative_to(archive.strip)
    place = path.as_posix()
    return None if place == "." or any(fnmatch(place, pattern) for pattern in archive.skip) else place


def _members(path: Path) -> Iterator[_Member]:
    """Every member but folders, in the archive's order (a tar is read once, front to back)."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as opened:
            for info in opened.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                if not info.is_dir():
                    yield _Member(name=info.filename, plain=kind in (0, stat.S_IFREG), open=partial(opened.open, info))
        return
    with tarfile.open(path, mode="r:*") as opened:
        for member in opened:
            if not member.isdir():
                content = cast("Callable[[], IO[bytes]]", partial(opened.extractfile, member))
                yield _Member(name=member.name, plain=member.isreg(), open=content)
        # Only at its end does a gzip or bzip2 stream say whether it arrived whole; behind the last file lies but padding.
        if opened.fileobj.read(_ALWAYS_BYTES) and opened.fileobj.read(1):
            raise tarfile.ReadError("too much follows its last file")
