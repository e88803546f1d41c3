"""English by PocketSphinx, on the built-in voice: states, streaming, hints, many callers, long answers, missing parts."""

from __future__ import annotations

import gc
import importlib.util
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from asr import pocketsphinx_library
from asr.audio_file import resample
from asr.engine import Waveform
from asr.error_rate import error_rate
from asr.pocketsphinx_library import PocketSphinxError
from asr.recognizers import default_engine, make_recognizer, make_transcriber
from asr.sphinx import SphinxRecognizer
from tts.espeak import EspeakVoice

RATE_HZ = 8000
ANSWERS = [
    ("yes_no", "yes speaking"),
    ("yes_no", "that's right"),
    ("date", "i will pay on friday"),
    ("date", "tomorrow"),
    ("amount", "one million five hundred thousand rupiah"),
    ("digits", "three three five one"),
    ("general", "i already paid yesterday"),
    ("general", "call me back tomorrow"),
]


def spoken(text: str) -> Waveform:
    return np.concatenate(list(EspeakVoice(language="en", variant="f2", rate_wpm=150).synthesize(text)))


def quiet(seconds: float) -> Waveform:
    return (np.random.default_rng(0).normal(size=int(seconds * RATE_HZ)) * 0.0005).astype(np.float32)


def heard(recognizer: SphinxRecognizer, wave: Waveform, state: str = "general", *, piece_s: float = 0.16) -> str:
    hearing = recognizer.listen(state=state)
    step = int(piece_s * RATE_HZ)
    for start in range(0, len(wave), step):
        hearing.feed(wave[start : start + step])
    return hearing.finish().text


@pytest.fixture(scope="module")
def recognizer() -> SphinxRecognizer:
    return SphinxRecognizer()


def test_typical_answers_of_the_built_in_voice_are_understood(recognizer: SphinxRecognizer) -> None:
    found = error_rate([(text, text, heard(recognizer, spoken(text), state)) for state, text in ANSWERS])
    print(found)
    assert found.share < 0.3, str(found)


@pytest.mark.parametrize("piece_s", [0.02, 0.1, 0.7])
def test_streaming_in_pieces_ends_as_in_others(recognizer: SphinxRecognizer, piece_s: float) -> None:
    wave = spoken("i will pay five hundred thousand tomorrow")
    assert heard(recognizer, wave, piece_s=piece_s) == heard(recognizer, wave, piece_s=0.16)


def test_partials_come_before_the_end_and_only_finish_is_final(recognizer: SphinxRecognizer) -> None:
    wave = spoken("i already paid it yesterday by bank transfer")
    hearing = recognizer.listen()
    partials = [hearing.feed(wave[i : i + 160]) for i in range(0, len(wave), 160)]
    assert not any(partial.is_final for partial in partials)
    assert any(partial.words for partial in partials[: len(partials) * 2 // 3])
    assert len({id(partial) for partial in partials}) <= len(wave) / RATE_HZ / 0.32 + 2
    final = hearing.finish()
    assert final.is_final
    assert hearing.finish() == final


def test_words_have_times_in_order_and_beliefs(recognizer: SphinxRecognizer) -> None:
    wave = np.concatenate([quiet(1.2), spoken("i will pay on friday"), quiet(0.5)])
    hearing = recognizer.listen(state="date")
    hearing.feed(wave)
    final = hearing.finish()
    assert final.words
    assert 1.0 < final.words[0].start_s < 1.6
    assert all(word.start_s < word.end_s <= len(wave) / RATE_HZ for word in final.words)
    assert all(one.end_s <= other.start_s + 0.011 for one, other in zip(final.words, final.words[1:], strict=False))
    assert all(0 <= word.confidence <= 1 for word in final.words)
    assert 0 < final.confidence <= 1


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2, 3.0])
def test_silence_of_any_length_is_no_words(recognizer: SphinxRecognizer, seconds: float) -> None:
    hearing = recognizer.listen(state="yes_no")
    hearing.feed(np.zeros(int(seconds * RATE_HZ), dtype=np.float32))
    final = hearing.finish()
    assert (final.words, final.is_final, final.confidence) == ((), True, 0.0)


