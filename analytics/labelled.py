"""Labelled calls: transcripts in which a reader has marked every checklist item, fault, mood, outcome and personal detail.

One JSON object a line: what ``santun score`` takes (``call_time`` is the customer's local time), and ``"labels"`` in the
words of what it gives. The calls in ``calls/`` teach the judges and let a QA lead try a new scorecard item; the judges are
measured on others, which they never see.

``python -m analytics.labelled [--fix] FILE…`` tells what is wrong, line by line, and counts the labels; ``--fix`` sets the
offsets of personal details from their texts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, cast

from analytics.compliance import ITEMS
from analytics.ingest import recording_of
from analytics.label_faults import OUTCOMES, SENTIMENT_FIELDS, SENTIMENTS, VERDICTS, faults, occurrences
from analytics.recording import Recording, Verdict
from analytics.redact import Pii

FOLDER = Path(__file__).parent / "calls"
_SHINGLE_WORDS = 5
_NEAR_DUPLICATE_SHARE = 0.3
"""Calls that share this much of the smaller one's word sequences were copied from each other or from a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Verbatim words of one turn."""

    turn: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the customer promised; ``date_text`` is verbatim, None where nothing was said or it cannot be resolved."""

    date_text: str | None
    date: date | None
    amount_idr: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLabels:
    """A reader's verdicts. Evidence holds every pass (but ``no_interrupting``), and fails that show in words."""

    checklist: Mapping[str, Verdict]
    auto_fail: tuple[str, ...]
    empathy: int
    professionalism: int
    customer_sentiment_start: str
    customer_sentiment_end: str
    agent_sentiment: str
    outcome: str
    promise: Promise | None
    evidence: Mapping[str, Quote]
    auto_fail_evidence: Mapping[str, Quote]
    pii: tuple[Pii, ...]
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledCall:
    """One call: ``record`` is the line without its labels, as ``santun score`` takes it."""

    record: Mapping[str, Any]
    recording: Recording
    labels: CallLabels
    source: str
    """The file's stem: one writer's pass."""


def load_calls(folder: Path = FOLDER) -> list[LabelledCall]:
    """All calls of a folder's ``.jsonl`` files. Raises ``ValueError`` naming file, line and fault."""
    calls: list[LabelledCall] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, record in _records(path):
            if wrong := _faults(record):
                raise ValueError(f"{path.name}:{number}: {wrong[0]} (all faults: python -m analytics.labelled {path})")
            calls.append(_call(record, path.stem))
    return calls


