"""The database: engine, sessions, and column types that refuse what must not be stored.

Connection budget: a process holds at most ``POOL_SIZE`` + ``MAX_OVERFLOW`` connections of its own, plus 3 of procrastinate.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

POOL_SIZE = 4
MAX_OVERFLOW = 4


class UtcDateTime(TypeDecorator[datetime]):
    """``timestamptz`` that takes only aware moments and always gives UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: nobody knows what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: store aware moments only")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Always UTC."""
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; see ``voicebot.core.tables``."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, int: BigInteger}


def driver_url(url: str) -> str:
    """``url`` with the psycopg 3 driver named for SQLAlchemy."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def make_engine(url: str) -> Engine:
    """An engine on ``url`` (``postgresql://…``); connections are tested before use."""
    return create_engine(
        driver_url(url), pool_size=POOL_SIZE, max_overflow=MAX_OVERFLOW, pool_pre_ping=True, hide_parameters=True
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions; objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Generator[Session]:
    """One request or job: commit at the end, roll back on any error."""
    with sessions.begin() as session:
        yield session
