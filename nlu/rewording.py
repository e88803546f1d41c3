"""Tokens in the one spelling of days and times, each knowing the tokens that it stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from nlu.day_words import ENGLISH_FORMS, ENGLISH_WEEKDAYS, INDONESIAN_FORMS, NOT_BY_SOUND, ONES, SOUNDING, STEMS, WEEKDAYS
from nlu.normalize import Token

_SUFFIXES = re.compile(r"(?<=..)(nya|nye|ne|na|an|lah|pi|mi|ji|nih|e)$")
_KEPT = set(
    "besoknya depannya mingguan bulanan tahunan harian seharian satuan lagian pertengahan akhirnya tadinya tujuan jumatan "
    "jumaahan setengahnya setengahna setengahnye satengahna seperempatnya".split()
)
_MORNINGS = {"isuk", "enjing", "esuk", "enjang"}
_TIMES_OVER = {"kaping", "ping"}
_GREETINGS = {"sugeng", "wilujeng", "selamat", "met", "good"}
_BEFORE_A_PART = {"tadi", "besok", "lusa", "kemarin", "sekarang", *WEEKDAYS}
_VOICED = str.maketrans("pvftcgqzoeyj", "bbbdjkksuiij")
_PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("besok", "lusa"): ("lusa",),
    ("besok", "tulat"): ("tulat",),
    ("buin", "besok"): ("besok",),
    ("buin", "mani"): ("besok",),
    ("baja", "ele"): ("besok",),
    ("ti", "tidak"): ("tiga",),
    ("at", "for"): ("at", "four"),
    ("jam", "satuan"): ("jam", "satu"),
    ("jumat", "at"): ("jumat",),
    ("ujung", "minggu"): ("weekend",),
    ("buin", "puan"): ("lusa",),
    ("buin", "tulat"): ("tulat",),
    ("mau", "malam"): ("semalam",),
    ("tadi", "malam"): ("semalam",),
    ("baru", "saja"): ("barusan",),
    ("baru", "aja"): ("barusan",),
    ("baru", "banget"): ("barusan",),
    ("just", "now"): ("barusan",),
    ("week", "end"): ("weekend",),
    ("akhir", "pekan"): ("weekend",),
    ("akhir", "minggu"): ("weekend",),
    ("h", "plus"): ("h", "+"),
    ("ha", "plus"): ("h", "+"),
    ("ka", "pengker"): ("kapengker",),
    ("tanggal", "cantik"): ("tanggal",),
    ("ke", "depan"): ("kedepan",),
    ("sebentar", "malam"): ("nanti", "malam"),
    ("sebentar", "sore"): ("nanti", "sore"),
    ("sabantar", "malam"): ("nanti", "malam"),
    ("sabantar", "sore"): ("nanti", "sore"),
    ("bareh", "malam"): ("nanti", "malam"),
    ("bareh", "sore"): ("nanti", "sore"),
} | {("mau", part): ("tadi", part) for part in ("pagi", "siang", "sore")} | {
    (one, "likur"): ("dua", "puluh", one) for one in ONES
} | {
    ("kalih", tail): ("dua", tail) for tail in ("belas", "puluh", "hari", "minggu", "bulan", "jam")
} | {
    (lead, "kalih"): (lead, "dua") for lead in ("jam", "tanggal", "setengah")
} | {
    ("patang", unit): ("empat", unit) for unit in ("hari", "minggu", "bulan", "jam", "puluh")
} | {("jam", "tengah"): ("jam", "setengah"), ("tengah", "jam"): ("setengah", "jam")} | {
    ("tengah", one): ("setengah", one) for one in ONES
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the grammar; it stands for the tokens ``first`` to ``last`` (exclusive)."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Words:
    """An utterance for the grammars: ``tokens`` in their spelling (offsets are those of the original text)."""

    tokens: tuple[Token, ...]
    words: tuple[Word, ...]

    def text(self, start: int, end: int) -> str:
        """The words ``start`` to ``end``, one blank between them."""
        return " ".join(word.text for word in self.words[max(0, start) : max(0, end)])

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The original tokens that the words ``start`` to ``end`` stand for."""
        return self.words[start].first, self.words[end - 1].last


