"""Bring a database to the present schema: ours by Alembic, procrastinate's by its own script."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

_LOCK_KEY = 0x53616E74756E
"""Advisory lock ("Santun") that makes two processes migrate one after the other."""


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration without an ini file, so that it works from the wheel."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Apply what is missing; safe to call from several processes at once."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        command.upgrade(alembic_config(connection), "head")
        if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is None:
            _install_procrastinate(connection)


def _install_procrastinate(connection: Connection) -> None:
    from procrastinate.schema import SchemaManager

    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(SchemaManager.get_schema())
