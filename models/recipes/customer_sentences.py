"""``python -m models.recipes.customer_sentences``: what customers say, as text for the recognizer's language model.

Written from the labelled Indonesian passes (not the held-out ones, nor those with recognition errors) into
``asr/phrases/customers_id.txt``: letters alone, numbers as words, sentences of words that occur at least twice.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from asr.domain_text import number_words
from asr.pronunciation import normalize
from nlu.examples import load_examples

TARGET = Path(__file__).resolve().parents[2] / "asr" / "phrases" / "customers_id.txt"
_SLICES = {"formal", "colloquial", "negation", "corrections"}
_MIN_COUNT = 2
_LONGEST_WORDS = 16


def spoken(text: str) -> str:
    """Letters and blanks; figures read as numbers."""
    figures = re.sub(r"(?<=\d)\.(?=\d{3}\b)", "", text.replace("%", " persen "))
    return normalize(re.sub(r"\d+", lambda match: f" {number_words(int(match[0]))} " if len(match[0]) < 8 else " ", figures))


def main() -> None:
    """Write the file anew."""
    texts = {spoken(e.text): None for e in load_examples("id", held_out=False) if e.slice in _SLICES}
    counts = Counter(word for text in texts for word in text.split())
    kept = [
        text
        for text in texts
        if 0 < len(text.split()) <= _LONGEST_WORDS and all(counts[word] >= _MIN_COUNT for word in text.split())
    ]
    TARGET.write_text(
        "# Written by models/recipes/customer_sentences.py; do not edit.\n" + "\n".join(sorted(kept)) + "\n", "utf-8"
    )
    print(f"{len(kept)} sentences, {len({word for text in kept for word in text.split()})} words")


if __name__ == "__main__":
    main()
