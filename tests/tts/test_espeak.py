"""The built-in voice really speaks."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tts import espeak
from tts.espeak import EspeakError, EspeakVoice, phonemes, respell, sentences_of, with_pauses
from tts.lexicon.build import corrected, plain, reviewed
from tts.loudness import PAUSE_S, SPEECH_DBFS, active_level_db, trimmed
from tts.spoken import spoken_pieces


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


def entries() -> dict[str, str]:
    return dict(espeak._table("id.tsv"))


def read_with_lexicon(text: str) -> str:
    """What espeak-ng reads when it is given the lexicon's sounds (it keeps reading brackets so after it has spoken once)."""
    next(EspeakVoice().synthesize("halo"))
    return phonemes(respell(text, "id"))


def test_every_entry_comes_out_as_it_is_written() -> None:
    for word, sounds in entries().items():
        assert phonemes(word) != sounds, f"{word} needs no entry"
        assert read_with_lexicon(word) == sounds


def test_every_word_checked_by_hand_has_its_vowels() -> None:
    sound_of = {"@": "ê", "E": "é", "e": "é"}
    for word, marks in reviewed():
        read = read_with_lexicon(word)
        assert "".join(sound_of.get(sound, "") for sound in re.findall("[@Ee]", read)) == marks, (word, read)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("enam", "@n'am"),
        ("dengan", "d@N'an"),
        ("kerja", "k@RdZ'a"),
        ("mengerti", "m@N@Rt'i"),
        ("persen", "p@Rs'En"),
        ("sore", "s'OR2E"),
        ("karena", "kaR2@n'a"),
        ("besok", "b'Esok"),
        ("denda", "d@nd'a"),
    ],
)
def test_the_usual_words_sound_right(word: str, sounds: str) -> None:
    assert read_with_lexicon(word) == sounds
    assert read_with_lexicon(word.capitalize()) == sounds


def test_a_schwa_is_never_stressed_before_the_last_syllable() -> None:
    assert not [word for word, sounds in entries().items() if re.search(r"'@.*[aeiouEIOU@]", sounds)]


def test_words_that_are_read_right_get_no_entry() -> None:
    assert corrected("besok", "é") is None
    assert corrected("enam", "ê") == "@n'am"
    assert plain("mêngêrti") == "mengerti"


def test_brackets_of_a_text_are_no_phonemes() -> None:
    assert "[[" not in respell("Budi [[b'a]]", "id").replace("[ [", "")
    assert "[[" not in respell("Budi [[b'a]]", "en").replace("[ [", "")


def test_a_pause_comes_before_amounts_and_account_numbers_but_not_at_the_start() -> None:
    def given(text: str) -> str:
        return with_pauses(spoken_pieces(text, "id"), "id")

    assert "jumlahnya [[_:]] lima" in given("jumlahnya Rp50.000")
    assert "nomor [[_:]] delapan" in given("nomor 8808081234567890")
    assert "[[_:]]" not in given("Rp50.000 saja, Rp60.000 pun bisa")
    assert len(spoken("jumlahnya Rp50.000")) > len(spoken("jumlahnya lima puluh ribu rupiah")) + 0.03 * 8000


def test_sentences_begin_at_once_and_end_with_a_pause() -> None:
    for chunk in EspeakVoice().synthesize("Selamat pagi. Ini mengenai tagihan Anda, terima kasih."):
        sounding = np.flatnonzero(np.abs(chunk) > 0.01)
        assert sounding[0] < 0.03 * 8000
        assert PAUSE_S <= (len(chunk) - sounding[-1]) / 8000 < PAUSE_S + 0.06


def test_sentences_have_one_level() -> None:
    texts = (
        "Baik, terima kasih.",
        "Kapan dapat dibayarkan?",
        "Jumlahnya Rp1.250.000, jatuh tempo 20 November.",
        "Selamat siang.",
    )
    for variant in ("f2", "m3", "m7"):
        levels = [active_level_db(trimmed(spoken(text, variant=variant), 8000), 8000) for text in texts]
        assert max(levels) - min(levels) < 4
        assert np.mean(levels) == pytest.approx(SPEECH_DBFS, abs=2)


def test_speed_is_heard_and_named() -> None:
    text = "Pembayaran Anda sudah kami terima dengan baik."
    slow, usual, fast = (len(spoken(text, speed=speed)) for speed in (0.8, 1.0, 1.3))
    assert slow > 1.12 * usual > 1.25 * fast
    assert EspeakVoice(speed=0.8).key != EspeakVoice().key


def test_english_is_read_by_the_english_voice() -> None:
    assert len(spoken("Rp1,250,000 is due on December 25th.", language="en")) > 2 * 8000
