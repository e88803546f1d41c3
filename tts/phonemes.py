"""Words → phonemes with punctuation, as Piper's and Coqui's voices learned them from espeak-ng."""

from __future__ import annotations

import re
import unicodedata

from tts.espeak import phonemes

_CLAUSE = re.compile(r"([^.,:;!?]*)([.,:;!?]?)")
_OTHER_LANGUAGE = re.compile(r"\([^)]+\)")
"""espeak-ng marks words that it reads in another language, such as ``(en)``."""


def phoneme_symbols(words: str, voice: str) -> str:
    """The symbols of one sentence, decomposed as Unicode's NFD; ``voice`` is espeak-ng's name of the language.

    A clause keeps the mark that ends it, and a space follows a mark within a sentence. Words that espeak-ng reads wrongly stay so:
    models learned what people said from the same wrong symbols. Raises :class:`tts.espeak.EspeakError` for an unknown voice.
    """
    symbols = ""
    for clause, mark in _CLAUSE.findall(words):
        if not clause.strip():
            continue
        sounds = _OTHER_LANGUAGE.sub("", phonemes(clause, voice, ipa=True)).strip()
        symbols += f"{sounds}{mark} "
    return unicodedata.normalize("NFD", symbols.strip())
