"""The embedded server survives what breaks its wheel's own wrapper."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from voicebot.core import embedded_postgres
from voicebot.core.embedded_postgres import embedded_server
from voicebot.core.errors import StorageError

pytestmark = [pytest.mark.database, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from voicebot.core.embedded_postgres import embedded_server
with embedded_server(Path(sys.argv[1]), fast=True) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the server."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    return process


def cluster(folder: Path) -> embedded_postgres._Cluster:
    return embedded_postgres._locate(folder)


def answers(folder: Path) -> bool:
    return embedded_postgres._answers(cluster(folder))


def one(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 1").fetchone()
    assert row is not None
    return row[0]


def test_a_path_with_blanks_and_accents_works(tmp_path: Path) -> None:
    with embedded_server(tmp_path / "data dér 'x'", fast=True) as url:
        assert one(url) == 1


def test_a_path_of_two_hundred_characters_keeps_its_socket_short_and_private(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25) / ("path" * 25)
    with embedded_server(folder, fast=True) as url:
        assert one(url) == 1
        socket_folder = cluster(folder).socket_folder
        assert len(str(socket_folder)) < 80
        assert socket_folder.stat().st_mode & 0o077 == 0


def test_a_connection_without_the_password_is_refused(tmp_path: Path) -> None:
    with embedded_server(tmp_path, fast=True) as url:
        host = str(cluster(tmp_path).socket_folder)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=host, port=5432, user="santun", dbname="santun", password="wrong")
        assert one(url) == 1
    assert cluster(tmp_path).password_file.stat().st_mode & 0o077 == 0


def test_two_processes_share_one_server_and_the_last_stops_it(tmp_path: Path) -> None:
    other = hold(tmp_path)
    try:
        with embedded_server(tmp_path, fast=True) as url:
            assert one(url) == 1
        assert answers(tmp_path), "the other process still uses it"
    finally:
        other.communicate(timeout=60)
    assert not answers(tmp_path)


def test_a_killed_owner_leaves_no_server_behind_that_never_stops(tmp_path: Path) -> None:
    other = hold(tmp_path)
    other.kill()
    other.wait()
    assert answers(tmp_path), "the server outlives the killed owner"
    with embedded_server(tmp_path, fast=True) as url:
        assert one(url) == 1
    assert not answers(tmp_path)


def test_a_crashed_server_with_a_reused_pid_number_starts_again(tmp_path: Path) -> None:
    with embedded_server(tmp_path, fast=True) as url:
        assert one(url) == 1
    pid_file = cluster(tmp_path).data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{cluster(tmp_path).data}\n0\n5432\n", encoding="utf-8")
    if cluster(tmp_path).identity.uid is not None:
        os.chown(pid_file, cluster(tmp_path).identity.uid or 0, -1)
    with embedded_server(tmp_path, fast=True) as url:
        assert one(url) == 1


def test_a_killed_server_recovers_with_its_data(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        pid = embedded_postgres._postmaster_pid(cluster(tmp_path))
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        with embedded_server(tmp_path) as again, psycopg.connect(again) as connection:
            row = connection.execute("SELECT n FROM kept").fetchone()
            assert row == (7,)


def test_a_cluster_of_another_version_is_refused_with_advice(tmp_path: Path) -> None:
    with embedded_server(tmp_path, fast=True):
        pass
    (cluster(tmp_path).data / "PG_VERSION").write_text("15\n", encoding="ascii")
    with pytest.raises(StorageError, match="PostgreSQL 15"), embedded_server(tmp_path, fast=True):
        pass


def test_a_foreign_folder_in_the_sockets_place_is_refused(tmp_path: Path) -> None:
    found = cluster(tmp_path)
    found.socket_folder.chmod(0o777)
    with pytest.raises(StorageError, match="not a private folder"):
        cluster(tmp_path)
    found.socket_folder.chmod(0o700)


def reachable_python() -> str:
    """A Python of our version that another user may run; the one of this environment often lies in a private home."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            command = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            found = subprocess.run(command, user="nobody", extra_groups=[], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if found.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}":
            return candidate
    pytest.skip("no Python of this version that another user may run")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try it as another user")
def test_an_ordinary_user_can_run_it_beside_root(tmp_path: Path) -> None:
    user = pwd.getpwnam("nobody")
    python = reachable_python()
    home = Path("/tmp") / f"santun-user-test-{os.getpid()}"
    home.mkdir(mode=0o700)
    os.chown(home, user.pw_uid, user.pw_gid)
    paths = ":".join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
    command = [python, "-c", HOLD.replace("time.sleep(120)", "pass"), str(home / "data")]
    try:
        result = subprocess.run(
            command,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            env={"HOME": str(home), "PYTHONPATH": paths, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            cwd=home,
        )
        assert result.returncode == 0, result.stderr
        assert home.stat().st_mode & 0o777 == 0o700, "no folder above was loosened"
    finally:
        subprocess.run(["rm", "-rf", str(home)], check=True)
