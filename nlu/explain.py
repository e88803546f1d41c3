"""``santun nlu explain``: which rules held, what the model believes and why, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from nlu.classifier import load_intent_model
from nlu.features import standard_form, words_of
from nlu.interpreter import HybridInterpreter
from nlu.parse import as_json
from nlu.understanding import INTENTS

_SHOWN = 8


def explain(text: str, *, language: str, asked: str | None, now: datetime) -> Iterator[str]:
    """Lines for a reader."""
    reading = HybridInterpreter(language).read(text, asked=asked, now=now)
    yield f"normalised: {reading.normal}"
    forms = {word: standard_form(word, language) for word in words_of(text)}
    if changed := [f"{word} = {form}" for word, form in forms.items() if word != form]:
        yield f"standard forms: {', '.join(changed)}"
    for fired in reading.fired:
        yield f"rule {fired.intent}: {fired.found!r} by {fired.pattern}"
    if reading.judgement is not None:
        order = reading.judgement.leading.argsort()[::-1][:3]
        yield "beliefs: " + ", ".join(f"{INTENTS[n]} {reading.judgement.leading[n]:.2f}" for n in order)
        primary = reading.understanding.primary
        rules = sorted({fired.intent for fired in reading.fired})
        reasons = load_intent_model().reasons(text, language, asked, rules, primary)[:_SHOWN]
        yield f"words for {primary}: " + ", ".join(f"{_readable(name)} {added:+.2f}" for name, added in reasons)
    if reading.understanding.topics:
        yield f"topics: {', '.join(reading.understanding.topics)}"
    yield json.dumps(as_json(reading.understanding), ensure_ascii=False, indent=1)


def _readable(name: str) -> str:
    """A feature's name for people: piece of a word, word, words, the question with a word, or a rule."""
    kind, _, rest = name.partition(" ")
    return {"c": f"…{rest}…", "x": f"[{rest}]", "q": f"[{rest}]", "f": f"rule({rest})"}.get(kind, f"“{rest}”")
