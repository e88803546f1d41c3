"""SANTUN_ENGINES__RECOGNIZER: what it names is what hears calls and recordings, and what is wrong with it is said before a call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.asr.conftest import needs, spoken
from voicebot.core.engines import make_recognizer, make_recognizers, make_transcriber
from voicebot.core.errors import ModelError, SettingsError


def test_a_streaming_engine_hears_the_line_of_a_call(tmp_path: Path) -> None:
    needs("sherpa_onnx", "onnx")
    from tests.asr.tiny_sherpa import write_transducer

    write_transducer(tmp_path, streaming=True)
    recognizer = make_recognizers(f"sherpa:{tmp_path}")["id"]
    assert recognizer.rate_hz == 8000
    hearing = recognizer.listen(state="yes_no", hints=("Zulkifli",))
    wave = np.pad(spoken("iya betul"), 8000)
    for start in range(0, len(wave), 160):
        hearing.feed(wave[start : start + 160])
    assert hearing.finish().text == "satu dua"


def test_recordings_are_heard_by_the_same_engine_whatever_words_are_expected(tmp_path: Path) -> None:
    needs("sherpa_onnx", "onnx")
    from tests.asr.tiny_sherpa import write_transducer

    write_transducer(tmp_path, streaming=False)
    transcriber = make_transcriber(f"sherpa:{tmp_path}", hints=("Zulkifli",))
    assert transcriber.rate_hz == 16000
    assert transcriber.transcribe(np.zeros(16000, dtype=np.float32)) == ()


@pytest.mark.parametrize("make", [make_recognizer, make_transcriber])
def test_a_setting_that_names_nothing_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(
        SettingsError, match="SANTUN_ENGINES__RECOGNIZER: there is no recognizer named 'telepathy'; known: embedded"
    ):
        make("telepathy")


@pytest.mark.parametrize("make", [make_recognizer, make_transcriber])
def test_a_model_that_is_not_here_is_named_with_the_command(
    make: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("faster_whisper")
    assert callable(make)
    monkeypatch.setenv("SANTUN_MODELS_DIR", str(tmp_path))
    with pytest.raises(ModelError, match=r"SANTUN_ENGINES__RECOGNIZER: .*santun models pull whisper-base-ct2"):
        make("faster-whisper:whisper-base-ct2")
