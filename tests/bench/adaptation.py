"""What labelled calls are worth: the recognizer adapted to 25, 100 and 400 utterances of some people, judged on others.

People of the INDspeech corpus (CC BY-NC-SA 4.0; never part of the project) stand in for a customer's callers. The heads that come of it
are thrown away.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr.error_rate import ErrorRate, error_rate

if TYPE_CHECKING:
    from models.recipes.id_phone.people import Person

SIZES = (0, 25, 100, 400)
_JUDGED_EACH = 30
"""Phrases of each held-out caller, besides all held-out sentences."""
_DIGIT_STRINGS = 120
_SYNTHETIC, _SYNTHETIC_JUDGED = 400, 120
_JOBS = 2


def learning_curve(people: Path) -> Iterator[tuple[str, ErrorRate, str]]:
    """(measure and size, word error rate, detail). Raises ``LookupError`` where recordings or requirements are missing."""
    if not (people / "manifest.tsv").is_file():
        raise LookupError("no human recordings beside the checkout")
    try:
        import torch

        from models.recipes.adapt import training
        from models.recipes.adapt.base import open_base
        from models.recipes.adapt.features import synthetic_examples, taps_as_they_are, taps_over_lines
        from models.recipes.id_phone.people import on_the_line
    except ImportError as error:
        raise LookupError(f"training is not installed ({error.name}): pip install 'santun[train]'") from error
    torch.set_num_threads(1)
    base = open_base("id-phone", people)
    learnt, judged, digits = _split(people)

    def quiet(done: int, total: int) -> None:
        """Benchmarks print their results only."""

    waves = [on_the_line(person, "clean") for person in (*learnt, *judged, *digits)]
    taps = taps_as_they_are(waves, base.encoder, jobs=_JOBS, told=quiet)
    began_s = time.monotonic()
    copies = taps_over_lines(waves[: len(learnt)], base.encoder, copies=2, seed=0, jobs=_JOBS, told=quiet)
    lines_s = time.monotonic() - began_s
    synthetic = synthetic_examples(_SYNTHETIC, base.encoder, variants=training.TRAINED_VOICES, seed=1, jobs=_JOBS, told=quiet)
    spoken = synthetic_examples(
        _SYNTHETIC_JUDGED, base.encoder, variants=training.JUDGED_VOICES, seed=99, jobs=_JOBS, told=quiet
    )
    own = [(person.text, each) for person, mine, more in zip(learnt, taps, copies, strict=False) for each in (mine, *more)]
    sets = _Sets(judged, digits, spoken, taps[len(learnt) :])
    for size in SIZES:
        began_s = time.monotonic()
        head, prior = (
            training.train_on(base.head, (), own[: 3 * size], synthetic, steps=training.STEPS, seed=0)
            if size
            else (base.head, base.description["log_prior"])
        )
        spent_s = time.monotonic() - began_s + lines_s * size / len(learnt)
        detail = f"{spent_s:.0f} s to learn" if size else "the shipped head"
        for name, rate in sets.rates(head, {**base.description, "log_prior": prior}):
            yield f"{name}.{size}", rate, detail


def _split(folder: Path) -> tuple[list[Person], list[Person], list[Person]]:
    """(utterances to learn from in random order, held-out callers' phrases, digit strings of yet other people)."""
    from models.recipes.id_phone.people import folds, people

    found = people(folder)
    phrases = [person for person in found if not person.is_digits]
    held = next(iter(folds([person.speaker for person in phrases])))
    chance = random.Random(0)
    learnt = [person for person in phrases if person.speaker not in held and not person.is_held_out]
    judged: list[Person] = []
    for speaker in sorted(held):
        mine = [person for person in phrases if person.speaker == speaker]
        judged += [person for person in mine if person.is_held_out]
        judged += chance.sample([person for person in mine if not person.is_held_out], _JUDGED_EACH)
    callers = {person.speaker for person in phrases}
    digits = [person for person in found if person.is_digits and person.speaker not in callers]
    return chance.sample(learnt, max(SIZES)), judged, chance.sample(digits, _DIGIT_STRINGS)


class _Sets:
    """What every head is judged on."""

    def __init__(
        self, judged: Sequence[Person], digits: Sequence[Person], spoken: Sequence[tuple[str, Any]], taps: Sequence[Any]
    ):
        from asr.graphs import graph_for
        from models.recipes.adapt.decoding import graph_of

        phrases = graph_of("calls", [person.text for person in judged])
        self._people = [*judged, *digits]
        self._count = len(judged)
        self._taps = [*taps, *(each for _, each in spoken)]
        self._spoken = [text for text, _ in spoken]
        general, strings = graph_for("general"), graph_for("digits")
        self._graphs = [phrases] * len(judged) + [strings] * len(digits) + [general] * len(spoken)

    def rates(self, head: Any, description: dict[str, Any]) -> Iterator[tuple[str, ErrorRate]]:
        """Word error rates of one head."""
        from models.recipes.adapt.decoding import decode_all, text_of

        texts = [text_of(each) for each in decode_all(head, description, self._taps, self._graphs, jobs=_JOBS)]
        heard = [(one.speaker, one.text, text, one.is_held_out) for one, text in zip(self._people, texts, strict=False)]
        phrases, digits = heard[: self._count], heard[self._count :]
        yield "held_out_callers", error_rate(row[:3] for row in phrases)
        yield "held_out_callers_and_sentences", error_rate(row[:3] for row in phrases if row[3])
        yield "digits_of_others", error_rate(row[:3] for row in digits)
        spoken = zip(self._spoken, texts[len(self._people) :], strict=True)
        yield "synthetic_voices", error_rate((str(i), text, other) for i, (text, other) in enumerate(spoken))


if __name__ == "__main__":
    place = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "speech" / "indspeech"
    for name, rate, detail in learning_curve(place):
        print(json.dumps({"name": name, "rate": str(rate), "detail": detail}, ensure_ascii=False), flush=True)
