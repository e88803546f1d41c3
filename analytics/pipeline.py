"""The line from a file to a report: ingest → transcribe → understand → measure → check → score → redact. Each stage a function."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from analytics.acoustics import loudness
from analytics.autofail import auto_fails
from analytics.compliance import check
from analytics.conversation import measures
from analytics.ingest import details_of, recording_of, take_in
from analytics.outcome import Outcome, judge_outcome
from analytics.recording import Audio, Finding, Recording
from analytics.redact import find_pii
from analytics.scoring import Scorecard, load_scorecard, score
from analytics.sentiment import ENGINE, agent_mood, customer_moods, empathy, professionalism
from analytics.transcribe import script_hints, transcribe
from asr.audio_file import audio_files
from asr.engine import Transcriber
from voicebot.core.engines import make_transcriber
from voicebot.core.errors import InputError, SantunError
from voicebot.core.script import Script, load_script

ENGINE_NAME = "embedded"


def score_inputs(
    inputs: Sequence[Path], *, scorecard: Path | None = None, customer_channel: str = "right", script: str = "payment_reminder"
) -> Iterator[dict[str, Any]]:
    """A report a call; an input that is not usable becomes ``{"id", "error"}`` and the others go on."""
    form, loaded = load_scorecard(scorecard), load_script(script)
    for path in audio_files(list(inputs)):
        if path.suffix.lower() == ".jsonl":
            yield from _transcripts(path, loaded, form)
            continue
        if path.suffix.lower() == ".json":
            continue
        try:
            audio = take_in(path, customer_channel=customer_channel)
            yield report(hear(audio, loaded), loaded, form, audio)
        except SantunError as error:
            yield {"id": path.stem, "file": str(path), "error": str(error)}


def _transcripts(path: Path, script: Script, form: Scorecard) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        yield {"id": path.stem, "file": str(path), "error": f"cannot be read: {error.strerror}"}
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        identity: Any = None
        try:
            record: Any = json.loads(line)
            if not isinstance(record, dict):
                raise InputError("expected an object")
            identity = record.get("id")
            yield report(recording_of(record), script, form)
        except (json.JSONDecodeError, InputError) as error:
            yield {"id": identity, "line": number, "error": str(error)}


def hear(audio: Audio, script: Script) -> Recording:
    """Transcribe a sound file, the agent's channel biased towards the script's wordings."""
    agent, customer = transcribers(script.reference, script_hints(script))
    return transcribe(audio, agent=agent, customer=customer, engine=ENGINE_NAME, **details_of(audio.details))


@cache
def transcribers(_script: str, hints: tuple[str, ...]) -> tuple[Transcriber, Transcriber]:
    """(the agent's, the customer's), made once a script."""
    return make_transcriber(ENGINE_NAME, hints=hints), make_transcriber(ENGINE_NAME)


def report(recording: Recording, script: Script, form: Scorecard, audio: Audio | None = None) -> dict[str, Any]:
    """Judge a transcribed call; the documented form of ``santun score``."""
    outcome = judge_outcome(recording, script.language)
    checklist = check(recording, script, outcome)
    faults = auto_fails(recording, script, outcome)
    result = score(form, checklist, auto_failed=bool(faults))
    mood_start, mood_end = customer_moods(recording)
    return {
        "id": recording.id,
        "checklist": {item: finding.verdict for item, finding in checklist.items()},
        "auto_fail": list(faults),
        "empathy": empathy(recording, faults),
        "professionalism": professionalism(checklist, faults),
        "customer_sentiment_start": mood_start,
        "customer_sentiment_end": mood_end,
        "agent_sentiment": agent_mood(recording, faults),
        "outcome": outcome.outcome,
        "promise": _promise(outcome),
        "evidence": {item: _evidence(finding) for item, finding in checklist.items()},
        "auto_fail_evidence": {code: {"turn": f.turn, "quote": f.quote, "note": f.note} for code, f in faults.items()},
        "pii": [
            {"turn": p.turn, "type": p.type, "text": p.text, "start": p.start, "end": p.end} for p in find_pii(recording.turns)
        ],
        "measures": {
            **measures(recording),
            **(loudness(audio) if audio is not None else {}),
            "unsure_share": result.unsure_share,
        },
        "score": result.points,
        "sections": dict(result.sections),
        "turns": [
            {"speaker": t.speaker, "text": t.text, "start_s": t.start_s, "end_s": t.end_s, "confidence": t.confidence}
            for t in recording.turns
        ],
        "notes": list(recording.notes),
        "engines": {**recording.engines, "sentiment": ENGINE, "empathy": ENGINE},
        "script": script.reference,
        "scorecard": form.reference,
    }


def _promise(outcome: Outcome) -> Mapping[str, Any] | None:
    if not outcome.promised:
        return None
    day = outcome.promised_on
    return {"date_text": outcome.date_text, "date": day.isoformat() if day else None, "amount_idr": outcome.amount}


def _evidence(finding: Finding) -> Mapping[str, Any] | None:
    if finding.turn is None:
        return {"turn": None, "quote": "", "start_s": None, "note": finding.note} if finding.note else None
    return {"turn": finding.turn, "quote": finding.quote, "start_s": finding.at_s, "note": finding.note}
