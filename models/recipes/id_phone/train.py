"""The CTC head: training on cached taps, and its export."""

from __future__ import annotations

import json
import pickle
import random
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from asr.pronunciation import BLANK, TOKENS, spell

WIDTH = 192
_DROPOUT = 0.4
_BATCH = 24
_PEAK_RATE = 1.5e-3
_CHECK_EVERY = 300

Example = tuple[str, NDArray[np.float16]]


class Head(nn.Module):
    """Taps (B, T, 768) → log-probabilities of characters (B, ⌈T/2⌉, V); half a million parameters."""

    def __init__(self, mean: NDArray[np.float32], deviation: NDArray[np.float32], *, width: int = WIDTH) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("deviation", torch.from_numpy(deviation))
        self.drop = nn.Dropout(_DROPOUT)
        self.project = nn.Linear(len(mean), width)
        self.halve = nn.Conv1d(width, width, 5, stride=2, padding=2)
        self.refine = nn.Conv1d(width, width, 5, padding=2)
        self.norm_in = nn.LayerNorm(width)
        self.norm_out = nn.LayerNorm(width)
        self.out = nn.Linear(width, len(TOKENS))

    def forward(self, taps: Tensor) -> Tensor:
        x = (taps - self.mean) / self.deviation
        x = functional.gelu(self.project(self.drop(x))).transpose(1, 2)
        x = self.norm_in(functional.gelu(self.halve(x)).transpose(1, 2))
        x = x + functional.gelu(self.refine(self.drop(x).transpose(1, 2)).transpose(1, 2))
        return functional.log_softmax(self.out(self.drop(self.norm_out(x))), -1)


def train_and_export(work: Path, target: Path, *, steps: int, seed: int = 0) -> None:
    """Keep the head with the lowest loss on voices that were held out, and write it for the runtime."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    dice = random.Random(seed)
    examples: list[Example] = [e for path in sorted(work.glob("features_[0-9]*.pkl")) for e in pickle.loads(path.read_bytes())]
    held: list[Example] = pickle.loads((work / "features_dev.pkl").read_bytes())
    sample = np.concatenate([taps for _, taps in dice.sample(examples, min(500, len(examples)))]).astype(np.float32)
    head = Head(sample.mean(0), sample.std(0) + 1e-3)
    optimizer = torch.optim.AdamW(head.parameters(), _PEAK_RATE, weight_decay=0.02)
    order: list[list[int]] = []
    best, kept, began_s = float("inf"), {k: v.clone() for k, v in head.state_dict().items()}, time.monotonic()
    for step in range(steps):
        order = order or _batches(examples, dice)
        taps, lengths, targets, sizes = _collate([examples[i] for i in order.pop()], mask=dice)
        for group in optimizer.param_groups:
            group["lr"] = _PEAK_RATE * min(1, (step + 1) / 100) * max(0.02, 1 - step / steps)
        head.train()
        loss = functional.ctc_loss(head(taps).transpose(0, 1), targets, lengths, sizes, zero_infinity=True)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 5)
        optimizer.step()
        if (step + 1) % _CHECK_EVERY == 0 or step + 1 == steps:
            held_loss = _loss(head, held)
            print(
                f"  step {step + 1}: loss {loss.item():.3f}, held-out voices {held_loss:.3f}, {time.monotonic() - began_s:.0f} s",
                flush=True,
            )
            if held_loss < best:
                best, kept = held_loss, {k: v.clone() for k, v in head.state_dict().items()}
    head.load_state_dict(kept)
    _export(head.eval(), held, examples, target, best)


def _batches(examples: list[Example], dice: random.Random) -> list[list[int]]:
    """Batches of like length, in random order."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i][1]) + dice.random() * 20)
    batches = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
    dice.shuffle(batches)
    return batches


def _collate(batch: list[Example], mask: random.Random | None = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    taps = np.zeros((len(batch), max(len(x) for _, x in batch), batch[0][1].shape[1]), np.float32)
    for row, (_, x) in enumerate(batch):
        taps[row, : len(x)] = x
        if mask is not None and mask.random() < 0.5:
            start = mask.randrange(max(1, len(x) - 6))
            taps[row, start : start + mask.randint(1, 8)] = 0
    spelled = [spell(text) for text, _ in batch]
    lengths = torch.tensor([(len(x) + 1) // 2 for _, x in batch])
    targets = torch.tensor([token for tokens in spelled for token in tokens])
    return torch.from_numpy(taps), lengths, targets, torch.tensor([len(tokens) for tokens in spelled])


@torch.inference_mode()
def _loss(head: Head, held: list[Example]) -> float:
    head.eval()
    losses: list[float] = []
    for start in range(0, len(held), _BATCH):
        taps, lengths, targets, sizes = _collate(held[start : start + _BATCH])
        losses.append(float(functional.ctc_loss(head(taps).transpose(0, 1), targets, lengths, sizes, zero_infinity=True)))
    return float(np.mean(losses))


def _export(head: Head, held: list[Example], examples: list[Example], target: Path, held_loss: float) -> None:
    with torch.inference_mode():
        posteriors = [head(torch.from_numpy(x.astype(np.float32))[None])[0].exp().mean(0) for _, x in examples[:200]]
    prior = torch.log(torch.stack(posteriors).mean(0) + 1e-8)
    example = torch.from_numpy(held[0][1].astype(np.float32))[None]
    axes = {"taps": {0: "batch", 1: "frames"}, "log_probs": {0: "batch", 1: "outputs"}}
    torch.onnx.export(
        head, (example,), str(target / "head.onnx"), input_names=["taps"], output_names=["log_probs"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    np.savez(target / "head.npz", **{name: tensor.numpy().astype(np.float16) for name, tensor in head.state_dict().items()})
    description = {
        "name": "id-phone",
        "language": "id",
        "rate_hz": 16000,
        "frame_s": 0.04,
        "tokens": list(TOKENS),
        "blank": BLANK,
        "log_prior": [round(float(value), 4) for value in prior],
        "prior_scale": 0.65,
        "blank_penalty": 1.5,
        "acoustic_scale": 0.65,
        "recipe": "models/recipes/id_phone",
        "trained_on": "synthetic speech only: espeak-ng, festival, flite, RHVoice, SVOX Pico and Open JTalk voices",
        "held_out_voices_loss": round(held_loss, 4),
        "licence": "Apache-2.0 (head); BSD-2-Clause and MIT (encoder), see NOTICE",
    }
    (target / "model.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
