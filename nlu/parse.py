"""``santun nlu parse``: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from nlu.interpreter import HybridInterpreter
from nlu.understanding import CONTEXTS, Interpreter, Understanding

LANGUAGES = ("id", "en")


def parse_lines(
    lines: Iterable[str], *, default_now: datetime, interpreters: Mapping[str, Interpreter] | None = None
) -> Iterator[dict[str, Any]]:
    """Understand each line; one that is not usable becomes ``{"id", "error"}`` and the rest go on.

    ``interpreters`` by language take the place of the default ones.
    """
    interpreters = interpreters or {language: HybridInterpreter(language) for language in LANGUAGES}
    for number, line in enumerate(lines, 1):
        try:
            yield _parse(line, interpreters, default_now)
        except ValueError as error:
            yield {"id": _id_of(line), "line": number, "error": str(error)}


def _parse(line: str, interpreters: Mapping[str, Interpreter], now: datetime) -> dict[str, Any]:
    try:
        record: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError('expected an object with a string "text"')
    language = record.get("lang") or "id"
    if language not in interpreters:
        raise ValueError(f'"lang" must be one of {", ".join(LANGUAGES)}')
    asked = record.get("context")
    if asked is not None and asked not in CONTEXTS:
        raise ValueError(f'"context" must be one of {", ".join(CONTEXTS)}')
    return {"id": record.get("id"), **as_json(interpreters[language].interpret(record["text"], asked=asked, now=now))}


def as_json(understanding: Understanding) -> dict[str, Any]:
    """The documented form of an understanding."""
    entities = understanding.entities
    return {
        "intents": list(understanding.intents),
        "primary": understanding.primary,
        "confidence": understanding.confidence,
        "entities": {
            "date": entities.date.isoformat() if entities.date else None,
            "date_text": entities.date_text,
            "amount_idr": entities.amount_idr,
            "amount_text": entities.amount_text,
            "time": entities.time.strftime("%H:%M") if entities.time else None,
            "person_relation": entities.person_relation,
            "payment_channel": entities.payment_channel,
            "conditional": entities.conditional,
        },
    }


def _id_of(line: str) -> Any:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record.get("id") if isinstance(record, dict) else None
