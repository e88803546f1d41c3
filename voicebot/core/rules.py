"""Contact and conduct rules as dated data: model, loader and the calendar of permitted hours.

Whether one person may be contacted now, with opt-outs and caps, is decided in ``voicebot.campaign.contact_rules``; this
module only knows what a rule pack says of a moment in a zone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import holidays
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voicebot.core.errors import ScriptError

_SEARCH_DAYS = 60
"""How far ahead the next permitted moment is sought."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where a rule comes from. ``verified_on`` is empty while the text itself has not been read."""

    source: str
    article: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    verified_on: date | None = None
    severity: Literal["minor", "major", "critical"] = "critical"


class Hours(Source):
    """Local hours in which customers may be contacted; ``opens`` inclusive, ``closes`` exclusive."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_first(self) -> Hours:
        if self.opens >= self.closes:
            raise ValueError("opens must be earlier than closes")
        return self


class Days(Source):
    """Weekdays (0 = Monday) on which customers may be contacted, and whose public holidays are kept."""

    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(min_length=1)
    holiday_country: str | None = None
    keep_joint_leave: bool = True
    """Also keep the days of joint leave (cuti bersama)."""
    estimated_margin_days: int = Field(default=1, ge=0, le=3)
    """Days blocked on either side of a holiday whose date is still an estimate."""
    company_holidays: tuple[date, ...] = ()


class Caps(Source):
    """How often one person may be called, over all their numbers, campaigns and callbacks."""

    attempts_per_day: int = Field(ge=1)
    attempts_per_7_days: int = Field(ge=1)
    answered_per_day: int = Field(ge=1)


class Stages(Source):
    """Days past due in which the bot may call; beyond them a human takes over."""

    dpd_from: int
    dpd_to: int


class RulePack(_Strict):
    """One jurisdiction's rules."""

    id: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: str
    hours: Hours
    days: Days
    caps: Caps
    stages: Stages

    @property
    def reference(self) -> str:
        """Such as ``id@1.0.0``."""
        return f"{self.id}@{self.version}"

    def closed_because(self, local: datetime) -> tuple[str, str] | None:
        """(rule, explanation) when nobody may be contacted at ``local`` (aware, in the customer's zone), else None."""
        day = local.date()
        if day.weekday() not in self.days.weekdays:
            return "days", f"{day:%A} is no calling day"
        holiday = self.holiday_on(day)
        if holiday:
            return "holidays", f"{day.isoformat()} is a holiday ({holiday})"
        if not self.hours.opens <= local.time() < self.hours.closes:
            return "hours", f"outside {self.hours.opens:%H:%M}-{self.hours.closes:%H:%M} local time"
        return None

    def next_open(self, local: datetime) -> datetime | None:
        """The first permitted moment at or after ``local``, in the same zone; None if there is none in 60 days."""
        if self.closed_because(local) is None:
            return local
        zone = local.tzinfo
        assert isinstance(zone, ZoneInfo)
        for ahead in range(_SEARCH_DAYS):
            opening = datetime.combine(local.date() + timedelta(days=ahead), self.hours.opens, tzinfo=zone)
            if opening >= local and self.closed_because(opening) is None:
                return opening
        return None

    def holiday_on(self, day: date) -> str | None:
        """The name of the holiday that blocks ``day``, or None."""
        if day in self.days.company_holidays:
            return "company calendar"
        if self.days.holiday_country is None:
            return None
        margin = self.days.estimated_margin_days
        for offset in range(-margin, margin + 1):
            shifted = day + timedelta(days=offset)
            name = _holidays_of(self.days.holiday_country, shifted.year, self.days.keep_joint_leave).get(shifted)
            if name and (offset == 0 or _is_estimate(name)):
                return name
        return None


@lru_cache(maxsize=64)
def _holidays_of(country: str, year: int, joint_leave: bool) -> dict[date, str]:
    known = holidays.country_holidays(country, years=year, language="en_US")
    categories = {"public"}
    if joint_leave and "government" in known.supported_categories:
        categories.add("government")
    return dict(holidays.country_holidays(country, years=year, language="en_US", categories=tuple(categories)))


def _is_estimate(name: str) -> bool:
    return "estimated" in name.lower() or "perkiraan" in name.lower()


def shipped_rule_packs() -> dict[str, Path]:
    """The rule packs that come with Santun, by name."""
    folder = Path(str(resources.files("voicebot"))) / "rules"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_rules(source: str | Path = "id") -> RulePack:
    """Load a rule pack by name or path. Raises ``ScriptError`` that names what is wrong."""
    path = Path(source)
    if not path.suffix:
        shipped = shipped_rule_packs()
        if str(source) not in shipped:
            raise ScriptError(f"there is no rule pack named {source!r}; shipped ones: {', '.join(shipped)}")
        path = shipped[str(source)]
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return RulePack.model_validate(data)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScriptError(f"the rule pack {path} cannot be read: {error}") from error
    except ValidationError as error:
        lines = [f"  - {'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise ScriptError(f"{path}:\n" + "\n".join(lines)) from error
