"""Unlabelled text for pre-training: public corpora in a folder, where there is one, and the training passes themselves."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from models.recipes.intents.data import Data
from nlu.features import words_of

_MONEY = re.compile(
    r"pay|bill|due|account|money|bank|loan|credit|card|call|phone|human|agent|repeat|bye|thank|hello|robot|"
    r"bayar|tagih|utang|uang|bank|telepon|kasih|kredit|pinjam|harga|mahal|tipu|akun|aplikasi|error|salah|rusak|pesan|order|selamat|"
    r"sudah|belum|tidak|maaf|saldo|potong|kirim|tolong|mohon|kapan|besok|nanti|iya|halo|bagaimana|mengapa|kenapa|cara|lewat|xxx"
)
"""What might be in scope after all."""


def unlabelled(folder: Path | None, data: Data) -> list[tuple[str, str]]:
    """(text, language), every text once, those of the passes three times; ``folder`` holds stif, smsa, nusax, banking77, clinc_oos."""
    found = list(dict.fromkeys(_corpora(folder))) if folder is not None else []
    found = [(text, language) for text, language in found if 2 <= len(words_of(text)) <= 40]
    return found + 3 * list(zip(data.texts, data.languages, strict=True))


def off_topic(folder: Path, *, count: int = 600, seed: int = 3) -> list[tuple[str, str]]:
    """Sentences of other worlds (tweets, questions to assistants): out of scope after any question. (text, language)."""
    english = [str(row[0]) for path in sorted((folder / "clinc_oos").rglob("*.json")) for row in _rows(path, "oos_train")]
    english += [str(row[0]) for path in sorted((folder / "clinc_oos").rglob("*.json")) for row in _rows(path, "train")]
    chance = random.Random(seed)
    tweets = [line for path in sorted((folder / "stif").glob("*.for")) for line in path.read_text("utf-8").splitlines()]
    found: list[tuple[str, str]] = []
    for texts, language in ((english, "en"), (tweets, "id")):
        short = [text for text in dict.fromkeys(texts) if 3 <= len(words_of(text)) <= 14 and not _MONEY.search(text.lower())]
        found += [(text, language) for text in chance.sample(short, min(count, len(short)))]
    return found


def _rows(path: Path, split: str) -> list[list[str]]:
    return json.loads(path.read_text(encoding="utf-8")).get(split, [])


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
