"""sherpa-onnx models of each kind, and what is said of broken ones, over which sherpa itself would end the process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from asr.audio_file import resample
from asr.engine import Waveform
from asr.error_rate import edit_distance
from asr.onnx_metadata import read_metadata
from asr.sherpa_engine import SherpaDecoder, SherpaRecognizer, load, model_files, words_of
from tests.asr.conftest import TAUGHT, needs, spoken


def _bursts() -> Waveform:
    """A second of silence, a sentence, a second of silence; 16 kHz."""
    return resample(np.pad(spoken("satu juta rupiah"), 8000), 8000, 16000)


def test_the_shipped_recognizer_spells_in_sherpa_what_it_was_told(sherpa_ctc_model: Path) -> None:
    decoder = load(sherpa_ctc_model, "id")
    assert isinstance(decoder, SherpaDecoder)
    assert (decoder.rate_hz, decoder.longest_s) == (8000, 7.8)
    wrong = letters = 0
    for text, _ in TAUGHT:
        heard = "".join(word.text for word in decoder.decode(spoken(text)))
        wrong += edit_distance(list(text.replace(" ", "")), list(heard))
        letters += len(text.replace(" ", ""))
    assert wrong / letters < 0.2


def test_a_streaming_transducer_tells_when_sound_begins_and_ends(sherpa_streaming_model: Path) -> None:
    recognizer = load(sherpa_streaming_model, "id")
    assert isinstance(recognizer, SherpaRecognizer)
    hearing, wave = recognizer.listen(), _bursts()
    partials = [hearing.feed(wave[i : i + 1600]) for i in range(0, len(wave), 1600)]
    assert any(partial.text == "satu" for partial in partials)
    first, second = hearing.finish().words
    assert (first.text, second.text) == ("satu", "dua")
    assert first.start_s == pytest.approx(1.0, abs=0.15)
    assert first.end_s < second.start_s < len(wave) / 16000
    assert 0.5 < first.confidence < 1.0


def test_an_offline_transducer_gives_its_probabilities(tmp_path: Path) -> None:
    needs("sherpa_onnx", "onnx")
    from tests.asr.tiny_sherpa import write_transducer

    write_transducer(tmp_path, streaming=False)
    decoder = load(tmp_path, "id")
    assert isinstance(decoder, SherpaDecoder)
    words = decoder.decode(_bursts())
    assert [word.text for word in words] == ["satu", "dua"]
    assert words[0].start_s == pytest.approx(1.0, abs=0.15)
    assert all(0.5 < word.confidence < 1.0 for word in words)


def test_a_streaming_ctc_model_is_told_from_an_offline_one(tmp_path: Path) -> None:
    needs("sherpa_onnx", "onnx")
    from tests.asr.tiny_sherpa import write_streaming_ctc

    write_streaming_ctc(tmp_path)
    recognizer = load(tmp_path, "id")
    assert isinstance(recognizer, SherpaRecognizer)
    hearing = recognizer.listen()
    hearing.feed(_bursts())
    assert set(hearing.finish().text.split()) == {"satu"}


def test_int8_files_are_preferred(sherpa_streaming_model: Path, tmp_path: Path) -> None:
    shutil.copytree(sherpa_streaming_model, tmp_path / "model")
    shutil.copy(tmp_path / "model/encoder-epoch-1.onnx", tmp_path / "model/encoder-epoch-1.int8.onnx")
    files = model_files(tmp_path / "model").files
    assert files["encoder"].endswith("encoder-epoch-1.int8.onnx")
    assert files["joiner"].endswith("joiner-epoch-1.onnx")


def test_tokens_become_words_at_their_blanks() -> None:
    tokens = ["▁sa", "ya", " ", "b", "a", "▁", "ok"]
    words = words_of(tokens, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [-0.1, -0.3, 0, -1, -1, 0, -0.2])
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        ("saya", 0.1, 0.28),
        ("ba", 0.4, 0.58),
        ("ok", 0.7, 0.78),
    ]
    assert [word.confidence for word in words] == [0.819, 0.368, 0.819]
    assert words_of([], [], []) == ()
    assert [word.confidence for word in words_of(tokens, [0.1] * 7, [])] == [0.5] * 3


def test_the_notes_of_a_file_are_read_without_its_weights(sherpa_ctc_model: Path) -> None:
    import onnx

    path = sherpa_ctc_model / "model.onnx"
    assert read_metadata(path) == {each.key: each.value for each in onnx.load(path).metadata_props}


def _without_vocabulary(folder: Path) -> None:
    import onnx

    model = onnx.load(folder / "model.onnx")
    kept = [each for each in model.metadata_props if each.key != "vocab_size"]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    onnx.save(model, folder / "model.onnx")


def _without_notes(folder: Path) -> None:
    import onnx

    model = onnx.load(folder / "model.onnx")
    del model.metadata_props[:]
    onnx.save(model, folder / "model.onnx")


def _cut(folder: Path) -> None:
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:-5000])


def _damaged(folder: Path) -> None:
    raw = bytearray((folder / "model.onnx").read_bytes())
    raw[2000:4000] = bytes(2000)
    (folder / "model.onnx").write_bytes(raw)


BREAKAGES: list[tuple[str, Callable[[Path], object], str]] = [
    ("no tokens", lambda folder: (folder / "tokens.txt").unlink(), r"no sherpa-onnx model .*santun models pull NAME"),
    ("no model", lambda folder: (folder / "model.onnx").unlink(), r"no sherpa-onnx model .*santun models pull NAME"),
    ("cut short", _cut, "cut short: fetch it anew"),
    ("damaged", _damaged, "fetch it anew"),
    ("a web page", lambda folder: (folder / "model.onnx").write_text("<!doctype html>"), "no ONNX file: fetch it anew"),
    ("no vocabulary size", _without_vocabulary, r"'vocab_size' does not exist .*fetch it anew"),
    ("no notes", _without_notes, "type unknown, which is not supported"),
    ("wrong tokens", lambda folder: (folder / "tokens.txt").write_text("a 0\nb 1\n"), r"symbol <blk>.*fetch it anew"),
]


@pytest.mark.parametrize(("breakage", "complaint"), [each[1:] for each in BREAKAGES], ids=[each[0] for each in BREAKAGES])
def test_a_broken_model_is_reported_with_the_remedy(
    sherpa_ctc_model: Path, tmp_path: Path, breakage: Callable[[Path], object], complaint: str
) -> None:
    shutil.copytree(sherpa_ctc_model, tmp_path / "model")
    breakage(tmp_path / "model")
    with pytest.raises(ValueError, match=complaint):
        load(tmp_path / "model", "id")
