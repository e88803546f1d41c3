"""Where a recognizer's model lies: a folder of the user's, or a model of the store."""

from __future__ import annotations

from pathlib import Path

from models.store import ModelStoreError, find


def model_folder(place: str) -> Path:
    """The folder that ``place`` names: a path, or a name that ``santun models list`` shows.

    An archive that unpacked into one folder of its own is entered. Raises ``ValueError`` (also :class:`ModelStoreError`,
    for a model that is known but not here) with what to do.
    """
    folder = Path(place).expanduser()
    if folder.is_file():
        raise ValueError(f"{place} is a file; name the folder that holds the model")
    if not folder.is_dir():
        if place.startswith(("/", ".", "~")) or "\\" in place:
            raise ValueError(f"there is no folder {place}; give a model's folder, or a name from `santun models list`")
        try:
            folder = find(place)
        except ModelStoreError as error:
            raise ModelStoreError(f"{place} is no folder, and as a model: {error}") from error
    return _inner(folder)


def one_of(folder: Path, *patterns: str) -> Path | None:
    """The file of ``folder`` that the first fitting pattern finds; of several, the one whose name sorts first."""
    for pattern in patterns:
        if found := sorted(folder.glob(pattern)):
            return found[0]
    return None


def _inner(folder: Path) -> Path:
    inside = [path for path in folder.iterdir() if not path.name.startswith((".", "__"))]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder
