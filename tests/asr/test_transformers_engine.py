"""Whisper and wav2vec 2.0 through transformers, on checkpoints that know three sentences."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from asr.transformers_engine import load_ctc, load_whisper
from tests.asr.conftest import Lessons


def test_whisper_writes_the_language_it_is_told(whisper_model: Path, lessons: Lessons) -> None:
    for language, place in (("id", 1), ("en", 2)):
        decoder = load_whisper(whisper_model, language)
        for lesson in lessons:
            assert " ".join(word.text for word in decoder.decode(lesson[0])) == lesson[place]


def test_whisper_words_carry_times_inside_the_sound_and_probabilities(whisper_model: Path, lessons: Lessons) -> None:
    wave = lessons[0][0]
    words = load_whisper(whisper_model, "id").decode(wave)
    assert all(0 <= word.start_s < word.end_s <= len(wave) / 16000 + 0.1 for word in words)
    assert len({word.confidence for word in words}) == len(words)


def test_whisper_text_that_repeats_itself_is_dropped(
    whisper_model: Path, lessons: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asr.whisper_guard.COMPRESSION_RATIO", 0.5)
    assert load_whisper(whisper_model, "id").decode(lessons[0][0]) == ()


def test_whisper_takes_a_prompt_and_writes_none_of_it_as_heard(whisper_model: Path, lessons: Lessons) -> None:
    words = load_whisper(whisper_model, "id").decode(lessons[0][0], hints=("zulkifli",))
    assert "zulkifli" not in " ".join(word.text for word in words)


def test_decoding_is_quiet(whisper_model: Path, lessons: Lessons, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        warnings.simplefilter("error", FutureWarning)
        load_whisper(whisper_model, "id").decode(lessons[0][0])
    assert capfd.readouterr() == ("", "")


def test_wav2vec2_spells_what_it_learnt_with_times_of_each_word(wav2vec2_model: Path, lessons: Lessons) -> None:
    decoder = load_ctc(wav2vec2_model, "id")
    for wave, text, _ in lessons:
        words = decoder.decode(wave)
        assert " ".join(word.text for word in words) == text
        assert all(before.end_s <= after.start_s for before, after in pairwise(words))
        assert words[-1].end_s <= len(wave) / 16000 + 0.05


@pytest.mark.parametrize("samples", [0, 1, 300])
def test_wav2vec2_hears_nothing_in_less_than_its_first_step(wav2vec2_model: Path, samples: int) -> None:
    assert load_ctc(wav2vec2_model, "id").decode(np.zeros(samples, dtype=np.float32)) == ()


Case = tuple[str, Callable[[Path, str], object]]
CASES: list[Case] = [("whisper_model", load_whisper), ("wav2vec2_model", load_ctc)]


@pytest.mark.parametrize(("fixture", "load"), CASES)
def test_missing_and_broken_files_are_named_with_the_remedy(
    request: pytest.FixtureRequest, tmp_path: Path, fixture: str, load: Callable[[Path, str], object]
) -> None:
    whole: Path = request.getfixturevalue(fixture)
    for file in ("config.json", "preprocessor_config.json", "model.safetensors"):
        folder = tmp_path / file
        shutil.copytree(whole, folder)
        (folder / file).write_bytes((whole / file).read_bytes()[:50])
        with pytest.raises(ValueError, match=r"incomplete or damaged .*fetch it anew"):
            load(folder, "id")
        (folder / file).unlink()
        with pytest.raises(ValueError, match=r"lacks .*santun models pull NAME"):
            load(folder, "id")


@pytest.mark.parametrize(("fixture", "load"), CASES)
def test_weights_that_are_not_all_there_are_refused(
    request: pytest.FixtureRequest, tmp_path: Path, fixture: str, load: Callable[[Path, str], object]
) -> None:
    whole: Path = request.getfixturevalue(fixture)
    from safetensors.torch import load_file, save_file

    shutil.copytree(whole, tmp_path / "model")
    path = tmp_path / "model/model.safetensors"
    weights = load_file(path)
    del weights[next(name for name in weights if "layers.0" in name)]
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"lacks weights \(.*layers\.0"):
        load(tmp_path / "model", "id")


def test_each_kind_refuses_the_other(whisper_model: Path, wav2vec2_model: Path, ctranslate2_model: Path) -> None:
    with pytest.raises(ValueError, match="made for wav2vec2 Wav2Vec2ForCTC, not for whisper"):
        load_whisper(wav2vec2_model, "id")
    with pytest.raises(ValueError, match="made for whisper WhisperForConditionalGeneration, not for wav2vec2"):
        load_ctc(whisper_model, "id")
    with pytest.raises(ValueError, match=f"write faster-whisper:{ctranslate2_model}"):
        load_whisper(ctranslate2_model, "id")


def test_an_english_whisper_is_refused_for_indonesian(whisper_model: Path, tmp_path: Path) -> None:
    shutil.copytree(whisper_model, tmp_path / "model")
    path = tmp_path / "model/generation_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, "is_multilingual": False}), encoding="utf-8")
    with pytest.raises(ValueError, match="hears English only; take a multilingual one"):
        load_whisper(tmp_path / "model", "id")
