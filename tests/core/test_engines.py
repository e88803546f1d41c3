"""Settings → engines: unusable choices are refused by the variable's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from voicebot.core.engines import make_interpreter, make_voice
from voicebot.core.errors import ModelError, SettingsError
from voicebot.core.settings import load_settings


@pytest.mark.parametrize("engine", ["rasa", "transformer", "transformer:", "embedded:more"])
def test_an_unknown_interpreter_is_refused_with_those_known(engine: str) -> None:
    with pytest.raises(SettingsError, match=r"SANTUN_ENGINES__INTERPRETER.*embedded, transformer:"):
        make_interpreter("id", engine)


def test_a_checkpoint_that_is_not_there_is_refused_by_the_variables_name() -> None:
    with pytest.raises(ModelError, match=r"SANTUN_ENGINES__INTERPRETER: .*make"):
        make_interpreter("id", "transformer:./nowhere")


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def give(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(f"SANTUN_ENGINES__{name}", value)
        load_settings.cache_clear()

    yield give
    load_settings.cache_clear()


def test_each_language_has_the_voice_that_its_setting_names(settings_of: Callable[..., None]) -> None:
    settings_of(VOICE="espeak@m3", VOICE_EN="festival")
    assert next(make_voice("id").synthesize("Halo.")).size > 0
    with pytest.raises(SettingsError, match=r"SANTUN_ENGINES__VOICE_EN: .*'festival'; known: espeak, pyttsx3, piper:MODEL"):
        make_voice("en")


def test_the_bot_speaks_as_fast_as_is_set(settings_of: Callable[..., None]) -> None:
    text = "Pembayaran cicilan Anda sudah kami terima."
    usual = sum(chunk.size for chunk in make_voice("id").synthesize(text))
    settings_of(VOICE_SPEED="1.5")
    assert sum(chunk.size for chunk in make_voice("id").synthesize(text)) < 0.85 * usual


def test_a_voice_that_is_not_here_is_refused_by_the_variables_name_with_the_remedy(settings_of: Callable[..., None]) -> None:
    settings_of(VOICE="piper:/nowhere/voice")
    with pytest.raises(ModelError, match=r"SANTUN_ENGINES__VOICE: .*(santun models list|pip install 'santun\[piper\]')"):
        make_voice("id")


def test_a_voice_that_needs_a_model_says_so(settings_of: Callable[..., None]) -> None:
    settings_of(VOICE="sherpa")
    with pytest.raises(SettingsError, match=r"SANTUN_ENGINES__VOICE: sherpa needs a model: write sherpa:FOLDER"):
        make_voice("id")
