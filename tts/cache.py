"""Sentences that were spoken before: all of them in memory, the fixed ones of a script on disk too."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator

import numpy as np

from tts.engine import Synthesizer, Waveform
from tts.sentence_store import SentenceStore
from tts.sentences import sentences_of

DEFAULT_LIMIT_BYTES = 64_000_000


class CachedVoice:
    """A voice that remembers its sentences, least recently used out first; thread-safe.

    Memory holds any sentence, ``store`` those alone that were declared fixed (:meth:`keep`): a sentence with a customer's name or
    sum ends with the process. A voice without a ``key`` is not stored, since another one's sound could not be told from its own.
    """

    def __init__(
        self, voice: Synthesizer, *, limit_bytes: int = DEFAULT_LIMIT_BYTES, store: SentenceStore | None = None
    ) -> None:
        self._voice = voice
        self._key: str | None = getattr(voice, "key", None)
        self._store = store if self._key is not None else None
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._known: OrderedDict[str, tuple[Waveform, ...]] = OrderedDict()
        self._fixed: set[str] = set()
        self._lock = threading.Lock()

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._voice.rate_hz

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """As the voice beneath, sentence by sentence; one that was spoken before comes from memory, a fixed one from disk."""
        for sentence in sentences_of(text):
            yield from self._remembered(sentence) or self._spoken(sentence)

    def keep(self, texts: Iterable[str]) -> None:
        """Declare texts fixed: they hold nothing personal, and their sentences may lie on disk."""
        sentences = {sentence for text in texts for sentence in sentences_of(text)}
        with self._lock:
            self._fixed |= sentences

    def warm(self, texts: Iterable[str]) -> None:
        """Speak ``texts`` now so that they are ready later."""
        for text in texts:
            for _ in self.synthesize(text):
                pass

    def _remembered(self, sentence: str) -> tuple[Waveform, ...] | None:
        with self._lock:
            known = self._known.get(sentence)
            if known is not None:
                self._known.move_to_end(sentence)
                return known
            is_fixed = sentence in self._fixed
        if is_fixed and self._store is not None and self._key is not None:
            stored = self._store.get(self._key, sentence)
            if stored is not None:
                self._remember(sentence, (stored,))
                return (stored,)
        return None

    def _spoken(self, sentence: str) -> Iterator[Waveform]:
        chunks: list[Waveform] = []
        for chunk in self._voice.synthesize(sentence):
            chunks.append(chunk)
            yield chunk
        self._remember(sentence, tuple(chunks))
        if sentence in self._fixed and chunks and self._store is not None and self._key is not None:
            self._store.put(self._key, sentence, np.concatenate(chunks))

    def _remember(self, sentence: str, chunks: tuple[Waveform, ...]) -> None:
        with self._lock:
            if sentence in self._known:
                return
            self._known[sentence] = chunks
            self._held_bytes += sum(chunk.nbytes for chunk in chunks)
            while self._held_bytes > self._limit_bytes and self._known:
                _, dropped = self._known.popitem(last=False)
                self._held_bytes -= sum(chunk.nbytes for chunk in dropped)
