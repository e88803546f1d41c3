"""A head trained on a mixture: each batch draws from several sources in fixed shares, however many examples each has.

So 100 utterances of a customer's calls weigh as much as thousands of synthetic ones, and the synthetic ones keep the head from
forgetting what it knew.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from asr.pronunciation import spell
from models.recipes.id_phone.train import Head

BATCH = 24
WEIGHTS = "head.npz"
_DRAWN_BATCHES = 6
"""Drawn at once and sorted by length, so that a batch holds utterances of like length."""
_PRIOR_EXAMPLES = 100
_LEAST_RATE_SHARE = 0.03

Example = tuple[str, NDArray[np.float16]]
"""Normalised text, and taps of shape (T, 768)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Examples, and the share of every batch that they fill."""

    examples: Sequence[Example]
    share: float


def new_head(sources: Sequence[Source], *, seed: int = 0) -> Head:
    """A fresh head that knows the mixture's mean and deviation."""
    torch.manual_seed(seed)
    sample = np.concatenate([taps for _, taps in _drawn(sources, random.Random(seed), 600)]).astype(np.float32)
    return Head(sample.mean(0), sample.std(0) + 1e-3)


def train(
    head: Head,
    sources: Sequence[Source],
    *,
    steps: int,
    rate: float,
    warm_up: int,
    seed: int = 0,
    told: Callable[[int, float], None] = lambda step, loss: None,
) -> Head:
    """Train all of ``head`` in place by AdamW; ``told`` hears each step's number and loss. The same seed gives the same head."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    optimizer = torch.optim.AdamW(head.parameters(), rate, weight_decay=0.02)
    head.train()
    ready: list[list[Example]] = []
    for step in range(steps):
        if not ready:
            drawn = sorted(_drawn(sources, dice, BATCH * _DRAWN_BATCHES), key=lambda example: len(example[1]))
            ready = [drawn[i : i + BATCH] for i in range(0, len(drawn), BATCH)]
            dice.shuffle(ready)
        taps, lengths, targets, sizes = collate(ready.pop())
        _mask(taps, lengths, head.mean, dice)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / warm_up) * max(_LEAST_RATE_SHARE, 1 - step / steps)
        loss = functional.ctc_loss(head(taps).transpose(0, 1), targets, lengths, sizes, zero_infinity=True)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 5)
        optimizer.step()
        told(step + 1, loss.item())
    return head.eval()


def _drawn(sources: Sequence[Source], dice: random.Random, count: int) -> list[Example]:
    picked = dice.choices(sources, [source.share for source in sources], k=count)
    return [source.examples[dice.randrange(len(source.examples))] for source in picked]


def collate(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(taps padded with zeros, output lengths, all target tokens in a row, target lengths)."""
    taps = np.zeros((len(batch), max(len(x) for _, x in batch), batch[0][1].shape[1]), np.float32)
    for row, (_, x) in enumerate(batch):
        taps[row, : len(x)] = x
    spelled = [spell(text) for text, _ in batch]
    lengths = torch.tensor([(len(x) + 1) // 2 for _, x in batch])
    targets = torch.tensor([token for tokens in spelled for token in tokens])
    return torch.from_numpy(taps), lengths, targets, torch.tensor([len(tokens) for tokens in spelled])


def _mask(taps: Tensor, lengths: Tensor, mean: Tensor, dice: random.Random) -> None:
    """Up to 160 ms of every other utterance becomes the mean: the head must not lean on single sounds."""
    for row, length in enumerate(lengths.tolist()):
        if dice.random() < 0.5:
            start = dice.randrange(max(1, 2 * length - 6))
            taps[row, start : start + dice.randint(1, 8)] = mean


@torch.inference_mode()
def log_probs(head: Head, taps: NDArray[np.float16]) -> NDArray[np.float32]:
    """Of one utterance, shape (⌈T/2⌉, tokens)."""
    return head.eval()(torch.from_numpy(taps.astype(np.float32))[None])[0].numpy()


def log_prior(head: Head, sources: Sequence[Source], *, seed: int = 0) -> list[float]:
    """Log of the mean posterior of each token over the mixture, which the decoder subtracts in part."""
    drawn = _drawn(sources, random.Random(seed), _PRIOR_EXAMPLES)
    means = [np.exp(log_probs(head, taps)).mean(axis=0) for _, taps in drawn]
    return [round(float(value), 4) for value in np.log(np.mean(means, axis=0) + 1e-8)]


def export_head(head: Head, folder: Path) -> None:
    """``head.onnx`` for the runtime, and ``head.npz`` (float16) to train on from."""
    example = torch.zeros(1, 100, len(head.mean))
    axes = {"taps": {0: "batch", 1: "frames"}, "log_probs": {0: "batch", 1: "outputs"}}
    torch.onnx.export(
        head.eval(), (example,), str(folder / "head.onnx"), input_names=["taps"], output_names=["log_probs"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    np.savez(folder / WEIGHTS, **{name: tensor.numpy().astype(np.float16) for name, tensor in head.state_dict().items()})


def load_head(weights: Mapping[str, NDArray[np.float16]]) -> Head:
    """The head that ``export_head`` saved."""
    state = {name: torch.from_numpy(np.asarray(values, np.float32)) for name, values in weights.items()}
    head = Head(state["mean"].numpy(), state["deviation"].numpy(), width=len(state["project.bias"]))
    head.load_state_dict(state)
    return head.eval()
