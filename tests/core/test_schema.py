"""Migrations lead to exactly the tables that the code declares, however many processes apply them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from voicebot.core.database import Base, make_engine
from voicebot.core.schema import migrate
from voicebot.core.tables import Person

pytestmark = pytest.mark.database

_CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


def _catalogue(url: str, query: str) -> set[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    return {row for row in rows if not str(row[0]).startswith(("procrastinate_", "alembic_"))}


def test_alembic_finds_no_difference_between_the_code_and_the_migrated_schema(engine: Engine) -> None:
    def ours(name: str | None, kind: str, parents: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith("procrastinate_"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("what", list(_CATALOGUE))
def test_columns_checks_and_indexes_are_the_same_whether_migrated_or_created(
    what: str, database_url: str, empty_database_url: str
) -> None:
    """Alembic's own comparison passes over CHECK constraints and the conditions of partial indexes."""
    assert Person.__table__.metadata is Base.metadata
    created = make_engine(empty_database_url)
    Base.metadata.create_all(created)
    created.dispose()
    migrated = _catalogue(database_url, _CATALOGUE[what])
    assert migrated == _catalogue(empty_database_url, _CATALOGUE[what])
    assert len(migrated) > 20


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    migrate(engine)
    first = [_catalogue(empty_database_url, query) for query in _CATALOGUE.values()]
    migrate(engine)
    assert [_catalogue(empty_database_url, query) for query in _CATALOGUE.values()] == first
    engine.dispose()


def test_two_processes_may_migrate_the_same_empty_database_at_once(empty_database_url: str) -> None:
    code = (
        "import sys; from voicebot.core.database import make_engine; from voicebot.core.schema import migrate; "
        "migrate(make_engine(sys.argv[1]))"
    )

    def start(_: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, empty_database_url]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(start, range(2)))
    assert [result.returncode for result in results] == [0, 0], results[0].stderr + results[1].stderr
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        assert connection.execute(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")).scalar()
    engine.dispose()


def test_a_failed_migration_leaves_nothing_behind(empty_database_url: str) -> None:
    """A table of the same name stands in the way: everything or nothing is applied."""
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE findings (id int)")
    engine = make_engine(empty_database_url)
    with pytest.raises(Exception, match="findings"):
        migrate(engine)
    engine.dispose()
    with psycopg.connect(empty_database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("findings",)]
