"""The intent model: a linear model over named features and small networks over words, averaged (``models/recipes/intents``).

Light enough for every utterance (a few milliseconds on one core); stateless, and safe to share between threads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from models.store import find
from nlu.features import context_index, linear_bucket, linear_features, word_pieces, words_of
from nlu.understanding import INTENTS

if TYPE_CHECKING:
    import onnxruntime

MODEL = "intents"
TINY = 1e-3
"""Added to probabilities before they are multiplied, so that no half has a veto."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """``leading`` and ``every`` are (intents,) in the order of ``INTENTS``: the belief that an intent leads, and that it holds."""

    leading: NDArray[np.float64]
    every: NDArray[np.float64]

    @property
    def primary(self) -> str:
        """The intent that most likely leads."""
        return INTENTS[int(self.leading.argmax())]

    @property
    def confidence(self) -> float:
        """Calibrated belief in ``primary``."""
        return float(self.leading.max())


class Judge(Protocol):
    """Tells how likely each intent is; what ``nlu.interpreter`` puts its rules around."""

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """(intents,) belief from which an intent that does not lead counts as held too."""
        ...

    def judge(self, text: str, language: str, asked: str | None, fired: Sequence[str]) -> Judgement:
        """What ``text`` means as the answer to ``asked``, where the phrase rules of the intents ``fired`` held."""
        ...


class IntentModel:
    """The weights in ``folder``, as the recipe writes them."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        stored = np.load(folder / "weights.npz")
        self._settings = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self._weights: NDArray[np.int8] = stored["linear"]
        self._scale: NDArray[np.float32] = stored["linear_scale"]
        self._bias: NDArray[np.float32] = stored["linear_bias"]
        self._rarity: NDArray[np.float32] = stored["rarity"].astype(np.float32)
        members = int(self._settings["members"])
        self._embeddings = [
            (stored[f"embedding_{n}"], stored[f"embedding_{n}_scale"].astype(np.float32)) for n in range(members)
        ]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._bodies: list[onnxruntime.InferenceSession] = [
            onnxruntime.InferenceSession(folder / f"body_{n}.onnx", options, providers=["CPUExecutionProvider"])
            for n in range(members)
        ]

    def judge(self, text: str, language: str, asked: str | None, fired: Sequence[str]) -> Judgement:
        """What ``text`` means as the answer to ``asked``, where the phrase rules of the intents ``fired`` held."""
        linear = softmax(self._linear_logits(linear_features(text, language, asked, tuple(fired))))
        pieces = [word_pieces(word, language) for word in words_of(text)] or [(0,)]
        context = np.array([context_index(asked, language)], np.int64)
        leading: list[NDArray[np.float64]] = []
        every: list[NDArray[np.float64]] = []
        for (table, scale), body in zip(self._embeddings, self._bodies, strict=True):
            words = np.stack([(table[list(p)] * scale[list(p), None]).mean(0) for p in pieces])[None].astype(np.float32)
            first, second = cast("list[NDArray[np.float32]]", body.run(None, {"words": words, "contexts": context}))
            leading.append(np.log(softmax(first[0].astype(np.float64)) + TINY))
            every.append(second[0].astype(np.float64))
        share = float(self._settings["linear_share"])
        mixed = share * np.log(linear + TINY) + (1 - share) * np.mean(leading, 0)
        return Judgement(softmax(mixed / float(self._settings["temperature"])), 1 / (1 + np.exp(-np.mean(every, 0))))

    def reasons(
        self, text: str, language: str, asked: str | None, fired: Sequence[str], intent: str
    ) -> list[tuple[str, float]]:
        """Named features of the linear half and what each adds to the belief in ``intent``, strongest first."""
        features = linear_features(text, language, asked, tuple(fired))
        places, values = self._weighted(features)
        column = INTENTS.index(intent)
        rest = self._weights[places].astype(np.float32) * self._scale
        added = values * (rest[:, column] - rest.mean(1))
        return sorted(zip(features, added.tolist(), strict=True), key=lambda pair: -abs(pair[1]))

    def _linear_logits(self, features: dict[str, float]) -> NDArray[np.float64]:
        places, values = self._weighted(features)
        return (values @ self._weights[places].astype(np.float32) * self._scale + self._bias).astype(np.float64)

    def _weighted(self, features: dict[str, float]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        places = np.fromiter((linear_bucket(name) for name in features), np.int64, len(features))
        values = np.fromiter(features.values(), np.float32, len(features)) * self._rarity[places]
        return places, values / max(float(np.linalg.norm(values)), 1e-9)

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """(intents,) belief from which an intent that does not lead counts as held too."""
        return np.array(self._settings["thresholds"])


@cache
def load_intent_model() -> IntentModel:
    """The shipped model; raises ``models.store.ModelStoreError`` when its files are missing or damaged."""
    return IntentModel(find(MODEL))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beliefs that add up to one."""
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()
