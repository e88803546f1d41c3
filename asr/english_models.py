"""The English recognizer's language models and dictionary, a model for each dialogue state, as files that PocketSphinx reads.

The models are made from ``phrases/*_en.txt`` once a process; the files lie in a folder that is removed at its end.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path
from threading import RLock

from asr.arpa import Arpa
from asr.domain_text import NAMES, fill, sentences
from asr.english_text import CLASSES, FOREIGN_NAMES, normalize
from asr.english_words import dictionary_text, pronunciations
from asr.language_model import trigrams

STATES = ("general", "digits", "yes_no", "date", "amount")
_SAMPLES = 6000
_CUSTOMER_WEIGHT = 0.5
"""Of a sentence that a customer might say beside a sentence of the domain's own lists."""
_SEED = 11
_lock = RLock()


def normal_phrases(hints: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Hints as tuples of words; empty ones fall away."""
    return tuple(dict.fromkeys(words for words in (tuple(normalize(hint).split()) for hint in hints) if words))


def vocabulary(state: str) -> frozenset[str]:
    """The words that can be heard in a state."""
    with _lock:
        return frozenset(word for (word,) in _arpa(state).grams[0] if word[0] != "<")


class ModelFiles:
    """The files. ``model`` is the folder of the US English model with its dictionary."""

    def __init__(self, model: Path) -> None:
        self._cmudict = model / "cmudict-en-us.dict"
        self._features = model / "en-us" / "feat.params"
        self._folder = tempfile.TemporaryDirectory(prefix="santun-english-")
        self._sounds: dict[str, tuple[str, ...]] = {}
        self._numbers = count()

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return Path(self._folder.name)

    def features(self) -> Path:
        """The model's front end, but for its removal of noise: on quiet telephone lines it costs more words than it saves."""
        kept = [line for line in self._features.read_text("ascii").splitlines() if not line.startswith("-remove_noise")]
        return self._write(".params", "\n".join([*kept, "-remove_noise no", ""]))

    def dictionary(self, phrases: Sequence[Sequence[str]] = ()) -> Path:
        """The words of every state and of ``phrases`` with their sounds."""
        own = {word for phrase in phrases for word in phrase}
        with _lock:
            if not self._sounds:
                words = frozenset[str]().union(*(vocabulary(state) for state in STATES))
                self._sounds = pronunciations(words, self._cmudict)
            missing = own - self._sounds.keys()
        more = pronunciations(missing, self._cmudict) if missing else {}
        return self._write(".dict", dictionary_text(self._sounds | more))

    def language_model(self, state: str, phrases: Sequence[Sequence[str]] = ()) -> Path:
        """The state's trigrams, with ``phrases`` likely. Raises ``ValueError`` for an unknown state."""
        if state not in STATES:
            raise ValueError(f"there is no decoding state {state!r}; known: {', '.join(STATES)}")
        with _lock:
            model = _arpa(state)
        if phrases and state != "digits":
            model = model.with_phrases(phrases, beside={*NAMES, *FOREIGN_NAMES})
        return self._write(".lm", model.text())

    def _write(self, ending: str, text: str) -> Path:
        """A file of its own each time; whoever asked for it removes it."""
        path = self.folder / f"{next(self._numbers)}{ending}"
        path.write_text(text, encoding="ascii")
        return path


@cache
def _arpa(state: str) -> Arpa:
    return Arpa.of(trigrams(_corpus(state)))


def _corpus(state: str) -> list[tuple[str, float]]:
    """(sentence, weight): the state's own sentences first, everything else a caller may say beneath."""
    chance = random.Random(_SEED)

    def filled(name: str, times: int) -> list[str]:
        return [fill(chance.choice(sentences(f"{name}_en")), chance, CLASSES) for _ in range(times)]

    if state == "digits":
        return [(CLASSES["digits"](chance), 1.0) for _ in range(3000)]
    customers = [(sentence, _CUSTOMER_WEIGHT) for sentence in sentences("customers_en")]
    general = [(sentence, 1.0) for sentence in filled("general", _SAMPLES)]
    general += [(fill(sentence, chance, CLASSES), 1.0) for sentence in sentences("general_en")]
    if state == "general":
        return general + customers
    beneath = general[: _SAMPLES // 2] + (customers[::3] if state != "yes_no" else [])
    return [(sentence, 2.0) for sentence in filled(state, _SAMPLES // 2)] + [(text, 0.5 * weight) for text, weight in beneath]
