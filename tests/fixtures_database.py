"""A real PostgreSQL for tests: one embedded server a session, one fresh database a test (copied from a migrated template)."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from voicebot.core import embedded_postgres
from voicebot.core.database import make_engine, make_sessions
from voicebot.core.schema import migrate

_TEMPLATE = "migrated_template"


def url_of(server_url: str, database: str) -> str:
    """``server_url`` with another database name."""
    return server_url.replace("@/santun?", f"@/{database}?")


def remove_cluster(data_dir: Path) -> None:
    """Delete what a stopped embedded server leaves: as root its cluster lies outside ``data_dir``."""
    cluster = embedded_postgres._locate(data_dir)
    shutil.rmtree(cluster.home, ignore_errors=True)
    shutil.rmtree(cluster.socket_folder, ignore_errors=True)


@contextmanager
def _database(server_url: str, name: str, *, template: str = "template0") -> Iterator[str]:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of an embedded server that lives as long as the test run."""
    data_dir = tmp_path_factory.mktemp("database-server")
    os.chmod(data_dir, 0o700)
    try:
        with embedded_postgres.embedded_server(data_dir, fast=True) as url:
            yield url
    finally:
        remove_cluster(data_dir)


@pytest.fixture(scope="session")
def migrated_template(database_server: str) -> Iterator[str]:
    """Name of a migrated database that tests copy."""
    with _database(database_server, _TEMPLATE) as url:
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()
        yield _TEMPLATE


@pytest.fixture
def empty_database_url(database_server: str) -> Iterator[str]:
    """A database with nothing in it, for this test alone."""
    with _database(database_server, f"empty_{uuid.uuid4().hex[:12]}") as url:
        yield url


@pytest.fixture
def database_url(database_server: str, migrated_template: str) -> Iterator[str]:
    """A migrated database without rows, for this test alone."""
    with _database(database_server, f"test_{uuid.uuid4().hex[:12]}", template=migrated_template) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on :func:`database_url`."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """A session factory on :func:`database_url`."""
    return make_sessions(engine)
