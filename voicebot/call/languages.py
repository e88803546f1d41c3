"""What hears a call whose customer may wish to change the language.

A recognizer of one language cannot make out a request in the other, so until the language is settled the first answers are
heard in both. What the other language's recognizer made of an answer counts only where it is such a request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from asr.engine import Hearing, StreamingRecognizer, Waveform
from asr.transcript import Hypothesis

SETTLED_AFTER = 3
"""Answers understood in one language, one after the other, after which only that one is heard."""
_UNDERSTOOD = 0.6
_BELIEVED = 0.35


class LanguageRecognizer:
    """Hears in ``language()``; until that is settled, also in the others of ``recognizers``, for a request to change.

    ``wishes_for(text)`` gives the language that a text asks for. One for each call; with one recognizer it adds nothing.
    """

    def __init__(
        self,
        recognizers: Mapping[str, StreamingRecognizer],
        language: Callable[[], str],
        wishes_for: Callable[[str], str | None],
    ) -> None:
        self._recognizers = recognizers
        self._language = language
        self._wishes_for = wishes_for
        self._heard_in = ""
        self._understood = 0

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``Hearing.feed`` expects."""
        return self._recognizers[self._language()].rate_hz

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> Hearing:
        """Begin an utterance."""
        language = self._language()
        if language != self._heard_in:
            self._heard_in, self._understood = language, 0
        own = self._recognizers[language].listen(state=state, hints=hints)
        if self._understood >= SETTLED_AFTER:
            return _Counted(own, self._count)
        others = {
            other: recognizer.listen(state="general", hints=hints)
            for other, recognizer in self._recognizers.items()
            if other != language
        }
        return _Counted(_InEveryLanguage(own, others, self._wishes_for), self._count) if others else own

    def _count(self, final: Hypothesis) -> None:
        self._understood = self._understood + 1 if final.confidence >= _UNDERSTOOD else 0


class _Counted:
    """A hearing whose end is told."""

    def __init__(self, hearing: Hearing, tell: Callable[[Hypothesis], None]) -> None:
        self._hearing = hearing
        self._tell = tell
        self._final: Hypothesis | None = None

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples."""
        return self._hearing.feed(samples)

    def finish(self) -> Hypothesis:
        """End the utterance."""
        if self._final is None:
            self._final = self._hearing.finish()
            self._tell(self._final)
        return self._final


class _InEveryLanguage:
    """One utterance heard in the language spoken and, for a request alone, in the others."""

    def __init__(self, own: Hearing, others: Mapping[str, Hearing], wishes_for: Callable[[str], str | None]) -> None:
        self._own = own
        self._others = others
        self._wishes_for = wishes_for

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; partial words are those of the language spoken."""
        for hearing in self._others.values():
            hearing.feed(samples)
        return self._own.feed(samples)

    def finish(self) -> Hypothesis:
        """The request where there is one, else what was said in the language spoken."""
        own = self._own.finish()
        for language, hearing in self._others.items():
            asked = hearing.finish()
            if asked.confidence >= _BELIEVED and self._wishes_for(asked.text) == language:
                return asked
        return own
