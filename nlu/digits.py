"""Digits spoken one by one or in groups ("nol delapan satu dua", "double five") → a string of digits."""

from __future__ import annotations

from nlu.normalize import tokenize
from nlu.numbers import number_at

_TIMES = {"double": 2, "dobel": 2, "triple": 3, "tripel": 3}
_ZERO = {"oh", "o"}
"""Said for zero between digits, an exclamation elsewhere."""


def spoken_digits(text: str, language: str) -> str:
    """All digits of ``text`` in order; a number such as "dua belas" counts as the digits it is written with."""
    tokens = tokenize(text, language)
    digits = ""
    index, times = 0, 1
    while index < len(tokens):
        word = tokens[index].text
        if word in _TIMES:
            times = _TIMES[word]
            index += 1
            continue
        if word.isdigit():
            digits += word * times
            index += 1
        elif (number := number_at(tokens, index, language)) is not None:
            digits += str(number.value) * times
            index = number.end
        else:
            follows = index + 1 < len(tokens) and number_at(tokens, index + 1, language) is not None
            digits += "0" * times if word in _ZERO and digits and follows else ""
            index += 1
        times = 1
    return digits
