"""People's recordings as training examples: over simulated telephone lines and through the encoder, kept on disk."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.audio_file import read_audio
from models.recipes.id_phone.people import LINE_HZ, Person
from models.recipes.mixture import Example

COPIES_OF_PHRASES = 2
"""Lines that each phrase goes over; digit strings, of which there are many more, go over one."""
_DIGIT_STRINGS = 24
"""Of each speaker to learn from; everybody says the same ten digits."""
_PARTS = 16
_SYNTHETIC = 8000

Copies = list[NDArray[np.float16]]


def copies_of(found: Sequence[Person], encoder: Path, cache: Path, *, noises: Path | None, jobs: int) -> list[Copies]:
    """Of each recording its taps over two lines, over one, or none; drawn by the recording's place in ``found``.

    No other person babbles in the background, so that no voice gets into the training of a part that must not know it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    numbered = list(enumerate(_lines(found)))
    work: list[tuple[list[tuple[int, tuple[Person, int]]], Path, Path, Path | None]] = []
    for part in range(_PARTS):
        path = cache / f"copies_{len(found)}_{part:02d}.pkl"
        if not path.exists():
            work.append((numbered[part::_PARTS], encoder, path, noises))
    with ProcessPoolExecutor(jobs) as pool:
        for done, path in enumerate(pool.map(_copies, work), 1):
            print(f"  {path.name}: {done} of {len(work)}", flush=True)
    made: list[Copies] = [[] for _ in found]
    for part in range(_PARTS):
        made[part::_PARTS] = pickle.loads((cache / f"copies_{len(found)}_{part:02d}.pkl").read_bytes())
    return made


def _lines(found: Sequence[Person]) -> list[tuple[Person, int]]:
    """Each recording and how many lines it goes over."""
    strings: Counter[str] = Counter()
    planned: list[tuple[Person, int]] = []
    for person in found:
        strings[person.speaker] += person.is_digits
        lines = COPIES_OF_PHRASES if not person.is_digits else int(strings[person.speaker] <= _DIGIT_STRINGS)
        planned.append((person, lines))
    return planned


def _copies(job: tuple[list[tuple[int, tuple[Person, int]]], Path, Path, Path | None]) -> Path:
    from models.recipes.id_phone.features import Encoder
    from models.recipes.id_phone.telephone import to_line

    found, encoder, path, folder = job
    taps = Encoder(encoder)
    noises = (
        [read_audio(each, rate_hz=LINE_HZ)[0][0].astype(np.float64) for each in sorted(folder.glob("*.wav"))] if folder else []
    )
    made: list[Copies] = []
    for index, (person, lines) in found:
        if not lines:
            made.append([])
            continue
        dice = np.random.default_rng([5, index])
        wave = read_audio(person.path, rate_hz=16000)[0].mean(axis=0)
        wave = (wave / (np.abs(wave).max() + 1e-9) * 0.7).astype(np.float16)
        made.append([taps(to_line(wave, dice, noises=noises)) for _ in range(lines)])
    path.write_bytes(pickle.dumps(made, protocol=5))
    return path


def synthetic(work: Path, unseen: frozenset[str]) -> list[Example]:
    """The synthetic examples of the recipe ``id_phone``, but for sentences that nobody may say in training."""
    found: list[Example] = []
    for path in sorted(work.glob("features_[0-9]*.pkl")):
        found += [example for example in pickle.loads(path.read_bytes()) if example[0] not in unseen]
        if len(found) >= _SYNTHETIC:
            break
    if not found:
        raise SystemExit(f"{work} holds no features_*.pkl; run `python -m models.recipes.id_phone all --work {work}` first")
    return found[:_SYNTHETIC]
