"""Labelled calls before any training: rows, sound, callers, and versions on disk. Needs no PyTorch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr.audio_file import write_wav
from models import adapted
from models.adapted import Version
from models.recipes.adapt.callers import held_out_callers
from models.recipes.adapt.errors import AdaptError
from models.recipes.adapt.labelled import read_labelled
from models.recipes.adapt.sound import hear_rows
from models.store import entry, is_present, list_models
from tts.espeak import EspeakVoice


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    """'Lima ratus ribu rupiah' at 8 kHz."""
    return np.pad(np.concatenate(list(EspeakVoice().synthesize("lima ratus ribu rupiah"))), 1600)


def table(folder: Path, *rows: str, head: str = "path\ttext\tspeaker") -> Path:
    path = folder / "labels.tsv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("gone.wav\thalo\ta", "the recording is not there"),
        ("\thalo\ta", "names no recording"),
        ("one.wav\t\ta", "the text is empty"),
        ("one.wav\t…\ta", "the text is empty"),
        ("one.wav\tRp500.000\ta", "holds digits; write numbers as they were said"),
        ("one.wav\thalo [batuk]\ta", "signs that nobody says"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    (tmp_path / "one.wav").write_bytes(b"x")
    found = read_labelled(table(tmp_path, row))
    assert not found.rows
    assert [(each.line, reason in each.reason) for each in found.set_aside] == [(2, True)]


def test_texts_are_normalised_and_files_stand_for_callers_without_names(tmp_path: Path) -> None:
    (tmp_path / "budi.wav").write_bytes(b"x")
    found = read_labelled(table(tmp_path, "budi.wav\tYa, Bu — BETUL!\t"))
    assert [(row.text, row.speaker, row.domain) for row in found.rows] == [("ya bu betul", "budi", "calls")]
    assert not found.names_speakers


def test_corrections_are_read_as_json_lines_and_a_broken_one_does_not_end_them(tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(b"x")
    lines = [
        {"audio": "call.wav", "start_s": 1.5, "end_s": 3, "text": "belum ada uang", "speaker": "c1", "channel": 1},
        {"audio": "call.wav", "start_s": 4, "end_s": 3, "text": "besok", "speaker": "c1"},
        {"audio": "call.wav", "start_s": "later", "text": "besok", "speaker": "c1"},
        {"audio": "call.wav", "start_s": 1.5, "end_s": 2, "text": "belum", "speaker": "c1", "channel": 1},
    ]
    path = tmp_path / "corrections.jsonl"
    path.write_text("\n".join([*map(json.dumps, lines), "{broken"]), encoding="utf-8")
    found = read_labelled(tmp_path)
    assert [(row.start_s, row.end_s, row.channel, row.text) for row in found.rows] == [(1.5, 3.0, 1, "belum ada uang")]
    assert [each.reason for each in found.set_aside] == [
        "start_s and end_s enclose no time",
        "start_s is no number",
        "the same stretch as line 1",
        "not a JSON object",
    ]


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ((), "must hold one list"),
        (("a.tsv", "b.tsv"), r"must hold one list .*a\.tsv, b\.tsv"),
    ],
)
def test_a_folder_must_hold_one_list(tmp_path: Path, names: tuple[str, ...], complaint: str) -> None:
    for name in names:
        (tmp_path / name).write_text("path\ttext\n", encoding="utf-8")
    with pytest.raises(AdaptError, match=complaint):
        read_labelled(tmp_path)


def test_a_list_without_columns_says_which_it_needs(tmp_path: Path) -> None:
    with pytest.raises(AdaptError, match="path, text and, if known, speaker, domain"):
        read_labelled(table(tmp_path, head="file\twords"))


def heard(
    folder: Path, wave: np.ndarray, text: str = "lima ratus ribu rupiah", more: str = "", head: str = ""
) -> tuple[int, str]:
    """(usable utterances, the reason why one is not)."""
    write_wav(folder / "one.wav", wave, 8000)
    rows = read_labelled(table(folder, f"one.wav\t{text}\ta{more}", head=f"path\ttext\tspeaker{head}")).rows
    found, aside = hear_rows(rows)
    return len(found), aside[0].reason if aside else ""


def test_good_sound_is_used(tmp_path: Path, spoken: np.ndarray) -> None:
    assert heard(tmp_path, spoken) == (1, "")


def test_silence_around_a_long_stretch_is_cut_off(tmp_path: Path, spoken: np.ndarray) -> None:
    assert heard(tmp_path, np.pad(spoken, 40_000)) == (1, "")


@pytest.mark.parametrize(
    ("change", "text", "more", "reason"),
    [
        (lambda wave: np.zeros_like(wave), "halo", ("", ""), "no speech is heard"),
        (lambda wave: np.tile(wave, 8), "halo", ("", ""), "more than 7.9 s of speech"),
        (lambda wave: wave, "lima ratus ribu rupiah " * 6, ("", ""), "more letters than so short a sound can hold"),
        (lambda wave: np.stack([wave, wave]), "halo", ("", ""), "2 channels: say in a column `channel`"),
        (lambda wave: wave, "halo", ("\t3", "\tchannel"), "there is no channel 3"),
        (lambda wave: wave, "halo", ("\t900", "\tstart_s"), "beyond the recording's end"),
    ],
)
def test_sound_that_cannot_be_used_is_named_with_its_reason(
    tmp_path: Path, spoken: np.ndarray, change: object, text: str, more: tuple[str, str], reason: str
) -> None:
    found, said = heard(tmp_path, change(spoken), text, *more)  # type: ignore[operator]
    assert found == 0
    assert reason in said


def test_a_file_that_is_no_sound_does_not_end_the_reading(tmp_path: Path, spoken: np.ndarray) -> None:
    write_wav(tmp_path / "one.wav", spoken, 8000)
    (tmp_path / "text.wav").write_text("no sound at all", encoding="utf-8")
    rows = read_labelled(table(tmp_path, "text.wav\thalo\ta", "one.wav\tlima ratus ribu\ta")).rows
    found, aside = hear_rows(rows)
    assert len(found) == 1
    assert "cannot be read" in aside[0].reason


def test_a_fifth_of_the_callers_is_held_out_the_same_ones_every_time() -> None:
    speakers = [f"c{i % 20}" for i in range(400)]
    held = held_out_callers(speakers, seed=1)
    assert len(held) == 4
    assert held == held_out_callers(speakers[::-1], seed=1)
    assert held != held_out_callers(speakers, seed=2)


@pytest.mark.parametrize(
    ("speakers", "complaint"),
    [
        (["a", "b", "c"] * 50, "3 callers are too few"),
        (["a", "b", "c", "d"] * 6, "too few utterances"),
        (["a"] * 300 + ["b", "c", "d"], "too few utterances"),
    ],
)
def test_too_few_callers_or_utterances_are_refused(speakers: list[str], complaint: str) -> None:
    with pytest.raises(AdaptError, match=complaint):
        held_out_callers(speakers, seed=0)


def version(folder: Path, name: str, **facts: object) -> None:
    (folder / name).mkdir(parents=True)
    text = json.dumps({"name": name, "language": "id", "rate_hz": 16000, "licence": "ours", **facts})
    (folder / name / "model.json").write_text(text, encoding="utf-8")


def test_the_newest_version_is_current_until_another_is_made_so(models_dir: Path) -> None:
    for number in (1, 2, 10):
        version(models_dir, f"our-calls@{number}")
    (models_dir / "no-version").mkdir()
    assert adapted.versions(models_dir) == [Version("our-calls", number) for number in (1, 2, 10)]
    assert str(adapted.current(models_dir, "our-calls")) == "our-calls@10"
    adapted.make_current(models_dir, Version("our-calls", 2))
    assert str(adapted.current(models_dir, "our-calls")) == "our-calls@2"
    (models_dir / "our-calls.current").write_text("nonsense", encoding="utf-8")
    assert str(adapted.current(models_dir, "our-calls")) == "our-calls@10"


def test_the_store_lists_versions_with_their_licence(models_dir: Path) -> None:
    version(models_dir, "our-calls@1")
    version(models_dir, "our-calls@2", licence="CC BY-NC-SA 4.0", research_only=True)
    names = {model.name for model in list_models()}
    assert {"our-calls", "our-calls@1", "our-calls@2", "id-phone"} <= names
    assert not entry("our-calls@1").research_only
    assert entry("our-calls").research_only
    assert entry("our-calls").engine == "embedded:our-calls"
    assert entry("our-calls").folder.endswith("our-calls@2")
    assert is_present("our-calls@1")
    assert entry("our-calls@1").kind == "recognizer"


def test_a_version_whose_description_is_broken_does_not_hide_the_others(models_dir: Path) -> None:
    version(models_dir, "our-calls@1")
    version(models_dir, "our-calls@2")
    (models_dir / "our-calls@2" / "model.json").write_text("{", encoding="utf-8")
    assert entry("our-calls@1").licence == "ours"
    assert entry("our-calls@2").licence == "unknown"
