"""``santun nlu explain``: which rules held, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from nlu.normalize import joined, tokenize
from nlu.parse import as_json
from nlu.rules import RuleInterpreter, fire


def explain(text: str, *, language: str, asked: str | None, now: datetime) -> Iterator[str]:
    """Lines for a reader."""
    normal = joined(tokenize(text, language))
    yield f"normalised: {normal}"
    for fired in fire(normal, language, asked):
        yield f"{fired.intent}: {fired.found!r} by {fired.pattern}"
    understood = RuleInterpreter(language).interpret(text, asked=asked, now=now)
    yield json.dumps(as_json(understood), ensure_ascii=False, indent=1)