def _records(path: Path) -> Iterator[tuple[int, Any]]:
    """Each line that is not empty; the error where it is no JSON."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                yield number, error


def _faults(record: Any) -> list[str]:
    return [f"no JSON: {record}"] if isinstance(record, json.JSONDecodeError) else faults(record)


def _call(record: dict[str, Any], source: str) -> LabelledCall:
    given: dict[str, Any] = record["labels"]
    promise = given["promise"]
    labels: dict[str, Any] = given | {
        "auto_fail": tuple(given["auto_fail"]),
        "promise": promise and Promise(**promise | {"date": promise["date"] and date.fromisoformat(promise["date"])}),
        "evidence": {item: Quote(**quote) for item, quote in given["evidence"].items()},
        "auto_fail_evidence": {code: Quote(**quote) for code, quote in given["auto_fail_evidence"].items()},
        "pii": tuple(Pii(**span) for span in given["pii"]),
    }
    return LabelledCall(
        record={name: value for name, value in record.items() if name != "labels"},
        recording=recording_of(record),
        labels=CallLabels(**labels),
        source=source,
    )


def _fill_offsets(record: dict[str, Any]) -> None:
    """Each personal detail whose offsets do not give its text goes to the first place of that text still free."""
    turns: list[dict[str, str]] = record["turns"]
    taken: set[tuple[int, int]] = set()
    for span in record["labels"]["pii"]:
        number = span["turn"]
        text = turns[number]["text"] if 0 <= number < len(turns) else ""
        if "start" not in span or text[span["start"] : span.get("end")] != span["text"] or (number, span["start"]) in taken:
            free = (m.start() for m in occurrences(span["text"], text) if (number, m.start()) not in taken)
            if (start := next(free, None)) is None:
                continue
            span["start"], span["end"] = start, start + len(span["text"])
        taken.add((number, span["start"]))


def repeats(calls: Sequence[LabelledCall]) -> Iterator[str]:
    """Ids given twice, and calls that are copies of each other but for some words."""
    ids = Counter(call.recording.id for call in calls)
    yield from (f"{name}: the id is given {count} times" for name, count in ids.items() if count > 1)
    shingles = [_shingles(call.recording) for call in calls]
    holders: dict[tuple[str, ...], list[int]] = {}
    for index, found in enumerate(shingles):
        for shingle in found:
            holders.setdefault(shingle, []).append(index)
    shared = Counter(pair for indices in holders.values() for pair in combinations(indices, 2))
    for (first, second), count in shared.items():
        share = count / min(len(shingles[first]), len(shingles[second]))
        if share > _NEAR_DUPLICATE_SHARE:
            pair = f"{calls[first].recording.id} and {calls[second].recording.id}"
            yield f"{pair}: {share:.0%} of the word sequences are the same"


def _shingles(recording: Recording) -> set[tuple[str, ...]]:
    words = " ".join(turn.text for turn in recording.turns).lower().split()
    return {tuple(words[i : i + _SHINGLE_WORDS]) for i in range(len(words) - _SHINGLE_WORDS + 1)}


def _counts(calls: Sequence[LabelledCall]) -> Iterator[str]:
    labels = [call.labels for call in calls]
    turns = sorted(len(call.recording.turns) for call in calls)
    yield f"{len(calls)} calls, {sum(turns)} turns ({turns[0]}–{turns[-1]} a call)" if calls else "no calls"
    yield _row("outcome", Counter(one.outcome for one in labels), OUTCOMES)
    for item in ITEMS:
        yield _row(item, Counter(one.checklist[item] for one in labels), VERDICTS)
    failed = Counter(sum(verdict == "fail" for verdict in one.checklist.values()) for one in labels)
    yield _row("failed items a call", failed, sorted(failed))
    codes = Counter(code for one in labels for code in one.auto_fail)
    yield _row(f"auto-fail in {sum(bool(one.auto_fail) for one in labels)} calls", codes, sorted(codes))
    for field in ("empathy", "professionalism"):
        yield _row(field, Counter(getattr(one, field) for one in labels), range(1, 6))
    for field in SENTIMENT_FIELDS:
        yield _row(field, Counter(getattr(one, field) for one in labels), SENTIMENTS)
    types = Counter(span.type for one in labels for span in one.pii)
    yield _row("personal details", types, sorted(types))


def _row(name: str, counts: Counter[Any], order: Sequence[Any]) -> str:
    return f"  {name:32} " + ", ".join(f"{value} {counts[value]}" for value in order)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exits 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m analytics.labelled", description="Check labelled calls and count labels.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--fix", action="store_true", help="set the offsets of personal details from their texts")
    options = parser.parse_args(arguments)
    calls: list[LabelledCall] = []
    wrong = 0
    for path in cast("list[Path]", options.files):
        records = list(_records(path))
        if options.fix:
            _fix(path, records)
        for number, record in records:
            found = _faults(record)
            wrong += len(found)
            for fault in found:
                _tell(f"{path.name}:{number}: {fault}")
            if not found:
                calls.append(_call(record, path.stem))
    for fault in repeats(calls):
        wrong += 1
        _tell(fault)
    for line in _counts(calls):
        _tell(line)
    return 1 if wrong else 0


def _fix(path: Path, records: list[tuple[int, Any]]) -> None:
    """Writes the file anew with offsets; lines whose shape is wrong stay as they are."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, record in records:
        try:
            _fill_offsets(record)
        except (TypeError, KeyError):
            continue  # the check tells what is missing
        lines[number - 1] = json.dumps(record, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
