"""Remove what embedded servers of tests leave behind: as root their clusters (40 MB each) lie outside pytest's folders."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicebot.core import embedded_postgres


@pytest.fixture(scope="session", autouse=True)
def no_leftover_clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Note every cluster whose data folder is a temporary one of this run; delete those at the end that nobody uses."""
    temporary = tmp_path_factory.getbasetemp().resolve()
    locate = embedded_postgres._locate
    found: dict[Path, Path] = {}

    def noting(data_dir: Path) -> embedded_postgres._Cluster:
        cluster = locate(data_dir)
        if data_dir.expanduser().resolve().is_relative_to(temporary):
            found[cluster.home] = cluster.socket_folder
        return cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_postgres, "_locate", noting)
        yield
    for home, socket_folder in found.items():
        if not _in_use(home):
            shutil.rmtree(home, ignore_errors=True)
            shutil.rmtree(socket_folder, ignore_errors=True)


def _in_use(home: Path) -> bool:
    try:
        with (home / "owners.lock").open("a+") as owners:
            fcntl.flock(owners, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
