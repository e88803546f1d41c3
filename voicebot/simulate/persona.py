"""Simulated customers as data: what they say, how long they wait, how they sound, whether they pick up at all."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voicebot.core.errors import InputError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Utterance(_Strict):
    """One thing the customer says, ``after_s`` seconds after the bot has fallen silent.

    With ``interrupts_after_s`` it is said that long after the bot has begun, over its words. ``keys`` are pressed instead.
    ``language`` is given where it is not the persona's.
    """

    text: str = ""
    keys: str = ""
    after_s: Annotated[float, Field(ge=0, le=20)] = 0.4
    interrupts_after_s: Annotated[float, Field(ge=0, le=20)] | None = None
    language: Literal["id", "en"] | None = None


class Persona(_Strict):
    """One customer; reached under ``number`` (the digits dialed)."""

    number: str
    title: str
    picks_up: Literal["answers", "no_answer", "busy", "rejects", "voicemail", "unknown_number"] = "answers"
    rings_s: Annotated[float, Field(ge=0, le=60)] = 0.3
    language: Literal["id", "en"] = "id"
    voice: str = "m3"
    rate_wpm: Annotated[int, Field(ge=80, le=300)] = 150
    pitch: Annotated[int, Field(ge=0, le=99)] = 50
    noise_db: Annotated[float, Field(le=0)] = -48.0
    """Background noise below full scale."""
    says: tuple[Utterance, ...] = ()
    hangs_up_after: bool = False
    """Hangs up after the last utterance instead of waiting for the bot to end."""


def turns_of(persona: Persona) -> list[str]:
    """What the customer says, for a call in text; empty for one that nobody answers. Keys read as the digits they are."""
    return [utterance.text or utterance.keys for utterance in persona.says] if persona.picks_up == "answers" else []


def shipped_personas() -> Path:
    """The folder of the demo's customers."""
    return Path(str(resources.files("voicebot"))) / "simulate" / "personas"


@cache
def load_personas(folder: Path) -> dict[str, Persona]:
    """The customers of a folder by number. Raises ``InputError`` naming the file."""
    found: dict[str, Persona] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            persona = Persona.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError, OSError) as error:
            raise InputError(f"the persona {path.name} does not load: {error}") from error
        found[persona.number.lstrip("+")] = persona
    return found
