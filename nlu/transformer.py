"""The optional ``transformers`` interpreter: a fine-tuned encoder such as IndoBERT in the place of the intent model.

The rules, values and topics around it are those of ``nlu.interpreter``. The only file here that touches PyTorch and transformers
(extra ``transformers``); checkpoints are made by ``models/recipes/intents_transformer``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.classifier import Judgement, softmax
from nlu.interpreter import HybridInterpreter, Reading
from nlu.understanding import INTENTS, Understanding

_MAX_TOKENS = 128
_RECIPE = "`python -m models.recipes.intents_transformer --base BASE --output FOLDER`"
_ELSEWHERE_THRESHOLD = 0.25
"""For checkpoints without thresholds of their own, whose intents share one softmax: a quarter of the belief is a second reading."""


class TransformerInterpreter:
    """Understands one language by a checkpoint; thread-safe. The model is shared between the languages of a process.

    ``checkpoint`` is a folder or a name at the hub; ``offline`` takes from the hub only what this machine has fetched before.
    Raises ``ValueError``, with what to do, where packages or the checkpoint are missing, damaged or made for other labels.
    """

    def __init__(self, language: str, checkpoint: str, *, offline: bool = False) -> None:
        self._interpreter = HybridInterpreter(language, load_transformer_model(checkpoint, offline=offline))

    def interpret(self, text: str, *, asked: str | None = None, now: datetime) -> Understanding:
        """Understand ``text`` as the answer to ``asked`` at the local time ``now``."""
        return self._interpreter.interpret(text, asked=asked, now=now)

    def read(self, text: str, *, asked: str | None = None, now: datetime) -> Reading:
        """The same with the reasons."""
        return self._interpreter.read(text, asked=asked, now=now)


def pair_of(text: str, asked: str | None) -> tuple[str, str]:
    """What an encoder reads: the question as words, then the answer."""
    return (asked or "").replace("_", " "), text


def max_tokens(tokenizer: Any, config: Any) -> int:
    """How much of question and answer an encoder reads; the rest of a longer answer is cut."""
    return min(_MAX_TOKENS, tokenizer.model_max_length, getattr(config, "max_position_embeddings", _MAX_TOKENS))


def check_vocabulary(checkpoint: str, tokenizer: Any) -> None:
    """Raise ``ValueError`` if ``tokenizer`` knows no words: transformers makes such a one, silently, where files are missing."""
    if len(tokenizer) <= len(tokenizer.all_special_tokens):
        raise ValueError(
            f"the checkpoint {checkpoint} lacks its vocabulary (tokenizer.json or vocab.txt): fetch or make it anew"
        )


class TransformerModel:
    """A sequence-classification checkpoint as the judge of intents."""

    def __init__(self, checkpoint: str, *, offline: bool) -> None:
        self._torch, transformers = _libraries()
        # Bars that tell how the loading goes are for notebooks, not for the log of a worker.
        transformers.utils.logging.disable_progress_bar()
        config = _load(transformers.AutoConfig, checkpoint, offline)
        _check_labels(checkpoint, config)
        self._tokenizer = _load(transformers.AutoTokenizer, checkpoint, offline)
        check_vocabulary(checkpoint, self._tokenizer)
        self._model, told = _load(
            transformers.AutoModelForSequenceClassification, checkpoint, offline, config=config, output_loading_info=True
        )
        if absent := sorted(told["missing_keys"]):
            raise ValueError(f"the checkpoint {checkpoint} lacks weights ({_some(absent)}): make it anew with {_RECIPE}")
        self._model.eval()
        # As in the shipped models: several calls are understood at once, and the other cores carry their sound.
        self._torch.set_num_threads(1)
        names = [config.id2label[place] for place in range(config.num_labels)]
        self._order = [names.index(intent) for intent in INTENTS]
        self._temperature = float(getattr(config, "intent_temperature", 1.0))
        own: list[float] | None = getattr(config, "intent_thresholds", None)
        self._separate = own is not None
        limits = np.full(len(INTENTS), _ELSEWHERE_THRESHOLD) if own is None else np.array(own, np.float64)
        self._thresholds = limits[self._order]
        self._max_tokens = max_tokens(self._tokenizer, config)
        self._lock = threading.Lock()

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """(intents,) belief from which an intent that does not lead counts as held too."""
        return self._thresholds

    def judge(self, text: str, language: str, asked: str | None, fired: Sequence[str]) -> Judgement:
        """What ``text`` means as the answer to ``asked``; an encoder needs neither ``language`` nor the rules that ``fired``."""
        with self._lock:  # the tokenizer keeps its truncation inside and refuses two callers at once
            encoded = self._tokenizer(
                *pair_of(text, asked), truncation="only_second", max_length=self._max_tokens, return_tensors="pt"
            )
        with self._torch.inference_mode():
            logits: NDArray[np.float64] = self._model(**encoded).logits[0].double().numpy()[self._order]
        leading = softmax(logits / self._temperature)
        return Judgement(leading, 1 / (1 + np.exp(-logits)) if self._separate else leading)


@cache
def load_transformer_model(checkpoint: str, *, offline: bool = False) -> TransformerModel:
    """The checkpoint, loaded once a process. Raises ``ValueError`` as :class:`TransformerInterpreter`."""
    return TransformerModel(checkpoint, offline=offline)


def _libraries() -> tuple[Any, Any]:
    """``torch`` and ``transformers``."""
    try:
        import torch  # pyright: ignore[reportMissingImports] - an extra
        import transformers  # pyright: ignore[reportMissingImports] - an extra
    except ImportError as error:
        raise ValueError(
            f"the transformer interpreter lacks a package ({error}): run `make setup-engines`, "
            "or `pip install 'santun[transformers]'`, with PyTorch from its CPU index unless you have a GPU (docs/models.md)"
        ) from error
    return torch, transformers


def _place(checkpoint: str) -> str:
    """The folder, or the name at the hub."""
    folder = Path(checkpoint).expanduser()
    if folder.is_dir():
        return str(folder)
    if checkpoint.startswith(("/", ".", "~")) or checkpoint.count("/") > 1 or folder.exists():
        raise ValueError(f"there is no folder {checkpoint} with a checkpoint; make one with {_RECIPE}")
    return checkpoint


def _load(kind: Any, checkpoint: str, offline: bool, **options: Any) -> Any:
    place = _place(checkpoint)
    try:
        return kind.from_pretrained(place, local_files_only=offline, **options)
    except Exception as error:  # OSError, SafetensorError, RuntimeError, plain Exception from Rust …: all mean the same here
        raise ValueError(_cannot_load(checkpoint, offline, error)) from error


def _check_labels(checkpoint: str, config: Any) -> None:
    names = list(config.id2label.values())
    lacking = [intent for intent in INTENTS if intent not in names]
    unknown = sorted(set(names) - set(INTENTS))
    if lacking or unknown or len(names) != len(INTENTS):
        faults = [f"it lacks {_some(lacking)}"] * bool(lacking) + [f"it has {_some(unknown)}"] * bool(unknown)
        raise ValueError(
            f"the labels of the checkpoint {checkpoint} are not our intents ({'; '.join(faults) or 'some come twice'}): "
            f"fine-tune it with {_RECIPE.replace('BASE', checkpoint)}"
        )
    own = getattr(config, "intent_thresholds", None)
    if own is not None and len(own) != len(INTENTS):
        raise ValueError(f"{checkpoint} has {len(own)} thresholds for {len(INTENTS)} intents: make it anew with {_RECIPE}")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _cannot_load(checkpoint: str, offline: bool, error: Exception) -> str:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    if Path(checkpoint).expanduser().is_dir():
        return f"the checkpoint in {checkpoint} is incomplete or damaged ({reason}): make it anew with {_RECIPE}"
    if offline:
        return (
            f"the checkpoint {checkpoint} is neither a folder nor on this machine ({reason}): "
            f"fetch it with `hf download {checkpoint}`, or make one with {_RECIPE}"
        )
    return f"the checkpoint {checkpoint} cannot be fetched ({reason}): check its name and the network, or give a folder"
