"""Archives are unpacked without trusting them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from models import unpack as unpacking
from models.catalogue import Archive, ModelStoreError
from models.unpack import unpack

FILES = {
    "small-model/am/final.mdl": b"weights" * 1000,
    "small-model/conf/mfcc.conf": b"--use-energy=false",
    "small-model/README": b"me",
}


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small-model/", b"")
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: Mapping[str, bytes], mode: str) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def packed(folder: Path, kind: str, files: Mapping[str, bytes]) -> Path:
    path = folder / f"model.{kind}"
    return zipped(path, files) if kind == "zip" else tarred(path, files, f"w:{kind.rpartition('.')[2]}")


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz"])
def test_every_kind_is_unpacked_beneath_its_own_folder(tmp_path: Path, kind: str) -> None:
    path = packed(tmp_path, kind, FILES)
    archive = Archive(archive="x", strip="small-model", skip=("README",))
    told: list[int] = []
    written = unpack(path, archive, tmp_path / "out", lambda done, total: told.append(done))
    assert written == ["am/final.mdl", "conf/mfcc.conf"]
    assert (tmp_path / "out/am/final.mdl").read_bytes() == FILES["small-model/am/final.mdl"]
    assert told[-1] == len(FILES["small-model/am/final.mdl"]) + len(FILES["small-model/conf/mfcc.conf"])


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "small-model/../../outside",
        "/etc/outside",
        "small-model\\..\\outside",
        "C:outside",
        "a/b/../../../outside",
    ],
)
def test_nothing_leaves_the_models_folder(tmp_path: Path, kind: str, name: str) -> None:
    path = packed(tmp_path, kind, {name: b"evil"})
    out = tmp_path / "in" / "out"
    with pytest.raises(ModelStoreError, match="outside the model's folder"):
        unpack(path, Archive(archive="x"), out)
    assert not list(tmp_path.rglob("*outside*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "model.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("weights.bin")
        info.type = kind
        info.linkname = "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(ModelStoreError, match="link or a device"):
        unpack(path, Archive(archive="x"), tmp_path / "out")


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("weights.bin")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ModelStoreError, match="link or a device"):
        unpack(path, Archive(archive="x"), tmp_path / "out")


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.tar"
    with tarfile.open(path, "w") as archive:
        for content in (b"one", b"two"):
            info = tarfile.TarInfo("weights.bin")
            info.size = 3
            archive.addfile(info, io.BytesIO(content))
    with pytest.raises(ModelStoreError, match="twice"):
        unpack(path, Archive(archive="x"), tmp_path / "out")


def test_an_archive_that_swells_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_ALWAYS_BYTES", 1000)
    path = zipped(tmp_path / "model.zip", {"weights.bin": bytes(5_000_000)})
    with pytest.raises(ModelStoreError, match="swells"):
        unpack(path, Archive(archive="x"), tmp_path / "out")
    assert sum(found.stat().st_size for found in (tmp_path / "out").rglob("*") if found.is_file()) < 1_000_000


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2"])
def test_a_damaged_archive_is_told(tmp_path: Path, kind: str) -> None:
    path = packed(tmp_path, kind, {"weights.bin": bytes(range(256)) * 4000})
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes(40) + content[middle + 40 :])
    with pytest.raises(ModelStoreError, match=r"damaged.*pull again"):
        unpack(path, Archive(archive="x"), tmp_path / "out")


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(b"<html>please log in</html>" * 40)
    with pytest.raises(ModelStoreError, match="damaged"):
        unpack(path, Archive(archive="x"), tmp_path / "out")


def test_an_archive_of_something_else_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "model.zip", FILES)
    with pytest.raises(ModelStoreError, match="nothing beneath other-model"):
        unpack(path, Archive(archive="x", strip="other-model"), tmp_path / "out")
