"""What the bot says next: a pure function of the script, the account and what was heard. No clock, no I/O.

The guard of the right party stands here and not in the script: while the party is not verified, no wording with a debt blank or
a debt word leaves this module, whatever the script says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from nlu.understanding import Understanding
from voicebot.call.slots import Promise, Slots, take_values
from voicebot.call.wordings import CallAccount, fill_blanks
from voicebot.core.rules import RulePack
from voicebot.core.script import Answer, Fallback, Outcome, Party, Script, Step
from voicebot.core.script_checks import reveals_debt, step_wordings

MAX_BOT_TURNS = 40
"""No call goes on for ever, whatever is said."""
_DISPUTES = ("dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other")
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
    """Where the call stands."""

    step: str
    party: Party = "unverified"
    outcome: Outcome | None = None
    slots: Slots = field(default_factory=Slots)
    dispute_kind: str = ""
    repeats: int = 0
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
    """What to say now (``say`` as it is written), and how to hear the answer."""

    state: DialogueState
    say: str
    asked: str | None = None
    hears: str = "general"
    barge_in: bool = True
    ends: bool = False
    hands_over: bool = False


class ScriptPolicy:
    """Talks by a script about one account; ``now`` is the customer's local time at the start of the call."""

    def __init__(self, script: Script, account: CallAccount, *, now: datetime, rules: RulePack, horizon_days: int = 30) -> None:
        self._script = script
        self._account = account
        self._now = now
        self._rules = rules
        self._horizon_days = horizon_days

    def open(self) -> Decision:
        """The first words."""
        return self._enter(DialogueState(step=self._script.first), self._script.first)

    def reply(self, state: DialogueState, heard: Understanding | Silence | HungUp) -> Decision:
        """What follows ``heard``."""
        if isinstance(heard, HungUp) or state.finished:
            return Decision(state=replace(state, finished=True, outcome=state.outcome or "hung_up"), say="", ends=True)
        step = self._script.steps[state.step]
        if state.bot_turns >= MAX_BOT_TURNS:
            return self._close(state, "too_many_turns")
        if isinstance(heard, Silence):
            return self._fall_back(state, step, step.silence)
        return self._follow(state, step, heard)

    def _follow(self, state: DialogueState, step: Step, heard: Understanding) -> Decision:
        """By the leading intent that the step, or the script anywhere, expects."""
        if heard.primary == "repeat_request":
            return self._say_again(state, step, prefix="")
        for intent in heard.intents:
            for answer in (*step.answers, *self._script.anywhere):
                if intent not in answer.when:
                    continue
                slots = self._take(state, answer, heard)
                if all(slots.has(name) for name in answer.needs) and self._is_safe(state, answer):
                    return self._go(state, answer, slots, heard)
        return self._fall_back(state, step, step.unclear)

    def _take(self, state: DialogueState, answer: Answer, heard: Understanding) -> Slots:
        slots = state.slots.without(answer.clears)
        slots = take_values(
            slots,
            heard,
            answer.takes,
            due=self._account.amount_due,
            now=self._now,
            rules=self._rules,
            horizon_days=self._horizon_days,
        )
        if answer.amount_is_due and slots.amount is None:
            slots = replace(slots, amount=self._account.amount_due)
        return slots

    def _is_safe(self, state: DialogueState, answer: Answer) -> bool:
        """Before verification only ways are open that never speak of the debt."""
        if (answer.party or state.party) == "right_party":
            return True
        target = self._script.steps[answer.to]
        if (target.party or answer.party or state.party) == "right_party":
            return True
        texts = [*step_wordings(target), *([answer.say] if answer.say else [])]
        return not any(reveals_debt(self._script, text) for text in texts) and target.then is None

    def _go(self, state: DialogueState, answer: Answer, slots: Slots, heard: Understanding) -> Decision:
        kind = next((intent for intent in heard.intents if intent in _DISPUTES), state.dispute_kind)
        if kind and heard.text not in slots.reason and heard.text:
            slots = replace(slots, reason=f"{slots.reason} {heard.text}".strip())
        repeats = state.repeats + 1 if answer.to == state.step else 0
        changed = replace(
            state,
            party=answer.party or state.party,
            outcome=self._outcome(answer.outcome, slots) or state.outcome,
            slots=slots,
            dispute_kind=kind,
            repeats=repeats,
        )
        return self._enter(changed, answer.to, prefix=answer.say or "")

    def _outcome(self, outcome: Outcome | None, slots: Slots) -> Outcome | None:
        if outcome == "promise_to_pay" and slots.amount is not None and slots.amount < self._account.amount_due:
            return "partial_promise"
        return outcome

    def _enter(self, state: DialogueState, name: str, *, prefix: str = "") -> Decision:
        """Arrive at a step: pass over what is known already, run through what does not listen."""
        parts = [prefix] if prefix else []
        passed: set[str] = set()
        while True:
            step = self._script.steps[name]
            state = replace(state, step=name, party=step.party or state.party, outcome=step.outcome or state.outcome)
            if step.fills and name not in passed and all(state.slots.has(slot) for slot in step.fills):
                passed.add(name)
                following = next((a.to for a in step.answers if set(step.fills) <= set(a.takes) and a.needs), None)
                if following is not None and following not in passed:
                    name = following
                    continue
            parts.append(step.say)
            if step.then is None:
                return self._decide(state, step, " ".join(part for part in parts if part))
            name = step.then

    def _fall_back(self, state: DialogueState, step: Step, fallback: Fallback | None) -> Decision:
        if fallback is None:
            return self._close(state, "nothing_expected")
        if state.repeats >= fallback.times:
            return self._enter(replace(state, repeats=0), fallback.to)
        return self._say_again(state, step, prefix=fallback.say or "")

    def _say_again(self, state: DialogueState, step: Step, *, prefix: str) -> Decision:
        again = replace(state, repeats=state.repeats + 1)
        if again.repeats > 4:
            return self._close(again, "too_many_repeats")
        return self._decide(again, step, f"{prefix} {step.say_again or step.say}".strip())

    def _decide(self, state: DialogueState, step: Step, wording: str) -> Decision:
        if state.party != "right_party" and reveals_debt(self._script, wording):
            return self._close(state, "debt_before_verification")
        said = fill_blanks(wording, self._account, state.slots, self._now)
        state = replace(state, bot_turns=state.bot_turns + 1, finished=step.ends)
        return Decision(
            state=state,
            say=said,
            asked=step.asks,
            hears=step.hears,
            barge_in=step.barge_in,
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
        return Decision(state=state, say=_SAFE_CLOSING[self._script.language], ends=True)


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
