"""Every voice keeps the same promises, whatever speaks inside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.tts.under_test import KINDS, make
from tts.engine import Synthesizer
from tts.loudness import SPEECH_DBFS, active_level_db

TEXT = "Selamat pagi, Ibu Sri. Tagihan Anda Rp1.250.000, jatuh tempo 24/11/2026! Benar?"


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def made(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Synthesizer]:
    folder: Path = tmp_path_factory.mktemp(kind)
    return partial(make, kind, folder)


@pytest.fixture(scope="module")
def voice(made: Callable[..., Synthesizer]) -> Synthesizer:
    return made()


def seconds(voice: Synthesizer, text: str) -> float:
    return sum(len(chunk) for chunk in voice.synthesize(text)) / voice.rate_hz


def test_each_sentence_is_a_chunk_of_bounded_sound(voice: Synthesizer, kind: str) -> None:
    chunks = list(voice.synthesize(TEXT))
    # The built-in voice begins a long sentence before it knows its end.
    assert len(chunks) >= 3 if kind == "espeak" else len(chunks) == 3
    for chunk in chunks:
        assert chunk.dtype == np.float32
        assert chunk.ndim == 1
        assert np.isfinite(chunk).all()
        assert 0.1 < float(np.abs(chunk).max()) <= 1.0


def test_sound_begins_at_once_and_a_pause_follows_each_sentence(voice: Synthesizer) -> None:
    wave = np.concatenate(list(voice.synthesize("Selamat pagi. Selamat siang.")))
    sounding_s = np.flatnonzero(np.abs(wave) > 0.02) / voice.rate_hz
    assert sounding_s[0] < 0.1
    assert np.count_nonzero(np.diff(sounding_s) > 0.2) == 1
    assert 0.2 < len(wave) / voice.rate_hz - sounding_s[-1] < 0.4
    assert max(abs(float(wave[0])), abs(float(wave[-1]))) < 1e-3, "a click"


def test_sentences_have_one_level(voice: Synthesizer) -> None:
    levels_db = [active_level_db(chunk, voice.rate_hz) for chunk in voice.synthesize(TEXT)]
    assert max(levels_db) <= SPEECH_DBFS + 0.5
    assert max(levels_db) - min(levels_db) < 4


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_the_rate_is_the_one_asked_for(made: Callable[..., Synthesizer], voice: Synthesizer, rate_hz: int) -> None:
    other = made(rate_hz=rate_hz)
    assert other.rate_hz == rate_hz
    assert seconds(other, TEXT) == pytest.approx(seconds(voice, TEXT), rel=0.35)


@pytest.mark.parametrize("text", ["", "   ", "\n", "… !", "\0"])
def test_nothing_is_said_for_nothing(voice: Synthesizer, text: str) -> None:
    assert sum(len(chunk) for chunk in voice.synthesize(text)) < 0.4 * voice.rate_hz


def test_numbers_are_spoken_as_words(voice: Synthesizer) -> None:
    """Every figure takes the time of its words; read raw, or left out, it would be shorter."""
    figures = seconds(voice, "Rp1.250.000 tanggal 24/11/2026.")
    words = seconds(
        voice, "Satu juta dua ratus lima puluh ribu rupiah tanggal dua puluh empat November dua ribu dua puluh enam."
    )
    assert figures == pytest.approx(words, rel=0.25)


def test_odd_text_is_no_error(voice: Synthesizer) -> None:
    for text in ("\0 \ufffd 😀 <b>apa</b>", "Ibu [[Sri]] O'Neil", "北京 halo", "a" * 300, "Rp1.250.000.000.000.000.000"):
        assert all(np.isfinite(chunk).all() for chunk in voice.synthesize(text))


def test_threads_may_share_it(voice: Synthesizer) -> None:
    usual = seconds(voice, "Satu dua tiga empat lima.")
    together = threading.Barrier(4)

    def say(_number: int) -> float:
        together.wait(30)
        return seconds(voice, "Satu dua tiga empat lima.")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(say, range(4))) == pytest.approx([usual] * 4, rel=0.35)


def test_faster_takes_less_time_and_is_another_sound_to_a_cache(made: Callable[..., Synthesizer], voice: Synthesizer) -> None:
    fast = made(speed=1.6)
    text = "Pembayaran cicilan Anda sudah kami terima dengan baik sekali."
    # The shortest of three: the system's speech program sometimes sets its speed only after it has begun.
    assert min(seconds(fast, text) for _ in range(3)) < 0.85 * seconds(voice, text)
    assert fast.key != voice.key  # type: ignore[attr-defined]


def test_the_key_names_what_changes_the_sound(made: Callable[..., Synthesizer], voice: Synthesizer) -> None:
    keys = {made(**manner).key for manner in ({}, {"rate_hz": 16000}, {"speed": 1.5})}  # type: ignore[attr-defined]
    assert len(keys) == 3
    assert voice.key in keys  # type: ignore[attr-defined]


def test_the_built_in_voice_still_speaks_beside_it(voice: Synthesizer) -> None:
    """Several of these bring an espeak-ng of their own into the process."""
    built_in = make("espeak", Path())
    for _ in range(2):
        assert seconds(built_in, "Satu dua tiga.") > 0.5
        assert seconds(voice, "Satu dua tiga.") > 0.2
