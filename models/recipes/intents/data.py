"""The labelled passes as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.examples import Example, load_examples
from nlu.features import context_index, linear_features
from nlu.normalize import joined, tokenize
from nlu.rules import fire
from nlu.understanding import CONTEXTS, INTENTS

HEARD = Path(__file__).with_name("heard_id.tsv")
"""Texts of training passes as our own recognizer heard our own voice say them; see ``hear.py``."""


@dataclass(frozen=True)
class Data:
    """``texts[i]`` in ``languages[i]`` answers ``contexts[i]``; ``sources[i]`` is the pass that it comes from."""

    texts: list[str]
    languages: list[str]
    contexts: list[str]
    sources: NDArray[np.str_]
    primary: NDArray[np.int64]
    held: NDArray[np.float32]
    """(n, intents) of 0 and 1."""

    @cached_property
    def context_ids(self) -> NDArray[np.int64]:
        """(n,) as ``nlu.features.context_index``."""
        return np.array([context_index(c, la) for c, la in zip(self.contexts, self.languages, strict=True)])

    @cached_property
    def features(self) -> list[dict[str, float]]:
        """The named features of every text."""
        return [
            linear_features(text, language, context, fired_intents(text, language, context))
            for text, language, context in zip(self.texts, self.languages, self.contexts, strict=True)
        ]


def fired_intents(text: str, language: str, context: str | None) -> tuple[str, ...]:
    """The intents of the phrase rules that hold."""
    return tuple(sorted({rule.intent for rule in fire(joined(tokenize(text, language)), language, context)}))


def load(*, held_out: bool, heard: bool = True, off_topic: Sequence[tuple[str, str]] = ()) -> Data:
    """The training passes of both languages (with what the recognizer heard of them, and ``off_topic`` sentences as
    ``out_of_scope``), or the held-out ones."""
    examples = [example for language in ("id", "en") for example in load_examples(language, held_out=held_out)]
    if heard and not held_out and HEARD.is_file():
        examples += _heard(examples)
    examples += [_off_topic(number, text, language) for number, (text, language) in enumerate(off_topic)]
    return Data(
        texts=[e.text for e in examples],
        languages=[e.language for e in examples],
        contexts=[e.context for e in examples],
        sources=np.array([e.source for e in examples]),
        primary=np.array([INTENTS.index(e.primary) for e in examples]),
        held=np.array([[intent in e.intents for intent in INTENTS] for e in examples], np.float32),
    )


def _off_topic(number: int, text: str, language: str) -> Example:
    return Example(
        text=text,
        language=language,
        context=CONTEXTS[number % len(CONTEXTS)],
        slice="formal",
        intents=("out_of_scope",),
        now=datetime(2026, 11, 24, tzinfo=UTC),
        source="off_topic",
    )


def _heard(examples: list[Example]) -> list[Example]:
    """The same labels under the words that were heard; the source stays the pass, so that no fold learns its own test."""
    from dataclasses import replace

    by_text = {(e.source, e.context, e.text): e for e in examples}
    found: list[Example] = []
    for line in HEARD.read_text(encoding="utf-8").splitlines():
        source, context, said, heard = line.split("\t")
        example = by_text.get((source, context, said))
        if example is not None:
            found.append(replace(example, text=heard, slice="asr"))
    return found
