"""Who speaks, is named as the borrower, or pays: the relation to the customer as an Indonesian base word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

_FILE = Path(__file__).parent / "phrases" / "relations.yaml"
_LONGEST = 3
_KINDS = ("title", "address", "named")
_SHORT = 3
"""Words of this length take only the plain ending: "mana" is no "ma" with -na."""
_ALWAYS = {"third_party", "deceased", "dispute_not_mine", "dispute_fraud", "already_paid"}
"""Intents in which a relation that is named answers, is unavailable, owes, misused the name or paid."""
_MOVES = r"(bayar\w*|dibayar\w*|transfer\w*|setor\w*|nyetor\w*|kirim|nalangin|disetorkeun|talangi\w*|lunas)"
_ACTS = re.compile(
    rf"^ (saya |aku |sendiri |saja )?((yang|nu|sing|baru|sudah|mau|akan|nanti|besok|bilang|dia|su|so|lagi|nyang) )*{_MOVES}\b"
    r"|^ (saya )?(will pay|paid|pays|already paid|pays it|is paying|sudah pay)\b"
)
_SENDS = re.compile(
    rf"\b(nunggu|tunggu|menunggu|ngentosi|pinjam)( (kiriman|transferan|kabar|uang|dulu|dari|saking|ti|ke|sama))*$"
    rf"|\b{_MOVES}( (sama|oleh|ku|dengan|karo|ke))*$|\b(suruh|nyuruh|disetorin|minta)$"
)
_NOT_ANY_MORE = re.compile(r"\b(bukan|dudu|not|sanes|lain)( (his|her|the|a))?$")


@dataclass(frozen=True, slots=True)
class _Mention:
    base: str
    start: int
    end: int
    ending: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Words:
    bases: dict[str, tuple[str, str]]
    third: tuple[str, ...]
    own: tuple[str, ...]
    speakers: frozenset[str]
    owners: frozenset[str]
    owners_before: frozenset[str]


@cache
def _words() -> _Words:
    data = cast("dict[str, Any]", yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return _Words(
        bases={form: (base, kind) for kind in _KINDS for base, forms in data[kind].items() for form in forms},
        third=tuple(data["endings"]["third"]),
        own=tuple(data["endings"]["own"]),
        speakers=frozenset(data["speakers"]),
        owners=frozenset(data["owners"]),
        owners_before=frozenset(data["owners_before"]),
    )


def person_relation(text: str, language: str, intents: Collection[str]) -> str | None:
    """The speaker's own relation first, then a relation named as theirs, then any other that counts for these intents."""
    words = text.split()
    mentions = [mention for mention in _mentions(words) if _counts(words, mention, intents)]
    best: tuple[int, _Mention] | None = None
    for mention in mentions:
        weight = _weight(words, mention, best[1] if best is not None else None)
        if best is None or weight > best[0]:
            best = weight, mention
    return best[1].base if best is not None else None


def _mentions(words: Sequence[str]) -> Iterator[_Mention]:
    index = 0
    while index < len(words):
        mention = _mention_at(words, index)
        if mention is not None:
            yield mention
        index = mention.end if mention is not None else index + 1


def _mention_at(words: Sequence[str], index: int) -> _Mention | None:
    """The longest form at ``index``, its possessive ending taken off."""
    known = _words()
    for size in range(min(_LONGEST, len(words) - index), 0, -1):
        phrase = " ".join(words[index : index + size])
        for stem, ending in _stems(phrase, known):
            if stem in known.bases:
                base, kind = known.bases[stem]
                return _Mention(base, index, index + size, ending, kind)
    return None


def _stems(phrase: str, known: _Words) -> Iterator[tuple[str, str]]:
    phrase = phrase.removesuffix("'s")
    yield phrase, ""
    for ending in known.own:
        if phrase.endswith(ending):
            yield phrase.removesuffix(ending), "own"
    for ending in known.third:
        if phrase.endswith(ending) and (len(phrase) - len(ending) > _SHORT or ending in ("nya", "nye")):
            yield phrase.removesuffix(ending), "third"


def _owner(words: Sequence[str], mention: _Mention) -> str:
    """ "own" for "istri saya", "third" for "istrinya" and "her sister"."""
    known = _words()
    if mention.ending:
        return mention.ending
    after = words[mention.end] if mention.end < len(words) else ""
    before = words[mention.start - 1] if mention.start else ""
    if after in ("nya", "ne", "na", "dia", "beliau") or before in ("his", "her", "their", "the", "depe", "de"):
        return "third"
    return "own" if (after in known.owners and mention.kind != "title") or before in known.owners_before else ""


def _counts(words: Sequence[str], mention: _Mention, intents: Collection[str]) -> bool:
    """Whether this mention matters: always in some intents, elsewhere only when they pay."""
    before, after = " ".join(words[: mention.start]), "".join(f" {word}" for word in words[mention.end :])
    if _NOT_ANY_MORE.search(before) and _owner(words, mention) != "own":
        return False
    if not mention.base or (mention.kind != "named" and not _is_relation(words, mention)):
        return False
    if mention.base == "mantan" and _mention_at(words, mention.end) is not None:
        return False  # "mantan rekan kerja" is told by what follows
    if not intents or _ALWAYS & set(intents):
        return True
    return _ACTS.search(after) is not None or _SENDS.search(before) is not None


def _is_relation(words: Sequence[str], mention: _Mention) -> bool:
    """ "bapak saya" is a relation; "bapaknya" is the customer unless the speaker is meant ("ini bapaknya"); "pak" is neither."""
    owner = _owner(words, mention)
    if owner != "third":
        return owner == "own"
    after = words[mention.end] if mention.end < len(words) else ","
    alone = after == "," and (mention.start == 0 or words[mention.start - 1] == ",")
    return alone or after in ("ini", "iki", "nih") or _speaks(words, mention)


def _speaks(words: Sequence[str], mention: _Mention) -> bool:
    """ "saya (cuma) istrinya", "this is her sister": the words before name the speaker."""
    skipped = {"cuma", "cuman", "hanya", "mah", "mung", "adalah", "just", "only", "the", "his", "her", "a", "my", "depe", "de", "pe",
               "sareng", "nih", "sih", "kan", "do", "am", "is", "not", ",", "eh"}  # fmt: skip
    index = mention.start - 1
    while index >= 0 and words[index] in skipped and mention.start - index < 4:
        index -= 1
    return index >= 0 and words[index] in _words().speakers


def _weight(words: Sequence[str], mention: _Mention, before: _Mention | None) -> int:
    owner = _owner(words, mention)
    after = words[mention.end] if mention.end < len(words) else ""
    if before is not None and "eh" in words[before.end : mention.start]:
        return 7
    if _speaks(words, mention) and owner != "own":
        return 6
    if owner == "third" and after in ("ini", "iki", "here", "speaking", "saya"):
        return 5
    if owner == "own":
        return 4
    return 2 if owner == "third" else 3 if mention.base in ("istri", "suami") else 1
