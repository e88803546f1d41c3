"""Unlabelled text for pre-training: public corpora in a folder, where there is one, and the training passes themselves."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from models.recipes.intents.data import Data
from nlu.features import words_of


def unlabelled(folder: Path | None, data: Data) -> list[tuple[str, str]]:
    """(text, language), every text once, those of the passes three times; ``folder`` holds stif, smsa, nusax, banking77, clinc_oos."""
    found = list(dict.fromkeys(_corpora(folder))) if folder is not None else []
    found = [(text, language) for text, language in found if 2 <= len(words_of(text)) <= 40]
    return found + 3 * list(zip(data.texts, data.languages, strict=True))


def _corpora(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(p for p in (folder / "stif").rglob("*") if p.suffix in (".inf", ".for")):
        yield from ((line, "id") for line in path.read_text(encoding="utf-8", errors="ignore").splitlines())
    for path in sorted((folder / "smsa").glob("train*")):
        yield from ((line.split("\t")[0], "id") for line in path.read_text(encoding="utf-8").splitlines())
    for path in sorted((folder / "nusax").rglob("*train*")):
        language = "en" if path.stem.startswith("english") else "id"
        with path.open(encoding="utf-8", newline="") as file:
            yield from ((" ".join(row), language) for row in csv.reader(file))
    for path in sorted((folder / "banking77").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from ((row[0], "en") for row in csv.reader(file) if row)
    for path in sorted((folder / "clinc_oos").rglob("*.json")):
        for rows in json.loads(path.read_text(encoding="utf-8")).values():
            yield from ((str(row[0]), "en") for row in rows if isinstance(row, list) and row)
