"""``python -m models.recipes.customer_sentences``: what customers say, as text for the recognizers' language models.

Written from the labelled passes (not the held-out ones, nor those with recognition errors) into
``asr/phrases/customers_id.txt`` and ``customers_en.txt``: letters alone, numbers as words, sentences of words that occur at
least twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from asr import english_text
from asr.domain_text import number_words
from asr.pronunciation import normalize
from nlu.examples import load_examples

FOLDER = Path(__file__).resolve().parents[2] / "asr" / "phrases"
_SLICES = {
    "id": {"formal", "colloquial", "negation", "corrections"},
    "en": {"english", "formal", "colloquial", "negation", "corrections"},
}
_MIN_COUNT = 2
_LONGEST_WORDS = 16


def spoken(text: str) -> str:
    """Letters and blanks; figures read as Indonesian numbers."""
    figures = re.sub(r"(?<=\d)\.(?=\d{3}\b)", "", text.replace("%", " persen "))
    return normalize(re.sub(r"\d+", lambda match: f" {number_words(int(match[0]))} " if len(match[0]) < 8 else " ", figures))


def write(language: str, to_words: Callable[[str], str]) -> None:
    """Write one language's file anew."""
    examples = load_examples(language, held_out=False)
    texts = {to_words(e.text): None for e in examples if e.slice in _SLICES[language]}
    counts = Counter(word for text in texts for word in text.split())
    kept = [
        text
        for text in texts
        if 0 < len(text.split()) <= _LONGEST_WORDS and all(counts[word] >= _MIN_COUNT for word in text.split())
    ]
    target = FOLDER / f"customers_{language}.txt"
    target.write_text(
        "# Written by models/recipes/customer_sentences.py; do not edit.\n" + "\n".join(sorted(kept)) + "\n", "utf-8"
    )
    print(f"{target.name}: {len(kept)} sentences, {len({word for text in kept for word in text.split()})} words")


def main() -> None:
    """Write the files anew."""
    write("id", spoken)
    write("en", english_text.normalize)


if __name__ == "__main__":
    main()
