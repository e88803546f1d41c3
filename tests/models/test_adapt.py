"""Real adaptations, small ones: new callers are heard better, nothing is lost, and what is no better never becomes a version."""

# ruff: noqa: E402 - what needs PyTorch is imported only where it is

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

for package in ("torch", "onnx", "scipy", "pyworld"):
    pytest.importorskip(package, reason=f"training needs {package}: pip install 'santun[train]'")

import torch

from asr.embedded import AcousticModel, acoustic_model
from asr.error_rate import ErrorRate
from models.adapted import Version, current
from models.recipes.adapt import run
from models.recipes.adapt.base import Base, open_base
from models.recipes.adapt.errors import AdaptError, Refused
from models.recipes.adapt.judging import Judged, accept
from models.recipes.adapt.keeping import keep, licence_of, name_for
from models.recipes.adapt.labelled import SetAside
from models.recipes.adapt.labels import Doubt, Label, Opinion, doubtful
from models.recipes.adapt.run import Options, Outcome, adapt
from models.recipes.adapt.stored import HELD_OUT, REPLAY, Said, Utterances, load, save
from models.recipes.adapt.training import train_on
from models.recipes.id_phone.train import Head
from models.store import entry, find
from tests.models.adapt_calls import write_calls

ROOT = Path(__file__).resolve().parents[2]
WRONG = ("iya betul", "tolong telepon lagi minggu depan")
"""A label of the first callers that is changed into another sentence."""


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("models")
    kept = os.environ.get("SANTUN_MODELS_DIR")
    os.environ["SANTUN_MODELS_DIR"] = str(folder)
    yield folder
    os.environ.pop("SANTUN_MODELS_DIR")
    if kept is not None:
        os.environ["SANTUN_MODELS_DIR"] = kept


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty utterances of six callers, one of them under a wrong label."""
    table = write_calls(tmp_path_factory.mktemp("calls"))
    lines = table.read_text(encoding="utf-8").splitlines()
    wrong = next(i for i, line in enumerate(lines) if WRONG[0] in line)
    lines[wrong] = lines[wrong].replace(*WRONG)
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


def options(calls: Path, models_folder: Path, **changed: object) -> Options:
    small = Options(source=calls, models_dir=models_folder, name="our", synthetic=300, synthetic_judged=200)
    return replace(small, **changed)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def outcome(calls: Path, models_folder: Path) -> Outcome:
    """The adaptation that most tests look at."""
    found = Outcome()
    adapt(options(calls, models_folder), found)
    return found


@pytest.fixture(scope="module")
def base(models_folder: Path) -> Base:
    return open_base("id-phone", models_folder)


@pytest.mark.slow
def test_callers_that_were_held_out_are_heard_better(outcome: Outcome) -> None:
    target = outcome.judged[0]
    print(*outcome.judged, *outcome.set_aside, sep="\n")
    assert str(outcome.version) == "our@1"
    assert outcome.callers == 6
    assert outcome.held_out_callers == 2
    assert target.before.utterances >= 18
    assert target.after.share < target.before.share - 0.05
    assert outcome.judged[-1].name == "synthetic voices"
    assert not outcome.research_only


@pytest.mark.slow
def test_the_wrong_label_is_found_and_no_right_one_doubted(outcome: Outcome) -> None:
    assert [(row.text, "the sound fits other words" in row.reason) for row in outcome.set_aside] == [(WRONG[1], True)]
    assert outcome.utterances == 59


@pytest.mark.slow
def test_a_version_holds_what_is_needed_to_use_check_and_continue_it(outcome: Outcome, models_folder: Path, base: Base) -> None:
    folder = models_folder / "our@1"
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    learnt = description["adaptation"]
    assert learnt["parent"] == "id-phone"
    assert len(learnt["data_sha256"]) == 64
    assert learnt["trained_utterances"] == outcome.trained_utterances
    assert learnt["results"]["held-out callers"]["after"]["share"] == round(outcome.judged[0].after.share, 4)
    assert description["licence"].startswith(base.description["licence"])
    assert find("our") == folder
    assert entry("our").engine == "embedded:our"
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in (REPLAY, HELD_OUT))
    again = open_base("our", models_folder)
    assert again.name == "our@1"
    assert [each.name for each in again.earlier] == ["our@1"]
    assert len(again.earlier[0].replay) == outcome.trained_utterances
    assert {said.speaker for said in again.earlier[0].held_out.said} == {"0", "1"}, "callers are numbers there"


@pytest.mark.slow
def test_calls_use_the_adapted_head(outcome: Outcome, base: Base) -> None:
    model = acoustic_model("our")
    assert isinstance(model, AcousticModel)
    window = np.random.default_rng(0).standard_normal((80, 200)).astype(np.float32)
    assert not np.allclose(model.scores([window])[0], acoustic_model("id-phone").scores([window])[0], atol=0.01)


def test_a_head_that_is_no_better_is_refused(
    calls: Path, models_folder: Path, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn_nothing(*given: object, **how: object) -> tuple[Head, list[float]]:
        return base.head, base.description["log_prior"]

    monkeypatch.setattr(run, "train_on", learn_nothing)
    found = Outcome()
    with pytest.raises(Refused, match="held-out callers are heard no better"):
        adapt(options(calls, models_folder, name="lazy", synthetic=100, synthetic_judged=20), found)
    assert found.judged, "what was measured is told all the same"
    assert found.version is None
    assert current(models_folder, "lazy") is None


def judged(name: str, before: float, after: float, words: int = 400) -> Judged:
    rates = [ErrorRate(share=share, low=share, high=share, n=words, utterances=100) for share in (before, after)]
    return Judged(name=name, before=rates[0], after=rates[1], surely_better=1.0)


@pytest.mark.parametrize(
    ("target", "domains", "older", "complaint"),
    [
        ((0.2, 0.1), [], [("synthetic voices", 0.10, 0.105)], None),
        ((0.2, 0.1), [], [("synthetic voices", 0.10, 0.12)], "synthetic voices would be heard worse"),
        ((0.2, 0.1), [], [("synthetic voices", 0.1, 0.1), ("our@1", 0.05, 0.07)], "our@1 would be heard worse"),
        ((0.2, 0.2), [], [], "heard no better"),
        ((0.2, 0.1), [("domain digits", 0.02, 0.04)], [], "domain digits would be heard worse"),
    ],
)
def test_older_domains_may_lose_one_point_at_most(
    target: tuple[float, float],
    domains: Sequence[tuple[str, float, float]],
    older: Sequence[tuple[str, float, float]],
    complaint: str | None,
) -> None:
    given = judged("held-out callers", *target), [judged(*each) for each in domains], [judged(*each) for each in older]
    if complaint is None:
        accept(*given)
    else:
        with pytest.raises(Refused, match=complaint):
            accept(*given)


def test_a_domain_of_a_few_words_forbids_nothing() -> None:
    accept(judged("held-out callers", 0.2, 0.1), [judged("domain digits", 0.0, 0.05, words=20)], [])


def labels(count: int) -> list[Label]:
    return [Label("halo selamat pagi", f"c{i % 8}") for i in range(count)]


def teaching(
    second: dict[int, Opinion], taught: list[list[int]]
) -> Callable[[Sequence[int]], Callable[..., dict[int, Opinion]]]:
    """A second opinion as given, agreement where nothing is; notes who taught."""

    def teach(teachers: Sequence[int]) -> Callable[[Sequence[int]], dict[int, Opinion]]:
        taught.append(list(teachers))
        return lambda asked: {i: second.get(i, Opinion("halo selamat pagi", 0.0)) for i in asked}

    return teach


def test_what_the_base_mishears_is_cleared_by_a_head_that_learnt_from_other_callers() -> None:
    first = [Opinion("halo selamat pagi", 0.0)] * 80
    first[5] = first[6] = Opinion("apa lagi", 5.0)
    taught: list[list[int]] = []
    found = doubtful(labels(80), first, teaching({5: Opinion("apa", 2.5), 6: Opinion("apa lagi", 3.5)}, taught), seed=0)
    assert found == [Doubt(6, Opinion("apa lagi", 3.5), 1)]
    halves = [{labels(80)[i].speaker for i in each} for each in taught]
    assert len(halves) == 2
    assert not halves[0] & halves[1], "a caller's own utterances give no opinion on them"


def test_without_suspects_nothing_is_taught() -> None:
    taught: list[list[int]] = []
    assert doubtful(labels(80), [Opinion("halo selamat pagi", 0.1)] * 80, teaching({}, taught), seed=0) == []
    assert taught == []


def test_a_sentence_that_three_callers_contradict_alike_is_doubted_sooner() -> None:
    first = [Opinion("halo selamat pagi", 0.0)] * 80
    for i in (1, 2, 3):
        first[i] = Opinion("halo selamat malam", 0.6)
    alike = {i: Opinion("halo selamat malam", 1.5) for i in (1, 2, 3)}
    found = doubtful(labels(80), first, teaching(alike, []), seed=0)
    assert [(doubt.index, doubt.callers) for doubt in found] == [(1, 3), (2, 3), (3, 3)]
    assert "3 callers say the same" in found[0].reason
    assert doubtful(labels(80), first, teaching({1: alike[1], 2: alike[2]}, []), seed=0) == []


def test_where_nobody_can_give_a_second_opinion_only_the_plainest_slips_are_doubted() -> None:
    first = [Opinion("halo selamat pagi", 0.0)] * 30
    first[1], first[2] = Opinion("apa", 3.5), Opinion("apa", 5.0)
    taught: list[list[int]] = []
    found = doubtful(labels(30), first, teaching({}, taught), seed=0)
    assert [doubt.index for doubt in found] == [2]
    assert taught == []


def test_the_same_seed_gives_the_same_head(base: Base) -> None:
    dice = np.random.default_rng(1)
    examples = [("halo selamat pagi", dice.standard_normal((80, 768)).astype(np.float16)) for _ in range(30)]
    heads = [train_on(base.head, (), examples, examples, steps=3, seed=seed)[0] for seed in (4, 4, 5)]
    states = [head.state_dict()["out.weight"] for head in heads]
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])
    assert not torch.equal(states[0], base.head.state_dict()["out.weight"])


def researched(base: Base) -> Base:
    return replace(base, description={**base.description, "research_only": True, "licence": "CC BY-NC-SA 4.0"})


@pytest.mark.parametrize("data_licence", ["CC BY-NC 4.0", "for research purposes", "non-commercial use"])
def test_what_is_learnt_from_data_for_research_is_for_research(base: Base, data_licence: str) -> None:
    licence, research_only = licence_of(base, data_licence)
    assert research_only
    assert data_licence in licence
    assert name_for("our", base, research_only=True) == "our-nc"


def test_an_adapted_head_inherits_its_base_s_licence(base: Base) -> None:
    licence, research_only = licence_of(researched(base), "")
    assert research_only
    assert licence.startswith("CC BY-NC-SA 4.0")
    assert licence_of(base, "") == (f"{base.description['licence']}; adapted to: your own calls", False)


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [("our@3", "leave the version out"), ("../our", "is no name"), ("id-phone", "a model of the store has this name")],
)
def test_names_that_would_mislead_are_refused(base: Base, models_folder: Path, wanted: str, complaint: str) -> None:
    with pytest.raises(AdaptError, match=complaint):
        name_for(wanted, base, research_only=False)


def test_versions_count_up_and_an_adapted_base_names_the_next(base: Base, models_dir: Path) -> None:
    for number in (1, 2):
        assert kept(base, models_dir) == Version("their-calls", number)
    assert name_for(None, open_base("their-calls@1", models_dir), research_only=False) == "their-calls"
    assert [each.name for each in open_base("their-calls@1", models_dir).earlier] == ["their-calls@1"]
    (models_dir / "their-calls@1" / REPLAY).unlink()
    (earlier,) = open_base("their-calls@1", models_dir).earlier
    assert not len(earlier.replay), "whoever deletes customers' utterances can still adapt"


def kept(base: Base, models_dir: Path, **changed: object) -> Version:
    said = Utterances([Said(text="halo", speaker="0", domain="calls")] * 3, [np.ones((40, 768), np.float16)] * 3)
    given = {"licence": "ours", "research_only": False, "facts": {"trained_utterances": 3}, "hints": ["halo"]}
    return keep(
        base.head,
        base,
        models_dir=models_dir,
        name="their-calls",
        log_prior=list(base.description["log_prior"]),
        replay=said,
        held_out=said,
        **{**given, **changed},  # type: ignore[arg-type]
    )


def test_utterances_come_back_as_they_were_stored(tmp_path: Path) -> None:
    said = [Said(text=f"kalimat {i}", speaker=str(i % 3), domain="calls") for i in range(200)]
    taps = [np.full((i + 1, 4), i, np.float16) for i in range(200)]
    save(tmp_path / "some.npz", Utterances(said, taps), ["halo"])
    found, hints = load(tmp_path / "some.npz")
    assert hints == ("halo",)
    assert len(found) == 150
    assert (found.said[0], found.said[-1]) == (said[0], said[-1])
    assert all(each.shape == (len(each), 4) and (each == len(each) - 1).all() for each in found.taps)
    assert len(load(tmp_path / "gone.npz")[0]) == 0


def test_a_base_without_weights_for_training_says_so(base: Base, tmp_path: Path) -> None:
    for name in ("encoder.onnx", "model.json"):
        (tmp_path / name).symlink_to(base.folder / name)
    with pytest.raises(AdaptError, match=r"holds no head\.npz"):
        open_base(str(tmp_path), tmp_path)
    np.savez(tmp_path / "head.npz", something=np.zeros(3, np.float16))
    with pytest.raises(AdaptError, match="not a head of this version"):
        open_base(str(tmp_path), tmp_path)
    with pytest.raises(AdaptError, match="there is no model named 'nobody'"):
        open_base("nobody", tmp_path)


def santun(*words: str, models_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voicebot.cli", "adapt", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SANTUN_MODELS_DIR": str(models_dir)},
        check=False,
        timeout=250,
    )


def test_versions_are_listed_and_rolled_back(base: Base, models_dir: Path) -> None:
    assert "no adapted versions" in santun("--list", models_dir=models_dir).stdout
    kept(base, models_dir)
    kept(base, models_dir, research_only=True)
    listed = santun("--list", models_dir=models_dir).stdout.splitlines()
    assert [line[:15] for line in listed] == ["  their-calls@1", "* their-calls@2"]
    assert "RESEARCH ONLY" in listed[1]
    back = santun("--rollback", "their-calls", models_dir=models_dir)
    assert back.returncode == 0, back.stderr
    assert current(models_dir, "their-calls") == Version("their-calls", 1)
    again = santun("--rollback", "their-calls", models_dir=models_dir)
    assert again.returncode == 2
    assert "is the first version" in again.stderr
    rows = [json.loads(line) for line in santun("--list", "--json", models_dir=models_dir).stdout.splitlines()]
    assert [(row["version"], row["current"]) for row in rows] == [("their-calls@1", True), ("their-calls@2", False)]
    assert santun("--rollback", "nobody", models_dir=models_dir).returncode == 2


def test_the_command_reports_bad_rows_and_too_few_callers(tmp_path: Path, models_dir: Path) -> None:
    table = write_calls(tmp_path / "calls", callers=("iven2",), each=3)
    with table.open("a", encoding="utf-8") as stream:
        stream.write("gone.wav\thalo\tcroak\n")
    report = tmp_path / "report.tsv"
    done = santun(str(table.parent), "--report", str(report), models_dir=models_dir)
    assert done.returncode == 2
    assert "1 callers are too few" in done.stderr
    assert "the recording is not there" in report.read_text(encoding="utf-8")


def test_a_report_is_sorted_by_line(tmp_path: Path) -> None:
    from models.recipes.adapt.run import write_report

    rows = [SetAside(line=line, audio="a.wav", text="halo", reason="why") for line in (3, 2)]
    write_report(tmp_path / "report.tsv", rows)
    assert [line.split("\t")[0] for line in (tmp_path / "report.tsv").read_text().splitlines()] == ["line", "2", "3"]
