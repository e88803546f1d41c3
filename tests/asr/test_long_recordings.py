"""Recordings longer than anyone wants in memory at once."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.engine import Waveform
from asr.long_recordings import StretchTranscriber, inside, joined, pause_in, transcribe_recording
from asr.transcript import Word
from tests.asr.conftest import spoken

RATE_HZ = 8000


class BurstTranscriber:
    """Hears a word wherever the sound is louder than a whisper, however long; counts what it is given."""

    rate_hz = RATE_HZ

    def __init__(self) -> None:
        self.longest_s = 0.0

    def transcribe(self, samples: Waveform) -> tuple[Word, ...]:
        self.longest_s = max(self.longest_s, len(samples) / RATE_HZ)
        loud = np.abs(samples) > 0.05
        edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
        words: list[Word] = []
        for start, end in edges.reshape(-1, 2):
            if words and start / RATE_HZ - words[-1].end_s < 0.2:
                words[-1] = Word(text="x", start_s=words[-1].start_s, end_s=end / RATE_HZ, confidence=1.0)
            else:
                words.append(Word(text="x", start_s=start / RATE_HZ, end_s=end / RATE_HZ, confidence=1.0))
        return tuple(words)


def _long(minutes: float, every_s: float) -> tuple[Waveform, list[float]]:
    """A sentence every ``every_s`` seconds, in silence; and when each begins."""
    sentence = spoken("saya sudah bayar kemarin")
    sound = np.zeros(int(minutes * 60 * RATE_HZ), dtype=np.float32)
    begins = np.arange(1.0, minutes * 60 - 3, every_s)
    for begin_s in begins:
        place = int(begin_s * RATE_HZ)
        sound[place : place + len(sentence)] = sentence
    return sound, list(begins)


@pytest.mark.slow
def test_word_times_of_an_hour_count_from_its_first_sample_and_memory_stays_small(tmp_path: Path) -> None:
    sound, begins = _long(60, 7.3)
    soundfile.write(tmp_path / "hour.wav", np.stack([sound, np.roll(sound, RATE_HZ)]).T, RATE_HZ, subtype="PCM_16")
    whole_bytes = 2 * sound.nbytes
    del sound
    transcriber = BurstTranscriber()
    tracemalloc.start()
    left, right = transcribe_recording(tmp_path / "hour.wav", transcriber)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert transcriber.longest_s <= 161
    assert peak_bytes < whole_bytes / 4
    assert left.duration_s == right.duration_s == 3600
    for channel, delay_s in ((left, 0.0), (right, 1.0)):
        for begin_s in begins:
            assert any(word.start_s == pytest.approx(begin_s + delay_s, abs=0.15) for word in channel.words), begin_s
        starts = [word.start_s for word in channel.words]
        assert starts == sorted(starts)


def test_no_word_is_cut_where_pieces_meet() -> None:
    sound, begins = _long(2.5, 2.4)  # half a second between sentences
    length_s = len(spoken("saya sudah bayar kemarin")) / RATE_HZ
    for end_s in np.arange(60, 150, 1.7):
        cut_s = pause_in(sound[: int(end_s * RATE_HZ)], RATE_HZ) / RATE_HZ
        assert end_s - 30 <= cut_s <= end_s
        assert not any(begin_s < cut_s < begin_s + length_s for begin_s in begins), cut_s


def test_speech_without_a_pause_is_cut_at_its_quietest_moment() -> None:
    sound = np.tile(spoken("sayasudahbayarkemarin"), 40)[: 60 * RATE_HZ].copy()
    sound[50 * RATE_HZ : 50 * RATE_HZ + 1200] *= 0.001
    assert pause_in(sound, RATE_HZ) / RATE_HZ == pytest.approx(50.08, abs=0.2) or sound[
        pause_in(sound, RATE_HZ)
    ] == pytest.approx(0, abs=0.01)


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    sound, _ = _long(6, 5)
    soundfile.write(tmp_path / "call.wav", sound, RATE_HZ)
    told: list[tuple[float, float | None]] = []
    transcribe_recording(
        tmp_path / "call.wav", BurstTranscriber(), progress=lambda done_s, total_s: told.append((done_s, total_s))
    )
    done = [done_s for done_s, _ in told]
    assert done == sorted(done)
    assert {total_s for _, total_s in told} == {360.0}
    assert done[-1] == 360.0
    assert len(set(done)) >= 3


def test_short_pauses_stay_inside_a_stretch_while_it_is_not_too_long() -> None:
    spans = [(0, 10), (12, 20), (25, 40), (41, 60)]
    assert joined(spans, longest=100, pause=3) == [(0, 20), (25, 60)]
    assert joined(spans, longest=30, pause=9) == [(0, 20), (25, 40), (41, 60)]
    assert joined([], longest=30, pause=9) == []


def test_words_outside_of_the_sound_are_drawn_into_it() -> None:
    late = inside(Word(text="x", start_s=2.9, end_s=30.0, confidence=1.2), 3.0)
    assert (late.start_s, late.end_s, late.confidence) == (2.9, 3.0, 1.0)
    assert inside(Word(text="x", start_s=-0.1, end_s=-0.05, confidence=0.5), 3.0).end_s == 0.0


class CountingDecoder:
    """Says one word a stretch; remembers how long each was."""

    rate_hz = RATE_HZ
    longest_s = 5.0
    joined_pause_s = 0.0

    def __init__(self) -> None:
        self.lengths_s: list[float] = []

    def decode(self, samples: Waveform, *, hints: tuple[str, ...] = ()) -> tuple[Word, ...]:
        self.lengths_s.append(len(samples) / RATE_HZ)
        return (Word(text="x", start_s=0.0, end_s=self.lengths_s[-1], confidence=0.5),)


def test_an_engine_is_given_only_speech_and_no_more_than_it_takes() -> None:
    decoder = CountingDecoder()
    speech = np.tile(spoken("saya sudah bayar kemarin lewat transfer bank"), 5)
    silence = np.zeros(20 * RATE_HZ, dtype=np.float32)
    words = StretchTranscriber(decoder).transcribe(np.concatenate([silence, speech, silence]))
    assert max(decoder.lengths_s) <= 5.0
    assert sum(decoder.lengths_s) == pytest.approx(len(speech) / RATE_HZ, abs=1.0)
    assert all(word.start_s >= 19.5 and word.end_s <= 20.5 + len(speech) / RATE_HZ for word in words)
