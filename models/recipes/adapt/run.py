"""One adaptation from labelled calls to a new version, or to the reason why there is none."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from models.adapted import Version
from models.recipes.adapt.base import Base, open_base
from models.recipes.adapt.callers import held_out_callers
from models.recipes.adapt.checking import doubts_about
from models.recipes.adapt.decoding import Description
from models.recipes.adapt.features import Taps, synthetic_examples, taps_as_they_are
from models.recipes.adapt.judging import Judged, accept, by_domain, judge
from models.recipes.adapt.keeping import data_hash, keep, licence_of, name_for
from models.recipes.adapt.labelled import SetAside, read_labelled
from models.recipes.adapt.labels import Doubt
from models.recipes.adapt.sound import Utterance, hear_rows
from models.recipes.adapt.stored import Said, Utterances
from models.recipes.adapt.training import JUDGED_VOICES, STEPS, SYNTHETIC, own_examples, spoken_examples, train_on
from models.recipes.id_phone.train import Head

_SYNTHETIC_JUDGED = 200
_SYNTHETIC_SEED = 99

Progress = Callable[[str, int, int], None]
"""Told (what is done, done, all)."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to adapt, to what, and how."""

    source: Path
    models_dir: Path
    base: str = "id-phone"
    name: str | None = None
    data_licence: str = ""
    keep_doubtful: bool = False
    dry_run: bool = False
    seed: int = 0
    steps: int = STEPS
    jobs: int = 2
    synthetic: int = SYNTHETIC
    synthetic_judged: int = _SYNTHETIC_JUDGED


