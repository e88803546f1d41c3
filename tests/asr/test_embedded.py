"""The embedded recognizer on the built-in voice: streaming, long answers, hints, many callers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from asr.embedded import EmbeddedRecognizer, EmbeddedTranscriber
from asr.error_rate import error_rate
from tts.espeak import EspeakVoice

RATE_HZ = 8000


def _spoken(text: str) -> np.ndarray:
    return np.concatenate(list(EspeakVoice().synthesize(text)))


def _quiet(seconds: float) -> np.ndarray:
    return (np.random.default_rng(0).normal(size=int(seconds * RATE_HZ)) * 0.0005).astype(np.float32)


@pytest.fixture(scope="module")
def recognizer() -> EmbeddedRecognizer:
    return EmbeddedRecognizer()


def _heard(recognizer: EmbeddedRecognizer, wave: np.ndarray, state: str = "general", *, piece_s: float = 0.1) -> str:
    hearing = recognizer.listen(state=state)
    step = int(piece_s * RATE_HZ)
    for i in range(0, len(wave), step):
        hearing.feed(wave[i : i + step])
    return hearing.finish().text


ANSWERS = [
    ("yes_no", "iya betul"),
    ("yes_no", "bukan"),
    ("date", "tanggal dua puluh lima"),
    ("date", "besok sore"),
    ("amount", "satu juta lima ratus ribu rupiah"),
    ("digits", "nol delapan satu dua tiga empat"),
    ("general", "saya sudah bayar kemarin"),
    ("general", "saya akan bayar besok"),
    ("general", "maaf salah sambung"),
    ("general", "nanti telepon lagi jam tiga sore"),
]


def test_typical_answers_of_the_built_in_voice_are_understood(recognizer: EmbeddedRecognizer) -> None:
    found = error_rate([(text, text, _heard(recognizer, _spoken(text), state)) for state, text in ANSWERS])
    assert found.share < 0.2, str(found)


@pytest.mark.parametrize("piece_s", [0.02, 0.1, 0.5])
def test_streaming_in_pieces_ends_as_the_whole_at_once(recognizer: EmbeddedRecognizer, piece_s: float) -> None:
    wave = _spoken("saya bayar lima ratus ribu besok")
    assert _heard(recognizer, wave, piece_s=piece_s) == _heard(recognizer, wave, piece_s=60)


def test_partials_grow_before_the_end_and_only_finish_is_final(recognizer: EmbeddedRecognizer) -> None:
    wave = _spoken("saya sudah bayar kemarin lewat transfer bank")
    hearing = recognizer.listen()
    partials = [hearing.feed(wave[i : i + 160]) for i in range(0, len(wave), 160)]
    assert not any(partial.is_final for partial in partials)
    assert any(partial.words for partial in partials[: len(partials) * 2 // 3])
    assert len({id(partial) for partial in partials}) <= len(wave) / RATE_HZ / 0.32 + 2
    final = hearing.finish()
    assert final.is_final
    assert hearing.finish() == final


def test_an_answer_longer_than_the_window_keeps_its_beginning_and_its_times(recognizer: EmbeddedRecognizer) -> None:
    sentence = "saya sudah bayar kemarin"
    wave = np.concatenate([part for _ in range(7) for part in (_spoken(sentence), _quiet(0.4))])
    hearing = recognizer.listen()
    for i in range(0, len(wave), 800):
        hearing.feed(wave[i : i + 800])
    final = hearing.finish()
    assert len(wave) > 10 * RATE_HZ
    assert final.text.split().count("kemarin") >= 6
    starts = [word.start_s for word in final.words]
    assert starts == sorted(starts)
    assert starts[0] < 0.6
    assert final.words[-1].end_s <= len(wave) / RATE_HZ + 0.1


def test_the_same_long_answer_in_one_piece_loses_nothing(recognizer: EmbeddedRecognizer) -> None:
    wave = np.concatenate([part for _ in range(14) for part in (_spoken("saya sudah bayar kemarin"), _quiet(0.4))])
    hearing = recognizer.listen()
    hearing.feed(wave)
    assert hearing.finish().text.split().count("kemarin") >= 12


def test_a_long_answer_that_ends_in_silence_keeps_its_confidence(recognizer: EmbeddedRecognizer) -> None:
    wave = np.concatenate([_spoken("saya sudah bayar kemarin"), np.zeros(9 * RATE_HZ, dtype=np.float32)])
    hearing = recognizer.listen()
    for i in range(0, len(wave), 800):
        hearing.feed(wave[i : i + 800])
    final = hearing.finish()
    assert final.text == "saya sudah bayar kemarin"
    assert final.confidence > 0.3


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2, 3.0])
def test_silence_of_any_length_is_no_words(recognizer: EmbeddedRecognizer, seconds: float) -> None:
    hearing = recognizer.listen(state="yes_no")
    hearing.feed(np.zeros(int(seconds * RATE_HZ), dtype=np.float32))
    final = hearing.finish()
    assert (final.words, final.is_final, final.confidence) == ((), True, 0.0)


def test_a_name_is_heard_when_hinted(recognizer: EmbeddedRecognizer) -> None:
    wave = _spoken("saya zulkifli")
    hearing = recognizer.listen(hints=("Zulkifli",))
    hearing.feed(wave)
    assert "zulkifli" in hearing.finish().text


def test_four_callers_at_once_hear_what_each_hears_alone(recognizer: EmbeddedRecognizer) -> None:
    waves = [(state, _spoken(text)) for state, text in ANSWERS[:8]]
    alone = [_heard(recognizer, wave, state) for state, wave in waves]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pair: _heard(recognizer, pair[1], pair[0]), waves * 2))
    assert together == alone * 2


def test_sixteen_kilohertz_sound_is_heard_too() -> None:
    from asr.audio_file import resample

    hearing = EmbeddedRecognizer(rate_hz=16000).listen(state="yes_no")
    hearing.feed(resample(_spoken("iya betul"), 8000, 16000))
    assert hearing.finish().text == "iya betul"


def test_a_whole_channel_has_word_times_where_the_speech_is() -> None:
    first, second = _spoken("saya sudah bayar kemarin"), _spoken("terima kasih")
    wave = np.concatenate([_quiet(2), first, _quiet(12), second, _quiet(1)])
    words = EmbeddedTranscriber().transcribe(wave)
    assert [word.text for word in words][:4] == "saya sudah bayar kemarin".split()
    assert words[0].start_s == pytest.approx(2.0, abs=0.5)
    second_s = 14 + len(first) / RATE_HZ
    assert next(word for word in words if word.start_s > second_s - 0.5).start_s == pytest.approx(second_s, abs=0.5)
    assert all(0 <= word.confidence <= 1 and word.end_s > word.start_s for word in words)
    assert EmbeddedTranscriber().transcribe(_quiet(2)) == ()
