"""Whole answers that are certain (``phrases/certain.yaml``): the few on which a mistake would cost most."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).parent / "phrases" / "certain.yaml"


def certain_intent(normal: str, language: str, asked: str | None) -> str | None:
    """The intent of a normalised answer that leaves no doubt, or None."""
    return next((intent for intent, pattern in _patterns(language, asked or "") if pattern.fullmatch(normal.strip())), None)


@cache
def _patterns(language: str, asked: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    data: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    questions = data.get(language, {}).get(asked, {})
    return tuple((intent, re.compile("|".join(patterns))) for intent, patterns in questions.items())
