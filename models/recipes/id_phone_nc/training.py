"""Heads trained on people: one for all, and one for each part of the speakers that has heard none of that part."""

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models.recipes.id_phone.people import Person, folds
from models.recipes.id_phone.train import Head
from models.recipes.id_phone_nc.features import Copies
from models.recipes.mixture import Example, Source, export_head, log_prior, log_probs, new_head, train

STEPS = 1500
PARTS = 5
_PEAK_RATE = 1.5e-3
_WARM_UP = 100
_SHARES = {"phrases": 0.4, "digits": 0.2, "synthetic": 0.4}


@dataclass(frozen=True, slots=True)
class Material:
    """All that is known of the recordings, one entry a recording: who said what, copies to train on, clean taps to judge by."""

    found: Sequence[Person]
    copies: Sequence[Copies]
    clean: Sequence[NDArray[np.float16]]
    synthetic: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the head that never heard this speaker makes of a recording."""

    fold: int
    log_probs: NDArray[np.float32]
    log_prior: tuple[float, ...]


def parts(found: Sequence[Person]) -> list[frozenset[str]]:
    """Five parts of the speakers; those of phrases, who are few, are spread as evenly as those of digits."""
    phrases = {person.speaker for person in found if not person.is_digits}
    digits = {person.speaker for person in found} - phrases
    spread = folds(sorted(phrases), PARTS), folds(sorted(digits), PARTS)
    return [one | other for one, other in zip(*spread, strict=True)]


def sources(material: Material, unheard: frozenset[str]) -> list[Source]:
    """What a head may learn from: nobody of ``unheard``, and no held-out sentence."""
    by_kind: dict[str, list[Example]] = {"phrases": [], "digits": [], "synthetic": list(material.synthetic)}
    for person, copies in zip(material.found, material.copies, strict=True):
        if person.speaker not in unheard and not person.is_held_out:
            by_kind["digits" if person.is_digits else "phrases"] += [(person.text, taps) for taps in copies]
    return [Source(examples, _SHARES[kind]) for kind, examples in by_kind.items()]


_material: Material | None = None
"""Shared with the processes that train: gigabytes that they must not copy."""


def cross_validate(material: Material, cache: Path, *, steps: int, jobs: int) -> list[Heard]:
    """Each recording heard by the head of the part that its speaker was kept out of; parts are kept in ``cache``."""
    global _material
    _material = material
    paths = [cache / f"heard_{len(material.found)}_{steps}_{part + 1}.pkl" for part in range(PARTS)]
    work = [
        (number, unheard, steps, path)
        for number, (unheard, path) in enumerate(zip(parts(material.found), paths, strict=True))
        if not path.exists()
    ]
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(_fold, work))
    heard: dict[int, Heard] = {}
    for path in paths:
        heard |= pickle.loads(path.read_bytes())
    return [heard[i] for i in range(len(material.found))]


def _fold(job: tuple[int, frozenset[str], int, Path]) -> None:
    number, unheard, steps, path = job
    assert _material is not None
    torch.set_num_threads(1)
    mixture = sources(_material, unheard)
    head, prior = _trained(mixture, steps, seed=number, name=f"part {number + 1}")
    mine = [i for i, person in enumerate(_material.found) if person.speaker in unheard]
    heard = {i: Heard(number, log_probs(head, _material.clean[i]), tuple(prior)) for i in mine}
    path.write_bytes(pickle.dumps(heard))


def _trained(mixture: list[Source], steps: int, *, seed: int, name: str) -> tuple[Head, list[float]]:
    began_s, cpu_s = time.monotonic(), time.process_time()
    head = new_head(mixture, seed=seed)

    def told(step: int, loss: float) -> None:
        if step % 300 == 0:
            print(f"  {name}: step {step}, loss {loss:.3f}, {time.monotonic() - began_s:.0f} s", flush=True)

    train(head, mixture, steps=steps, rate=_PEAK_RATE, warm_up=_WARM_UP, seed=seed, told=told)
    counts = ", ".join(str(len(source.examples)) for source in mixture)
    print(f"  {name}: {counts} examples, {time.process_time() - cpu_s:.0f} s of one core", flush=True)
    return head, log_prior(head, mixture, seed=seed)


def train_final(material: Material, folder: Path, *, steps: int) -> list[float]:
    """The head for all but the development speakers, into ``folder``; its log prior."""
    torch.set_num_threads(1)
    kept_out = frozenset(person.speaker for person in material.found if person.split != "train")
    head, prior = _trained(sources(material, kept_out), steps, seed=0, name="final head")
    export_head(head, folder)
    return prior
