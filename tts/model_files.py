"""Where a voice's model lies: a folder or file of the user's, or a model of the store; and its name for caches."""

from __future__ import annotations

from pathlib import Path

from models.store import ModelStoreError, find, sha256_of
from tts.engine import VoiceError


def model_place(place: str) -> Path:
    """The folder or file that ``place`` names: a path, or a name that ``santun models list`` shows. Raises :class:`VoiceError`."""
    path = Path(place).expanduser()
    if path.exists():
        return path
    if place.startswith(("/", ".", "~")) or "\\" in place:
        raise VoiceError(f"there is no file or folder {place}; give a voice's folder, or a name from `santun models list`")
    try:
        return find(place)
    except ModelStoreError as error:
        raise VoiceError(f"{place} is no folder, and as a model: {error}") from error


def the_model(place: Path, suffix: str, *, besides: tuple[str, ...] = ()) -> Path:
    """The one file that ends in ``suffix`` at ``place``, which may be that file; ``besides`` are beginnings of other files' names.

    Folders within are searched where ``place`` itself holds none. Raises :class:`VoiceError`.
    """
    if place.is_file():
        return place
    found: list[Path] = []
    for pattern in (f"*{suffix}", f"**/*{suffix}"):
        found = found or sorted(path for path in place.glob(pattern) if not path.name.startswith(besides or ("\0",)))
    if not found:
        raise VoiceError(f"{place} holds no {suffix} file; it is not a voice of this kind, or not fetched whole")
    if len(found) > 1:
        raise VoiceError(f"{place} holds several voices ({', '.join(path.name for path in found)}); name one of these files")
    return found[0]


def beside(model: Path, name: str) -> Path:
    """The file or folder ``name`` in the folder of ``model``. Raises :class:`VoiceError` where it is missing."""
    path = model.with_name(name)
    if not path.exists():
        raise VoiceError(
            f"{model.name} needs {name} in the same folder ({model.parent}); copy it there, or fetch the voice anew"
        )
    return path


def fingerprint(*files: Path) -> str:
    """Names the content of ``files``, for caches of what was spoken."""
    return "-".join(sha256_of(file)[:12] for file in files)
