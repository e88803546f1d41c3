"""Labelled utterances in ``phrases/utterances/``: one file a pass (one writer, one voice), readable and growing.

A file holds sections ``[context slice]`` and lines ``intent[+intent…]: text {key=value; …}``; ``#`` begins a comment and
``now=`` in the first comment is the local time at which the customers speak. The keys: ``d`` ISO date, ``dt`` its words,
``a`` rupiah, ``at`` its words, ``t`` HH:MM, ``who`` relation, ``via`` payment channel, ``cond`` for a conditional wording,
and ``amb`` where reasonable readers would differ.

    # A pass of polite elderly customers. now=2026-11-24T10:00
    [ask_payment formal]
    promise_to_pay: insya Allah tanggal dua lima saya bayar lima ratus ribu {d=2026-11-25; a=500000}
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from nlu.understanding import CONTEXTS, INTENTS, primary_of

FOLDER = Path(__file__).parent / "phrases" / "utterances"
SLICES = ("formal", "colloquial", "regional", "codemix", "asr", "corrections", "negation", "english")
DEFAULT_NOW = "2026-11-24T10:00"
LANGUAGES = ("id", "en")
_KEYS = {"d", "dt", "a", "at", "t", "who", "via", "cond", "amb"}
_SECTION = re.compile(r"^\[(\w+) (\w+)\]$")
_LINE = re.compile(r"^([a-z_+]+): (.+?)(?:\s*\{([^{}]*)\})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One utterance with its labels; ``values`` holds the keys above as text."""

    text: str
    language: str
    context: str
    slice: str
    intents: tuple[str, ...]
    now: datetime
    source: str
    """The pass: the file's stem."""
    values: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def ambiguous(self) -> bool:
        """Reasonable readers would differ, says the writer."""
        return "amb" in self.values

    @property
    def primary(self) -> str:
        """The intent that leads."""
        return primary_of(self.intents)


def load_examples(language: str, *, held_out: bool, folder: Path = FOLDER) -> list[Example]:
    """The training passes, or the held-out ones (files named ``held_out_*``) without the sentences that training knows too.

    Raises ``ValueError`` naming file and line.
    """
    paths = sorted((folder / language).glob("*.txt"))
    own = [e for path in paths if path.stem.startswith("held_out") == held_out for e in read_pass(path, language)]
    if not held_out:
        return own
    known = {_letters(e.text) for other in LANGUAGES for e in load_examples(other, held_out=False, folder=folder)}
    return [example for example in own if _letters(example.text) not in known]


def _letters(text: str) -> str:
    """What two spellings of one sentence have in common."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def read_pass(path: Path, language: str) -> list[Example]:
    """One file's examples. Raises ``ValueError`` at the first line that is not usable."""
    examples: list[Example] = []
    for number, found in _parse(path, language):
        if isinstance(found, str):
            raise ValueError(f"{path.name}:{number}: {found}")
        examples.append(found)
    return examples


def _parse(path: Path, language: str) -> Iterator[tuple[int, Example | str]]:
    """Each line's example, or what is wrong with it."""
    context = part = ""
    now = datetime.fromisoformat(DEFAULT_NOW)
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            if told := re.search(r"now=(\S+)", line):
                now = datetime.fromisoformat(told[1])
            continue
        if not line:
            continue
        if section := _SECTION.match(line):
            context, part = section[1], section[2]
            if context not in CONTEXTS or part not in SLICES:
                yield number, f"[{context} {part}] is not [context slice]"
            continue
        match = _LINE.match(line)
        if match is None:
            yield number, "expected 'intent+intent: text {key=value; …}'"
            continue
        intents = tuple(match[1].split("+"))
        values = dict(_pairs(match[3] or ""))
        fault = _fault(context, intents, values, match[2])
        yield (
            number,
            fault
            or Example(
                text=match[2],
                language=language,
                context=context,
                slice=part,
                intents=tuple(sorted(intents, key=INTENTS.index)),
                now=now.replace(tzinfo=ZoneInfo("Asia/Jakarta")),
                source=path.stem,
                values=values,
            ),
        )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        key, _, value = piece.partition("=")
        yield key.strip(), value.strip()


def _fault(context: str, intents: tuple[str, ...], values: dict[str, str], text: str) -> str | None:
    if not context:
        return "comes before any [context slice]"
    if unknown := [intent for intent in intents if intent not in INTENTS]:
        return f"unknown intent {', '.join(unknown)}"
    if unknown := sorted(set(values) - _KEYS):
        return f"unknown key {', '.join(unknown)}"
    try:
        if "d" in values:
            date.fromisoformat(values["d"])
        if "a" in values:
            int(values["a"])
        if "t" in values:
            time.fromisoformat(values["t"])
    except ValueError as error:
        return str(error)
    for key in ("dt", "at"):
        if key in values and values[key] not in text:
            return f"{key}={values[key]} is not a piece of the text"
    return None


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    """``python -m nlu.examples FILE…``: check passes; prints each fault, counts by intent, and repeated texts."""
    from collections import Counter

    faults = 0
    for name in sys.argv[1:]:
        path = Path(name)
        language = path.parent.name
        counts: Counter[str] = Counter()
        texts: Counter[tuple[str, str]] = Counter()
        for number, found in _parse(path, language):
            if isinstance(found, str):
                faults += 1
                _tell(f"{path.name}:{number}: {found}")
            else:
                counts[found.primary] += 1
                texts[found.context, found.text.lower()] += 1
        _tell(f"{path.name}: {sum(counts.values())} utterances, {len(texts)} different")
        _tell("  " + ", ".join(f"{intent} {counts[intent]}" for intent in INTENTS))
        for (context, text), count in texts.items():
            if count > 1:
                _tell(f"  repeated in {context}: {text}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
