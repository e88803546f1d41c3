"""Understanding on the held-out passes: intents and values by slice, and what a second of it costs; writes ``docs/quality.md``."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlu.examples import Example, load_examples
from nlu.interpreter import HybridInterpreter
from nlu.understanding import INTENTS, Understanding

PAGE = Path(__file__).resolve().parents[2] / "docs" / "quality.md"


@dataclass(frozen=True)
class Scores:
    """Shares of one group of utterances."""

    count: int
    accuracy: float
    macro_f1: float
    all_intents: float
    day: float
    amount: float
    time: float


def judged(language: str) -> tuple[list[tuple[Example, Understanding]], float]:
    """Every held-out example with what was understood, and milliseconds an utterance on one thread."""
    examples = load_examples(language, held_out=True)
    interpreter = HybridInterpreter(language)
    for example in examples[:20]:
        interpreter.interpret(example.text, asked=example.context, now=example.now)
    began_s = time.perf_counter()
    pairs = [(each, interpreter.interpret(each.text, asked=each.context, now=each.now)) for each in examples]
    return pairs, 1000 * (time.perf_counter() - began_s) / len(pairs)


def scores(pairs: Sequence[tuple[Example, Understanding]]) -> Scores:
    """Accuracy and macro-F1 of the leading intent; exact shares of all intents, day, amount and time (absent ones included)."""
    hits: defaultdict[str, int] = defaultdict(int)
    said: defaultdict[str, int] = defaultdict(int)
    wanted: defaultdict[str, int] = defaultdict(int)
    right = same = day = amount = at = 0
    for example, heard in pairs:
        wanted[example.primary] += 1
        said[heard.primary] += 1
        hits[example.primary] += heard.primary == example.primary
        right += heard.primary == example.primary
        same += set(heard.intents) == set(example.intents)
        values, entities = example.values, heard.entities
        day += values.get("d") == (entities.date.isoformat() if entities.date else None)
        amount += values.get("a") == (str(entities.amount_idr) if entities.amount_idr is not None else None)
        at += values.get("t", "").zfill(5) == (entities.time.strftime("%H:%M") if entities.time else "00000")
    f1 = [2 * hits[i] / (wanted[i] + said[i]) for i in INTENTS if wanted[i]]
    n = len(pairs)
    return Scores(n, right / n, sum(f1) / len(f1), same / n, day / n, amount / n, at / n)


def calibration_error(pairs: Sequence[tuple[Example, Understanding]], bins: int = 10) -> float:
    """Expected calibration error of the confidence (Guo et al., 2017)."""
    groups: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for example, heard in pairs:
        groups[min(bins - 1, int(heard.confidence * bins))].append((heard.confidence, heard.primary == example.primary))
    gaps = (abs(sum(c - hit for c, hit in group)) for group in groups.values())
    return sum(gaps) / len(pairs)


def rows(language: str, pairs: list[tuple[Example, Understanding]]) -> Iterator[tuple[str, Scores]]:
    """All, without the ambiguous ones, and each slice."""
    yield f"{language}: all", scores(pairs)
    yield f"{language}: without ambiguous", scores([pair for pair in pairs if not pair[0].ambiguous])
    for part in sorted({example.slice for example, _ in pairs}):
        yield f"{language}: {part}", scores([pair for pair in pairs if pair[0].slice == part])


def write_page(found: list[tuple[str, Scores]], notes: list[str]) -> None:
    """``docs/quality.md``."""
    lines = [
        "# How well it understands",
        "",
        "Written by `make bench` (`tests/bench/understanding.py`). Passes that no rule and no model has seen, each by a writer of",
        "its own; sentences that a training pass holds too are left out. All texts are invented, none was said by a customer.",
        "",
        "| utterances | n | leading intent | macro-F1 | all intents exact | day exact | amount exact | time exact |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {s.count} | {s.accuracy:.3f} | {s.macro_f1:.3f} | {s.all_intents:.3f} | {s.day:.3f} | {s.amount:.3f} | {s.time:.3f} |"
            for name, s in found
        ),
        "",
        *notes,
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
