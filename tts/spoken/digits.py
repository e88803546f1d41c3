"""Digits by their names, in the groups in which people read them out."""

from __future__ import annotations

import re
import unicodedata

DIGITS = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_GROUPS = {7: (4, 3), 6: (3, 3), 10: (4, 3, 3), 11: (4, 4, 3), 13: (4, 4, 3, 2), 9: (3, 3, 3)}
"""Lengths that fours do not divide; what is longer is read in fours, and no digit is left by itself."""
_LONGEST_GROUP = 5


def spoken_digits(text: str, language: str = "id") -> str:
    """Every digit by its name, in groups as written, long ones cut; a comma is a pause. Anything but digits is a pause too."""
    return ", ".join(named(group, language) for run in re.findall(r"[0-9]+", text) for group in grouped(run))


def named(digits: str, language: str) -> str:
    """One group, such as ``nol delapan satu dua``."""
    return " ".join(DIGITS[language][int(digit)] for digit in digits)


def grouped(digits: str) -> list[str]:
    """``081234567890`` → ``0812 3456 7890``."""
    if len(digits) <= _LONGEST_GROUP:
        return [digits]
    sizes = _GROUPS.get(len(digits)) or _fours(len(digits))
    groups: list[str] = []
    start = 0
    for size in sizes:
        groups.append(digits[start : start + size])
        start += size
    return groups


def _fours(length: int) -> list[int]:
    fours, rest = divmod(length, 4)
    if rest == 1:
        return [4] * (fours - 1) + [3, 2]
    return [4] * fours + ([rest] if rest else [])


def sweep_digits(text: str, language: str) -> str:
    """``text`` with every digit that is still there named: other scripts' digits, superscripts, stray ones."""
    if not any(character.isdigit() for character in text):
        return text
    named_ones = "".join(
        f" {DIGITS[language][unicodedata.digit(character)]} " if character.isdigit() else character for character in text
    )
    return re.sub(r" {2,}", " ", named_ones)
