"""What can go wrong, as one small tree; each message says what the reader should do.

SantunError
├── InputError            a file, row, option or request is not usable as given
├── SettingsError         a setting is missing or contradicts another
├── ScriptError           a call script or rule pack does not load
├── ModelError            a model is missing, damaged or refuses its input
├── StorageError          the database cannot be reached or started
├── NotAllowedToCall      the contact rules forbid this contact now (reason, next_at)
└── CallError             a call went wrong
    ├── CallNotAnswered   nobody picked up, busy, rejected, invalid number
    └── LineLost          the line broke while talking
"""

from __future__ import annotations

from datetime import datetime


class SantunError(Exception):
    """Anything Santun itself reports."""


class InputError(SantunError):
    """A file, row, option or request is not usable as given."""


class SettingsError(SantunError):
    """A setting is missing or contradicts another."""


class ScriptError(SantunError):
    """A call script or rule pack does not load."""


class ModelError(SantunError):
    """A model is missing, damaged or refuses its input."""


class StorageError(SantunError):
    """The database cannot be reached or started."""


class NotAllowedToCall(SantunError):
    """The contact rules forbid this contact now; ``next_at`` is the next allowed moment (aware UTC), if any."""

    def __init__(self, reason: str, next_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_at = next_at


class CallError(SantunError):
    """A call went wrong."""


class CallNotAnswered(CallError):
    """Nobody picked up; ``disposition`` is no_answer, busy, rejected or invalid_number."""

    def __init__(self, disposition: str, detail: str = "") -> None:
        super().__init__(f"call not answered: {disposition}{f' ({detail})' if detail else ''}")
        self.disposition = disposition


class LineLost(CallError):
    """The line broke while talking."""
