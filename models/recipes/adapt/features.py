"""Sound → taps on several processes: as it is, or over simulated lines, and synthetic speech likewise. Results do not depend on
how many processes there are."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from models.recipes.mixture import Example

Told = Callable[[int, int], None]
"""Hears (done, all)."""
Taps = NDArray[np.float16]
_CHUNK = 16
_SPOKEN_CHUNK = 100
_WORD_SAMPLES = 5000


def taps_as_they_are(waves: Sequence[NDArray[np.float32]], encoder: Path, *, jobs: int, told: Told) -> list[Taps]:
    """Of each 8 kHz wave, shape (T, 768)."""
    chunks = [(encoder, waves[i : i + _CHUNK], 0, i) for i in range(0, len(waves), _CHUNK)]
    return [copies[0] for copies in _in_chunks(_copies, chunks, len(waves), jobs, told)]


def taps_over_lines(
    waves: Sequence[NDArray[np.float32]], encoder: Path, *, copies: int, seed: int, jobs: int, told: Told
) -> list[list[Taps]]:
    """Of each 8 kHz wave, ``copies`` over telephone lines drawn at random."""
    chunks = [(encoder, waves[i : i + _CHUNK], copies, seed * 1_000_003 + i) for i in range(0, len(waves), _CHUNK)]
    return _in_chunks(_copies, chunks, len(waves), jobs, told)


def synthetic_examples(
    count: int, encoder: Path, *, variants: Sequence[str], seed: int, jobs: int, told: Told
) -> list[Example]:
    """Sentences of the domain by espeak-ng's voices over lines drawn at random."""
    chunks = [
        (encoder, min(_SPOKEN_CHUNK, count - i), list(variants), seed * 1_000_003 + i) for i in range(0, count, _SPOKEN_CHUNK)
    ]
    # espeak-ng cannot be started twice in a process: each chunk gets a process of its own.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        return _gathered(pool.map(_spoken, chunks), count, told)


def _in_chunks(work: Callable[[Any], list[Any]], chunks: Sequence[Any], count: int, jobs: int, told: Told) -> list[Any]:
    if jobs == 1 or len(chunks) < 2:
        return _gathered(map(work, chunks), count, told)
    # Not forked: this process may hold threads of PyTorch's or of the speech detector's.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        return _gathered(pool.map(work, chunks), count, told)


def _gathered(parts: Iterable[list[Any]], count: int, told: Told) -> list[Any]:
    found: list[Any] = []
    for part in parts:
        found += part
        told(len(found), count)
    return found


def _copies(job: tuple[Path, Sequence[NDArray[np.float32]], int, int]) -> list[list[Taps]]:
    from models.recipes.id_phone.features import Encoder
    from models.recipes.id_phone.telephone import to_line

    path, waves, copies, seed = job
    encoder, dice = Encoder(path), np.random.default_rng(seed)
    if not copies:
        return [[encoder(wave)] for wave in waves]
    found: list[list[Taps]] = []
    for wave in waves:
        clean = soxr.resample(wave.astype(np.float64), 8000, 16000)
        clean = (clean / (np.abs(clean).max() + 1e-9) * 0.7).astype(np.float16)
        found.append([encoder(to_line(clean, dice)) for _ in range(copies)])
    return found


def _spoken(job: tuple[Path, int, list[str], int]) -> list[Example]:
    from asr.domain_text import samples
    from models.recipes.id_phone.features import Encoder
    from models.recipes.id_phone.telephone import to_line
    from models.recipes.id_phone.voices import espeak

    path, count, variants, seed = job
    words = sorted({word for line in samples(_WORD_SAMPLES, random.Random(1)) for word in line.split()})
    encoder, dice = Encoder(path), np.random.default_rng(seed)
    return [(each.text, encoder(to_line(each.samples, dice))) for each in espeak(count, seed, words, variants)]