@dataclass(kw_only=True)
class Outcome:
    """What came of it, also when it is refused; grows as the work goes on."""

    set_aside: list[SetAside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    utterances: int = 0
    callers: int = 0
    held_out_callers: int = 0
    trained_utterances: int = 0
    judged: list[Judged] = field(default_factory=list)
    version: Version | None = None
    research_only: bool = False
    spent_s: float = 0.0


def adapt(options: Options, outcome: Outcome, progress: Progress = lambda what, done, total: None) -> None:
    """Fill ``outcome``, which the caller can report from even when this raises ``AdaptError`` (``Refused`` after training)."""
    began_s = time.monotonic()
    torch.set_num_threads(1)
    seed, jobs = options.seed, options.jobs
    base = open_base(options.base, options.models_dir)
    licence, outcome.research_only = licence_of(base, options.data_licence)
    name = name_for(options.name, base, research_only=outcome.research_only)
    heard = _utterances(options, outcome, progress)
    held_out_callers([one.row.speaker for one in heard], seed=seed)  # too few are told before the long work
    waves = [one.wave for one in heard]
    heard_taps = taps_as_they_are(waves, base.encoder, jobs=jobs, told=partial(progress, "hearing them"))
    synthetic = spoken_examples(
        options.synthetic, base, seed=seed, jobs=jobs, told=partial(progress, "speaking sentences to replay")
    )
    checked = partial(progress, "checking labels")
    doubts = doubts_about(heard, heard_taps, base, synthetic, seed=seed, jobs=jobs, told=checked)
    kept = _kept(heard, doubts, options, outcome)
    found, taps = [heard[i] for i in kept], [heard_taps[i] for i in kept]
    held = held_out_callers([one.row.speaker for one in found], seed=seed)
    learnt = [i for i, one in enumerate(found) if one.row.speaker not in held]
    judged = [i for i, one in enumerate(found) if one.row.speaker in held]
    outcome.utterances, outcome.callers = len(found), len({one.row.speaker for one in found})
    outcome.held_out_callers, outcome.trained_utterances = len(held), len(learnt)
    if options.dry_run:
        return
    lines = partial(progress, "putting them on other lines")
    own = own_examples([found[i] for i in learnt], [taps[i] for i in learnt], base, seed=seed, jobs=jobs, told=lines)

    def trained(step: int, loss: float) -> None:
        progress("training", step, options.steps)

    head, prior = train_on(base.head, base.earlier, own, synthetic, steps=options.steps, seed=seed, told=trained)
    hints = sorted({found[i].row.text for i in learnt})
    held_out = _as_utterances([found[i] for i in judged], [taps[i] for i in judged])
    _judge(outcome, base, (head, {**base.description, "log_prior": prior}), held_out, hints, options, progress)
    outcome.spent_s = time.monotonic() - began_s
    facts = {
        "data_sha256": data_hash(found),
        "trained_utterances": len(learnt),
        "trained_s": round(sum(found[i].duration_s for i in learnt), 1),
        "callers": outcome.callers,
        "held_out_callers": len(held),
        "set_aside": len(outcome.set_aside),
        "steps": options.steps,
        "seed": seed,
        "spent_s": round(outcome.spent_s),
        "results": {each.name: each.as_dict() for each in outcome.judged},
    }
    outcome.version = keep(
        head,
        base,
        models_dir=options.models_dir,
        name=name,
        log_prior=prior,
        licence=licence,
        research_only=outcome.research_only,
        facts=facts,
        replay=_as_utterances([found[i] for i in learnt], [taps[i] for i in learnt]),
        held_out=held_out,
        hints=hints,
    )


def _utterances(options: Options, outcome: Outcome, progress: Progress) -> list[Utterance]:
    """Rows with usable sound; the others go into ``outcome.set_aside``."""
    labelled = read_labelled(options.source)
    outcome.set_aside += labelled.set_aside
    if not labelled.names_speakers:
        outcome.notes.append(
            "some rows name no speaker: there each recording counts as a caller of its own. If a caller has several recordings, the "
            "result looks better than it is; fill the column speaker"
        )
    found, aside = hear_rows(labelled.rows, partial(progress, "reading recordings"))
    outcome.set_aside += aside
    return found


def _kept(heard: Sequence[Utterance], doubts: Sequence[Doubt], options: Options, outcome: Outcome) -> list[int]:
    """Numbers of the utterances to go on with; the doubted are reported, and left out unless that was forbidden."""
    for doubt in doubts:
        row = heard[doubt.index].row
        outcome.set_aside.append(
            SetAside(line=row.line, audio=str(row.audio), text=row.text, reason=doubt.reason, heard=doubt.opinion.heard)
        )
    if options.keep_doubtful and doubts:
        outcome.notes.append(f"{len(doubts)} doubtful labels are trained on, as you asked")
    doubted = {doubt.index for doubt in doubts}
    return [i for i in range(len(heard)) if options.keep_doubtful or i not in doubted]


def _judge(
    outcome: Outcome,
    base: Base,
    adapted: tuple[Head, Description],
    held_out: Utterances,
    hints: Sequence[str],
    options: Options,
    progress: Progress,
) -> None:
    """Raises ``Refused``; what was measured is in ``outcome`` either way."""
    spoken = synthetic_examples(
        options.synthetic_judged, base.encoder, variants=JUDGED_VOICES, seed=_SYNTHETIC_SEED, jobs=options.jobs,
        told=partial(progress, "speaking sentences to judge by"),
    )  # fmt: skip
    said = [Said(text=text, speaker=str(i), domain="synthetic") for i, (text, _) in enumerate(spoken)]
    older = [("synthetic voices", Utterances(said, [taps for _, taps in spoken]), ())]
    older += [(each.name, each.held_out, each.hints) for each in base.earlier if len(each.held_out)]
    old = (base.head, base.description)
    target, before, after = judge("held-out callers", held_out, hints, old, adapted, jobs=options.jobs)
    domains = by_domain(held_out, before, after)
    outcome.judged += [target, *domains]
    others: list[Judged] = []
    for done, (name, utterances, expected) in enumerate(older, 1):
        others.append(judge(name, utterances, expected, old, adapted, jobs=options.jobs)[0])
        progress("judging", done, len(older))
    outcome.judged += others
    accept(target, domains, others)


def _as_utterances(found: Sequence[Utterance], taps: Sequence[Taps]) -> Utterances:
    """As they are stored: callers are numbers there."""
    number = {speaker: str(i) for i, speaker in enumerate(sorted({one.row.speaker for one in found}))}
    said = [Said(text=one.row.text, speaker=number[one.row.speaker], domain=one.row.domain) for one in found]
    return Utterances(said, taps)


def write_report(path: Path, rows: Sequence[SetAside]) -> None:
    """Rows that were set aside, as a table for whoever corrects the labels."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n")
        table.writerow(["line", "path", "text", "heard", "reason"])
        table.writerows(
            [row.line, row.audio, row.text, row.heard, row.reason] for row in sorted(rows, key=lambda row: row.line)
        )
