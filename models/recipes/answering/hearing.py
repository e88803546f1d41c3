"""The product's recognizer, able to forget some of the machines' sentences: those it is then measured on are unseen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from asr.embedded import EmbeddedHearing, acoustic_model
from asr.graphs import compile_graph
from asr.greeting_text import greeting_corpus
from asr.language_model import trigrams
from models.recipes.answering.speakers import LINE_HZ


class ForgetfulRecognizer:
    """Listens with the greeting graph ``without`` these lines of the machines' lists."""

    def __init__(self, without: Collection[str]) -> None:
        self._graph = compile_graph(trigrams(greeting_corpus(without=without)), garbage=False)
        self._model = acoustic_model()

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return LINE_HZ

    def listen(self, *, state: str = "greeting", hints: Sequence[str] = ()) -> EmbeddedHearing:
        """Begin an utterance; there is but one state."""
        return EmbeddedHearing(self._model, self._graph, LINE_HZ)
