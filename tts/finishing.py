"""What every added voice shares: a text in sentences and spoken words, the sound at the line's rate, trimmed and levelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import soxr

from tts.engine import VoiceError, Waveform
from tts.loudness import PAUSE_S, faded_in, faded_out, levelled, trimmed
from tts.sentences import sentences_of
from tts.spoken import to_spoken

_PROBE = "halo"
_SILENT_PEAK = 1e-4

Say: TypeAlias = Callable[[str], tuple[Waveform, int]]
"""Speaks one sentence of spoken words (no digits): its samples and their rate in Hz."""


def speak(text: str, *, language: str, rate_hz: int, say: Say, name: str) -> Iterator[Waveform]:
    """Speak ``text`` sentence by sentence, a chunk each, at ``rate_hz``; level and pauses are those of the built-in voice.

    ``name`` is the voice's, for errors. Sentences without a letter, such as a lone emoji, are passed over: models answer
    those with noise.
    """
    for sentence in sentences_of(text):
        words = "".join(character if character.isprintable() else " " for character in to_spoken(sentence, language))
        if not any(character.isalpha() for character in words):
            continue
        try:
            wave, found_hz = say(words)
        except VoiceError:
            raise
        except Exception as error:  # a library's own; its text may quote the sentence, which names a customer
            raise VoiceError(f"the voice {name} failed at a sentence ({type(error).__name__})") from None
        wave = trimmed(_sound(wave, found_hz, rate_hz, name), rate_hz)
        if len(wave):
            wave = faded_out(faded_in(levelled(wave, rate_hz), rate_hz), rate_hz)
            yield np.pad(wave, (0, int(PAUSE_S * rate_hz)))


def prove(say: Say, name: str) -> None:
    """Let a voice that was loaded say a word: what is wrong with it shows now, not in a call. Raises :class:`VoiceError`."""
    try:
        wave, found_hz = say(_PROBE)
    except VoiceError:
        raise
    except Exception as error:
        raise VoiceError(
            f"the voice {name} does not speak ({error}); it is damaged or of another kind: fetch it anew"
        ) from error
    if not len(_sound(wave, found_hz, found_hz, name)):
        raise VoiceError(f"the voice {name} stays silent; it is damaged or for another language: fetch it anew")


def _sound(wave: Waveform, found_hz: int, rate_hz: int, name: str) -> Waveform:
    """``wave``, shape ``(n,)`` at ``found_hz``, at ``rate_hz``; empty if silent. Raises :class:`VoiceError` if it is no sound."""
    wave = np.asarray(wave, dtype=np.float32).reshape(-1)
    if not np.isfinite(wave).all():
        raise VoiceError(f"the voice {name} gives values that are no sound; its model is damaged: fetch it anew")
    if not len(wave) or float(np.abs(wave).max()) < _SILENT_PEAK:
        return np.zeros(0, np.float32)
    return soxr.resample(wave, found_hz, rate_hz).astype(np.float32)
