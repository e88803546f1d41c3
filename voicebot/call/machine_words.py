"""The words of machines on the line: voicemail greetings and operators' announcements, in Indonesian and English.

Two readings. Telltale phrases are certain ("tinggalkan pesan setelah nada"): they alone end a conversation in text. Weighed
words and pairs (``models/recipes/answering``) also see through recognition errors: many weak signs make a strong one.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from asr.pronunciation import normalize
from models.store import find

_TELLTALE = re.compile(
    r"\b(tinggalkan pesan|meninggalkan pesan|pesan anda|setelah nada|nada berikut|nada bip|bunyi bip|kotak suara|mailbox|voice ?mail|"
    r"nomor yang anda (tuju|hubungi)(?! (ini|itu) (bukan|sudah ganti))|tidak dapat dihubungi|sedang tidak aktif|di luar jangkauan|sedang sibuk silakan|"
    r"(tidak|belum) (bisa|dapat) (menjawab|menerima|mengangkat) (telepon|panggilan)( anda)?( saat ini| sekarang)?[ ,.]*(silakan|mohon|tinggal|coba|harap|setelah)|(tinggalin|tinggalkan) pesan\w*|coba beberapa saat lagi|"
    r"leave (me )?a message|after the (tone|beep)|the (number|person) you (have )?(dialed|are calling|called)|cannot take your call|not available to take)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 60
"""Later words add nothing."""


def sounds_like_machine(text: str) -> bool:
    """Whether the words are certainly those of a voicemail box or an announcement."""
    return _TELLTALE.search(text) is not None


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """How far the words speak for a machine: log odds against a person, as voicemail and as announcement; 0 knows nothing."""

    voicemail: float = 0.0
    announcement: float = 0.0

    @property
    def machine(self) -> float:
        """Log odds that either machine rather than a person says this."""
        top = max(self.voicemail, self.announcement)
        return top + math.log(math.exp(self.voicemail - top) + math.exp(self.announcement - top))


@dataclass(frozen=True, slots=True)
class MachineWords:
    """Weights of words and pairs: (voicemail, announcement), a person's being 0."""

    weights: Mapping[str, tuple[float, float]]
    bias: tuple[float, float]

    def evidence(self, text: str) -> WordEvidence:
        """What ``text`` says; each word and pair counts once."""
        voicemail, announcement = self.bias
        for gram in set(grams(text)):
            weight = self.weights.get(gram)
            if weight is not None:
                voicemail += weight[0]
                announcement += weight[1]
        return WordEvidence(voicemail, announcement)


def grams(text: str) -> Iterator[str]:
    """Words and pairs of neighbours; the first pair begins at "^"."""
    words = ["^", *normalize(text).split()[:_MOST_WORDS]]
    yield from words[1:]
    for left, right in pairwise(words):
        yield f"{left} {right}"


@dataclass(frozen=True, slots=True)
class AnsweringModel:
    """The trained weights: words by language, and how words and timing together speak for a machine."""

    words: Mapping[str, MachineWords]
    timing: Mapping[str, float]
    bias: float


@cache
def answering_model() -> AnsweringModel:
    """The shipped weights. Raises ``ModelStoreError`` when they are damaged."""
    return read_model((find("answering") / "model.json").read_text(encoding="utf-8"))


def read_model(text: str) -> AnsweringModel:
    """Weights from JSON."""
    told = json.loads(text)
    words = {
        language: MachineWords(
            weights={gram: (float(pair[0]), float(pair[1])) for gram, pair in part["weights"].items()},
            bias=(float(part["bias"][0]), float(part["bias"][1])),
        )
        for language, part in told["words"].items()
    }
    return AnsweringModel(words=words, timing={k: float(v) for k, v in told["timing"].items()}, bias=float(told["bias"]))
