"""Coqui voices: a small VITS with random weights, saved by Coqui's own classes, loads and speaks.

``tools/test-coqui.sh`` runs this where Coqui TTS is.
"""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.tts.under_test import need
from tts.engine import VoiceError
from tts.voices import make_voice

need("TTS", "tools/test-coqui.sh runs these tests where it is")

from tests.tts.tiny_coqui import write_coqui_voice, write_fairseq_voice  # noqa: E402 - it needs TTS


def test_a_file_or_its_folder_names_it(tmp_path: Path) -> None:
    folder = write_coqui_voice(tmp_path)
    for name in (f"coqui:{folder}", f"coqui:{folder / 'model.pth'}"):
        (chunk,) = make_voice(name).synthesize("Selamat pagi.")
        assert len(chunk) > 4000


def test_speakers_go_by_name(tmp_path: Path) -> None:
    folder = write_coqui_voice(tmp_path, speakers=("ardi", "gadis"))
    keys = {make_voice(f"coqui:{folder}{speaker}").key for speaker in ("@ardi", "@gadis", "")}  # type: ignore[attr-defined]
    assert len(keys) == 2, "the first is the usual one"
    with pytest.raises(VoiceError, match="known: ardi, gadis"):
        make_voice(f"coqui:{folder}@Budi")


@pytest.mark.timeout(900)
def test_a_voice_of_mms_speaks_in_the_form_it_is_published_in(tmp_path: Path) -> None:
    voice = make_voice(f"coqui:{write_fairseq_voice(tmp_path)}")
    first, second = voice.synthesize("Pagi. Terima kasih.")
    assert len(second) > len(first) > 2500


def test_a_voice_with_one_speaker_has_no_other(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="has but one"):
        make_voice(f"coqui:{write_coqui_voice(tmp_path)}@ardi")


def test_missing_or_damaged_files_say_what_to_do(tmp_path: Path) -> None:
    folder = write_coqui_voice(tmp_path)
    (folder / "model.pth").write_bytes(b"<html>Not found</html>")
    with pytest.raises(VoiceError, match="fetch it anew"):
        make_voice(f"coqui:{folder}")
    (folder / "config.json").unlink()
    with pytest.raises(VoiceError, match=r"needs config\.json"):
        make_voice(f"coqui:{folder}")


def test_customers_names_stay_out_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    voice = make_voice(f"coqui:{write_coqui_voice(tmp_path)}")
    list(voice.synthesize("Ibu Rahayu é, selamat pagi."))
    assert "rahayu" not in caplog.text.lower()
