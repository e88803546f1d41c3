"""What happens in a call, told to whoever watches: the live board, the journal, the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from voicebot.call.slots import Promise, Slots
from voicebot.core.script import Outcome, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """From the end of the customer's speech to the bot's first sound; the parts add up to ``total_s``."""

    endpointing_s: float
    recognition_s: float
    deciding_s: float
    first_speech_s: float

    @property
    def total_s(self) -> float:
        """Voice to voice."""
        return self.endpointing_s + self.recognition_s + self.deciding_s + self.first_speech_s


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One thing said; seconds count from the answer. ``because`` is the script's rule by which the bot said it."""

    speaker: str
    text: str
    step: str
    start_s: float
    end_s: float
    because: str = ""
    intents: tuple[str, ...] = ()
    confidence: float | None = None
    latency: Latency | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The bot has begun a turn, or the customer has ended one."""

    turn: SpokenTurn


@dataclass(frozen=True, slots=True)
class BargedIn:
    """The customer interrupted the bot at ``at_s``, having spoken for ``after_s`` (0 for a key)."""

    at_s: float
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class WentOn:
    """The customer's answer went on at ``at_s`` after it had been taken for ended; ``cut_in`` tells whether the bot was heard."""

    at_s: float
    cut_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What came of an answered call."""

    disposition: str
    party: Party
    outcome: Outcome | None
    promise: Promise | None
    slots: Slots = field(default_factory=Slots)
    dispute_kind: str = ""
    guards: tuple[str, ...] = ()
    turns: tuple[SpokenTurn, ...] = ()
    duration_s: float = 0.0
    hung_up_by: str = "bot"
    transfer_wanted: bool = False


CallEvent: TypeAlias = Said | BargedIn | WentOn
Watcher: TypeAlias = Callable[[CallEvent], None]
