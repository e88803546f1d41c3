"""Who may see what: login by password (argon2), the first run's administrator, keys for programs."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from fastapi import Request
from pwdlib import PasswordHash
from sqlalchemy.orm import Session, sessionmaker

from voicebot.core.settings import Settings
from voicebot.core.store.users import add_user, audit, count_users, find_user
from voicebot.core.tables import User

MIN_PASSWORD_LENGTH = 10
_hasher = PasswordHash.recommended()
_NOBODY = _hasher.hash(secrets.token_hex(8))
"""Checked when the user is unknown, so that the answer takes as long."""


def session_secret(settings: Settings) -> str:
    """The key that signs session cookies; made once, readable by its owner only."""
    path: Path = settings.data_dir / "session.key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")


def needs_setup(session: Session) -> bool:
    """Nobody can log in yet."""
    return count_users(session) == 0


def make_admin(session: Session, *, email: str, password: str) -> User:
    """The first user. Raises ``ValueError`` when the password is too short or somebody was faster."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise ValueError("At least 10 characters.")
    if not needs_setup(session):
        raise ValueError("somebody has been set up already")
    user = add_user(session, email=email, password_hash=_hasher.hash(password), role="admin")
    audit(session, "admin_created", user_id=user.id, entity="user", entity_id=user.id)
    return user


def check_login(sessions: sessionmaker[Session], email: str, password: str) -> int | None:
    """The user's id, or None."""
    with sessions.begin() as session:
        user = find_user(session, email)
        right = _hasher.verify(password, user.password_hash if user else _NOBODY)
        if user is None or user.disabled or not right:
            return None
        audit(session, "login", user_id=user.id, entity="user", entity_id=user.id)
        return user.id


def ensure_admin(sessions: sessionmaker[Session], settings: Settings) -> None:
    """Make the administrator of the settings, where a password is given and nobody exists."""
    if settings.admin_password is None:
        return
    with sessions.begin() as session:
        if needs_setup(session):
            make_admin(session, email=settings.admin_email, password=settings.admin_password.get_secret_value())


def has_key(request: Request, settings: Settings) -> bool:
    """The request carries the API key."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    return bool(key) and hmac.compare_digest(given.encode(), key.encode())


def is_local(request: Request) -> bool:
    """The request comes from this machine."""
    return request.client is not None and request.client.host in ("127.0.0.1", "::1", "testclient")
