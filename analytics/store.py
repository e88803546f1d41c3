"""Recordings into the store, and scores beside them. A rerun starts at what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from analytics.ingest import take_in
from analytics.pipeline import hear, report
from analytics.scoring import load_scorecard
from asr.audio_file import audio_files
from voicebot.core.clock import now_utc
from voicebot.core.errors import InputError, SantunError
from voicebot.core.logs import get_logger
from voicebot.core.script import load_script
from voicebot.core.settings import Settings
from voicebot.core.store.recordings import add_human_recording, save_report, unscored
from voicebot.core.tables import Call, Recording

DEFAULT_SCRIPT = "payment_reminder"
log = get_logger()


def import_recordings(sessions: sessionmaker[Session], settings: Settings, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Copy sound files of human agents into the recordings folder; the same content twice is one recording."""
    results: list[dict[str, Any]] = []
    for path in audio_files(list(paths)):
        try:
            results.append(_import_one(sessions, settings, path))
        except SantunError as error:
            results.append({"file": path.name, "error": str(error)})
    return results


def _import_one(sessions: sessionmaker[Session], settings: Settings, path: Path) -> dict[str, Any]:
    audio = take_in(path)
    relative = Path("imported") / f"{audio.sha256[:2]}" / f"{audio.sha256}{path.suffix.lower()}"
    target = settings.recordings_dir / relative
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not target.exists():
        shutil.copyfile(path, target)
        target.chmod(0o600)
    with sessions.begin() as session:
        recording, is_new = add_human_recording(
            session,
            path=str(relative),
            sha256=audio.sha256,
            channels=[channel.speaker for channel in audio.channels],
            duration_s=audio.duration_s,
            recorded_at=now_utc(),
            agent_id=str(audio.details.get("agent_id") or ""),
            team=str(audio.details.get("team") or ""),
            details={**audio.details, "file": path.name},
        )
        return {"file": path.name, "recording": recording.id, "new": is_new}


def score_waiting(sessions: sessionmaker[Session], settings: Settings) -> Iterator[dict[str, Any]]:
    """Score every recording that has no score yet; one that fails is marked and the others go on."""
    with sessions() as session:
        waiting = [recording.id for recording in unscored(session)]
    for recording_id in waiting:
        yield score_one(sessions, settings, recording_id)


def score_one(sessions: sessionmaker[Session], settings: Settings, recording_id: int) -> dict[str, Any]:
    """Score one recording and store the report."""
    with sessions.begin() as session:
        recording = session.get_one(Recording, recording_id)
        try:
            document = _judge(session, recording, settings)
        except SantunError as error:
            recording.status = "failed"
            log.warning("recording_not_scored", recording_id=recording_id, reason=str(error))
            return {"recording": recording_id, "error": str(error)}
        save_report(session, recording, document, document["turns"])
        return {
            "recording": recording_id,
            "source": recording.source,
            "score": document["score"] if document["score"] is not None else 0.0,
            "auto_fail": document["auto_fail"],
        }


def _judge(session: Session, recording: Recording, settings: Settings) -> dict[str, Any]:
    path = settings.recordings_dir / recording.path
    if not path.is_file():
        raise InputError("the sound file is gone from the recordings folder")
    details = dict(recording.details)
    details["channel_map"] = recording.channels if len(recording.channels) == 2 else None
    name = DEFAULT_SCRIPT
    if recording.call_id is not None:
        call = session.get_one(Call, recording.call_id)
        name = call.script.split("@")[0] or name
        details["call_time"] = call.started_at.isoformat()
        if call.account is not None:
            details["account"] = {"amount_due_idr": call.account.amount_due, "due_date": call.account.due_on.isoformat()}
    audio = take_in(path, details=details)
    script = load_script(name)
    return report(hear(audio, script), script, load_scorecard(), audio)
