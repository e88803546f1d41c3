"""Utterances decoded as calls would: by the graph of their domain, which expects the labelled sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.embedded import Decoded, decode, without_garbage
from asr.graphs import STATES, Graph, graph_for
from models.recipes.id_phone.evaluate import scaled
from models.recipes.id_phone.train import Head
from models.recipes.mixture import log_probs

Description = Mapping[str, Any]
"""A model's ``model.json``."""


def graph_of(domain: str, hints: Sequence[str]) -> Graph:
    """A domain that bears a dialogue state's name has that state's graph, any other the general one."""
    return graph_for(domain if domain in STATES else "general", tuple(sorted(set(hints))))


def decode_all(
    head: Head,
    description: Description,
    taps: Sequence[NDArray[np.float16]],
    graphs: Sequence[Graph],
    *,
    jobs: int = 2,
) -> list[Decoded]:
    """Each utterance with its graph."""
    frame_s = float(description["frame_s"])

    def one(index: int) -> Decoded:
        return decode(scaled(log_probs(head, taps[index]), dict(description)), graphs[index], frame_s=frame_s)

    with ThreadPoolExecutor(jobs) as pool:  # PyTorch and the decoder release the GIL
        return list(pool.map(one, range(len(taps))))


def text_of(decoded: Decoded) -> str:
    """The words that were heard."""
    return " ".join(word.text for word in without_garbage(decoded.words))
