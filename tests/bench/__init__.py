"""Measurements: ``make bench`` (``python -m tests.bench``) writes ``bench/results.json`` and prints a table."""
