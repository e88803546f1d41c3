"""How the conversation went, from the times of its turns. Shares are of the recording's length."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from analytics.recording import Recording, Turn

_OVERLAP_S = 0.3
"""Speaking over the other for less than this is a backchannel or an echo."""
_LONG_SILENCE_S = 10.0


def measures(recording: Recording) -> dict[str, Any]:
    """Talk shares, silence, overlaps with who cut in, pace and response delays; empty where the transcript has no times."""
    turns = [turn for turn in recording.turns if turn.start_s is not None and turn.end_s is not None]
    if not turns:
        return {}
    length_s = recording.duration_s or max(_end(turn) for turn in turns)
    spoken = {
        speaker: sum(_end(t) - _start(t) for t in turns if t.speaker == speaker) for speaker in ("agent", "customer", "unknown")
    }
    gaps = _silences(turns, length_s)
    cuts = interruptions(recording)
    delays = {speaker: _delays(turns, speaker) for speaker in ("agent", "customer")}
    return {
        "duration_s": round(length_s, 2),
        "agent_talk_share": round(spoken["agent"] / length_s, 3),
        "customer_talk_share": round(spoken["customer"] / length_s, 3),
        "silence_share": round(sum(gaps) / length_s, 3),
        "longest_silence_s": round(max(gaps, default=0.0), 2),
        "long_silences": sum(gap >= _LONG_SILENCE_S for gap in gaps),
        "interruptions_by_agent": sum(turn.speaker == "agent" for turn in cuts),
        "interruptions_by_customer": sum(turn.speaker == "customer" for turn in cuts),
        "agent_words_per_minute": _pace(turns, "agent"),
        "customer_words_per_minute": _pace(turns, "customer"),
        "agent_response_delay_s": _median(delays["agent"]),
        "customer_response_delay_s": _median(delays["customer"]),
    }


def interruptions(recording: Recording) -> list[Turn]:
    """Turns that begin while the other speaker still speaks on for ``_OVERLAP_S`` or more."""
    turns = [turn for turn in recording.turns if turn.start_s is not None and turn.end_s is not None]
    return [
        later
        for earlier, later in pairwise(turns)
        if later.speaker != earlier.speaker
        and _end(earlier) - _start(later) >= _OVERLAP_S
        and _end(later) - _start(later) >= 2 * _OVERLAP_S
    ]


def _start(turn: Turn) -> float:
    return turn.start_s or 0.0


def _end(turn: Turn) -> float:
    return turn.end_s or 0.0


def _silences(turns: list[Turn], length_s: float) -> list[float]:
    """Stretches in which nobody speaks, the ends of the recording included."""
    gaps: list[float] = []
    until_s = 0.0
    for turn in sorted(turns, key=_start):
        if _start(turn) > until_s:
            gaps.append(_start(turn) - until_s)
        until_s = max(until_s, _end(turn))
    if length_s > until_s:
        gaps.append(length_s - until_s)
    return gaps


def _pace(turns: list[Turn], speaker: str) -> float | None:
    spoken_s = sum(_end(turn) - _start(turn) for turn in turns if turn.speaker == speaker)
    words = sum(len(turn.text.split()) for turn in turns if turn.speaker == speaker)
    return round(60 * words / spoken_s, 1) if spoken_s > 0 else None


def _delays(turns: list[Turn], speaker: str) -> list[float]:
    return [_start(b) - _end(a) for a, b in pairwise(turns) if b.speaker == speaker and a.speaker not in (speaker, "unknown")]


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    value = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return round(value, 2)
