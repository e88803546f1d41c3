"""Channels → words → turns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.recording import Audio, Recording, Speaker, Turn
from asr.engine import Transcriber
from asr.transcript import Word
from voicebot.core.script import Script

_TURN_PAUSE_S = 1.0
_BLANK = re.compile(r"\{[a-z_]+\}")


def script_hints(script: Script) -> tuple[str, ...]:
    """The script's wordings as phrases to expect from the agent; blanks break them."""
    found: dict[str, None] = {}
    for _, text in script.wordings:
        for piece in _BLANK.sub("|", text).replace(".", "|").replace("?", "|").replace(",", "|").split("|"):
            if len(piece.split()) >= 2:
                found[piece.strip()] = None
    return tuple(found)


def transcribe(audio: Audio, *, agent: Transcriber, customer: Transcriber, engine: str, **details: object) -> Recording:
    """Transcribe each channel with its own bias and weave the turns."""
    spoken: list[tuple[Speaker, Word]] = []
    for channel in audio.channels:
        transcriber = customer if channel.speaker == "customer" else agent
        speaker: Speaker = channel.speaker
        spoken.extend((speaker, word) for word in transcriber.transcribe(channel.samples))
    return Recording(
        id=audio.path.stem,
        turns=weave(spoken),
        duration_s=audio.duration_s,
        speakers_known=all(channel.speaker != "unknown" for channel in audio.channels),
        engines={"recognizer": engine},
        notes=audio.notes,
        **details,  # type: ignore[arg-type]
    )


def weave(spoken: Sequence[tuple[Speaker, Word]]) -> tuple[Turn, ...]:
    """Turns of both speakers in order of time; a pause of a second, or the other speaking in between, ends a turn."""
    turns: list[tuple[Speaker, list[Word]]] = []
    for speaker, word in sorted(spoken, key=lambda item: item[1].start_s):
        own = next((turn for turn in reversed(turns[-2:]) if turn[0] == speaker), None)
        goes_on = own is not None and word.start_s - own[1][-1].end_s < _TURN_PAUSE_S
        if goes_on and own is not None and (turns[-1] is own or word.start_s - own[1][-1].end_s < 0.4):
            own[1].append(word)
        else:
            turns.append((speaker, [word]))
    return tuple(
        Turn(
            index=index,
            speaker=speaker,
            text=" ".join(word.text for word in words),
            start_s=words[0].start_s,
            end_s=words[-1].end_s,
            confidence=round(sum(word.confidence for word in words) / len(words), 3),
        )
        for index, (speaker, words) in enumerate(turns)
    )
