"""What ends an adaptation; the message says what to do."""

from __future__ import annotations


class AdaptError(ValueError):
    """The data, the base or the machine does not allow an adaptation."""


class Refused(AdaptError):
    """The adapted head was trained and is not good enough to become a version."""
