"""A bounded store of synthesized sentences: what a script says again and again is spoken once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from tts.engine import Synthesizer, Waveform

DEFAULT_LIMIT_BYTES = 64_000_000


class CachedVoice:
    """A voice that remembers its sentences, least recently used out first; thread-safe."""

    def __init__(self, voice: Synthesizer, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._voice = voice
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._known: OrderedDict[str, tuple[Waveform, ...]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._voice.rate_hz

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """As the voice beneath; a text heard before comes from memory."""
        with self._lock:
            known = self._known.get(text)
            if known is not None:
                self._known.move_to_end(text)
        if known is not None:
            yield from known
            return
        chunks: list[Waveform] = []
        for chunk in self._voice.synthesize(text):
            chunks.append(chunk)
            yield chunk
        self._remember(text, tuple(chunks))

    def warm(self, texts: Iterable[str]) -> None:
        """Speak ``texts`` now so that they are ready later."""
        for text in texts:
            for _ in self.synthesize(text):
                pass

    def _remember(self, text: str, chunks: tuple[Waveform, ...]) -> None:
        with self._lock:
            if text in self._known:
                return
            self._known[text] = chunks
            self._held_bytes += sum(chunk.nbytes for chunk in chunks)
            while self._held_bytes > self._limit_bytes and self._known:
                _, dropped = self._known.popitem(last=False)
                self._held_bytes -= sum(chunk.nbytes for chunk in dropped)
