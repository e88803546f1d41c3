"""What the bot says next: a pure function of the script, the account and what was heard. No clock, no I/O.

The guards stand here and in ``voicebot.call.guards`` and not in the script: while the party is not verified no wording with a
debt blank or a debt word leaves this module, whatever the script says; nor does a threat, or a figure of the script's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from nlu.digits import spoken_digits
from nlu.understanding import TOPICS, Understanding
from voicebot.call.guards import breached_guard
from voicebot.call.slots import Promise, Slots, Terms, notices, settle, take_values
from voicebot.call.wordings import CallAccount, fill_blanks
from voicebot.core.errors import ScriptError
from voicebot.core.rules import RulePack
from voicebot.core.script import Answer, Fallback, Outcome, Party, Script, Step

MAX_BOT_TURNS = 40
"""No call goes on for ever, whatever is said."""
MAX_FAILURES = 8
"""Answers not understood, not given or wrong, over the whole call."""
MAX_REPEATS = 5
"""Times the same step may be spoken in a row."""
_DISPUTES = ("dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other")
_NOT_THE_CUSTOMER = {"third_party", "wrong_number", "deceased", "deny"}
_CARRIED = {"already_paid", "refuse_to_pay", "partial_payment", "promise_to_pay", "hardship"}
"""Said together with "yes, that is me", these are answered as soon as the purpose of the call has been told."""
_URGENT_TOPICS = ("minor", "fetching_customer", "withdraws", "is_customer")
"""Topics that outrank the intents."""
_MIN_BELIEF = 0.4
_GRAVE = {
    "dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other", "deceased", "wrong_number", "already_paid",
    "promise_to_pay", "partial_payment", "hardship", "refuse_to_pay",
}  # fmt: skip
"""What changes the course of the call is not followed on a guess (a belief below ``_MIN_BELIEF``)."""
_CLAIMS = re.compile(r"(?i)\b(saya|aku|gue|gua|ini|dengan|kulo|kula|abdi|iki|i am|i'm|this is|it's|it is)\b")
_DISCLAIMS = re.compile(
    r"(?i)\b(bukan|not|istri\w*|suami\w*|anak\w*|adik\w*|kakak\w*|ibu\w* ?nya|teman\w*|nya|wife|husband|son|daughter|friend|brother|sister|"
    r"mother|father|cari|nyari|looking|kenal|know|rumah|nomor|number)\b"
)
_SURE = 0.6
"""Belief in the leading intent from which a "yes, that is me" verifies the right party."""
_SWITCH = {"speak_english": "en", "speak_indonesian": "id"}
_SAFE_CLOSING = {
    "id": "Mohon maaf telah mengganggu. Terima kasih.",
    "en": "Sorry to have disturbed you. Thank you, goodbye.",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came after a question."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The customer has hung up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueState:
    """Where the conversation stands; plain values, so that a written chat can keep it between messages."""

    step: str
    language: str = "id"
    party: Party = "unverified"
    outcome: Outcome | None = None
    slots: Slots = field(default_factory=Slots)
    dispute_kind: str = ""
    repeats: int = 0
    failures: int = 0
    digressions: tuple[str, ...] = ()
    bot_turns: int = 0
    guards: tuple[str, ...] = ()
    finished: bool = False

    @property
    def promise(self) -> Promise | None:
        """The promise that was read back and confirmed."""
        if self.outcome not in ("promise_to_pay", "partial_promise"):
            return None
        return self.slots.promise()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to say now (``say`` as it is written), and how to hear the answer.

    ``because`` names the rule of the script that led here, ``path`` the steps passed on the way. ``wait_s`` is how long the
    customer has asked to be waited for (None: the usual time).
    """

    state: DialogueState
    say: str
    because: str = ""
    path: tuple[str, ...] = ()
    asked: str | None = None
    hears: str = "general"
    barge_in: bool = True
    wait_s: float | None = None
    ends: bool = False
    hands_over: bool = False


@dataclass(frozen=True, slots=True)
class _Arrival:
    """On the way to a step: what is said before its own words, why, and what of the answer is still open."""

    because: str
    prefix: str = ""
    carried: Understanding | None = None


