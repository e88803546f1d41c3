"""The built-in voice really speaks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tts.cache import CachedVoice
from tts.espeak import EspeakError, EspeakVoice, sentences_of


def spoken(text: str, **manner: object) -> np.ndarray:
    return np.concatenate(list(EspeakVoice(**manner).synthesize(text)))  # type: ignore[arg-type]


def test_a_sentence_sounds_at_telephone_rate_without_clipping() -> None:
    wave = spoken("Selamat pagi, saya Sinta dari Santun Finance.")
    assert 1.5 < len(wave) / 8000 < 6
    assert 0.02 < float(np.sqrt(np.mean(np.square(wave)))) < 0.5
    assert float(np.abs(wave).max()) <= 1.0


def test_each_sentence_is_a_chunk_and_numbers_do_not_split_it() -> None:
    text = "Tagihan Anda Rp1.250.000. Jatuh tempo 24/11/2026! Benar?"
    assert len(sentences_of(text)) == 3
    assert len(list(EspeakVoice().synthesize(text))) == 3


def test_an_amount_takes_as_long_as_its_words() -> None:
    assert len(spoken("Rp1.250.000")) > 2 * len(spoken("ribu"))


def test_voices_differ_in_pitch() -> None:
    def crossings(wave: np.ndarray) -> float:
        return float(np.mean(np.abs(np.diff(np.sign(wave)))))

    assert spoken("halo apa kabar", variant="m1").shape != spoken("halo apa kabar", variant="f5").shape or crossings(
        spoken("halo apa kabar", variant="m1")
    ) != crossings(spoken("halo apa kabar", variant="f5"))


def test_four_threads_share_the_one_engine() -> None:
    lengths = {len(spoken("satu dua tiga"))}
    with ThreadPoolExecutor(4) as pool:
        lengths |= {len(wave) for wave in pool.map(spoken, ["satu dua tiga"] * 24)}
    assert max(lengths) - min(lengths) < 800


def test_an_unknown_voice_says_so() -> None:
    with pytest.raises(EspeakError, match="klingon"):
        list(EspeakVoice(language="klingon-qq", variant="").synthesize("halo"))


def test_silence_and_odd_text_are_no_error() -> None:
    assert list(EspeakVoice().synthesize("   ")) == []
    list(EspeakVoice().synthesize("\0 \ufffd 😀 <b>"))


def test_the_cache_forgets_the_least_used_sentence_first() -> None:
    class Counting:
        rate_hz = 8000
        calls: list[str]

        def __init__(self) -> None:
            self.calls = []

        def synthesize(self, text: str):
            self.calls.append(text)
            yield np.zeros(1000, np.float32)

    beneath = Counting()
    voice = CachedVoice(beneath, limit_bytes=8000)
    voice.warm(["a", "b"])
    list(voice.synthesize("a"))
    voice.warm(["c"])
    list(voice.synthesize("a"))
    list(voice.synthesize("b"))
    assert beneath.calls == ["a", "b", "c", "b"]
