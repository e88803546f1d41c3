"""A real PostgreSQL for tests: one embedded server a run, a fresh database from a template for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.orm import Session, sessionmaker

from voicebot.core.database import make_engine, make_sessions
from voicebot.core.embedded_postgres import embedded_server
from voicebot.core.schema import migrate

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a migrated template database."""
    with embedded_server(tmp_path_factory.mktemp("server"), fast=True) as url:
        with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_santun")
        engine = make_engine(url.replace("/santun?", "/template_santun?"))
        migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """A fresh, migrated database."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server_url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_santun")
    yield server_url.replace("/santun?", f"/{name}?")
    with psycopg.connect(server_url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on a fresh database."""
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def portfolio() -> Path:
    """The demo's accounts."""
    return Path(__file__).resolve().parents[1] / "voicebot" / "simulate" / "portfolio.csv"
