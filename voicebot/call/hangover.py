"""How long a silence ends an answer: by what was said, and by what was asked.

A pause after "iya" is an end, a pause after "tanggal dua puluh" is not. Indonesian and English; numbers are read with the grammar
that reads the answers themselves (``nlu.number_words``). Pure: no clock, no sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from nlu.normalize import Token, tokenize
from nlu.number_words import Placed, read_atoms
from nlu.understanding import Understanding


class Ending(Enum):
    """What the words so far say about the end of the answer."""

    COMPLETE = "complete"
    """They answer the question by themselves."""
    OPEN = "open"
    """Neither: a whole thought, perhaps not the last."""
    UNFINISHED = "unfinished"
    """They ask for more: "tanggal dua puluh", "saya bayar kalau"."""


_LEADS_ON = {
    "id": frozenset(
        "dan tapi tetapi namun karena karna soalnya sebab atau ato kalau kalo bila jika yang untuk buat dengan ke di dari pada pas "
        "sampai sampe hingga sekitar kira antara sebesar senilai sebanyak cuma cuman hanya tanggal tgl hari jam pukul bulan tahun "
        "nomor rekening rp supaya agar walaupun meskipun jadi sama bahwa adalah yaitu setelah sesudah sebelum nunggu menunggu".split()
    ),
    "en": frozenset(
        "and but because cause or if when the on at by for to with of my a an about around until till after from than that's i i'll "
        "i'm i'd only just maybe roughly number while since".split()
    ),
}
"""Words that do not end a sentence."""
_ENDS_AFTER = {
    "id": {
        "sama": {"aja", "saja"},
        "jadi": {"nggak", "tidak", "ga", "gak", "sudah", "udah"},
        "bulan": {"akhir", "awal", "tengah", "pertengahan", "tiap", "setiap"},
        "rekening": {"transfer", "lewat"},
        "sampai": {"belum", "sudah"},
    },
    "en": {"on": {"go", "hold", "hang"}, "to": {"want"}, "number": {"wrong", "this"}, "i": {"am", "do", "can"}},
}
"""Word → the words before it with which it may end a sentence after all."""
_COUNTED = {"hari", "bulan", "tahun", "jam"}
"""After a number these end a phrase ("tiga hari"); by themselves they begin one."""
_HESITATES = frozenset("e ee eee em emm eh ehm hm hmm mm anu gini begini apa um uh er erm uhm".split())
_DAY_LEADS = frozenset("tanggal tgl the on".split())
_TIME_LEADS = frozenset("jam pukul at".split())
_GROWS = frozenset({"times", "hundred", "tens", "point", "part", "article", "of", "and"})
_SMALL = frozenset({"unit", "weak_unit", "whole", "plus"})
_MILLION = 10**6
_DIGITS_READ = 3
"""Single digits in a row from which somebody is reading out a number."""
_YES_WORDS = 6
_SAYS_ALL = {"wrong_number", "third_party", "opt_out", "request_human", "deceased", "goodbye", "repeat_request"}
_DAY_QUESTIONS = {"ask_payment", "ask_date"}
_DAY_GRAPHS = {"date", "general"}


def hangover_s(ending: Ending, *, complete_s: float, usual_s: float, unfinished_s: float) -> float:
    """Seconds of silence that end an answer with such an ending."""
    return {Ending.COMPLETE: complete_s, Ending.OPEN: usual_s, Ending.UNFINISHED: unfinished_s}[ending]


def ending_of(understood: Understanding, *, asked: str | None, hears: str, language: str, sure: bool = True) -> Ending:
    """Whether ``understood`` answers ``asked``; ``hears`` is the decoding state (general, digits, yes_no, date, amount).

    Words that are not ``sure`` to have been said complete nothing; that they ask for more is believed all the same.
    """
    tokens = [token for token in tokenize(understood.text, language) if token.text not in ",?"]
    if not tokens:
        return Ending.UNFINISHED if hears == "digits" else Ending.OPEN
    run, lead = _last_number(tokens, language)
    if run:
        if _number_goes_on(run, lead, asked=asked, hears=hears):
            return Ending.UNFINISHED
    elif _leads_on(tokens, language):
        return Ending.UNFINISHED
    return Ending.COMPLETE if sure and _answers(understood, run, len(tokens), asked=asked, hears=hears) else Ending.OPEN


def _last_number(tokens: Sequence[Token], language: str) -> tuple[list[Placed], str]:
    """The number that the words end in, and the word before it; none where they end in something else."""
    start = 0
    while start < len(tokens):
        run = read_atoms(tokens, start, language)
        if run and run[-1].end == len(tokens):
            return run, tokens[start - 1].text if start else ""
        start = run[-1].end if run else start + 1
    return [], ""


def _number_goes_on(run: Sequence[Placed], lead: str, *, asked: str | None, hears: str) -> bool:
    last = run[-1]
    if hears == "digits" or _is_read_out(run):
        return True
    if last.kind in _GROWS:
        return len(run) > 1 or last.kind != "part" or lead in _TIME_LEADS  # "setengah" may be all
    if last.kind in ("scale", "one_scale"):
        return last.value >= _MILLION
    is_money = (asked == "ask_amount" or hears == "amount") and lead not in _DAY_LEADS | _TIME_LEADS
    return is_money and last.kind in _SMALL


def _is_read_out(run: Sequence[Placed]) -> bool:
    tail = run[-_DIGITS_READ:]
    return len(tail) == _DIGITS_READ and all(atom.kind == "unit" for atom in tail)


def _leads_on(tokens: Sequence[Token], language: str) -> bool:
    last = tokens[-1].text
    before = tokens[-2].text if len(tokens) > 1 else ""
    if last in _HESITATES:
        return True
    if last in _COUNTED and len(tokens) > 1 and read_atoms(tokens, len(tokens) - 2, language):
        return last == "bulan" and any(token.text in _DAY_LEADS for token in tokens[-5:-2])  # "tanggal lima bulan"
    if before in _ENDS_AFTER[language].get(last, ()):
        return False
    return last in _LEADS_ON[language]


def _answers(understood: Understanding, run: Sequence[Placed], words: int, *, asked: str | None, hears: str) -> bool:
    entities = understood.entities
    may_grow = len(run) == 1 and run[0].kind in ("unit", "weak_unit")  # "tanggal dua" may become "dua puluh", "dua belas"
    if understood.primary in _SAYS_ALL:
        return True
    if understood.primary == "affirm" and (hears == "yes_no" or asked in ("greeting_identity", "confirm_promise")):
        return words <= _YES_WORDS
    if asked == "ask_amount" and entities.amount_idr is not None:
        return not may_grow
    if asked == "ask_callback_time" and entities.time is not None:
        return not may_grow
    return asked in _DAY_QUESTIONS and hears in _DAY_GRAPHS and entities.date is not None and not may_grow
