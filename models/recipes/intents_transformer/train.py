"""Fine-tuning: question and answer in, one logit an intent out, which softmax reads as leading and sigmoid as held."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from models.recipes.intents.data import Data
from models.recipes.intents.network import damaged
from nlu.transformer import check_vocabulary, max_tokens, pair_of
from nlu.understanding import INTENTS

DAMAGED_SHARE = 0.3
"""Of the texts in training: some letters wrong and words lost, as recognizers do."""
UNASKED_SHARE = 0.1
"""Of the texts in training: without the question, as in recordings of people who keep to no script."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long and how fast; ``rate`` is the highest learning rate."""

    epochs: int = 4
    batch: int = 32
    rate: float = 3e-5
    seed: int = 0


@dataclass(frozen=True)
class Encoder:
    """A model with its tokenizer."""

    model: Any
    tokenizer: Any

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.model.device

    def logits(self, texts: list[str], questions: list[str | None]) -> torch.Tensor:
        """(n, intents)."""
        pairs = [pair_of(text, asked) for text, asked in zip(texts, questions, strict=True)]
        encoded = self.tokenizer(
            [asked for asked, _ in pairs],
            [text for _, text in pairs],
            truncation="only_second",
            max_length=max_tokens(self.tokenizer, self.model.config),
            padding=True,
            return_tensors="pt",
        ).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            return self.model(**encoded).logits.float()


def load_base(base: str) -> Encoder:
    """The encoder, with a fresh head for our intents, on the GPU if there is one."""
    model = AutoModelForSequenceClassification.from_pretrained(
        base,
        num_labels=len(INTENTS),
        id2label=dict(enumerate(INTENTS)),
        label2id={intent: place for place, intent in enumerate(INTENTS)},
        ignore_mismatched_sizes=True,
    )
    tokenizer = AutoTokenizer.from_pretrained(base)
    check_vocabulary(base, tokenizer)
    return Encoder(model.to("cuda" if torch.cuda.is_available() else "cpu"), tokenizer)


def train(encoder: Encoder, data: Data, rows: NDArray[np.int64], plan: Plan) -> None:
    """Teach ``rows`` of ``data``; prints the loss of every epoch."""
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    steps = plan.epochs * -(-len(rows) // plan.batch)
    optimizer = torch.optim.AdamW(encoder.model.parameters(), lr=plan.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, total_steps=steps, pct_start=0.1)
    primary, held = torch.from_numpy(data.primary), torch.from_numpy(data.held)
    encoder.model.train()
    for epoch in range(1, plan.epochs + 1):
        began_s, losses = time.monotonic(), []
        order = rng.permutation(rows)
        for at in range(0, len(order), plan.batch):
            ids = order[at : at + plan.batch]
            texts = [damaged(data.texts[i], rng) if rng.random() < DAMAGED_SHARE else data.texts[i] for i in ids]
            questions = [None if rng.random() < UNASKED_SHARE else data.contexts[i] for i in ids]
            logits = encoder.logits(texts, questions)
            loss = F.cross_entropy(logits, primary[ids].to(encoder.device), label_smoothing=0.05)
            loss = loss + 4 * F.binary_cross_entropy_with_logits(logits, held[ids].to(encoder.device))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(encoder.model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch}/{plan.epochs}: loss {np.mean(losses):.3f} ({time.monotonic() - began_s:.0f} s)", flush=True)
    encoder.model.eval()


def judged(encoder: Encoder, data: Data, rows: NDArray[np.int64], batch: int = 64) -> NDArray[np.float64]:
    """(rows, intents) logits; texts of like length go together, since a batch is as long as its longest."""
    found = np.zeros((len(rows), len(INTENTS)))
    order = np.argsort([len(data.texts[i]) for i in rows], kind="stable")
    with torch.inference_mode():
        for at in range(0, len(order), batch):
            places = order[at : at + batch]
            ids = rows[places]
            logits = encoder.logits([data.texts[i] for i in ids], [data.contexts[i] for i in ids])
            found[places] = logits.double().cpu().numpy()
    return found
