"""A person's recordings in the bot's mouth; the recordings here are spoken by two synthetic voices, which sound apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tts.cache import CachedVoice
from tts.engine import VoiceError, Waveform
from tts.espeak import EspeakVoice
from tts.loudness import SPEECH_DBFS, active_level_db, trimmed
from tts.prompt_index import Prompt, parts_of, prompts_for, read_index, words_for_values, write_index
from tts.recorded import RecordedVoice
from tts.recording_checks import faults_of
from tts.sentence_store import SentenceStore
from tts.spoken import to_spoken
from tts.voices import make_voice

FIXED = "Terima kasih atas waktunya."
WITH_BLANKS = "Jumlahnya {amount_due}, jatuh tempo {due_on}."
RATE_HZ = 8000
PERSON = EspeakVoice(variant="m3", rate_hz=44100, speed=0.8)


class Beneath:
    """A tone for everything, so that what it says is told apart from a recording; remembers what it was asked."""

    rate_hz = RATE_HZ
    key = "tone"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def synthesize(self, text: str) -> Iterator[Waveform]:
        self.asked.append(text)
        yield np.sin(np.arange(4000, dtype=np.float32) * 2 * np.pi * 3000 / RATE_HZ) / 10


def record(folder: Path, file: str, text: str, *, gain: float = 0.3) -> None:
    wave = np.concatenate(list(PERSON.synthesize(text))) * gain
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.pad(wave, 9000), 44100, subtype="PCM_24")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prompts = [*prompts_for(FIXED, "close"), *prompts_for(WITH_BLANKS, "how_much")]
    write_index(tmp_path, prompts)
    for number, prompt in enumerate(prompts):
        record(tmp_path, prompt.file, prompt.text, gain=(0.9, 0.05, 0.3)[number % 3])
    return tmp_path


def sound(voice: RecordedVoice, text: str) -> Waveform:
    return np.concatenate(list(voice.synthesize(text)))


def likeness(wave: Waveform, piece: Waveform) -> float:
    """The highest normalised correlation of ``piece`` anywhere in ``wave``."""
    raw = np.correlate(wave, piece, "valid")
    energy = np.convolve(np.square(wave), np.ones(len(piece), np.float32), "valid")
    return float((raw / np.sqrt(energy * np.sum(np.square(piece)) + 1e-9)).max())


def as_played(folder: Path, file: str) -> Waveform:
    samples, rate_hz = soundfile.read(folder / file, dtype="float32")
    return trimmed(soxr.resample(samples, rate_hz, RATE_HZ), RATE_HZ)[200:-200]


def test_a_fixed_sentence_is_the_recording(folder: Path) -> None:
    beneath = Beneath()
    wave = sound(RecordedVoice(folder, beneath=beneath), FIXED)
    assert beneath.asked == []
    assert likeness(wave, as_played(folder, read_index(folder)[0].file)) > 0.97


def test_blanks_are_spoken_between_the_recordings(folder: Path) -> None:
    beneath = Beneath()
    wave = sound(RecordedVoice(folder, beneath=beneath), "Jumlahnya Rp1.250.000, jatuh tempo 20 November.")
    assert beneath.asked == ["Rp1.250.000", "20 November"]
    for prompt in read_index(folder)[1:]:
        assert likeness(wave, as_played(folder, prompt.file)) > 0.9


def test_recorded_words_make_amounts_without_another_voice(folder: Path) -> None:
    for word in words_for_values("id"):
        record(folder, f"words/{word}.wav", word)
    beneath = Beneath()
    voice = RecordedVoice(folder, beneath=beneath)
    sound(voice, "Jumlahnya Rp1.250.000, jatuh tempo 20 November 2026.")
    assert beneath.asked == []
    sound(voice, "Jumlahnya Rp1.250.000, jatuh tempo hari raya.")
    assert beneath.asked == ["hari raya"]


def test_every_spoken_value_has_its_words() -> None:
    for language, values in {
        "id": ("Rp1.250.000", "Rp17.999.000.000", "Jumat, 27 November 2026", "25/12/1999", "081234567890", "pukul 15.30"),
        "en": ("Rp1.250.000", "Friday, November 27, 2026", "081234567890", "at 15:30"),
    }.items():
        known = set(words_for_values(language)) | {"at", "and"}
        for value in values:
            assert set(to_spoken(value, language).lower().replace(",", "").split()) <= known


def test_a_sentence_without_a_recording_is_spoken_by_the_voice_beneath(folder: Path) -> None:
    beneath = Beneath()
    voice = RecordedVoice(folder, beneath=beneath)
    assert len(list(voice.synthesize(f"{FIXED} Selamat siang."))) == 2
    assert beneath.asked == ["Selamat siang."]
    assert voice.has(FIXED)
    assert not voice.has("Selamat siang.")


def test_all_sentences_have_one_level(folder: Path) -> None:
    voice = RecordedVoice(folder, beneath=EspeakVoice())
    for text in (FIXED, "Jumlahnya Rp1.250.000, jatuh tempo 20 November.", "Selamat siang dan sampai bertemu."):
        assert active_level_db(trimmed(sound(voice, text), RATE_HZ), RATE_HZ) == pytest.approx(SPEECH_DBFS, abs=2.5)


def test_joins_do_not_click(folder: Path) -> None:
    wave = sound(RecordedVoice(folder, beneath=EspeakVoice()), "Jumlahnya Rp1.250.000, jatuh tempo 20 November.")
    within = sound(RecordedVoice(folder, beneath=EspeakVoice()), FIXED)
    assert np.abs(np.diff(wave)).max() < 2 * np.abs(np.diff(within)).max()
    assert abs(float(wave[0])) < 1e-3


def test_a_recording_that_is_no_sound_leaves_the_sentence_to_one_voice(folder: Path) -> None:
    (folder / read_index(folder)[1].file).write_bytes(b"RIFF....WAVEnonsense")
    beneath = Beneath()
    sound(RecordedVoice(folder, beneath=beneath), "Jumlahnya Rp1.250.000, jatuh tempo 20 November.")
    assert beneath.asked[-1] == "Jumlahnya Rp1.250.000, jatuh tempo 20 November."


def test_a_recording_made_anew_is_another_voice_to_the_disk(folder: Path) -> None:
    file = folder / read_index(folder)[0].file
    before = RecordedVoice(folder, beneath=Beneath()).key
    assert RecordedVoice(folder, beneath=Beneath()).key == before
    record(folder, file.name, "Sama-sama, sampai jumpa.")
    os.utime(file, ns=(1, 1))
    assert RecordedVoice(folder, beneath=Beneath()).key != before


def test_it_works_through_the_settings_and_the_cache(folder: Path, tmp_path: Path) -> None:
    voice = CachedVoice(make_voice(f"recorded:{folder}"), store=SentenceStore(tmp_path / "store"))
    voice.keep([FIXED])
    first = np.concatenate(list(voice.synthesize(FIXED)))
    assert np.array_equal(np.concatenate(list(voice.synthesize(FIXED))), first)


def test_the_voice_beneath_may_be_named_in_the_folder(folder: Path) -> None:
    usual = np.concatenate(list(make_voice(f"recorded:{folder}").synthesize("Halo, apa kabar?")))
    (folder / "beneath.txt").write_text("espeak@m7\n")
    other = np.concatenate(list(make_voice(f"recorded:{folder}").synthesize("Halo, apa kabar?")))
    alone = np.concatenate(list(make_voice("espeak@m7").synthesize("Halo, apa kabar?")))
    assert len(other) == pytest.approx(len(alone), abs=80)
    assert abs(len(other) - len(usual)) > 80 or likeness(other, usual[500:8000]) < 0.5
    (folder / "beneath.txt").write_text(f"recorded:{folder}")
    with pytest.raises(VoiceError, match="must name a voice that can say anything"):
        make_voice(f"recorded:{folder}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "santun voice prompts"),
        ("a,b,c\n", "lacks the columns file, text, sentence"),
        ("file\ttext\tsentence\n../x.wav\tHalo\tHalo\n", "line 2: '../x.wav' must be a file inside"),
        ("file\ttext\tsentence\nx.wav\t\tHalo\n", "line 2: file, text and sentence must all be given"),
        ("file\ttext\tsentence\nx.wav\tHalo\tHalo {name} di sana\n", "must be, in this order: Halo | di sana"),
    ],
)
def test_an_index_that_cannot_be_used_says_what_to_do(tmp_path: Path, text: str | None, complaint: str) -> None:
    if text is not None:
        (tmp_path / "index.tsv").write_text(text)
    with pytest.raises(VoiceError) as raised:
        RecordedVoice(tmp_path, beneath=Beneath())
    assert complaint in str(raised.value)


def test_the_sheet_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    prompts = [Prompt("a.wav", 'Kata "baik".', 'Kata "baik".', "greeting"), *prompts_for(WITH_BLANKS, "x")]
    write_index(tmp_path, prompts)
    assert read_index(tmp_path) == prompts


def test_signs_between_blanks_need_no_recording() -> None:
    assert [part.text or part.blank for part in parts_of("{honorific} {name}, {amount_due}.")] == [
        "honorific",
        "name",
        "amount_due",
    ]


def faults(path: Path, wave: Waveform, rate_hz: int = 16000, text: str = "Terima kasih atas waktunya.") -> str:
    soundfile.write(path, wave, rate_hz)
    return "; ".join(faults_of(path, text, EspeakVoice()))


def test_the_checks_find_what_is_wrong_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    good = np.pad(np.concatenate(list(EspeakVoice(variant="m3", rate_hz=16000).synthesize(FIXED))), 4000)
    assert faults(path, good) == ""
    assert "clipped" in faults(path, np.clip(good * 8, -1, 1))
    assert "very quiet" in faults(path, good * 0.005)
    assert "silent" in faults(path, np.zeros(16000, np.float32))
    assert "rate of 6000 Hz" in faults(path, soxr.resample(good, 16000, 6000), 6000)
    assert "silence around" in faults(path, np.pad(good, 30000))
    assert "cut off" in faults(path, good, text=f"{FIXED} {FIXED} {FIXED}")
    noise = np.random.default_rng(1).normal(0, 0.03, len(good)).astype(np.float32)
    assert "noise" in faults(path, good + noise)
    path.write_bytes(b"nothing")
    assert faults_of(path, FIXED, EspeakVoice()) == ["is no sound file that can be read; save it as WAV (PCM)"]
