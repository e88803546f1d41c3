"""faster-whisper on a checkpoint that knows three sentences in two languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from asr.faster_whisper_engine import load
from tests.asr.conftest import Lessons


def _text(folder: Path, lessons: Lessons, language: str, hints: tuple[str, ...] = ()) -> list[str]:
    decoder = load(folder, language)
    return [" ".join(word.text for word in decoder.decode(wave, hints=hints)) for wave, *_ in lessons]


def test_the_language_is_fixed_not_guessed(ctranslate2_model: Path, lessons: Lessons) -> None:
    assert _text(ctranslate2_model, lessons, "id") == [indonesian for _, indonesian, _ in lessons]
    assert _text(ctranslate2_model, lessons, "en") == [english for *_, english in lessons]


def test_words_carry_times_and_probabilities_of_their_own(ctranslate2_model: Path, lessons: Lessons) -> None:
    wave, text, _ = lessons[0]
    words = load(ctranslate2_model, "id").decode(wave)
    assert [word.text for word in words] == text.split()
    assert words[-1].end_s == pytest.approx(len(wave) / 16000, abs=0.5)
    assert len({word.confidence for word in words}) > 1


def test_text_that_repeats_itself_is_dropped(
    ctranslate2_model: Path, lessons: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asr.whisper_guard.COMPRESSION_RATIO", 0.5)
    assert load(ctranslate2_model, "id").decode(lessons[0][0]) == ()


def test_phrases_reach_the_prompt(ctranslate2_model: Path, lessons: Lessons, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = load(ctranslate2_model, "id")
    asked: list[str] = []
    prompt = decoder.model.get_prompt
    monkeypatch.setattr(
        decoder.model, "get_prompt", lambda *given, **named: (asked.append(named["hotwords"]), prompt(*given, **named))[1]
    )
    decoder.decode(lessons[0][0], hints=("Zulkifli", "Siti Aminah"))
    assert asked == ["Zulkifli, Siti Aminah"]


@pytest.mark.parametrize("file", ["model.bin", "config.json", "tokenizer.json"])
def test_missing_and_broken_files_are_reported_with_the_remedy(ctranslate2_model: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(ctranslate2_model, tmp_path / "model")
    path = tmp_path / "model" / file
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ValueError, match=r"cannot be loaded .* anew"):
        load(tmp_path / "model", "id")
    path.unlink()
    with pytest.raises(ValueError, match=f"lacks {file}.*santun models pull NAME"):
        load(tmp_path / "model", "id")


def test_a_checkpoint_of_the_other_format_is_recognised(whisper_model: Path) -> None:
    with pytest.raises(ValueError, match=f"write whisper:{whisper_model}"):
        load(whisper_model, "id")
