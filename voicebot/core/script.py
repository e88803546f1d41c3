"""The call script: one YAML file that drives the bot and judges every recording.

``steps`` say what the bot says and where each answer leads; ``evidence`` lists the wordings that count as having done a
checklist item; ``rules`` say what must, must not, or must first happen. Loading refuses what cannot work (see
``voicebot.core.script_checks``). There is no expression language: a step lists intents, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, cast

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
Slot = Literal["date", "amount", "paid_on", "callback_at", "reason", "channel", "rating"]
Settles = Literal["due", "minimum", "latest_date", "plan"]
GraphState = Literal["general", "digits", "yes_no", "date", "amount"]
Speaker = Literal["agent", "customer"]
Severity = Literal["minor", "major", "critical"]
NOTICES = ("date_too_late", "amount_too_low", "amount_too_high", "callback_moved", "factor_matches", "factor_differs")
"""Labels that the policy adds to an answer by what the account, the rules and the script's negotiation allow."""
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Blank(_Strict):
    """A blank in a wording, such as ``{amount_due}``. ``debt`` blanks may only be spoken to the verified customer."""

    kind: Literal["text", "amount", "date", "digits", "count"] = "text"
    debt: bool = False
    meaning: str


class Answer(_Strict):
    """One expected answer: any of the labels in ``when`` leads to step ``to``.

    A label is an intent, a topic (``nlu.understanding.TOPICS``), or one of ``NOTICES``, which the policy itself gives.
    """

    when: tuple[str, ...] = Field(min_length=1)
    to: Identifier
    takes: tuple[Slot, ...] = ()
    """Values to keep from what was understood."""
    needs: tuple[Slot, ...] = ()
    """The answer only counts when these values are known, from this answer or an earlier one."""
    names: tuple[Slot, ...] = ()
    """The answer only counts when it names these values itself."""
    changes: bool = False
    """The answer only counts when it changes a value that was known, or names a new one."""
    clears: tuple[Slot, ...] = ()
    settles: Settles | None = None
    """Settles what was left open: ``due`` the whole sum where none is known; the least sum, the latest day, or the plan."""
    party: Party | None = None
    outcome: Outcome | None = None


class Fallback(_Strict):
    """What to do when the answer was not understood, or did not come: repeat ``times`` times, then go ``to``.

    ``say`` comes before the repeated question: one wording, or a list for the first time, the second …
    """

    say: str | tuple[str, ...] = ()
    times: int = Field(default=2, ge=0, le=5)
    to: Identifier

    @property
    def wordings(self) -> tuple[str, ...]:
        """What may be said first, in order."""
        return (self.say,) if isinstance(self.say, str) else self.say


class Digression(_Strict):
    """Something said in between that does not answer the question: reply, and ask the question again.

    ``before_verified`` replaces ``say`` until the right party is verified; from the time after ``times`` on, the call goes
    ``to`` instead. With ``waits_s`` the question is not asked again: the customer has that long to come back.
    """

    when: tuple[str, ...] = Field(min_length=1)
    say: str
    before_verified: str | None = None
    times: int = Field(default=3, ge=1, le=9)
    to: Identifier
    waits_s: float | None = Field(default=None, gt=0, le=120)

    def spoken_to(self, party: Party) -> str:
        """The reply that fits whom we speak with."""
        return self.say if party == "right_party" or self.before_verified is None else self.before_verified


class Otherwise(_Strict):
    """Where a step leads whose option is off, and the party that then counts as verified."""

    to: Identifier
    party: Party | None = None


class Negotiation(_Strict):
    """What may be agreed on."""

    longest_days: int = Field(default=45, ge=0, le=90)
    minimum_share: float = Field(default=0.05, gt=0, le=1)
    """Of what is due."""
    plan_share: float = Field(default=0.5, gt=0, lt=1)
    plan_days: int = Field(default=7, ge=0, le=60)
    """The one plan that the bot may offer: this share within this many days, the rest as a human will agree."""