def wished_language(heard: Understanding) -> str | None:
    """The language that a customer asks to go on in."""
    return next((_SWITCH[topic] for topic in heard.topics if topic in _SWITCH), None)


class ScriptPolicy:
    """Talks by a script about one account.

    ``now`` is the customer's local time at the start; ``options`` override the script's own; ``translation`` is the same
    script in the other language, to which the customer may switch; ``seed`` picks among wordings of the same meaning.
    Raises ``ScriptError`` for an option that the script does not have.
    """

    def __init__(
        self,
        script: Script,
        account: CallAccount,
        *,
        now: datetime,
        rules: RulePack,
        options: Mapping[str, bool] | None = None,
        translation: Script | None = None,
        seed: int = 0,
    ) -> None:
        if unknown := sorted(set(options or ()) - script.options.keys()):
            raise ScriptError(f"{script.reference} has no option {', '.join(unknown)}; it has {', '.join(script.options)}")
        self._scripts = {script.language: script}
        if translation is not None:
            self._scripts[translation.language] = translation
        self._first_language = script.language
        self._options = {**script.options, **(options or {})}
        self._account = account
        self._terms = Terms.of(script.negotiation, account.amount_due, now.date())
        self._now = now
        self._rules = rules
        self._seed = seed

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that the call can be held in."""
        return tuple(self._scripts)

    def open(self) -> Decision:
        """The first words."""
        script = self._scripts[self._first_language]
        state = DialogueState(step=script.first, language=script.language)
        return self._enter(state, script.first, _Arrival("opening"))

    def voicemail(self) -> Decision | None:
        """What to leave after the beep, or None where the script leaves nothing."""
        script = self._scripts[self._first_language]
        if script.voicemail is None:
            return None
        return self._enter(
            DialogueState(step=script.voicemail, language=script.language), script.voicemail, _Arrival("voicemail")
        )

    def question(self, state: DialogueState) -> str | None:
        """What the customer was asked last, as interpreters know it."""
        return self._script(state).steps[state.step].asks

    def reply(self, state: DialogueState, heard: Understanding | Silence | HungUp) -> Decision:
        """What follows ``heard``."""
        if isinstance(heard, HungUp) or state.finished:
            gone = replace(state, finished=True, outcome=state.outcome or "hung_up")
            return Decision(state=gone, say="", because="hung_up", ends=True)
        step = self._script(state).steps[state.step]
        if state.bot_turns >= MAX_BOT_TURNS:
            return self._close(state, "too_many_turns")
        if isinstance(heard, Silence):
            return self._fall_back(state, step.silence, "silence")
        if (language := self._wished_language(state, heard)) is not None:
            return self._say_again(replace(state, language=language), "language_switch")
        return self._answer(self._identified(state, step, heard), heard, was=state.party)

    # Following an answer -----------------------------------------------------------------------------------------
    def _answer(self, state: DialogueState, heard: Understanding, *, was: Party) -> Decision:
        """By the first label that the step, or the script anywhere, expects; what does not answer is replied to first."""
        step = self._script(state).steps[state.step]
        labels = self._labels(state, step, heard)
        name = self._digression(state, labels)
        followed = self._follow(state, step, heard, labels, self._reply_to(state, name), was=was)
        if followed is not None:
            return followed
        if name is not None:
            return self._digress(state, name)
        if heard.primary == "repeat_request":
            return self._say_again(state, "repeat_request")
        return self._fall_back(state, step.unclear, "unclear")

    def _labels(self, state: DialogueState, step: Step, heard: Understanding) -> tuple[str, ...]:
        told = list(notices(heard, self._terms, now=self._now, rules=self._rules, asked=step.asks))
        if step.verifies and (given := spoken_digits(heard.text, state.language)):
            return ("factor_matches",) if self._account.factor and given == self._account.factor else ("factor_differs",)
        if heard.confidence < _MIN_BELIEF and heard.primary in _GRAVE:
            return ("out_of_scope",)
        names_values = heard.entities.date is not None or heard.entities.amount_idr is not None
        urgent = [t for t in _URGENT_TOPICS if t in heard.topics and not (t == "withdraws" and names_values)]
        intents = [intent for intent in heard.intents if intent != "out_of_scope"]
        intents.sort(key=lambda intent: intent != "opt_out")  # a wish not to be called counts, whoever says it
        if step.verifies:
            intents = [intent for intent in intents if intent not in _GRAVE or intent in _NOT_THE_CUSTOMER]
        if self._names_themselves(heard):
            urgent.append("is_customer")
            intents = [*(i for i in intents if i != "affirm"), "affirm"] if state.party == "unverified" else intents
        elif state.party != "right_party" and not _is_sure(heard):
            intents = [intent for intent in intents if intent != "affirm"]
        topics = [topic for topic in TOPICS if topic in heard.topics]
        return tuple(dict.fromkeys([*told, *urgent, *intents, *topics, "out_of_scope"]))

    def _names_themselves(self, heard: Understanding) -> bool:
        """ "Saya sendiri", "this is Budi": they say so in words, and nothing speaks against it."""
        if _NOT_THE_CUSTOMER & set(heard.intents) or "suspects_scam" in heard.topics:
            return False
        words = re.findall(r"[a-z']+", heard.text.lower())
        own = {name.lower() for name in self._account.name.split() if len(name) > 2}
        named = bool(own & set(words)) and bool(_CLAIMS.search(heard.text)) and not _DISCLAIMS.search(heard.text)
        return named or "is_customer" in heard.topics

    def _follow(
        self, state: DialogueState, step: Step, heard: Understanding, labels: tuple[str, ...], prefix: str, *, was: Party
    ) -> Decision | None:
        script = self._script(state)
        for label in labels:
            for place, answer in [*((state.step, a) for a in step.answers), *(("anywhere", a) for a in script.anywhere)]:
                if label not in answer.when or (label == "out_of_scope" and label not in heard.intents):
                    continue
                slots = self._take(state, answer, heard)
                if answer.changes and (slots.date, slots.amount) == (state.slots.date, state.slots.amount):
                    continue
                if answer.names and not self._names(state, answer, heard):
                    continue
                if all(slots.has(name) for name in answer.needs) and self._is_safe(state, answer):
                    return self._go(state, answer, slots, heard, _Arrival(f"{place}: {label}", prefix), was=was)
        return None

    def _names(self, state: DialogueState, answer: Answer, heard: Understanding) -> bool:
        fresh = replace(state, slots=Slots())
        named = self._take(fresh, answer.model_copy(update={"settles": None}), heard)
        return all(named.has(name) for name in answer.names)

    def _take(self, state: DialogueState, answer: Answer, heard: Understanding) -> Slots:
        slots = take_values(
            state.slots.without(answer.clears),
            heard,
            answer.takes,
            terms=self._terms,
            now=self._now,
            rules=self._rules,
            language=state.language,
        )
        return settle(slots, answer.settles, self._terms)

    def _is_safe(self, state: DialogueState, answer: Answer) -> bool:
        """Before verification only ways are open that never speak of the debt."""
        script = self._script(state)
        name: str | None = answer.to
        party = answer.party or state.party
        while name is not None:
            name, party = self._resolved(script, name, party)
            step = script.steps[name]
            party = step.party or party
            if party == "right_party":
                return True
            if any(breached_guard(script, party, wording) for wording in step.spoken):
                return False
            name = step.then
        return True

    def _go(
        self, state: DialogueState, answer: Answer, slots: Slots, heard: Understanding, arrival: _Arrival, *, was: Party
    ) -> Decision:
        kind = next((intent for intent in heard.intents if intent in _DISPUTES), state.dispute_kind)
        if kind and kind != state.dispute_kind and heard.text not in slots.reason:
            slots = replace(slots, reason=f"{slots.reason} {heard.text}".strip())
        party = answer.party or state.party
        changed = replace(
            state,
            party=party,
            outcome=self._outcome(answer.outcome, slots) or state.outcome,
            slots=slots,
            dispute_kind=kind,
            failures=state.failures + ("factor_differs" in arrival.because),
        )
        step = self._script(state).steps[state.step]
        if answer.to == state.step and not (step.fills and all(slots.has(slot) for slot in step.fills)):
            return self._say_again(changed, arrival.because, prefix=arrival.prefix)
        if answer.outcome not in (None, "promise_to_pay") or breached_guard(self._script(state), party, arrival.prefix):
            arrival = replace(arrival, prefix="")  # no reply in passing on the way to a death, a dispute or another person
        left = None if was == "right_party" else _without_identity(heard)
        return self._enter(replace(changed, repeats=0), answer.to, replace(arrival, carried=left))

    def _outcome(self, outcome: Outcome | None, slots: Slots) -> Outcome | None:
        if outcome == "promise_to_pay" and slots.amount is not None and slots.amount < self._account.amount_due:
            return "partial_promise"
        return outcome

    def _identified(self, state: DialogueState, step: Step, heard: Understanding) -> DialogueState:
        """ "Yes, that is me, but I am busy": the party is known even where another label leads."""
        if state.party == "right_party" or _NOT_THE_CUSTOMER & set(heard.intents):
            return state
        if not self._names_themselves(heard) and not ("affirm" in heard.intents and _is_sure(heard)):
            return state
        for answer in step.answers:
            if "affirm" in answer.when:
                _, party = self._resolved(self._script(state), answer.to, answer.party or state.party)
                return replace(state, party=party) if party == "right_party" else state
        return state

    def _wished_language(self, state: DialogueState, heard: Understanding) -> str | None:
        wished = wished_language(heard)
        return wished if wished in self._scripts and wished != state.language else None

    # Replying to what does not answer ----------------------------------------------------------------------------
    def _digression(self, state: DialogueState, labels: tuple[str, ...]) -> str | None:
        for label in labels:
            for name, digression in self._script(state).digressions.items():
                if label in digression.when:
                    return name
        return None

    def _reply_to(self, state: DialogueState, name: str | None) -> str:
        """The reply alone, where it may be said, tells something, and the customer need not be waited for."""
        script = self._script(state)
        if name is None or script.digressions[name].waits_s is not None or set(script.digressions[name].when) & _CARRIED:
            return ""
        said = script.digressions[name].spoken_to(state.party)
        return "" if breached_guard(script, state.party, said) else said

    def _digress(self, state: DialogueState, name: str) -> Decision:
        digression = self._script(state).digressions[name]
        state = replace(state, digressions=(*state.digressions, name))
        because = f"digression: {name}"
        if state.digressions.count(name) > digression.times:
            return self._enter(replace(state, repeats=0), digression.to, _Arrival(f"{because}, too often"))
        said = digression.spoken_to(state.party)
        step = self._script(state).steps[state.step]
        if digression.waits_s is not None:
            waiting = self._decide(state, step, said, because)
            return replace(waiting, wait_s=digression.waits_s)
        return self._decide(state, step, f"{said} {step.again}", because)

    def _fall_back(self, state: DialogueState, fallback: Fallback | None, kind: str) -> Decision:
        if fallback is None:
            return self._close(state, "nothing_expected")
        state = replace(state, failures=state.failures + 1)
        if state.failures > MAX_FAILURES:
            return self._close(state, "too_many_failures")
        if state.repeats >= fallback.times:
            return self._enter(replace(state, repeats=0), fallback.to, _Arrival(f"{state.step}: {kind}, too often"))
        wordings = fallback.wordings
        prefix = wordings[min(state.repeats, len(wordings) - 1)] if wordings else ""
        return self._say_again(state, f"{state.step}: {kind} {state.repeats + 1}", prefix=prefix)

    def _say_again(self, state: DialogueState, because: str, *, prefix: str = "") -> Decision:
        again = replace(state, repeats=state.repeats + 1)
        if again.repeats > MAX_REPEATS:
            return self._close(again, "too_many_repeats")
        step = self._script(state).steps[state.step]
        return self._decide(again, step, f"{prefix} {step.again}".strip(), because)

    # Arriving at a step ------------------------------------------------------------------------------------------
    def _enter(self, state: DialogueState, name: str, arrival: _Arrival) -> Decision:
        """Pass over what is switched off or known already, and run through what does not listen."""
        script = self._script(state)
        parts = [arrival.prefix] if arrival.prefix else []
        path: list[str] = []
        while True:
            name, party = self._resolved(script, name, state.party)
            step = script.steps[name]
            state = replace(state, step=name, party=step.party or party, outcome=step.outcome or state.outcome)
            path.append(name)
            if (instead := next((to for slot, to in step.missing.items() if not state.slots.has(slot)), None)) is not None:
                name = instead
                continue
            if step.then is not None and step.fills and all(state.slots.has(slot) for slot in step.fills):
                name = step.then
                continue
            if step.answers and arrival.carried is not None and state.party == "right_party":
                labels = self._labels(state, step, arrival.carried)
                on = self._follow(state, step, arrival.carried, labels, " ".join(parts), was="right_party")
                if on is not None:
                    return replace(on, path=(*path, *on.path), because=f"{arrival.because}, then {on.because}")
            parts.append(step.wording(self._seed))
            if step.then is None or step.answers:
                decision = self._decide(state, step, " ".join(part for part in parts if part), arrival.because)
                return replace(decision, path=tuple(path))
            name = step.then

    def _resolved(self, script: Script, name: str, party: Party) -> tuple[str, Party]:
        """The step that is really entered where options are switched off, and the party that then holds."""
        step = script.steps[name]
        while step.option is not None and not self._options[step.option]:
            assert step.otherwise is not None, "checked when the script was loaded"
            name, party = step.otherwise.to, step.otherwise.party or party
            step = script.steps[name]
        return name, party

    def _decide(self, state: DialogueState, step: Step, wording: str, because: str) -> Decision:
        script = self._script(state)
        guard = breached_guard(script, state.party, wording)
        if guard is not None:
            return self._close(state, guard)
        said = fill_blanks(wording, self._account, state.slots, self._terms, self._now, script.language)
        return Decision(
            state=replace(state, bot_turns=state.bot_turns + 1, finished=step.ends),
            say=said,
            because=because,
            path=(state.step,),
            asked=step.asks,
            hears=step.hears,
            barge_in=step.barge_in,
            wait_s=step.waits_s,
            ends=step.ends,
            hands_over=step.hands_over,
        )

    def _close(self, state: DialogueState, guard: str) -> Decision:
        """End politely and say why in ``guards``."""
        state = replace(
            state,
            finished=True,
            outcome=state.outcome or "no_resolution",
            guards=(*state.guards, guard),
            bot_turns=state.bot_turns + 1,
        )
        return Decision(state=state, say=_SAFE_CLOSING[state.language], because=f"guard: {guard}", ends=True)

    def _script(self, state: DialogueState) -> Script:
        return self._scripts[state.language]


def _is_sure(heard: Understanding) -> bool:
    """Whether a "yes" is good enough to speak of the debt from now on: no guess, and nobody who thinks of a fraud."""
    return heard.confidence >= _SURE and "suspects_scam" not in heard.topics


def _without_identity(heard: Understanding) -> Understanding | None:
    """What was said besides who is speaking, where it is about the matter itself."""
    left = tuple(intent for intent in heard.intents if intent in _CARRIED)
    return replace(heard, intents=left, primary=left[0], topics=()) if left else None


_CONTRACT_OUTCOMES: dict[str, str] = {
    "partial_promise": "promise_to_pay",
    "complaint": "dispute",
    "hung_up": "no_resolution",
}


def contract_outcome(disposition: str, party: str, outcome: str | None) -> str:
    """The one-column view of the three columns that ``santun talk`` reports.

    | disposition | party | outcome | view |
    |---|---|---|---|
    | voicemail | any | any | voicemail |
    | answered | any | deceased, opt_out, callback, transfer_human, dispute | the outcome |
    | answered | wrong_number | otherwise | wrong_number |
    | answered | third_party | otherwise | third_party |
    | answered | otherwise | partial_promise / complaint / hung_up | promise_to_pay / dispute / no_resolution |
    | answered | otherwise | otherwise | the outcome, else no_resolution |
    """
    if disposition == "voicemail":
        return "voicemail"
    if outcome in ("deceased", "opt_out", "callback", "transfer_human", "dispute"):
        return outcome
    if party in ("wrong_number", "third_party"):
        return party
    return _CONTRACT_OUTCOMES.get(outcome or "", outcome or "no_resolution")
