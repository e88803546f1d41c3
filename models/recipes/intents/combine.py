"""Both halves together: their mixture, calibrated, and the belief from which a further intent counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from nlu.classifier import TINY
from nlu.understanding import INTENTS

LINEAR_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What ``model.json`` holds."""

    members: int
    linear_share: float
    temperature: float
    thresholds: list[float]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def mixed_log(linear: NDArray[np.float64], networks: Sequence[NDArray[np.float64]], share: float) -> NDArray[np.float64]:
    """(n, intents) unnormalised log beliefs, as ``nlu.classifier`` mixes them."""
    return share * np.log(linear + TINY) + (1 - share) * np.mean([np.log(each + TINY) for each in networks], 0)


def normalised(logs: NDArray[np.float64], temperature: float = 1.0) -> NDArray[np.float64]:
    """(n, intents) beliefs that add up to one."""
    shares = np.exp((logs - logs.max(1, keepdims=True)) / temperature)
    return shares / shares.sum(1, keepdims=True)


def calibrate(logs: NDArray[np.float64], primary: NDArray[np.int64]) -> float:
    """The temperature under which the beliefs fit ``primary`` best; ``logs`` come from models that had not seen the texts."""

    def loss(temperature: float) -> float:
        beliefs = normalised(logs, temperature)
        return float(-np.log(beliefs[np.arange(len(primary)), primary] + 1e-12).mean())

    return float(minimize_scalar(loss, bounds=(0.1, 3.0), method="bounded").x)


def thresholds(every: NDArray[np.float64], held: NDArray[np.float32], primary: NDArray[np.int64]) -> list[float]:
    """Per intent the belief that divides best (F1) between held and not, among texts in which it does not lead."""
    found: list[float] = []
    for place in range(len(INTENTS)):
        other = primary != place
        wanted, belief = held[other, place] > 0, every[other, place]
        best, score = 0.5, 0.0
        for candidate in np.arange(0.15, 0.9, 0.05):
            hits = float((belief[wanted] > candidate).sum())
            f1 = 2 * hits / max(1.0, float((belief > candidate).sum()) + float(wanted.sum()))
            if f1 > score + 1e-9:
                best, score = float(candidate), f1
        found.append(round(best, 2))
    return found
