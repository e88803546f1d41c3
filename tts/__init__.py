"""Speaks: synthesizers, and the reading of amounts and dates as words."""
