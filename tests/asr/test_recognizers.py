"""The list of recognizers, and what is said when one cannot be had."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from asr.model_folder import model_folder
from asr.recognizers import ENGINES, default_engine, known_engines, make_recognizer, make_transcriber, require
from asr.transcribe import transcribe_files
from models.store import ModelStoreError

FOREIGN = (
    "kaldifst",
    "onnxruntime",
    "pocketsphinx",
    "vosk",
    "sherpa_onnx",
    "faster_whisper",
    "ctranslate2",
    "torch",
    "transformers",
)


def test_naming_engines_imports_none_of_them() -> None:
    code = f"""
import sys, asr.recognizers as r
r.known_engines()
for name in r.ENGINES.values(): r.named(name.written, name.languages[0])
print([name for name in {FOREIGN} if name in sys.modules])"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"


def test_every_language_has_a_recognizer_that_needs_no_download() -> None:
    for language in ("id", "en"):
        engine = ENGINES[default_engine(language)]
        assert language in engine.languages
        assert not engine.loads


def test_engines_with_models_are_listed_as_they_are_written() -> None:
    assert {"embedded", "pocketsphinx", "vosk:MODEL", "faster-whisper:MODEL"} <= set(known_engines())


@pytest.mark.parametrize(
    ("engine", "language", "complaint"),
    [
        ("telepathy", "id", "no recognizer named 'telepathy'; known: embedded, .*vosk:MODEL"),
        ("vosk", "id", "vosk needs a model: write vosk:FOLDER, or vosk:NAME with a name from `santun models list`"),
        ("pocketsphinx:/some/folder", "en", "pocketsphinx brings its own model; write only pocketsphinx"),
        ("embedded:/some/folder", "id", "there is no folder /some/folder"),
        ("embedded", "en", "embedded hears Indonesian only; for English take one of: pocketsphinx, vosk:MODEL"),
        ("pocketsphinx", "id", "pocketsphinx hears English only; for Indonesian take one of: embedded"),
    ],
)
def test_a_wrong_name_is_refused_with_the_right_ones(engine: str, language: str, complaint: str) -> None:
    for make in (make_recognizer, make_transcriber):
        with pytest.raises(ValueError, match=complaint):
            make(engine, language=language)


@pytest.mark.parametrize("name", [name for name, engine in ENGINES.items() if engine.packages])
def test_a_missing_package_is_named_with_the_command_that_installs_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: None)
    extra = ENGINES[name].extra
    wanted = rf"'santun\[{extra}\]'" if extra else "santun"
    with pytest.raises(ValueError, match=rf"{name} lacks the package .*run `pip install {wanted}`"):
        require(ENGINES[name])


def test_every_extra_is_one_of_the_project() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for engine in ENGINES.values():
        if engine.extra:
            extra = " ".join(project["optional-dependencies"][engine.extra]).replace("-", "_")
            assert all(package in extra for package in engine.packages), engine


def test_a_model_that_is_known_but_not_here_is_named_with_the_command_that_fetches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANTUN_MODELS_DIR", str(tmp_path))
    with pytest.raises(ModelStoreError, match="santun models pull whisper-tiny-ct2"):
        model_folder("whisper-tiny-ct2")


def test_a_model_that_is_nowhere_is_refused_with_what_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError, match="no folder, and as a model: there is no model named 'nonesuch'"):
        model_folder("nonesuch")
    with pytest.raises(ValueError, match=r"no folder /no/such/folder; .*santun models list"):
        model_folder("/no/such/folder")
    (tmp_path / "model.bin").touch()
    with pytest.raises(ValueError, match="is a file; name the folder"):
        model_folder(str(tmp_path / "model.bin"))


def test_an_archive_with_a_folder_of_its_own_is_entered(tmp_path: Path) -> None:
    (tmp_path / "vosk-model-small/am").mkdir(parents=True)
    (tmp_path / "vosk-model-small/README").touch()
    assert model_folder(str(tmp_path)) == tmp_path / "vosk-model-small"


def test_options_that_would_make_no_difference_are_refused_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Zulkifli\n", encoding="utf-8")
    with pytest.raises(ValueError, match="wav2vec2 has no words of its own for the state 'digits'; leave --state out"):
        transcribe_files([], engine="wav2vec2:any", state="digits")
    with pytest.raises(ValueError, match="sherpa cannot be biased towards phrases; leave --phrases out"):
        transcribe_files([], engine="sherpa:any", phrases=tmp_path / "names.txt")
