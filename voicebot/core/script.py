"""The call script: one YAML file that drives the bot and judges every recording.

``steps`` say what the bot says and where each answer leads; ``evidence`` lists the wordings that count as having done a
checklist item; ``rules`` say what must, must not, or must first happen. Loading refuses what cannot work (see
``voicebot.core.script_checks``). There is no expression language: a step lists intents, in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voicebot.core.errors import ScriptError

Party = Literal["unverified", "right_party", "third_party", "wrong_number"]
Outcome = Literal[
    "promise_to_pay",
    "partial_promise",
    "already_paid",
    "callback",
    "dispute",
    "hardship",
    "refused",
    "opt_out",
    "deceased",
    "transfer_human",
    "complaint",
    "hung_up",
    "no_resolution",
]
Slot = Literal["date", "amount", "callback_at", "reason", "channel"]
GraphState = Literal["general", "digits", "yes_no", "date", "amount"]
Speaker = Literal["agent", "customer"]
Severity = Literal["minor", "major", "critical"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Blank(_Strict):
    """A blank in a wording, such as ``{amount_due}``. ``debt`` blanks may only be spoken to the verified customer."""

    kind: Literal["text", "amount", "date", "digits", "count"] = "text"
    debt: bool = False
    meaning: str


class Answer(_Strict):
    """One expected answer: any of the intents in ``when`` leads to step ``to``."""

    when: tuple[str, ...] = Field(min_length=1)
    to: Identifier
    say: str | None = None
    """Said before the next step's own words."""
    takes: tuple[Slot, ...] = ()
    """Values to keep from what was understood."""
    needs: tuple[Slot, ...] = ()
    """The answer only counts when these values were named (or are already known)."""
    clears: tuple[Slot, ...] = ()
    amount_is_due: bool = False
    """Agreeing to the question settles the promised amount on the whole amount due."""
    party: Party | None = None
    outcome: Outcome | None = None


class Fallback(_Strict):
    """What to do when the answer was not understood, or did not come: repeat ``times`` times, then go ``to``."""

    say: str | None = None
    times: int = Field(default=2, ge=0, le=5)
    to: Identifier


class Step(_Strict):
    """One thing the bot says, and the answers it then expects.

    A step without ``answers`` either ends the call (``ends``) or leads on to ``then``.
    """

    say: str = ""
    say_again: str | None = None
    """The shorter wording when the step is repeated."""
    asks: str | None = None
    """The question's name for the interpreter (``nlu.understanding.CONTEXTS``)."""
    hears: GraphState = "general"
    fills: tuple[Slot, ...] = ()
    """The step is passed over when these values are known already."""
    answers: tuple[Answer, ...] = ()
    then: Identifier | None = None
    unclear: Fallback | None = None
    silence: Fallback | None = None
    barge_in: bool = True
    party: Party | None = None
    outcome: Outcome | None = None
    ends: bool = False
    hands_over: bool = False
    """Ends by transferring to a human agent where the line can, else promises a call back."""


class Evidence(_Strict):
    """Wordings that count as having done something.

    Each group is a tuple of wordings of which one must be said; all groups must be found within ``within_turns``
    consecutive turns of the speaker. A wording is plain words; ``*`` stands for up to four words, ``{name}``,
    ``{company}``, ``{amount}``, ``{date}`` for a value of that kind, ``(a|b)`` for a choice, ``word?`` for an optional word.
    """

    speaker: Speaker = "agent"
    groups: tuple[tuple[str, ...], ...] = Field(min_length=1)
    within_turns: int = Field(default=2, ge=1)
    unless: tuple[str, ...] = ()
    """Wordings that take the evidence back when they hold in the same clause (negation, warning, quotation)."""


class Rule(_Strict):
    """One thing scored on every recording.

    ``must``: the act is found. ``never``: it is not. ``before``: it is found, and precedes every ``other``.
    ``only_after``: it is never found before ``other`` (absent is fine).
    """

    kind: Literal["must", "never", "before", "only_after"]
    act: Identifier
    other: Identifier | None = None
    in_first_share: float | None = Field(default=None, gt=0, le=1)
    in_last_share: float | None = Field(default=None, gt=0, le=1)
    applies: Literal["always", "reached", "promised", "not_promised", "right_party"] = "always"
    severity: Severity = "major"


class Script(_Strict):
    """A call script; ``reference`` names it and its version for good."""

    id: Identifier
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    language: Literal["id", "en"]
    title: str
    first: Identifier
    blanks: dict[Identifier, Blank]
    debt_words: tuple[str, ...] = Field(min_length=1)
    """Words that give the debt away; never spoken before the right party is verified, whatever a step says."""
    steps: dict[Identifier, Step] = Field(min_length=1)
    anywhere: tuple[Answer, ...] = ()
    """Answers understood at every step that listens, after the step's own."""
    voicemail: Identifier | None = None
    """The step spoken after the beep; without it the bot hangs up on a machine."""
    evidence: dict[Identifier, Evidence] = Field(default_factory=dict)
    rules: dict[Identifier, Rule] = Field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Such as ``payment_reminder@1.0.0``."""
        return f"{self.id}@{self.version}"

    @cached_property
    def wordings(self) -> tuple[tuple[str, str], ...]:
        """Every wording the bot can say, as (where, text)."""
        return tuple(self._wordings())

    def _wordings(self) -> Iterator[tuple[str, str]]:
        for name, step in self.steps.items():
            if step.say:
                yield name, step.say
            if step.say_again:
                yield f"{name}.say_again", step.say_again
            for kind, fallback in (("unclear", step.unclear), ("silence", step.silence)):
                if fallback and fallback.say:
                    yield f"{name}.{kind}", fallback.say
            for index, answer in enumerate(step.answers):
                if answer.say:
                    yield f"{name}.answers[{index}]", answer.say
        for index, answer in enumerate(self.anywhere):
            if answer.say:
                yield f"anywhere[{index}]", answer.say


def shipped_scripts() -> dict[str, Path]:
    """The scripts that come with Santun, by file stem."""
    folder = Path(str(resources.files("voicebot"))) / "scripts"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_script(source: str | Path) -> Script:
    """Load and check a script by its path, or by the name of a shipped one.

    Raises ``ScriptError`` that names the place in the file and what to change.
    """
    from voicebot.core.script_checks import problems_of

    path = Path(source)
    if not path.suffix:
        shipped = shipped_scripts()
        if str(source) not in shipped:
            raise ScriptError(f"there is no call script named {source!r}; shipped ones: {', '.join(shipped)}")
        path = shipped[str(source)]
    script = parse_script(_read(path), where=str(path))
    problems = problems_of(script)
    if problems:
        raise ScriptError(f"{path}:\n" + "\n".join(f"  - {problem}" for problem in problems))
    return script


def parse_script(text: str, *, where: str = "script") -> Script:
    """The script in ``text`` (YAML), its shape checked but not yet its sense."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScriptError(f"{where} is not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ScriptError(f"{where} must be a YAML mapping with the keys id, version, language, steps …")
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        lines = [f"  - {'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise ScriptError(f"{where}:\n" + "\n".join(lines)) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"the call script {path} cannot be read: {error}") from error
