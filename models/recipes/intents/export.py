"""Weights as the run-time model reads them: tables as int8 with a scale, bodies as ONNX."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.recipes.intents.combine import Settings
from models.recipes.intents.linear import Linear
from models.recipes.intents.network import WIDTH, Body, Network


class _OneText(nn.Module):
    """The body for one utterance without padding."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self.body = body

    def forward(self, words: Tensor, contexts: Tensor) -> tuple[Tensor, Tensor]:
        return self.body(words, contexts, torch.ones(words.shape[:2], dtype=torch.bool))


def write(folder: Path, linear: Linear, networks: Sequence[Network], settings: Settings) -> None:
    """``weights.npz``, ``body_N.onnx`` and ``model.json`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    weights, scale = _as_int8(linear.weights, axis=0)
    tables: dict[str, NDArray[np.generic]] = {
        "linear": weights,
        "linear_scale": scale.astype(np.float32),
        "linear_bias": linear.bias,
        "rarity": linear.rarity.astype(np.float16),
    }
    for number, network in enumerate(networks):
        table, rows = _as_int8(network.embedding.weight.detach().numpy(), axis=1)
        tables |= {f"embedding_{number}": table, f"embedding_{number}_scale": rows.astype(np.float16)}
        torch.onnx.export(
            _OneText(network.body).eval(),
            (torch.zeros(1, 7, WIDTH), torch.zeros(1, dtype=torch.long)),
            str(folder / f"body_{number}.onnx"),
            input_names=["words", "contexts"],
            output_names=["leading", "every"],
            dynamic_axes={"words": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
    np.savez_compressed(folder / "weights.npz", **tables)
    (folder / "model.json").write_text(json.dumps(settings.as_json(), indent=1) + "\n", encoding="utf-8")


def _as_int8(table: NDArray[np.float32], *, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The table rounded, and the scale of each column (axis 0) or row (axis 1)."""
    scale = np.abs(table).max(axis=axis) / 127 + 1e-12
    shape = scale[None, :] if axis == 0 else scale[:, None]
    return np.round(table / shape).astype(np.int8), scale
