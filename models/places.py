"""Where models are kept and where they are fetched from, as the environment says.

Engines find their models by themselves, also in worker processes that never load Santun's settings, so these few variables are
read here. ``voicebot.core.settings`` documents and validates the same ones; a test keeps both in step.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

HUB = "https://huggingface.co"
_DATA_DIR = "~/.local/share/santun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """``folder`` keeps fetched models; ``mirror`` (a base URL or a folder) replaces every source; ``hub`` is the hub's address."""

    folder: Path
    mirror: str = ""
    hub: str = HUB

    @property
    def mirror_folder(self) -> Path | None:
        """The mirror as a folder of this machine; none where it is a URL, or there is no mirror."""
        if not self.mirror:
            return None
        address = urlsplit(self.mirror)
        if address.scheme == "file":
            return Path(unquote(address.path))
        return None if address.scheme in ("http", "https") else Path(self.mirror).expanduser()

    @property
    def staging(self) -> Path:
        """Where downloads grow until they are whole; on the same file system as ``folder``."""
        return self.folder / ".parts"

    @property
    def own_catalogue(self) -> Path:
        """The user's own list of models, which adds to and changes the shipped one."""
        return self.folder / "models.toml"


def places(environment: Mapping[str, str] = os.environ) -> Places:
    """What the environment says now; empty variables count as absent."""
    data = environment.get("SANTUN_DATA_DIR") or _DATA_DIR
    folder = environment.get("SANTUN_MODELS_DIR") or str(Path(data) / "models")
    return Places(
        folder=Path(folder).expanduser().absolute(),
        mirror=environment.get("SANTUN_MODELS_MIRROR") or "",
        hub=(environment.get("HF_ENDPOINT") or HUB).rstrip("/"),
    )


def stays_inside(path: str) -> bool:
    """A relative path that cannot leave the folder it is taken in, on any system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and not set(path) & set("\\:\0")
