"""The speech detector on constructed sound and on the built-in voice."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from asr.vad import SileroDetector, speech_spans
from tts.espeak import EspeakVoice

RATE_HZ = 8000


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return np.concatenate(list(EspeakVoice().synthesize("Selamat pagi saya mau bayar besok siang ya")))


def _quiet(seconds: float, level: float = 0.001) -> np.ndarray:
    return (np.random.default_rng(0).normal(size=int(seconds * RATE_HZ)) * level).astype(np.float32)


def _chances(wave: np.ndarray, detector: SileroDetector) -> np.ndarray:
    size = detector.window_samples
    return np.array([detector.probability(wave[i : i + size]) for i in range(0, len(wave) - size + 1, size)])


def test_speech_is_likely_and_noise_or_silence_is_not(speech: np.ndarray) -> None:
    assert np.median(_chances(speech, SileroDetector())) > 0.6
    assert _chances(_quiet(2, 0.1), SileroDetector()).max() < 0.5
    assert _chances(np.zeros(2 * RATE_HZ, dtype=np.float32), SileroDetector()).max() < 0.5


def test_two_callers_do_not_disturb_each_other(speech: np.ndarray) -> None:
    alone = _chances(speech, SileroDetector())
    first, second = SileroDetector(), SileroDetector()
    size = first.window_samples
    together = []
    for i in range(0, len(speech) - size + 1, size):
        together.append(first.probability(speech[i : i + size]))
        second.probability(_quiet(0.032, 0.2)[:size])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_reset_forgets_what_was_heard(speech: np.ndarray) -> None:
    detector = SileroDetector()
    before = _chances(speech, detector)
    detector.reset()
    np.testing.assert_allclose(_chances(speech, detector), before, atol=1e-6)


def test_a_line_rate_it_cannot_hear_is_refused() -> None:
    with pytest.raises(ValueError, match="11025"):
        SileroDetector(11025)


def test_spans_find_two_sentences_and_the_pause_between(speech: np.ndarray) -> None:
    wave = np.concatenate([_quiet(1.5), speech, _quiet(2.0), speech, _quiet(1.0)])
    spans = speech_spans(wave, RATE_HZ)
    assert len(spans) == 2
    starts = [1.5, 1.5 + len(speech) / RATE_HZ + 2.0]
    for (start, end), begun_s in zip(spans, starts, strict=True):
        assert start / RATE_HZ == pytest.approx(begun_s, abs=0.4)
        assert (end - start) / RATE_HZ == pytest.approx(len(speech) / RATE_HZ, abs=0.6)


def test_long_speech_is_cut_into_stretches_that_neither_overlap_nor_exceed_the_window(speech: np.ndarray) -> None:
    spans = speech_spans(np.concatenate([_quiet(0.5), *[speech] * 10, _quiet(0.5)]), RATE_HZ)
    assert len(spans) > 2
    assert all((end - start) / RATE_HZ <= 8.0 for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_no_sound_or_silence_has_no_spans() -> None:
    assert speech_spans(np.zeros(0, dtype=np.float32), RATE_HZ) == []
    assert speech_spans(np.zeros(3 * RATE_HZ, dtype=np.float32), RATE_HZ) == []