def reword(tokens: Sequence[Token], language: str, text: str | None = None) -> Words:
    """The tokens reworded; ``text`` is the original, where "isuk" (morning, tomorrow) can still be told from "besok"."""
    words = _phrases(_singles(tokens, language, text))
    return Words(tuple(Token(w.text, tokens[w.first].start, tokens[w.last - 1].end) for w in words), tuple(words))


def _singles(tokens: Sequence[Token], language: str, text: str | None) -> list[Word]:
    found: list[Word] = []
    index = 0
    while index < len(tokens):
        token = tokens[index].text
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        form, size = _together(token, following, language), 2
        if form is None:
            form, size = _form(token, language), 1
        raw = text[tokens[index].start : tokens[index].end].lower() if text is not None else token
        if raw in _MORNINGS and (_is_morning(found, raw) or (raw == "isuk" and following == token)):
            form = "pagi"
        elif raw in _TIMES_OVER and found and found[-1].text in ("cicil", "nyicil", "angsur"):
            form = raw
        found += [Word(word, index, index + size) for word in form.split()]
        index += size
    return found


def _is_morning(before: Sequence[Word], raw: str) -> bool:
    """Javanese "isuk" and "enjing" are the morning after a day, an hour or a greeting, else they are tomorrow."""
    if raw in ("esuk", "enjang"):
        return True
    last = before[-1].text if before else ""
    return (
        last in _BEFORE_A_PART | _GREETINGS or last in ONES or last in ("sepuluh", "sebelas", "belas", "mau", "nanti", "pagi")
    )


def _phrases(words: list[Word]) -> list[Word]:
    found: list[Word] = []
    index = 0
    while index < len(words):
        pair = tuple(word.text for word in words[index : index + 2])
        form = _PHRASES.get(pair)
        if form is None:
            found.append(words[index])
            index += 1
            continue
        first, last = words[index].first, words[index + 1].last
        if len(form) == 2:
            found += [Word(form[0], first, words[index].last), Word(form[1], words[index + 1].first, last)]
        else:
            found += [Word(text, first, last) for text in form]
        index += 2
    return found


@lru_cache(maxsize=8192)
def _together(one: str, two: str, language: str) -> str | None:
    """A word that recognition cut in two ("be sok", "tang gal"), or a variant of two words ("sun day")."""
    if not one.isalpha() or not two.isalpha():
        return None
    forms = ENGLISH_FORMS if language == "en" else INDONESIAN_FORMS
    if f"{one} {two}" in forms:
        return forms[f"{one} {two}"]
    run = one + two
    if language == "en" or len(run) < 4 or (one in STEMS and two in STEMS) or max(len(one), len(two)) > 8:
        return None
    if run in STEMS:
        return run
    if run in INDONESIAN_FORMS and min(len(one), len(two)) <= 3 and len(run) > 4:
        return INDONESIAN_FORMS[run]
    return _by_sound(run) if min(len(one), len(two)) <= 3 and one not in STEMS and two not in STEMS else None


@lru_cache(maxsize=8192)
def _form(word: str, language: str) -> str:
    """The grammar's spelling of one word."""
    if language == "en":
        stem = word.removesuffix("'s")
        return ENGLISH_FORMS.get(word, stem if stem in ENGLISH_WEEKDAYS or stem in ("tomorrow", "today") else word)
    if word in _KEPT or word in STEMS:
        return word
    if word in INDONESIAN_FORMS:
        return INDONESIAN_FORMS[word]
    stem = _SUFFIXES.sub("", word)
    if (stem != word and stem not in ("hari", "minggu", "bulan", "tahun")) or word in ("harinya", "bulannya", "minggunya"):
        if stem in STEMS and len(stem) > 3:
            return stem
        if stem in INDONESIAN_FORMS and len(stem) > 3:
            return INDONESIAN_FORMS[stem]
    return _by_sound(word) or word


@cache
def _sounds() -> dict[str, str]:
    return {_sound(word): word for word in SOUNDING}


def _by_sound(word: str) -> str | None:
    """ "saptu", "cumat", "bulang": voiced for voiceless, doubled or dropped letters, o for u and e for i."""
    if len(word) < 5 or word in NOT_BY_SOUND:
        return None
    return _sounds().get(_sound(word))


def _sound(word: str) -> str:
    flat = word.replace("ng", "n").replace("kh", "k").replace("h", "").translate(_VOICED)
    return re.sub(r"(.)\1+", r"\1", flat)
