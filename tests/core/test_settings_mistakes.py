"""Settings as people really write them: empty, misspelt, half filled in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from voicebot.core.errors import SettingsError
from voicebot.core.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SANTUN_{name.upper()}", raising=False)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.mark.parametrize("name", ["database_url", "api_key", "admin_password"])
def test_an_empty_secret_is_the_same_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Compose files and unit files set empty variables; the settings page says that an empty URL starts the embedded server."""
    monkeypatch.setenv(f"SANTUN_{name.upper()}", "")
    assert getattr(load_settings(), name) is None


def test_a_misspelt_nested_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANTUN_SIP__TRUNK_HOTS", "127.0.0.1")
    with pytest.raises(SettingsError, match="SANTUN_SIP__TRUNK_HOTS"):
        load_settings()


def test_a_refused_secret_does_not_appear_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANTUN_SIP__PASSWORD", "hush-hush")
    monkeypatch.setenv("SANTUN_WEB_PORT", "none")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "hush-hush" not in str(refused.value)


def test_the_data_folder_may_start_at_home_and_holds_the_recordings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SANTUN_DATA_DIR", "~/santun data")
    assert load_settings().data_dir == tmp_path / "santun data"
    assert load_settings().recordings_dir == tmp_path / "santun data" / "recordings"


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "0.0.0.0", "sip.example.org"])
def test_only_the_literal_address_of_this_machine_allows_a_simulated_clock(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """A name may lead elsewhere, and at a real trunk a wrong clock calls people at night."""
    monkeypatch.setenv("SANTUN_SIMULATED_NOW", "2026-11-24T10:00:00+07:00")
    monkeypatch.setenv("SANTUN_SIP__TRUNK_HOST", host)
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1"):
        load_settings()
