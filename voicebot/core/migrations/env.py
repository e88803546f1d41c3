"""Alembic's entry: runs inside the connection that ``voicebot.core.schema.migrate`` hands over."""

from alembic import context

from voicebot.core.tables import Base

connection = context.config.attributes["connection"]


def ours(name: str | None, kind: str, parents: object) -> bool:
    """procrastinate's tables are its own affair."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


context.configure(connection=connection, target_metadata=Base.metadata, include_name=ours, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
