"""Sound files and transcripts in: channels with their speakers, details from a JSON file beside, problems noted.

Raises ``InputError`` for a file that is not usable; the pipeline turns it into that file's error line and goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.recording import Audio, Channel, Ledger, Recording, Speaker, Turn
from asr.audio_file import AudioFileError, read_audio
from models.store import sha256_of
from voicebot.core.errors import InputError

RATE_HZ = 8000
_SAME_CHANNEL_CORRELATION = 0.98
_SILENT_LEVEL = 1e-4
_CLIPPED_SHARE = 0.001
_DEFAULT_ZONE = ZoneInfo("Asia/Jakarta")


def take_in(path: Path, *, customer_channel: str = "right", details: Mapping[str, Any] | None = None) -> Audio:
    """A sound file's channels at 8 kHz; ``details`` default to the JSON file of the same stem."""
    known = dict(details) if details is not None else sidecar(path)
    try:
        channels, rate_hz = read_audio(path, rate_hz=RATE_HZ)
    except AudioFileError as error:
        raise InputError(str(error)) from error
    notes: list[str] = []
    speakers = _speakers(known.get("channel_map"), channels.shape[0], customer_channel)
    if channels.shape[0] == 2 and _is_fake_stereo(channels):
        notes.append("fake_stereo")
        channels = channels[:1]
        speakers = cast("list[Speaker]", ["unknown"])
    for channel in channels:
        if float(np.abs(channel).max()) < _SILENT_LEVEL:
            notes.append("silent_channel")
        elif float(np.mean(np.abs(channel) >= 0.999)) > _CLIPPED_SHARE:
            notes.append("clipping")
    if channels.shape[0] == 1:
        notes.append("mono_speakers_unknown")
    return Audio(
        path=path,
        channels=[Channel(speaker=s, samples=c, rate_hz=rate_hz) for s, c in zip(speakers, channels, strict=True)],
        sha256=sha256_of(path),
        duration_s=round(channels.shape[1] / rate_hz, 3),
        notes=tuple(dict.fromkeys(notes)),
        details=known,
    )


def sidecar(path: Path) -> dict[str, Any]:
    """The JSON file beside a recording; empty when there is none."""
    beside = path.with_suffix(".json")
    if not beside.is_file():
        return {}
    try:
        found: Any = json.loads(beside.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{beside.name}: not a JSON file ({error})") from error
    if not isinstance(found, dict):
        raise InputError(f"{beside.name}: expected a JSON object")
    return cast("dict[str, Any]", found)


def _speakers(channel_map: Any, count: int, customer_channel: str) -> list[Speaker]:
    if count == 1:
        return ["unknown"]
    if count > 2:
        raise InputError(f"{count} channels: a call has one or two")
    if channel_map is None:
        return ["agent", "customer"] if customer_channel == "right" else ["customer", "agent"]
    if not isinstance(channel_map, list) or sorted(str(name) for name in cast("list[Any]", channel_map)) != [
        "agent",
        "customer",
    ]:
        raise InputError('"channel_map" must be ["agent", "customer"] or ["customer", "agent"]')
    return cast("list[Speaker]", channel_map)


def _is_fake_stereo(channels: NDArray[np.float32]) -> bool:
    """Both channels carry the same sound (a mono call saved as stereo)."""
    left, right = channels[0], channels[1]
    if float(left.std()) < _SILENT_LEVEL or float(right.std()) < _SILENT_LEVEL:
        return False
    return float(np.corrcoef(left, right)[0, 1]) > _SAME_CHANNEL_CORRELATION


def recording_of(record: Mapping[str, Any]) -> Recording:
    """A transcript line as a recording."""
    turns = record.get("turns")
    if not isinstance(turns, list) or not turns:
        raise InputError('expected a non-empty list "turns"')
    return Recording(
        id=str(record.get("id") or ""),
        turns=tuple(_turn(index, turn) for index, turn in enumerate(cast("list[Any]", turns))),
        engines={"transcript": "given"},
        **details_of(record),
    )


def _turn(index: int, fields: Any) -> Turn:
    if not isinstance(fields, dict):
        raise InputError(f"turn {index}: expected an object")
    known = cast("dict[str, Any]", fields)
    speaker, text = known.get("speaker"), known.get("text")
    if speaker not in ("agent", "customer") or not isinstance(text, str):
        raise InputError(f'turn {index}: needs "speaker" (agent or customer) and "text"')
    return Turn(index=index, speaker=speaker, text=text, start_s=known.get("start_s"), end_s=known.get("end_s"))


def details_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a Recording that both transcripts and sidecars name."""
    account: Any = record.get("account") or {}
    try:
        ledger = Ledger(
            amount_due=int(account["amount_due_idr"]) if account.get("amount_due_idr") is not None else None,
            due_on=date.fromisoformat(account["due_date"]) if account.get("due_date") else None,
            dpd=int(account["dpd"]) if account.get("dpd") is not None else None,
        )
        call_at = _moment(record.get("date"), record.get("call_time"))
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"the call's details are not usable: {error}") from error
    return {
        "call_at": call_at,
        "agent_id": str(record.get("agent_id") or ""),
        "team": str(record.get("team") or ""),
        "ledger": ledger,
    }


def _moment(day: Any, clock: Any) -> datetime | None:
    if clock and "T" in str(clock):
        moment = datetime.fromisoformat(str(clock))
    elif day:
        moment = datetime.fromisoformat(f"{day}T{clock or '12:00'}" if "T" not in str(day) else str(day))
    else:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=_DEFAULT_ZONE)
