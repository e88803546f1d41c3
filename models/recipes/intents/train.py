"""Pre-training on unlabelled text (words guessed from their neighbours), then training on the labelled passes."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from models.recipes.intents.data import Data
from models.recipes.intents.network import DROPOUT, WIDTH, Network, damaged, pieces_of
from nlu.features import words_of

VOCABULARY = 4096
Weights = dict[str, torch.Tensor]


def pretrain(texts: list[tuple[str, str]], *, steps: int, seed: int, batch: int = 64, rate: float = 1.5e-3) -> Weights:
    """Weights of a network that guesses hidden words of ``texts`` (text, language); about a fifth of the words is hidden."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    counts = Counter(word for text, _ in texts for word in words_of(text))
    known = {word: n for n, (word, _) in enumerate(counts.most_common(VOCABULARY - 1), 1)}
    network = Network()
    _set_dropout(network, 0.1)
    guess = nn.Linear(WIDTH, VOCABULARY)
    parameters = [*network.parameters(), *guess.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.05)
    began_s, shown = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        chosen = [texts[i] for i in rng.integers(len(texts), size=batch)]
        pieces = [pieces_of(text, language) for text, language in chosen]
        lengths = torch.tensor([len(words) for words in pieces])
        wanted = torch.tensor([known.get(word, 0) for text, _ in chosen for word in (words_of(text) or ["?"])])
        hidden = torch.rand(len(wanted)) < 0.2
        words = network.words(pieces) * (~hidden)[:, None]
        mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
        padded = torch.zeros(*mask.shape, WIDTH)
        padded[mask] = words
        contexts = torch.tensor([9 if language == "en" else 0 for _, language in chosen])
        states, _ = network.body.encode(padded, contexts, mask)
        asked = hidden & (wanted > 0)
        loss = F.cross_entropy(guess(states[:, 1:][mask][asked]), wanted[asked])
        _advance(loss, network, optimizer, schedule)
        shown = loss.item() if step == 1 else 0.99 * shown + 0.01 * loss.item()
        if step % 1000 == 0:
            print(f"  pre-training {step}/{steps}: {shown:.3f} ({time.monotonic() - began_s:.0f} s)", flush=True)
    return network.state_dict()


def train(
    data: Data,
    rows: NDArray[np.int64],
    *,
    seed: int,
    epochs: int,
    start: Weights | None = None,
    batch: int = 48,
    rate: float = 1.5e-3,
) -> Network:
    """A network that has learnt ``rows`` of ``data``; half of the texts it sees are damaged."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = Network()
    if start is not None:
        network.load_state_dict(start)
    _set_dropout(network, DROPOUT)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.02)
    steps = epochs * -(-len(rows) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    primary, held, contexts = (torch.from_numpy(a) for a in (data.primary, data.held, data.context_ids))
    whole = {int(i): pieces_of(data.texts[i], data.languages[i]) for i in rows}
    for _ in range(epochs):
        network.train()
        order = rng.permutation(rows)
        for at in range(0, len(order), batch):
            ids = order[at : at + batch]
            pieces = [
                pieces_of(damaged(data.texts[i], rng), data.languages[i]) if rng.random() < 0.5 else whole[int(i)] for i in ids
            ]
            leading, every = network(pieces, contexts[ids], forget=0.1)
            loss = F.cross_entropy(leading, primary[ids], label_smoothing=0.05)
            loss = loss + 4 * F.binary_cross_entropy_with_logits(every, held[ids])
            _advance(loss, network, optimizer, schedule)
    return network.eval()


def _advance(
    loss: torch.Tensor, network: Network, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler
) -> None:
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    schedule.step()


def _set_dropout(network: Network, share: float) -> None:
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = share