class Step(_Strict):
    """One thing the bot says, and the answers it then expects.

    A step without ``answers`` either ends the call (``ends``) or leads on to ``then``. One with ``fills`` has both.
    """

    option: Identifier | None = None
    """The step is only taken while this option of the script is on; else the call goes where ``otherwise`` says."""
    otherwise: Otherwise | None = None
    verifies: bool = False
    """The answer is compared with the customer's second factor (notices ``factor_matches``, ``factor_differs``)."""
    say: str | tuple[str, ...] = ""
    """The words, or several wordings of the same meaning, of which each call uses one."""
    say_again: str | None = None
    """The shorter wording when the step is repeated."""
    waits_s: float | None = Field(default=None, gt=0, le=120)
    """How long the answer may take, where that is longer than usual."""
    asks: str | None = None
    """The question's name for the interpreter (``nlu.understanding.CONTEXTS``)."""
    hears: GraphState = "general"
    fills: tuple[Slot, ...] = ()
    """The step is passed over, to ``then``, when these values are known already."""
    missing: dict[Slot, Identifier] = Field(default_factory=dict)
    """Where the call goes instead while a value is not known yet."""
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

    def wording(self, seed: int = 0) -> str:
        """The wording that a call with this seed uses."""
        return self.say if isinstance(self.say, str) else self.say[seed % len(self.say)]

    @property
    def again(self) -> str:
        """The wording when the step is repeated."""
        return self.say_again or self.wording()

    @property
    def spoken(self) -> tuple[str, ...]:
        """Everything the step may say by itself."""
        own = (self.say,) if isinstance(self.say, str) else self.say
        fallbacks = [text for fallback in (self.unclear, self.silence) if fallback for text in fallback.wordings]
        return tuple(text for text in (*own, self.say_again, *fallbacks) if text)


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
    translation: Identifier | None = None
    """The shipped script that says the same, step by step, in the other language."""
    pace: float = Field(default=1.0, ge=0.6, le=1.6)
    """How fast the bot speaks, beside the speed of the settings; 0.9 is a tenth slower."""
    options: dict[Identifier, bool] = Field(default_factory=dict)
    """What a campaign may switch on or off; see ``Step.option``."""
    negotiation: Negotiation = Negotiation()
    blanks: dict[Identifier, Blank]
    debt_words: tuple[str, ...] = Field(min_length=1)
    """Words that give the debt away; never spoken before the right party is verified, whatever a step says."""
    steps: dict[Identifier, Step] = Field(min_length=1)
    anywhere: tuple[Answer, ...] = ()
    """Answers understood at every step that listens, after the step's own."""
    digressions: dict[Identifier, Digression] = Field(default_factory=dict)
    """Replies after which the call goes on where it was."""
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
            yield from ((name, text) for text in step.spoken)
        for name, digression in self.digressions.items():
            for wording in (digression.say, digression.before_verified):
                if wording:
                    yield f"digressions.{name}", wording


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
    script = parse_script(_read(path), where=str(path), base=_shipped_text)
    problems = problems_of(script)
    if problems:
        raise ScriptError(f"{path}:\n" + "\n".join(f"  - {problem}" for problem in problems))
    return script


def parse_script(text: str, *, where: str = "script", base: Callable[[str], str] | None = None) -> Script:
    """The script in ``text`` (YAML), its shape checked but not yet its sense.

    A script that ``extends`` another (whose text ``base`` gives by its name) says only what differs: mappings are merged key
    by key, everything else is replaced, and what is given as null is taken out.
    """
    data = _mapping(text, where)
    passed: list[str] = []
    while (extends := data.pop("extends", None)) is not None:
        if base is None or extends in passed:
            raise ScriptError(f"{where} extends {extends!r}, which {'extends it in turn' if base else 'is not at hand'}")
        passed.append(str(extends))
        data = _merged(_mapping(base(str(extends)), str(extends)), data)
    data = _without_nulls(data)
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        lines = [f"  - {'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise ScriptError(f"{where}:\n" + "\n".join(lines)) from error


def _mapping(text: str, where: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, the fast one where there is one
    except yaml.YAMLError as error:
        raise ScriptError(f"{where} is not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ScriptError(f"{where} must be a YAML mapping with the keys id, version, language, steps …")
    return cast("dict[str, Any]", data)


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[key] = _merged(cast("dict[str, Any]", under), cast("dict[str, Any]", value)) if both else value
    return merged


def _without_nulls(data: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if value is not None}
    return {key: _without_nulls(cast("dict[str, Any]", v)) if isinstance(v, dict) else v for key, v in kept.items()}


def _shipped_text(name: str) -> str:
    shipped = shipped_scripts()
    if name not in shipped:
        raise ScriptError(f"there is no call script named {name!r} to extend; shipped ones: {', '.join(shipped)}")
    return _read(shipped[name])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"the call script {path} cannot be read: {error}") from error
