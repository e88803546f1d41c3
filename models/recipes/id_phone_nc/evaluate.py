"""What the heads make of people they have never heard: by part of the speakers, over all, and on held-out sentences alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from models.recipes.id_phone import evaluate
from models.recipes.id_phone.evaluate import Heard, Scores, graphs, heard_by, rate, scaled
from models.recipes.id_phone.people import Person
from models.recipes.id_phone_nc.training import Heard as Unheard

SETTINGS = {"prior_scale": 0.5, "blank_penalty": 2.0, "acoustic_scale": 0.8}
"""Of the decoder, as for ``id-phone``: nothing is tuned on people."""
SINGLE_WORDS = ("tidak", "halo", "siang", "pagi", "malam")
"""Single words that are answers, and stand in the graph of yes and no."""
Told = dict[str, str]


def measure(
    found: Sequence[Person],
    heard: Sequence[Unheard],
    texts: Path | None,
    *,
    jobs: int,
    settings: dict[str, float] = SETTINGS,
) -> dict[str, Told]:
    """Word error rates by name of the measure, each over all and in parts."""
    evaluate._graphs.update(graphs(found, texts))
    fold_of = {person.speaker: each.fold for person, each in zip(found, heard, strict=True)}
    measures: dict[str, Told] = {}
    for name, graph, picked in _measures(found):
        if graph in evaluate._graphs:
            decoded = heard_by(graph, picked, found, _scores(heard, settings), jobs=jobs)
            measures[name] = _parts(decoded, fold_of)
            for part, line in measures[name].items():
                print(f"  {name}: {part}: {line}", flush=True)
    return measures


def _measures(found: Sequence[Person]) -> Iterator[tuple[str, str, list[int]]]:
    phrases = [i for i, person in enumerate(found) if not person.is_digits]
    yield "single words, yes-no graph", "yes_no", [i for i in phrases if found[i].text in SINGLE_WORDS]
    yield "phrases, trigram that contains them", "domain", phrases
    yield "phrases, trigram that never saw them", "open", phrases
    yield "digits", "digits", [i for i, person in enumerate(found) if person.is_digits]


def _scores(heard: Sequence[Unheard], settings: dict[str, float]) -> Callable[[int], Scores]:
    def scores(index: int) -> Scores:
        description: dict[str, Any] = {**settings, "log_prior": heard[index].log_prior}
        return scaled(heard[index].log_probs, description)

    return scores


def _parts(decoded: Sequence[Heard], fold_of: dict[str, int]) -> Told:
    groups: dict[str, list[Heard]] = {
        "all": list(decoded),
        "held-out sentences": [one for one in decoded if one.person.is_held_out],
        "sentences heard from others": [one for one in decoded if not one.person.is_held_out],
        "women": [one for one in decoded if one.person.speaker.startswith("INDSP_F")],
        "men": [one for one in decoded if one.person.speaker.startswith("INDSP_M")],
    }
    for fold in sorted(set(fold_of.values())):
        groups[f"part {fold + 1}"] = [one for one in decoded if fold_of[one.person.speaker] == fold]
    return {
        name: f"{rate(group)}, {len({one.person.speaker for one in group})} speakers"
        for name, group in groups.items()
        if group and (name != "sentences heard from others" or any(one.person.is_held_out for one in decoded))
    }
