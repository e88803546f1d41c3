"""Fixtures for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.fixtures_database", "tests.fixtures_leftovers"]

PEOPLE = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "speech" / "indspeech"


@pytest.fixture(scope="session")
def people() -> Path:
    """A folder of human recordings (manifest.tsv), where one lies beside the checkout; never part of the project."""
    if not (PEOPLE / "manifest.tsv").is_file():
        pytest.skip("no human recordings beside the checkout (their licence forbids shipping them)")
    return PEOPLE
