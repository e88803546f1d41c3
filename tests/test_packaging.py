"""Packaging: the wheel works by itself, our import names are ours, and pins exist for both Python versions."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
IMPORT_NAMES = {"voicebot", "asr", "nlu", "tts", "analytics", "models"}


def test_no_other_distribution_provides_one_of_our_import_names() -> None:
    owners = metadata.packages_distributions()
    others = {name: [owner for owner in owners.get(name, []) if owner.lower() != "santun"] for name in sorted(IMPORT_NAMES)}
    assert not {name: found for name, found in others.items() if found}


def test_each_supported_python_has_pins_for_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {requirement_name(line) for line in project["dependencies"] if "win32" not in line or "!=" in line}
    for version in ("311", "312"):
        pinned = {
            line.split("==")[0].lower()
            for line in (ROOT / f"constraints/py{version}.txt").read_text(encoding="utf-8").splitlines()
            if "==" in line
        }
        assert needed <= pinned, f"constraints/py{version}.txt lacks {needed - pinned}"


def requirement_name(line: str) -> str:
    name = line.split(";")[0]
    for stop in "[<>=! ":
        name = name.split(stop)[0]
    return name.strip().lower()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_wheel_installs_in_a_clean_environment_and_its_doctor_is_content(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(tmp_path.glob("santun-*.whl"))
    assert wheel.stat().st_size < 40_000_000
    clean = tmp_path / "clean environment"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(clean)], check=True)
    constraints = ROOT / f"constraints/py{sys.version_info.major}{sys.version_info.minor}.txt"
    install = [*uv, "pip", "install", "--quiet", "--python", str(clean / "bin/python"), "--constraint", str(constraints)]
    subprocess.run([*install, str(wheel)], check=True)
    doctor = subprocess.run(
        [str(clean / "bin/santun"), "doctor"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "all that is needed is here" in doctor.stdout
    listed = subprocess.run(
        [str(clean / "bin/python"), "-c", "import models.recipes, sys; sys.exit('torch' in sys.modules)"],
        cwd=tmp_path,
        check=False,
    )
    assert listed.returncode == 0