@pytest.mark.parametrize("kind", ["white", "tone"])
def test_noise_is_not_believed(recognizer: SphinxRecognizer, kind: str) -> None:
    noise = np.random.default_rng(1).normal(size=3 * RATE_HZ) * 0.05
    if kind == "tone":
        noise = noise * 0.1 + 0.2 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE_HZ) / RATE_HZ)
    hearing = recognizer.listen(state="yes_no")
    hearing.feed(noise.astype(np.float32))
    final = hearing.finish()
    assert not final.words or final.confidence < 0.35, final


def test_a_name_is_heard_when_hinted(recognizer: SphinxRecognizer) -> None:
    wave = spoken("my name is kartika")
    hearing = recognizer.listen(hints=("Kartika Sari",))
    hearing.feed(wave)
    assert "kartika" in hearing.finish().text
    assert "kartika" not in heard(recognizer, wave)


def test_four_callers_at_once_hear_what_each_hears_alone(recognizer: SphinxRecognizer) -> None:
    waves = [(state, spoken(text)) for state, text in ANSWERS if state in ("date", "digits", "general")]
    alone = [heard(recognizer, wave, state) for state, wave in waves]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pair: heard(recognizer, pair[1], pair[0]), waves * 2))
    assert together == alone * 2


def test_other_threads_go_on_while_one_decodes(recognizer: SphinxRecognizer) -> None:
    """The wrapper of the wheel would hold the interpreter for the whole of an utterance decoded at once."""
    wave = resample(np.concatenate([spoken(text) for _, text in ANSWERS]), RATE_HZ, 16000)
    sound = (wave * 32767).astype(np.int16)
    hearing = recognizer.listen()
    hearing.feed(quiet(1.2))
    decoder = hearing._borrowed.decoder  # type: ignore[union-attr] # pyright: ignore
    decoding = threading.Thread(target=lambda: decoder.end() or decoder.begin("general") or decoder.hear(sound, whole=True))
    ticks = 0
    decoding.start()
    while decoding.is_alive():
        ticks += 1
    hearing.finish()
    assert ticks > 1000


def test_a_very_long_answer_keeps_its_beginning_and_its_times(recognizer: SphinxRecognizer) -> None:
    wave = np.concatenate([part for _ in range(14) for part in (spoken("i already paid yesterday"), quiet(0.3))])
    assert len(wave) > 22 * RATE_HZ
    hearing = recognizer.listen()
    for start in range(0, len(wave), 1280):
        hearing.feed(wave[start : start + 1280])
    final = hearing.finish()
    starts = [word.start_s for word in final.words]
    assert starts == sorted(starts)
    assert starts[0] < 1.0
    assert final.words[-1].end_s == pytest.approx(len(wave) / RATE_HZ, abs=1.5)
    assert final.text.split().count("yesterday") >= 10


def test_a_hearing_that_is_dropped_leaves_its_decoder_usable(recognizer: SphinxRecognizer) -> None:
    wave = spoken("i already paid yesterday")
    expected = heard(recognizer, wave)
    for _ in range(3):
        hearing = recognizer.listen()
        hearing.feed(wave)
        del hearing
        gc.collect()
    assert heard(recognizer, wave) == expected


def test_an_unknown_state_is_refused(recognizer: SphinxRecognizer) -> None:
    with pytest.raises(ValueError, match="no decoding state 'poetry'; known: general"):
        recognizer.listen(state="poetry")


def test_whole_channels_have_word_times_where_the_speech_is() -> None:
    first, second = spoken("i already paid yesterday"), spoken("call me back tomorrow")
    wave = np.concatenate([quiet(2), first, quiet(6), second, quiet(1)])
    words = make_transcriber("pocketsphinx", language="en").transcribe(wave)
    assert "yesterday" in [word.text for word in words]
    assert words[0].start_s == pytest.approx(2.0, abs=0.6)
    second_s = 8 + len(first) / RATE_HZ
    assert next(word for word in words if word.start_s > second_s - 1).start_s == pytest.approx(second_s, abs=0.6)


def test_pocketsphinx_is_the_recognizer_of_english_that_needs_no_download() -> None:
    assert default_engine("en") == "pocketsphinx"
    assert isinstance(make_recognizer("pocketsphinx", language="en"), SphinxRecognizer)
    with pytest.raises(ValueError, match="hears English only"):
        make_recognizer("pocketsphinx", language="id")


def test_without_the_wheel_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    pocketsphinx_library.load.cache_clear()
    try:
        with pytest.raises(PocketSphinxError, match="pip install 'pocketsphinx"):
            SphinxRecognizer()
    finally:
        monkeypatch.undo()
        pocketsphinx_library.load.cache_clear()
