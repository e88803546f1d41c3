"""Scorecards as data, and points from findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analytics.compliance import ITEMS
from analytics.recording import Finding
from voicebot.core.errors import ScriptError

DEFAULT = Path(__file__).parent / "scorecards" / "collections_v1.yaml"
Weight = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """A part of the form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: Weight
    items: dict[str, Weight] = Field(min_length=1)


class Scorecard(BaseModel):
    """A form; ``reference`` names it and its version for good."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: str
    sections: dict[str, Section] = Field(min_length=1)

    @property
    def reference(self) -> str:
        """Such as ``collections_v1@1.0.0``."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points of 100 (None when nothing could be judged), by section, and the share of items that stayed unsure."""

    points: float | None
    sections: Mapping[str, float | None]
    unsure_share: float


def load_scorecard(path: Path | None = None) -> Scorecard:
    """Load a form. Raises ``ScriptError`` naming what is wrong."""
    path = path or DEFAULT
    try:
        scorecard = Scorecard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise ScriptError(f"the scorecard {path} does not load: {error}") from error
    unknown = {item for section in scorecard.sections.values() for item in section.items} - set(ITEMS)
    if unknown:
        raise ScriptError(f"the scorecard {path} names unknown items: {', '.join(sorted(unknown))}")
    return scorecard


def score(scorecard: Scorecard, checklist: Mapping[str, Finding], *, auto_failed: bool) -> Score:
    """Points by weight over what applies; any auto-fail zeroes the call."""
    sections: dict[str, float | None] = {}
    earned = possible = 0.0
    for name, section in scorecard.sections.items():
        judged = {item: w for item, w in section.items.items() if checklist[item].verdict in ("pass", "fail")}
        total = sum(judged.values())
        share = sum(w for item, w in judged.items() if checklist[item].verdict == "pass") / total if total else None
        sections[name] = None if share is None else round(100 * share, 1)
        if share is not None:
            earned += section.weight * share
            possible += section.weight
    applies = [finding for finding in checklist.values() if finding.verdict != "na"]
    unsure = sum(finding.verdict == "unsure" for finding in applies) / len(applies) if applies else 0.0
    points = 0.0 if auto_failed else round(100 * earned / possible, 1) if possible else None
    return Score(points=points, sections=sections, unsure_share=round(unsure, 3))
