"""The recipe for research: it writes nowhere near the project, and never lets a head hear whom it is judged on."""

# ruff: noqa: E402 - what needs PyTorch is imported only where it is

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

for package in ("torch", "scipy", "pyworld"):
    pytest.importorskip(package, reason=f"training needs {package}: pip install 'santun[train]'")

from models.catalogue import card_of, entry
from models.fetch import pull
from models.recipes.id_phone.people import Person
from models.recipes.id_phone_nc.__main__ import PACKAGE, outside_project
from models.recipes.id_phone_nc.training import Material, parts, sources
from models.store import ModelStoreError, find

TAPS = np.zeros((10, 768), np.float16)


def test_the_model_is_never_written_into_the_package_or_a_git_tree(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    inside = tmp_path / "repository" / "models" / "id-phone-nc"
    for folder in (PACKAGE / "models" / "weights" / "id-phone-nc", PACKAGE, inside):
        with pytest.raises(SystemExit, match="for research only"):
            outside_project(folder)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "repository")
    with pytest.raises(SystemExit):
        outside_project(link / "out")
    assert outside_project(tmp_path / "elsewhere") == tmp_path / "elsewhere"


def test_the_command_refuses_before_it_does_anything(tmp_path: Path) -> None:
    words = ["--people", str(tmp_path), "--synthetic", str(tmp_path), "--output", str(PACKAGE / "models" / "weights" / "nc")]
    done = subprocess.run(
        [sys.executable, "-m", "models.recipes.id_phone_nc", *words], cwd=PACKAGE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "name a folder elsewhere" in done.stderr
    assert not (PACKAGE / "models" / "weights" / "nc").exists()


def material() -> Material:
    """Thirty speakers of digits, ten of them also of phrases; every third phrase is held out."""
    found = [
        Person(f"s{speaker:02d}", f"kalimat {k}", Path("x"), digits, not digits and k % 3 == 0, "train")
        for speaker in range(30)
        for digits in ((True, False) if speaker < 10 else (True,))
        for k in range(6)
    ]
    copies = [[np.full((4, 768), index, np.float16)] * (1 if person.is_digits else 2) for index, person in enumerate(found)]
    return Material(found, copies, [TAPS] * len(found), [("halo", TAPS)])


def test_every_speaker_is_in_one_part_and_those_of_phrases_are_spread() -> None:
    found = material().found
    made = parts(found)
    speakers = [speaker for part in made for speaker in part]
    assert sorted(speakers) == sorted({person.speaker for person in found})
    assert [sum(speaker < "s10" for speaker in part) for part in made] == [2] * 5


def test_a_head_learns_neither_from_whom_it_is_judged_on_nor_held_out_sentences() -> None:
    given = material()
    for unheard in parts(given.found):
        mixture = sources(given, unheard)
        assert [round(source.share, 1) for source in mixture] == [0.4, 0.2, 0.4]
        used = {int(taps[0, 0]) for source in mixture[:2] for _, taps in source.examples}
        allowed = {
            index for index, person in enumerate(given.found) if person.speaker not in unheard and not person.is_held_out
        }
        assert used == allowed
        assert len(mixture[0].examples) == 2 * len({i for i in allowed if not given.found[i].is_digits})


def test_it_says_everywhere_that_it_is_for_research_and_must_be_built(models_dir: Path) -> None:
    model = entry("id-phone-nc")
    assert model.research_only
    assert "CC BY-NC-SA 4.0" in model.licence
    assert "For research only" in card_of(model)
    assert "Sakti" in card_of(model)
    with pytest.raises(ModelStoreError, match=r"is not handed out .*python -m models\.recipes\.id_phone_nc"):
        pull("id-phone-nc")
    with pytest.raises(ModelStoreError, match="build it: python -m"):
        find("id-phone-nc")
