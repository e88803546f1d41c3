"""The linear half: logistic regression over hashed named features, weighted by rarity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlu.features import LINEAR_BUCKETS, linear_bucket
from nlu.understanding import INTENTS


@dataclass(frozen=True)
class Linear:
    """``weights`` (buckets, intents) act on L2-normalised counts times ``rarity`` (buckets,)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    rarity: NDArray[np.float32]

    def probabilities(self, features: list[dict[str, float]]) -> NDArray[np.float64]:
        """(n, intents)."""
        logits = _weighted(_matrix(features), self.rarity) @ self.weights + self.bias
        logits -= logits.max(1, keepdims=True)
        shares = np.exp(logits)
        return shares / shares.sum(1, keepdims=True)


def fit(features: list[dict[str, float]], primary: NDArray[np.int64], *, strength: float = 20.0) -> Linear:
    """Learn the leading intent; ``strength`` is the inverse of the regularisation."""
    counts = _matrix(features)
    documents = np.bincount(counts.indices, minlength=LINEAR_BUCKETS)
    rarity = (np.log((1 + counts.shape[0]) / (1 + documents)) + 1).astype(np.float32)
    model = LogisticRegression(C=strength, max_iter=300).fit(_weighted(counts, rarity), primary)
    weights = np.zeros((LINEAR_BUCKETS, len(INTENTS)), np.float32)
    bias = np.full(len(INTENTS), -12.0, np.float32)
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    weights[documents == 0] = 0
    return Linear(weights, bias, rarity)


def _matrix(features: list[dict[str, float]]) -> sp.csr_matrix:
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for each in features:
        indices += [linear_bucket(name) for name in each]
        values += list(each.values())
        ends.append(len(indices))
    return sp.csr_matrix((values, indices, ends), shape=(len(features), LINEAR_BUCKETS), dtype=np.float32)


def _weighted(counts: sp.csr_matrix, rarity: NDArray[np.float32]) -> sp.csr_matrix:
    counts = counts.copy()
    counts.sum_duplicates()
    weighted = counts.multiply(rarity[None, :]).tocsr()
    norms = np.sqrt(weighted.multiply(weighted).sum(1)).A1
    return sp.diags(1 / np.maximum(norms, 1e-9)) @ weighted
