"""What Alembic's own comparison passes over: CHECK constraints, partial indexes, and migrations that fail half-way."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from voicebot.core import tables
from voicebot.core.database import make_engine
from voicebot.core.schema import migrate

pytestmark = pytest.mark.database

CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield server_url.replace("/santun?", f"/{name}?")
    with psycopg.connect(server_url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def catalogue(url: str, query: str) -> set[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    return {row for row in rows if not str(row[0]).startswith(("procrastinate_", "alembic_"))}


@pytest.mark.parametrize("what", list(CATALOGUE))
def test_columns_checks_and_indexes_are_the_same_migrated_or_created(what: str, database_url: str, empty_url: str) -> None:
    created = make_engine(empty_url)
    tables.Base.metadata.create_all(created)
    created.dispose()
    migrated = catalogue(database_url, CATALOGUE[what])
    assert migrated == catalogue(empty_url, CATALOGUE[what])
    assert len(migrated) > 20


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    engine = make_engine(empty_url)
    migrate(engine)
    first = [catalogue(empty_url, query) for query in CATALOGUE.values()]
    migrate(engine)
    assert [catalogue(empty_url, query) for query in CATALOGUE.values()] == first
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    """A table of the same name stands in the way: all is applied, or nothing."""
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE findings (id int)")
    engine = make_engine(empty_url)
    with pytest.raises(Exception, match="findings"):
        migrate(engine)
    engine.dispose()
    with psycopg.connect(empty_url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert found == [("findings",)]
