"""UI texts: English in the templates, other languages by catalogue (``locales/*.yaml``, English text → translation)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import cast

import yaml

LOCALES = ("id", "en")
_FOLDER = Path(__file__).parent / "locales"


@cache
def catalogue(locale: str) -> dict[str, str]:
    """A language's texts; English needs none."""
    path = _FOLDER / f"{locale}.yaml"
    return cast("dict[str, str]", yaml.safe_load(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def translator(locale: str) -> Callable[[str], str]:
    """``_`` for templates."""
    known = catalogue(locale)
    return lambda text: known.get(text, text)
