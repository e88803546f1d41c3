"""The browser libraries that the pages load, copied here by ``tools/web_assets.py`` or packed in the wheel."""

from __future__ import annotations

from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
NEEDED = ("htmx.min.js", "wavesurfer.min.js")


def missing_assets() -> list[str]:
    """Names of browser libraries that are not here."""
    return [name for name in NEEDED if not (VENDOR / name).is_file()]
