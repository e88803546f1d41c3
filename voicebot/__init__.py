"""Places calls and holds the conversation."""

__version__ = "0.1.0"
