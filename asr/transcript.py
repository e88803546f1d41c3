"""What was heard: words with times and confidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word.

    ``start_s`` and ``end_s`` count from the first sample given to the recognizer; ``confidence`` is in [0, 1].
    """

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What a recognizer believes it has heard so far; final after the utterance ended.

    ``confidence`` (0–1) is of the utterance as a whole: 0 when the recognizer believes that what it heard lies outside
    what its decoding graph can express.
    """

    words: tuple[Word, ...] = ()
    is_final: bool = False
    confidence: float = 0.0

    @property
    def text(self) -> str:
        """The words, separated by single blanks."""
        return " ".join(word.text for word in self.words)
