"""One file over HTTP: resumed, never glued to another version, and with errors that say what to do."""

from __future__ import annotations

import json
import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from models import download as downloads
from models.catalogue import ModelStoreError
from models.download import Request, copy, download
from tests.models.conftest import Server

CONTENT = bytes(range(256)) * 12_000
HALF = len(CONTENT) // 2


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads.time, "sleep", lambda seconds: None)


def request(server: Server, tmp_path: Path, **more: object) -> Request:
    return Request(address=server.url + "model.bin", target=tmp_path / "growing" / "model.bin", **more)  # type: ignore[arg-type]


def half_done(wanted: Request, *, validator: str, content: bytes = CONTENT) -> None:
    wanted.target.parent.mkdir(parents=True)
    wanted.target.write_bytes(content[:HALF])
    note = {"address": wanted.address, "validator": validator}
    wanted.target.with_name("model.bin.note").write_text(json.dumps(note), encoding="utf-8")


def test_a_file_is_fetched_whole_and_its_progress_told(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT)
    told: list[tuple[int, int]] = []
    wanted = request(server, tmp_path)
    download(wanted, lambda done, total: told.append((done, total)))
    assert wanted.target.read_bytes() == CONTENT
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [path.name for path in wanted.target.parent.iterdir()] == ["model.bin"]


def test_a_cut_connection_goes_on_where_it_broke(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT, cut_after=[HALF, 1000])
    wanted = request(server, tmp_path)
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == ["", f"bytes={HALF}-", f"bytes={HALF + 1000}-"]


def test_the_next_run_resumes_what_an_earlier_one_left(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT)
    wanted = request(server, tmp_path)
    half_done(wanted, validator='"v1"')
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT
    assert server.asked == [("model.bin", f"bytes={HALF}-")]


def test_a_file_that_changed_meanwhile_is_not_glued_together(server: Server, tmp_path: Path) -> None:
    newer = bytes(reversed(CONTENT))
    server.serve("model.bin", newer, etag='"v2"')
    wanted = request(server, tmp_path)
    half_done(wanted, validator='"v1"')
    download(wanted)
    assert wanted.target.read_bytes() == newer


def test_without_an_etag_an_unvouched_file_starts_anew(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT, etag="", cut_after=[HALF])
    wanted = request(server, tmp_path)
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == ["", ""]


def test_a_weak_etag_does_not_vouch_for_a_part(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT, etag='W/"v1"', cut_after=[HALF])
    download(request(server, tmp_path))
    assert [asked for _, asked in server.asked] == ["", ""]


def test_a_server_that_cannot_resume_sends_all_of_it(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT, resumes=False)
    wanted = request(server, tmp_path)
    half_done(wanted, validator='"v1"')
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT[:1000])
    wanted = request(server, tmp_path)
    half_done(wanted, validator='"v1"')
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT[:1000]


def test_redirects_are_followed_and_resumed_behind(server: Server, tmp_path: Path) -> None:
    server.serve("elsewhere.bin", CONTENT, cut_after=[HALF])
    server.serve("model.bin", location=server.url + "elsewhere.bin")
    wanted = request(server, tmp_path)
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT
    assert ("elsewhere.bin", f"bytes={HALF}-") in server.asked


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "login"), (403, "proxy or firewall"), (404, "not there"), (407, "https_proxy"), (410, "taken away")],
)
def test_a_refusal_says_what_may_be_wrong(server: Server, tmp_path: Path, status: int, said: str) -> None:
    server.serve("model.bin", status=status)
    with pytest.raises(ModelStoreError, match=rf"HTTP {status}: .*{said}"):
        download(request(server, tmp_path))
    assert server.count("model.bin") == 1


def test_a_busy_server_is_asked_again_and_given_up_in_the_end(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", status=503)
    with pytest.raises(ModelStoreError, match=r"busy or ill \(HTTP 503\); run the command again later, it resumes"):
        download(request(server, tmp_path))
    assert server.count("model.bin") == 5


def test_a_server_that_never_gets_further_is_given_up(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT, cut_after=[HALF] + [0] * 20)
    wanted = request(server, tmp_path)
    with pytest.raises(ModelStoreError, match=f"cut at {HALF} of {len(CONTENT)} bytes"):
        download(wanted)
    assert wanted.target.stat().st_size == HALF, "what came stays for the next run"


def test_a_file_of_another_size_is_refused_before_it_is_fetched(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", b"<html>please log in</html>")
    wanted = request(server, tmp_path, expected_bytes=len(CONTENT))
    with pytest.raises(ModelStoreError, match="not the file that was asked for"):
        download(wanted)
    assert not wanted.target.exists()


def test_a_login_page_does_not_cost_what_was_fetched_already(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", b"<html>please log in</html>", etag='"page"')
    wanted = request(server, tmp_path, expected_bytes=len(CONTENT))
    half_done(wanted, validator='"v1"')
    with pytest.raises(ModelStoreError, match="login page"):
        download(wanted)
    assert wanted.target.read_bytes() == CONTENT[:HALF]


def test_no_network_is_told_from_a_broken_file(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wanted = Request(address=f"http://127.0.0.1:{port}/model.bin", target=tmp_path / "model.bin")
    with pytest.raises(ModelStoreError, match=r"127\.0\.0\.1 cannot be reached .*https_proxy"):
        download(wanted)


def test_the_proxy_of_the_environment_is_used(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    server.serve("http://models.invalid/model.bin", CONTENT)
    wanted = Request(address="http://models.invalid/model.bin", target=tmp_path / "model.bin", vouched=True)
    download(wanted)
    assert wanted.target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "address", ["http://example.org/model.bin", "ftp://example.org/model.bin", "file:///etc/passwd", "model.bin"]
)
def test_only_https_is_trusted_with_files_of_unknown_hash(tmp_path: Path, address: str) -> None:
    with pytest.raises(ModelStoreError, match="https"):
        download(Request(address=address, target=tmp_path / "model.bin"))


def test_a_redirect_away_from_safety_is_refused(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", location="http://example.org/model.bin")
    with pytest.raises(ModelStoreError, match="https only"):
        download(request(server, tmp_path))


def test_a_disk_too_small_is_told_before_anything_is_fetched(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve("model.bin", CONTENT)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 10**6, 10**6))
    wanted = request(server, tmp_path)
    with pytest.raises(ModelStoreError, match=r"0\.0 GB free and 0\.1 GB are needed.*SANTUN_MODELS_DIR"):
        download(wanted)
    assert not wanted.target.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a device of Linux")
def test_a_disk_that_fills_up_is_told(server: Server, tmp_path: Path) -> None:
    server.serve("model.bin", CONTENT)
    wanted = request(server, tmp_path)
    wanted.target.parent.mkdir()
    wanted.target.symlink_to("/dev/full")
    with pytest.raises(ModelStoreError, match="disk is full"):
        download(wanted)


def test_a_mirror_without_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError, match="the mirror lacks"):
        copy(tmp_path / "none.bin", tmp_path / "model.bin")
