"""Migrations lead to exactly the tables of the code, from two processes at once as well."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from voicebot.core.database import make_engine
from voicebot.core.schema import migrate
from voicebot.core.tables import Base

pytestmark = pytest.mark.database


def test_the_migrated_schema_is_that_of_the_tables(database_url: str) -> None:
    engine = make_engine(database_url)

    def ours(name: str | None, kind: str, parents: object) -> bool:
        return not (kind == "table" and (name or "").startswith("procrastinate_"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_two_processes_may_migrate_at_once(server_url: str) -> None:
    with psycopg.connect(server_url, dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE twice")
    url = server_url.replace("/santun?", "/twice?")

    def once(_: int) -> None:
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(once, range(2)))
    engine = make_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar() == 0
    engine.dispose()
