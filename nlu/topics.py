"""What an utterance is about besides its intents: who is calling, a robot, a scam, hold on … by phrase patterns alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from nlu.understanding import TOPICS

_FOLDER = Path(__file__).parent / "phrases"


@cache
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    data: dict[str, list[str]] = yaml.safe_load((_FOLDER / f"topics_{language}.yaml").read_text(encoding="utf-8"))
    if unknown := set(data) - set(TOPICS):
        raise ValueError(f"phrases/topics_{language}.yaml names unknown topics: {', '.join(sorted(unknown))}")
    return tuple((topic, re.compile("|".join(data[topic]))) for topic in TOPICS if topic in data)


def find_topics(normal: str, language: str) -> tuple[str, ...]:
    """Every topic of a normalised text, in the order of ``TOPICS``."""
    return tuple(topic for topic, pattern in _patterns(language) if pattern.search(normal))
