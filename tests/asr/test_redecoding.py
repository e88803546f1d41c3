"""Engines that decode whole stretches, following a caller."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest

from asr.engine import Waveform
from asr.line_rate import LineRateRecognizer
from asr.redecoding import RedecodingRecognizer
from asr.transcript import Word
from tests.asr.conftest import spoken

RATE_HZ = 8000


class WatchedDecoder:
    """Says how many stretches it was given so far, at the end of each; may be slow."""

    rate_hz = RATE_HZ
    joined_pause_s = 0.0

    def __init__(self, *, longest_s: float = 10.0, takes_s: float = 0.0) -> None:
        self.longest_s = longest_s
        self.takes_s = takes_s
        self.given_s: list[float] = []
        self.hints: Sequence[str] = ()

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        self.given_s.append(len(samples) / RATE_HZ)
        self.hints = hints
        time.sleep(self.takes_s)
        middle_s = len(samples) / RATE_HZ / 2
        return (Word(text=f"w{len(self.given_s)}", start_s=middle_s, end_s=middle_s + 0.1, confidence=0.5),)


def _feed(decoder: WatchedDecoder, wave: Waveform, step: int = 160) -> tuple[list[str], str]:
    hearing = RedecodingRecognizer(decoder).listen(hints=("Zulkifli",))
    partials = [hearing.feed(wave[i : i + step]).text for i in range(0, len(wave), step)]
    return partials, hearing.finish().text


def test_nothing_is_decoded_while_nobody_speaks() -> None:
    decoder = WatchedDecoder()
    noise = np.random.default_rng(1).normal(size=20 * RATE_HZ).astype(np.float32) * 0.03
    assert _feed(decoder, noise) == ([""] * 1000, "")
    assert decoder.given_s == []


def test_partials_come_every_third_of_a_second_and_stop_with_the_speech() -> None:
    decoder = WatchedDecoder()
    speech = spoken("saya sudah bayar kemarin lewat transfer bank")
    _feed(decoder, np.concatenate([speech, np.zeros(5 * RATE_HZ, dtype=np.float32)]))
    speech_s = len(speech) / RATE_HZ
    assert speech_s / 0.32 - 3 <= len(decoder.given_s) <= speech_s / 0.32 + 4
    assert max(decoder.given_s) <= speech_s + 0.6  # the silence after it is not part of any
    assert decoder.hints == ("Zulkifli",)


def test_a_slow_engine_gives_partials_more_rarely() -> None:
    decoder = WatchedDecoder(takes_s=0.5)
    speech = np.tile(spoken("saya sudah bayar kemarin lewat transfer bank"), 2)
    _feed(decoder, speech)
    assert len(decoder.given_s) <= len(speech) / RATE_HZ / 1.0 + 3


def test_the_end_is_not_decoded_again_when_nothing_was_said_since() -> None:
    decoder = WatchedDecoder()
    speech = spoken("saya sudah bayar")
    partials, final = _feed(decoder, np.concatenate([speech, np.zeros(3 * RATE_HZ, dtype=np.float32)]))
    assert final == partials[-1]


def test_a_long_answer_keeps_what_was_settled_with_its_times() -> None:
    decoder = WatchedDecoder(longest_s=4.0)
    speech = np.tile(spoken("saya sudah bayar kemarin lewat transfer bank"), 5)
    hearing = RedecodingRecognizer(decoder).listen()
    for start in range(0, len(speech), 800):
        hearing.feed(speech[start : start + 800])
    words = hearing.finish().words
    assert len(words) >= len(speech) / RATE_HZ / 4.0
    assert max(decoder.given_s) <= 4.0
    starts_s = [word.start_s for word in words]
    assert starts_s == sorted(starts_s)
    assert starts_s[-1] > len(speech) / RATE_HZ - 4.0


def test_the_silence_before_the_first_word_does_not_shift_it() -> None:
    decoder = WatchedDecoder()
    speech = spoken("saya sudah bayar kemarin")
    hearing = RedecodingRecognizer(decoder).listen()
    wave = np.concatenate([np.zeros(6 * RATE_HZ, dtype=np.float32), speech])
    for start in range(0, len(wave), 800):
        hearing.feed(wave[start : start + 800])
    (word,) = hearing.finish().words
    assert 6.0 < word.start_s < 6.0 + len(speech) / RATE_HZ
    assert max(decoder.given_s) < len(speech) / RATE_HZ + 2.0


def test_words_where_nobody_spoke_are_left_out() -> None:
    class Inventive(WatchedDecoder):
        def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
            real = super().decode(samples, hints=hints)
            return (*real, Word(text="terima kasih telah menonton", start_s=50.0, end_s=51.0, confidence=0.9))

    _, final = _feed(Inventive(), spoken("saya sudah bayar kemarin"))
    assert "menonton" not in final


@pytest.mark.parametrize("piece", [160, 1000, 8000])
def test_a_line_of_8_khz_reaches_an_engine_of_16_khz_in_full(piece: int) -> None:
    class Wide(WatchedDecoder):
        rate_hz = 16000

        def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
            self.given_s.append(len(samples) / 16000)
            return (Word(text="x", start_s=0.5, end_s=0.6, confidence=0.5),)

    decoder = Wide()
    hearing = LineRateRecognizer(RedecodingRecognizer(decoder), RATE_HZ).listen()
    wave = spoken("saya sudah bayar kemarin")
    for start in range(0, len(wave), piece):
        hearing.feed(wave[start : start + piece])
    final = hearing.finish()
    assert final.is_final
    assert hearing.finish() == final
    assert decoder.given_s[-1] == pytest.approx(len(wave) / RATE_HZ, abs=0.35)
