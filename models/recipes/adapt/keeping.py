"""A new version in the models folder: whole at once, with its parent, data and results on record."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.adapted import Version, make_current, versions
from models.recipes.adapt.base import Base, forbids_commerce
from models.recipes.adapt.errors import AdaptError
from models.recipes.adapt.sound import Utterance
from models.recipes.adapt.stored import HELD_OUT, REPLAY, Utterances, save
from models.recipes.id_phone.train import Head
from models.recipes.mixture import export_head
from models.records import write_record

RESEARCH_MARK = "-nc"
"""In the names of models for research only."""
_OWN_DATA = "your own calls"


def name_for(wanted: str | None, base: Base, *, research_only: bool) -> str:
    """The family of versions that the new one joins; one for research only says so. Raises ``AdaptError``."""
    from models.catalogue import read_entry
    from models.store import list_models

    name = wanted or (base.name.partition("@")[0] if "@" in base.name else f"{base.name}-calls")
    if "@" in name:
        raise AdaptError(f"--name {name}: leave the version out, it is counted up")
    if research_only and not (name.endswith(RESEARCH_MARK) or f"{RESEARCH_MARK}-" in name):
        name += RESEARCH_MARK
    try:
        read_entry(name, {})
    except ValueError as error:
        raise AdaptError(f"--name: {error}") from error
    if any(model.name == name and not model.engine.startswith("embedded:") for model in list_models()):
        raise AdaptError(f"--name {name}: a model of the store has this name; take another")
    return name


def data_hash(utterances: Sequence[Utterance]) -> str:
    """Of all labels and their sound, whatever their order and places."""
    each = sorted(hashlib.sha256(one.row.text.encode() + one.wave.tobytes()).hexdigest() for one in utterances)
    return hashlib.sha256("".join(each).encode()).hexdigest()


def licence_of(base: Base, data_licence: str) -> tuple[str, bool]:
    """(licence, research only): what binds the base or the data binds what was made of them."""
    own = data_licence.strip() or _OWN_DATA
    research_only = base.research_only or forbids_commerce(own)
    text = f"{base.description.get('licence', 'unknown')}; adapted to: {own}"
    if research_only and not forbids_commerce(text):
        text += "; research only"
    return text, research_only


def keep(
    head: Head,
    base: Base,
    *,
    models_dir: Path,
    name: str,
    log_prior: list[float],
    licence: str,
    research_only: bool,
    facts: dict[str, Any],
    replay: Utterances,
    held_out: Utterances,
    hints: Sequence[str],
) -> Version:
    """The new version, current from now on."""
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".adapting-") as place:
        folder = Path(place) / name
        folder.mkdir()
        export_head(head, folder)
        shutil.copyfile(base.encoder, folder / "encoder.onnx")
        for notice in base.folder.glob("NOTICE*"):
            shutil.copyfile(notice, folder / notice.name)
        save(folder / REPLAY, replay)
        save(folder / HELD_OUT, held_out, hints)
        number = 1 + max((version.number for version in versions(models_dir, name)), default=0)
        while True:
            version = Version(name, number)
            description = {
                **base.description,
                "name": str(version),
                "licence": licence,
                "research_only": research_only,
                "log_prior": log_prior,
                "adaptation": {"parent": base.name, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), **facts},
            }
            (folder / "model.json").write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            paths = [path.name for path in folder.iterdir() if path.name not in (REPLAY, HELD_OUT) and path.name[0] != "."]
            write_record(
                folder, name=str(version), fetched_from=f"adapted from {base.name}", accepted=False, paths=paths, known={}
            )
            try:
                folder.rename(models_dir / str(version))
            except OSError:  # another process took that number meanwhile
                if not (models_dir / str(version)).exists():
                    raise
                number += 1
                continue
            break
    make_current(models_dir, version)
    return version
