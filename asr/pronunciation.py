"""Words as the recognizer's tokens: lower-case letters, with a mark between words.

Indonesian spelling is nearly phonemic, so letters serve as sounds; what is spelled otherwise than spoken (digits,
abbreviations) must be written out before.
"""

from __future__ import annotations

import re
import unicodedata

BLANK = 0
WORD_MARK = "▁"
TOKENS = ("<blank>", WORD_MARK, *"abcdefghijklmnopqrstuvwxyz")
_INDEX = {token: index for index, token in enumerate(TOKENS)}


def normalize(text: str) -> str:
    """Lower-case ASCII letters and single blanks; accents dropped, everything else a blank."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z]+", " ", plain.replace("'", "")).split())


def spell(text: str) -> list[int]:
    """Token numbers of a normalised sentence: letters, and a mark between words."""
    return [_INDEX[letter] for letter in text.replace(" ", WORD_MARK)]


def spell_word(word: str) -> list[int]:
    """Token numbers of one word."""
    return [_INDEX[letter] for letter in word]
