"""The neural half: words as sums of pieces, a convolution, two transformer blocks; leading intent and all intents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from nlu.features import BUCKETS, CONTEXT_COUNT, MAX_WORDS, word_pieces, words_of
from nlu.understanding import INTENTS

WIDTH = 128
HEADS = 4
BLOCKS = 2
DROPOUT = 0.3
Pieces = list[tuple[int, ...]]


def pieces_of(text: str, language: str) -> Pieces:
    """The buckets of every word; one empty word for an empty text."""
    return [word_pieces(word, language) for word in words_of(text)] or [(0,)]


class Network(nn.Module):
    """Words (pieces in an embedding bag) after a token for question and language."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.EmbeddingBag(BUCKETS, WIDTH, mode="mean")
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.body = Body()

    def forward(self, batch: Sequence[Pieces], contexts: Tensor, *, forget: float = 0.0) -> tuple[Tensor, Tensor]:
        """(n, intents) logits of the leading intent and of every intent; ``forget`` is the share of words left out."""
        lengths = torch.tensor([len(words) for words in batch])
        words = self.words(batch)
        if forget:
            words = words * (torch.rand(len(words), 1) > forget)
        mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
        padded = torch.zeros(*mask.shape, WIDTH)
        padded[mask] = words
        return self.body(padded, contexts, mask)

    def words(self, batch: Sequence[Pieces]) -> Tensor:
        """(all words, width)."""
        flat = [piece for words in batch for word in words for piece in word]
        ends = np.cumsum([0] + [len(word) for words in batch for word in words])[:-1]
        return self.embedding(torch.tensor(flat), torch.from_numpy(ends))


class Block(nn.Module):
    """Attention and two layers, each on normalised input and added to it; written out so that any length can be exported."""

    def __init__(self) -> None:
        super().__init__()
        self.first_norm, self.second_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.asked = nn.Linear(WIDTH, 3 * WIDTH)
        self.given = nn.Linear(WIDTH, WIDTH)
        self.layers = nn.Sequential(
            nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(2 * WIDTH, WIDTH), nn.Dropout(DROPOUT)
        )
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(n, places, width) in and out; ``mask`` (n, places) is true where there is a word."""
        query, key, value = (
            part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in self.asked(self.first_norm(x)).chunk(3, -1)
        )
        scores = query @ key.transpose(-1, -2) / (WIDTH / HEADS) ** 0.5
        weights = self.dropout(F.softmax(scores - 1e4 * ~mask[:, None, None, :], -1))
        x = x + self.dropout(self.given((weights @ value).transpose(1, 2).flatten(2)))
        return x + self.layers(self.second_norm(x))


class Body(nn.Module):
    """Everything after the embedding; what is exported to ONNX, one utterance at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.context = nn.Embedding(CONTEXT_COUNT, WIDTH)
        self.place = nn.Parameter(torch.randn(MAX_WORDS + 1, WIDTH) * 0.02)
        self.norm = nn.LayerNorm(WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.dropout = nn.Dropout(DROPOUT)
        self.leading = nn.Linear(3 * WIDTH, len(INTENTS))
        self.every = nn.Linear(3 * WIDTH, len(INTENTS))

    def encode(self, words: Tensor, contexts: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 1 + words, width) states and their mask."""
        mask = F.pad(mask, (1, 0), value=True)
        x = torch.cat([self.context(contexts)[:, None], words], 1)
        x = self.norm(x) * mask[..., None]
        x = x + F.gelu(self.near(x.transpose(1, 2)).transpose(1, 2)) * mask[..., None]
        x = self.dropout(x + self.place[: x.shape[1]])
        for block in self.blocks:
            x = block(x, mask)
        return x, mask

    def forward(self, words: Tensor, contexts: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, intents) of the leading intent and of every intent."""
        y, mask = self.encode(words, contexts, mask)
        y = y * mask[..., None]
        highest = (y - 1e4 * ~mask[..., None]).max(1).values
        mean = y.sum(1) / mask.sum(1, keepdim=True)
        z = self.dropout(torch.cat([y[:, 0], highest, mean], 1))
        return self.leading(z), self.every(z)


def damaged(text: str, rng: np.random.Generator, *, typing: float = 0.06, losing: float = 0.06) -> str:
    """The text with some letters wrong and some words lost, as typing and recognizers do."""
    kept: list[str] = []
    for word in words_of(text):
        chance = rng.random()
        if chance < losing and len(text) > 12:
            continue
        kept.append(_mistyped(word, rng) if chance < losing + typing else word)
    return " ".join(kept) or text


def _mistyped(word: str, rng: np.random.Generator) -> str:
    if len(word) < 4:
        return word
    at = int(rng.integers(1, len(word) - 1))
    kind = rng.integers(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[: at + 1] + word[at:]
    if kind == 2:
        return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return word[:at] + "aeioung"[int(rng.integers(7))] + word[at + 1 :]


def probabilities(
    network: Network, batch: Sequence[Pieces], contexts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, intents) of the leading intent and of every intent."""
    network.eval()
    leading: list[Tensor] = []
    every: list[Tensor] = []
    with torch.no_grad():
        for at in range(0, len(batch), 256):
            a, b = network(batch[at : at + 256], torch.from_numpy(contexts[at : at + 256]))
            leading.append(F.softmax(a, 1))
            every.append(torch.sigmoid(b))
    return torch.cat(leading).double().numpy(), torch.cat(every).double().numpy()
