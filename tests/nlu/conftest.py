"""A tiny encoder with random weights, and a checkpoint that has learnt four intents from it; both made here, without network."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from models.recipes.intents.data import Data

WHY = "the transformer interpreter needs PyTorch and transformers: make setup-engines"
LEARNT = ("wrong_number", "already_paid", "request_human", "promise_to_pay")
EACH = 24


@dataclass(frozen=True)
class Taught:
    """``folder`` holds what the recipe made of ``base`` with ``data``; ``told`` is what it printed."""

    base: Path
    folder: Path
    data: Data
    told: str


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    """The recipe's checkpoint from a tiny encoder and a small sample."""
    torch = pytest.importorskip("torch", reason=WHY)
    torch.set_num_threads(1)  # on a busy machine several would wait for each other far longer than they compute
    pytest.importorskip("transformers", reason=WHY)
    from contextlib import redirect_stdout
    from io import StringIO

    from models.recipes.intents_transformer.__main__ import make
    from models.recipes.intents_transformer.train import Plan

    folder = tmp_path_factory.mktemp("encoder")
    data = sample()
    write_tiny_encoder(folder / "base", data.texts)
    told = StringIO()
    with redirect_stdout(told):
        plan = Plan(epochs=40, batch=16, rate=1e-3)
        make(data, data, base=str(folder / "base"), output=folder / "taught", plan=plan)
    return Taught(folder / "base", folder / "taught", data, told.getvalue())


def sample() -> Data:
    """Indonesian texts of the training passes, each with just one of the intents to learn, dealt out to eight passes."""
    from models.recipes.intents.data import Data, load
    from nlu.understanding import INTENTS

    data = load(held_out=False, heard=False)
    rows: list[int] = []
    for intent in LEARNT:
        place = INTENTS.index(intent)
        alone = (data.held[:, place] == 1) & (data.held.sum(1) == 1) & (np.array(data.languages) == "id")
        rows += np.where(alone)[0][:EACH].tolist()
    return Data(
        texts=[data.texts[i] for i in rows],
        languages=[data.languages[i] for i in rows],
        contexts=[data.contexts[i] for i in rows],
        sources=np.array([f"pass {n % 8}" for n in range(len(rows))]),
        primary=data.primary[rows],
        held=data.held[rows],
    )


def write_tiny_encoder(folder: Path, texts: list[str]) -> None:
    """BERT of two narrow layers with random weights, its files as pre-trained encoders lie at the hub."""
    import torch
    import transformers

    words = sorted({word for text in texts for word in re.findall(r"[a-z]+", text.lower())})
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.,?!'"]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = list(dict.fromkeys([*marks, *letters, *[f"##{letter}" for letter in letters], *words]))
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=64,
        initializer_range=0.125,  # as wide as narrow layers need; the usual 0.02 is for 768
    )
    transformers.BertForMaskedLM(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    told = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(told), encoding="utf-8")
