"""sherpa-onnx voices: a tiny one with random weights loads and speaks; what would end the process is refused before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tts.under_test import need
from tts.engine import VoiceError
from tts.phonemes import phoneme_symbols
from tts.voices import make_voice

need("sherpa_onnx")
need("onnx")

from tests.tts.tiny_vits import write_piper_voice, write_sherpa_voice  # noqa: E402 - it needs onnx

TEXT = "Selamat pagi, Ibu. Tagihan Anda Rp1.250.000, benar?"


def lengths(name: str) -> list[int]:
    return [len(chunk) for chunk in make_voice(name).synthesize(TEXT)]


def test_it_pronounces_as_piper_does(tmp_path: Path) -> None:
    """The same weights get the same symbols: chunks of the same length, whichever library runs them."""
    need("piper")
    piper = lengths(f"piper:{write_piper_voice(tmp_path / 'piper')}")
    sherpa = lengths(f"sherpa:{write_sherpa_voice(tmp_path / 'sherpa')}")
    assert piper == pytest.approx(sherpa, abs=400)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", "Selamat pagi, Ibu Sri Rahayu."),
        ("id", "Tagihan Anda satu juta dua ratus lima puluh ribu rupiah, benar?"),
        ("id", "Baik; terima kasih: sampai jumpa!"),
        ("id", "Pembayaran dapat lewat mobile banking atau virtual account"),
        ("id", "nomor nol delapan satu dua, tiga empat lima enam, tujuh delapan"),
        ("en-us", "Good morning, am I speaking with Mister Brown?"),
    ],
)
def test_phonemes_are_those_of_pipers_own_espeak(language: str, words: str) -> None:
    need("piper")
    from piper.phonemize_espeak import EspeakPhonemizer

    expected = "".join("".join(sentence) for sentence in EspeakPhonemizer().phonemize(language, words))
    assert phoneme_symbols(words, language) == expected


def test_speakers_go_by_number(tmp_path: Path) -> None:
    folder = write_sherpa_voice(tmp_path, speakers=3)
    assert lengths(f"sherpa:{folder}@2") != lengths(f"sherpa:{folder}@0")
    for unknown in ("3", "Budi"):
        with pytest.raises(VoiceError, match="known: 0 to 2"):
            make_voice(f"sherpa:{folder}@{unknown}")


@pytest.mark.parametrize("lacking", ["sample_rate", "n_speakers", "language", "comment"])
def test_a_model_without_its_metadata_is_refused(tmp_path: Path, lacking: str) -> None:
    with pytest.raises(VoiceError, match=f"lacks {lacking}.*piper:"):
        make_voice(f"sherpa:{write_sherpa_voice(tmp_path, without=lacking)}")


def test_a_model_that_knows_only_a_lexicon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="customers' names"):
        make_voice(f"sherpa:{write_sherpa_voice(tmp_path, comment='melo', jieba='1')}")


@pytest.mark.parametrize(
    ("added", "complaint"),
    [("aɪ 200\n", "line"), ("a 200\n", "twice"), ("one two three\n", "line")],
)
def test_a_table_of_symbols_that_would_end_the_process_is_refused(tmp_path: Path, added: str, complaint: str) -> None:
    folder = write_sherpa_voice(tmp_path)
    tokens = folder / "tokens.txt"
    tokens.write_text(tokens.read_text(encoding="utf-8") + added, encoding="utf-8")
    with pytest.raises(VoiceError, match=complaint):
        make_voice(f"sherpa:{folder}")
    script = f"""
import sherpa_onnx
vits = sherpa_onnx.OfflineTtsVitsModelConfig(model={str(folder / "id_ID-tiny-x_low.onnx")!r}, tokens={str(tokens)!r})
sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(vits=vits)))
print("lives")
"""
    bare = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert "lives" not in bare.stdout, "sherpa-onnx got over it: the check may go"


def test_missing_or_damaged_files_say_what_to_do(tmp_path: Path) -> None:
    folder = write_sherpa_voice(tmp_path)
    (folder / "id_ID-tiny-x_low.onnx").write_bytes(b"<html>Not found</html>")
    with pytest.raises(VoiceError, match="fetch it anew"):
        make_voice(f"sherpa:{folder}")
    (folder / "tokens.txt").unlink()
    with pytest.raises(VoiceError, match=r"needs tokens\.txt"):
        make_voice(f"sherpa:{folder}")


def test_customers_names_stay_off_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    letters = write_sherpa_voice(tmp_path / "letters", comment="coqui", frontend="characters", add_blank="1", use_eos_bos="0")
    for folder in (write_sherpa_voice(tmp_path / "phonemes"), letters):
        list(make_voice(f"sherpa:{folder}").synthesize("Ibu Rahayu, selamat pagi. Рахаю. 拉哈尤."))
    told = "".join(capfd.readouterr())
    assert "Rahayu" not in told
    assert "Рахаю" not in told
    assert "拉哈尤" not in told
