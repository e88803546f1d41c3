"""What every recognizer promises, whatever stands behind it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from asr.audio_file import resample
from asr.engine import Waveform
from asr.error_rate import edit_distance
from asr.transcript import Hypothesis, Word
from tests.asr.conftest import LINE_HZ, Opened

PIECE = LINE_HZ // 10


def _listen(
    engine: Opened, wave: Waveform, *, state: str = "general", hints: tuple[str, ...] = (), piece: int = PIECE
) -> tuple[list[Hypothesis], Hypothesis]:
    hearing = engine.live.listen(state=state, hints=hints)
    partials = [hearing.feed(wave[i : i + piece]) for i in range(0, len(wave), piece)]
    return partials, hearing.finish()


def _transcribe(engine: Opened, wave: Waveform) -> tuple[Word, ...]:
    return engine.whole.transcribe(resample(wave, LINE_HZ, engine.whole.rate_hz))


def _text(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def _noises(seconds: int) -> dict[str, Waveform]:
    chance = np.random.default_rng(3)
    count = seconds * LINE_HZ
    white = chance.normal(size=count)
    pink = np.fft.irfft(np.fft.rfft(white) / np.sqrt(np.arange(1, count // 2 + 2)), count)
    at_s = np.arange(count) / LINE_HZ
    hum = sum(np.sin(2 * np.pi * 50 * n * at_s) / n for n in range(1, 9)) + 0.05 * white
    return {
        name: (0.05 * wave / wave.std()).astype(np.float32) for name, wave in (("white", white), ("pink", pink), ("hum", hum))
    }


def test_live_callers_are_heard_at_the_rate_of_the_line_and_recordings_at_8_or_16_khz(engine: Opened) -> None:
    assert engine.live.rate_hz == LINE_HZ
    assert engine.whole.rate_hz in (8000, 16000)


def test_what_is_said_is_heard_live_and_in_recordings(engine: Opened) -> None:
    errors = letters = 0
    for sentence in engine.sentences:
        wanted = engine.hears(sentence)
        live = _listen(engine, engine.says(sentence))[1].text
        whole = _text(_transcribe(engine, engine.says(sentence)))
        assert live, sentence
        assert whole, sentence
        errors += edit_distance(list(wanted), list(live)) + edit_distance(list(wanted), list(whole))
        letters += 2 * len(wanted)
    assert errors <= engine.tolerated_share * letters


def test_words_come_in_order_inside_the_recording_and_are_believed_between_0_and_1(engine: Opened) -> None:
    for sentence in engine.sentences:
        wave = engine.says(sentence)
        length_s = len(wave) / LINE_HZ
        _, final = _listen(engine, wave)
        for words in (final.words, _transcribe(engine, wave)):
            assert words
            starts_s = [word.start_s for word in words]
            assert starts_s == sorted(starts_s)
            assert all(0 <= word.start_s <= word.end_s <= length_s + 0.1 for word in words), words
            assert all(0 <= word.confidence <= 1 for word in words)
        assert 0 < final.confidence <= 1


def test_word_times_count_from_the_beginning_of_the_recording(engine: Opened) -> None:
    first, second = engine.says(engine.sentences[0]), engine.says(engine.sentences[1])
    silence = np.zeros(10 * LINE_HZ, dtype=np.float32)
    words = _transcribe(engine, np.concatenate([silence, first, silence, second, silence]))
    second_s = 20 + len(first) / LINE_HZ
    spans = [(10.0, 10 + len(first) / LINE_HZ), (second_s, second_s + len(second) / LINE_HZ)]
    for word in words:
        assert any(begin <= word.start_s and word.end_s <= end for begin, end in spans), (word, spans)
    for begin, end in spans:
        assert any(begin <= word.start_s <= end for word in words)


def test_partials_are_not_final_and_the_end_may_be_asked_for_twice(engine: Opened) -> None:
    hearing = engine.live.listen()
    wave = engine.says(engine.sentences[0])
    partials = [hearing.feed(wave[i : i + PIECE]) for i in range(0, len(wave), PIECE)]
    assert not any(partial.is_final for partial in partials)
    final = hearing.finish()
    assert final.is_final
    assert hearing.finish() == final


def test_the_size_of_the_pieces_does_not_matter(engine: Opened) -> None:
    wave = engine.says(engine.sentences[0])
    finals = [_listen(engine, wave, piece=piece)[1].text for piece in (160, 1600, len(wave))]
    assert len(set(finals)) == 1, finals


@pytest.mark.parametrize("samples", [0, 1, 80, 400, 3 * LINE_HZ])
def test_silence_of_any_length_is_no_words(engine: Opened, samples: int) -> None:
    silence = np.zeros(samples, dtype=np.float32)
    final = _listen(engine, silence)[1]
    assert (final.words, final.is_final, final.confidence) == ((), True, 0.0)
    assert _transcribe(engine, silence) == ()


@pytest.mark.parametrize("kind", ["white", "pink", "hum"])
def test_a_minute_of_noise_is_no_words(engine: Opened, kind: str) -> None:
    assert _transcribe(engine, _noises(60)[kind]) == ()


def test_noise_around_words_adds_none(engine: Opened) -> None:
    noise = 0.1 * _noises(20)["pink"]
    wave = engine.says(engine.sentences[0])
    words = _transcribe(engine, np.concatenate([noise, wave, noise]))
    assert words
    assert all(19.5 <= word.start_s <= 20.5 + len(wave) / LINE_HZ for word in words)


@pytest.mark.parametrize("state", ["general", "yes_no", "digits", "date", "amount"])
def test_every_dialogue_state_can_be_listened_in_with_words_of_the_call(engine: Opened, state: str) -> None:
    assert _listen(engine, engine.says(engine.sentences[0]), state=state, hints=("Zulkifli", "Siti Aminah"))[1].is_final


def test_callers_on_several_threads_are_heard_as_each_alone(engine: Opened) -> None:
    waves = [engine.says(sentence) for sentence in engine.sentences]
    alone = [_listen(engine, wave)[1].text for wave in waves]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda wave: _listen(engine, wave)[1].text, waves * 2))
    assert together == alone * 2 if engine.repeats_itself else all(together)


def test_recordings_on_several_threads_are_heard_as_each_alone(engine: Opened) -> None:
    waves = [engine.says(sentence) for sentence in engine.sentences]
    alone = [_text(_transcribe(engine, wave)) for wave in waves]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda wave: _text(_transcribe(engine, wave)), waves))
    assert together == alone if engine.repeats_itself else all(together)
