"""The model to start from: its folder, its head's weights, its licence, and the adaptations behind it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asr.model_folder import model_folder
from models.adapted import parse_version, versions
from models.recipes.adapt.errors import AdaptError
from models.recipes.adapt.stored import HELD_OUT, REPLAY, Utterances, load
from models.recipes.id_phone.train import Head
from models.recipes.mixture import WEIGHTS, load_head
from models.store import ModelStoreError

_NOT_COMMERCIAL = re.compile(r"\bnc\b|non-?commercial|research", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An adaptation that the base has behind it: utterances to replay, and held-out ones with what may be expected there."""

    name: str
    replay: Utterances
    held_out: Utterances
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """A model that can be trained on."""

    name: str
    folder: Path
    description: dict[str, Any]
    head: Head
    earlier: tuple[Earlier, ...]

    @property
    def encoder(self) -> Path:
        """Sound → taps; an adaptation leaves it as it is."""
        return self.folder / "encoder.onnx"

    @property
    def research_only(self) -> bool:
        """Its licence forbids commercial use."""
        return bool(self.description.get("research_only")) or forbids_commerce(str(self.description.get("licence", "")))


def forbids_commerce(licence: str) -> bool:
    """Such as CC BY-NC-SA 4.0."""
    return bool(_NOT_COMMERCIAL.search(licence))


def open_base(place: str, models_dir: Path) -> Base:
    """A folder, or a model by name (``NAME@2`` or ``NAME`` of adapted ones). Raises ``AdaptError``."""
    try:
        folder = model_folder(place)
    except (ModelStoreError, ValueError) as error:
        raise AdaptError(f"--base {place}: {error}") from error
    missing = [name for name in ("encoder.onnx", "model.json") if not (folder / name).is_file()]
    if missing:
        raise AdaptError(
            f"--base {place}: {folder} holds no {' and no '.join(missing)}; it is no model of the built-in recognizer"
        )
    if not (folder / WEIGHTS).is_file():
        raise AdaptError(
            f"--base {place}: {folder} holds no {WEIGHTS}, the head's weights for training. Models of this version of santun have it; "
            "an older copy, or one exported for recognition only, cannot be adapted"
        )
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    try:
        with np.load(folder / WEIGHTS) as weights:
            head = load_head(weights)
    except (KeyError, ValueError, RuntimeError, OSError) as error:
        raise AdaptError(f"--base {place}: {folder / WEIGHTS} is not a head of this version of santun ({error})") from error
    name = folder.name if parse_version(folder.name) else str(description.get("name", folder.name))
    return Base(name, folder, description, head, tuple(_lineage(description, models_dir, name)))


def _lineage(description: dict[str, Any], models_dir: Path, name: str) -> list[Earlier]:
    """The base itself if it is adapted, its parent, and so on; each only as far as its utterances are still kept."""
    known = {str(version) for version in versions(models_dir)}
    found: list[Earlier] = []
    seen: set[str] = set()
    while name in known and name not in seen:
        seen.add(name)
        folder = models_dir / name
        held_out, hints = load(folder / HELD_OUT)
        found.append(Earlier(name, load(folder / REPLAY)[0], held_out, hints))
        description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        name = str(description.get("adaptation", {}).get("parent", ""))
    return found
