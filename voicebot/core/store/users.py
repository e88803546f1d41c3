"""Users and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voicebot.core.tables import AuditEntry, User


def find_user(session: Session, email: str) -> User | None:
    """The user with that e-mail address, in any case."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def add_user(session: Session, *, email: str, password_hash: str, role: str, locale: str = "id") -> User:
    """A new user."""
    user = User(email=email.strip().lower(), password_hash=password_hash, role=role, locale=locale)
    session.add(user)
    session.flush()
    return user


def count_users(session: Session) -> int:
    """How many users there are; none means that the first run is still to be done."""
    return session.scalar(select(func.count(User.id))) or 0


def audit(
    session: Session,
    action: str,
    *,
    user_id: int | None = None,
    entity: str = "",
    entity_id: object = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down who did what; ``details`` must hold no personal data."""
    session.add(
        AuditEntry(user_id=user_id, action=action, entity=entity, entity_id=str(entity_id), details=dict(details or {}))
    )
