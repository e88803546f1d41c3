"""Whether an adapted head is better: on callers that it has not heard, and on everything that its base could do already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from asr.error_rate import ErrorRate, edit_distance, error_rate
from asr.graphs import Graph
from models.recipes.adapt.decoding import Description, decode_all, graph_of, text_of
from models.recipes.adapt.errors import Refused
from models.recipes.adapt.stored import Utterances
from models.recipes.id_phone.train import Head

WORST_LOSS = 0.01
"""Of word error rate (one point) that any older domain may lose."""
_FEWEST_WORDS = 100
"""Below, a domain of the new calls is reported but forbids nothing: one word would be a point."""
_DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Word error rates of base and adapted head on the same utterances; ``surely_better`` is the share of bootstrap draws."""

    name: str
    before: ErrorRate
    after: ErrorRate
    surely_better: float

    def __str__(self) -> str:
        return (
            f"{self.name}: {_percent(self.before)} before, {_percent(self.after)} after ({self.before.utterances} utterances, "
            f"{self.before.n} words; better in {100 * self.surely_better:.0f} % of resamplings)"
        )

    def as_dict(self) -> dict[str, Any]:
        """For ``model.json``."""
        return {
            "before": _rates(self.before),
            "after": _rates(self.after),
            "words": self.before.n,
            "utterances": self.before.utterances,
            "better_in_resamplings": round(self.surely_better, 3),
        }


def judge(
    name: str,
    utterances: Utterances,
    hints: Sequence[str],
    base: tuple[Head, Description],
    adapted: tuple[Head, Description],
    *,
    jobs: int,
) -> tuple[Judged, list[str], list[str]]:
    """Both heads on the same utterances, and what each heard; ``hints`` are sentences that the decoder may expect."""
    graphs: dict[str, Graph] = {}
    for said in utterances.said:
        if said.domain not in graphs:
            graphs[said.domain] = graph_of(said.domain, hints)
    chosen = [graphs[said.domain] for said in utterances.said]
    before, after = (
        [text_of(each) for each in decode_all(head, description, utterances.taps, chosen, jobs=jobs)]
        for head, description in (base, adapted)
    )
    return compared(name, utterances, before, after), before, after


def compared(name: str, utterances: Utterances, before: Sequence[str], after: Sequence[str]) -> Judged:
    """The rates of two lists of texts, and a paired bootstrap over callers."""
    said = utterances.said
    rates = [
        error_rate((one.speaker, one.text, text) for one, text in zip(said, texts, strict=True)) for texts in (before, after)
    ]
    gains: dict[str, int] = {}
    for one, old, new in zip(said, before, after, strict=True):
        words = one.text.split()
        gains[one.speaker] = gains.get(one.speaker, 0) + edit_distance(words, old.split()) - edit_distance(words, new.split())
    by_caller = np.array(list(gains.values()))
    picks = np.random.default_rng(0).integers(0, len(by_caller), (_DRAWS, len(by_caller)))
    better = float((by_caller[picks].sum(axis=1) > 0).mean())
    return Judged(name=name, before=rates[0], after=rates[1], surely_better=better)


def by_domain(utterances: Utterances, before: Sequence[str], after: Sequence[str]) -> list[Judged]:
    """The same utterances domain by domain, where there are several."""
    domains = sorted({said.domain for said in utterances.said})
    found: list[Judged] = []
    for domain in domains if len(domains) > 1 else []:
        picked = [i for i, said in enumerate(utterances.said) if said.domain == domain]
        part = Utterances([utterances.said[i] for i in picked], [utterances.taps[i] for i in picked])
        found.append(compared(f"domain {domain}", part, [before[i] for i in picked], [after[i] for i in picked]))
    return found


def accept(target: Judged, domains: Sequence[Judged], older: Sequence[Judged]) -> None:
    """Raises ``Refused`` unless the target's errors fall and nothing else rises by more than a point."""
    if not target.before.share:
        raise Refused("refused: the base hears the held-out callers without an error; label calls that it does not understand")
    if target.after.share >= target.before.share:
        raise Refused(
            f"refused: the held-out callers are heard no better ({_percent(target.before)} before, {_percent(target.after)} after). "
            "Label more calls of more people, or look at the doubtful labels"
        )
    for judged in (*older, *(each for each in domains if each.before.n >= _FEWEST_WORDS)):
        if judged.after.share > judged.before.share + WORST_LOSS:
            raise Refused(
                f"refused: {judged.name} would be heard worse ({_percent(judged.before)} before, {_percent(judged.after)} after). "
                "Add labelled calls of that kind to the data"
            )


def _percent(rate: ErrorRate) -> str:
    return f"{100 * rate.share:.1f} % [{100 * rate.low:.1f}–{100 * rate.high:.1f}]"


def _rates(rate: ErrorRate) -> Mapping[str, float]:
    return {"share": round(rate.share, 4), "low": round(rate.low, 4), "high": round(rate.high, 4)}
