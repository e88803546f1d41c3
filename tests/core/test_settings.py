"""Settings: documented, validated, and the only door to the environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicebot.core.errors import SettingsError
from voicebot.core.settings import describe, load_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _fresh() -> object:
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def test_the_settings_page_is_current() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == describe(), "run: python -m voicebot.core.settings > docs/settings.md"


def test_nested_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANTUN_SIP__TRUNK_PORT", "5099")
    monkeypatch.setenv("SANTUN_WEB_PORT", "8123")
    assert load_settings().sip.trunk_port == 5099
    assert load_settings().web_port == 8123


def test_a_simulated_clock_is_refused_unless_the_trunk_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANTUN_SIMULATED_NOW", "2026-11-24T10:00:00+07:00")
    assert load_settings().simulated_now is not None
    load_settings.cache_clear()
    monkeypatch.setenv("SANTUN_SIP__TRUNK_HOST", "sip.example.org")
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANTUN_WEB_PORT", "99999"),
        ("SANTUN_SIP__LINES", "5"),
        ("SANTUN_SIMULATED_NOW", "2026-11-24T10:00:00"),
        ("SANTUN_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_the_variables_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_secrets_have_no_default_and_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().sip.password is None
    load_settings.cache_clear()
    monkeypatch.setenv("SANTUN_SIP__PASSWORD", "hush-hush")
    assert "hush-hush" not in repr(load_settings())


def test_only_the_settings_read_the_environment() -> None:
    allowed = {"voicebot/core/settings.py", "voicebot/core/embedded_postgres.py", "voicebot/demo.py"}
    allowed |= {"models/places.py", "models/wheels.py"}
    allowed |= {"asr/vosk_process.py"}  # hands it on to its worker process
    readers = {
        str(path.relative_to(ROOT))
        for package in ("voicebot", "asr", "nlu", "tts", "analytics", "models")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
    }
    # The database passes PATH on to its own programs; the demo sets the variables of its worker. Engines find their models alone,
    # by variables that the settings document too (a test of the model store keeps both in step), and pip gets its own.
    assert readers <= allowed
