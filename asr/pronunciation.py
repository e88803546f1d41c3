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


_SOUNDS_LIKE = {
    "account": ("akaun", "ekaun", "akun"),
    "virtual": ("firtual",),
    "mobile": ("mobail",),
    "banking": ("bengking",),
    "shopeepay": ("syopipey", "sopipei"),
    "gopay": ("gopei", "gopey"),
    "paylater": ("peileter",),
    "online": ("onlain",),
    "bca": ("beca", "bece", "beceaa"),
    "bri": ("beeri", "beri"),
    "bni": ("beeni", "beni"),
    "atm": ("ateem",),
    "otp": ("otepe",),
    "phk": ("pehaka",),
    "cs": ("cees",),
    "teller": ("teler",),
    "customer": ("kastomer",),
    "service": ("servis",),
    "meeting": ("miting",),
    "full": ("ful",),
}


def spellings(word: str) -> tuple[list[int], ...]:
    """Every way a word sounds, as tokens: as written, and as loan words and abbreviations are really said."""
    return tuple(spell_word(form) for form in (word, *_SOUNDS_LIKE.get(word, ())))
