"""Vosk in its worker process: what dies is started again, and what is wrong with a model is said."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from asr.audio_file import resample
from asr.engine import RecognizerError, Waveform
from asr.vosk_engine import VoskRecognizer, load
from asr.vosk_worker import takes_grammars
from tests.asr.conftest import TAUGHT, needs, spoken

TEXT = TAUGHT[0][0]


def _wave() -> Waveform:
    return resample(np.pad(spoken(TEXT), 4000), 8000, 16000)


@pytest.fixture(scope="module")
def recognizer(kaldi_model: Path) -> VoskRecognizer:
    return load(kaldi_model, "id")


def _kill(recognizer: VoskRecognizer) -> None:
    process_id = recognizer.worker.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)


def test_vosk_never_comes_into_this_process(recognizer: VoskRecognizer) -> None:
    hearing = recognizer.listen()
    hearing.feed(_wave())
    assert hearing.finish().text == TEXT
    assert "vosk" not in sys.modules


def test_an_utterance_survives_the_death_of_the_worker(recognizer: VoskRecognizer) -> None:
    wave = _wave()
    hearing = recognizer.listen()
    for start in range(0, len(wave), 1600):
        if start == 1600 * (len(wave) // 3200):
            _kill(recognizer)
        hearing.feed(wave[start : start + 1600])
    final = hearing.finish()
    assert final.text == TEXT
    assert final.words[-1].end_s <= len(wave) / 16000


def test_words_after_a_long_pause_keep_their_times_when_the_worker_died_between(recognizer: VoskRecognizer) -> None:
    wave, pause = _wave(), np.zeros(3 * 16000, dtype=np.float32)  # longer than Vosk's own endpointer waits
    hearing = recognizer.listen()
    hearing.feed(wave)
    for start in range(0, len(pause), 1600):
        hearing.feed(pause[start : start + 1600])
    _kill(recognizer)
    hearing.feed(wave)
    final = hearing.finish()
    assert final.text == f"{TEXT} {TEXT}"
    again_s = len(wave) / 16000 + 3
    assert all(again_s <= word.end_s <= again_s + len(wave) / 16000 for word in final.words[4:])
    assert all(word.end_s <= len(wave) / 16000 + 1 for word in final.words[:4])


def test_other_callers_go_on_and_new_ones_come_in_after_a_death(recognizer: VoskRecognizer) -> None:
    wave = _wave()
    hearings = [recognizer.listen() for _ in range(3)]
    for hearing in hearings:
        hearing.feed(wave[:8000])
    _kill(recognizer)
    hearings.append(recognizer.listen())
    hearings[-1].feed(wave[:8000])
    for hearing in hearings:
        hearing.feed(wave[8000:])
    assert [hearing.finish().text for hearing in hearings] == [TEXT] * 4


def test_sound_that_kills_the_worker_twice_is_reported(recognizer: VoskRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = recognizer.listen()
    ask = recognizer.worker.ask

    def deadly(*arguments: object) -> object:
        _kill(recognizer)
        return ask(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(recognizer.worker, "ask", deadly)
    with pytest.raises(RecognizerError, match=r"died \(signal 9\), twice on the same sound"):
        hearing.feed(_wave())
    monkeypatch.undo()
    after = recognizer.listen()
    after.feed(_wave())
    assert after.finish().text == TEXT


def test_utterances_that_nobody_finishes_are_forgotten_by_the_worker(recognizer: VoskRecognizer) -> None:
    hearing = recognizer.listen()
    number = hearing.number
    hearing.feed(_wave())
    del hearing
    recognizer.listen().finish()
    with pytest.raises(RecognizerError, match="KeyError"):
        recognizer.worker.ask("feed", number, recognizer.worker.generation, b"")


def test_the_worker_ends_when_it_is_closed(kaldi_model: Path) -> None:
    recognizer = load(kaldi_model, "id")
    process_id = recognizer.worker.process_id
    assert process_id is not None
    recognizer.close()
    assert recognizer.worker.process_id is None
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_a_state_asks_for_a_grammar_and_a_model_without_parts_ignores_it(recognizer: VoskRecognizer) -> None:
    hearing = recognizer.listen(state="digits", hints=("zulkifli",))
    assert {"nol", "sembilan", "zulkifli"} <= set(hearing.grammar)
    hearing.feed(_wave())
    assert hearing.finish().text == TEXT


def test_only_models_whose_graph_comes_in_two_parts_take_grammars(kaldi_model: Path, tmp_path: Path) -> None:
    assert not takes_grammars(kaldi_model)
    for layout in ("", "graph"):
        folder = tmp_path / f"model{layout}" / layout
        folder.mkdir(parents=True)
        (folder / "HCLr.fst").touch()
        assert not takes_grammars(tmp_path / f"model{layout}")
        (folder / "Gr.fst").touch()
        assert takes_grammars(tmp_path / f"model{layout}")


@pytest.mark.parametrize("file", ["am/final.mdl", "conf/model.conf", "graph/HCLG.fst"])
def test_a_missing_file_is_named_with_the_remedy(kaldi_model: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(kaldi_model, tmp_path / "model")
    (tmp_path / "model" / file).unlink()
    with pytest.raises(ValueError, match=r"no Vosk model: it lacks .*santun models pull NAME"):
        load(tmp_path / "model", "id")


@pytest.mark.parametrize("file", ["am/final.mdl", "graph/HCLG.fst", "graph/words.txt"])
def test_a_broken_model_is_reported_and_takes_nothing_down(kaldi_model: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(kaldi_model, tmp_path / "model")
    path = tmp_path / "model" / file
    path.write_bytes(b"<html>" if file.endswith("txt") else path.read_bytes()[:300])
    with pytest.raises(ValueError, match=r"cannot be loaded .*fetch it anew"):
        load(tmp_path / "model", "id")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    needs("vosk")
    with pytest.raises(ValueError, match="no Vosk model"):
        load(tmp_path, "id")
