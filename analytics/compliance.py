"""Every checklist item, by the call script's evidence: pass or fail with a quote, ``na`` where it cannot apply, ``unsure`` where
the recording was heard too badly to say that something is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analytics.conversation import interruptions
from analytics.outcome import Outcome
from analytics.recording import Finding, Recording, Turn, Verdict
from analytics.wording import Match, find
from voicebot.core.script import Script

ITEMS = (
    "greeting",
    "self_identification",
    "recording_notice",
    "right_party_verification",
    "purpose_statement",
    "amount_and_due_date_stated",
    "reason_for_delinquency_asked",
    "solution_offered",
    "promise_confirmed",
    "payment_channel_explained",
    "consequences_explained_politely",
    "callback_or_next_step",
    "thanks_closing",
    "active_listening",
    "no_interrupting",
)
_HEARD_WELL = 0.5
"""Mean belief in the agent's words from which an absence may be stated."""


def check(recording: Recording, script: Script, outcome: Outcome) -> dict[str, Finding]:
    """A finding for every item."""
    if not recording.speakers_known:
        note = "who speaks is not known (one channel): nothing is said of either speaker"
        return {item: Finding(rule_id=item, verdict="unsure", note=note) for item in ITEMS}
    judge = _Judge(recording, script, outcome)
    return {item: _BY_ITEM[item](judge) for item in ITEMS}


class _Judge:
    def __init__(self, recording: Recording, script: Script, outcome: Outcome) -> None:
        self.recording = recording
        self.script = script
        self.outcome = outcome
        self.agent = recording.by("agent")
        self.debt = self.first("debt_detail")
        self.belief = sum(turn.confidence for turn in self.agent) / len(self.agent) if self.agent else 0.0

    def all(self, name: str) -> list[Match]:
        evidence = self.script.evidence.get(name)
        return find(evidence, self.recording.turns) if evidence is not None else []

    def first(self, name: str, among: Callable[[Turn], bool] = lambda turn: True) -> Match | None:
        return next((match for match in self.all(name) if among(match.turn)), None)

    def passed(self, item: str, match: Match) -> Finding:
        return self._with_quote(item, "pass", match.turn, match.quote)

    def failed(self, item: str, turn: Turn, quote: str, note: str = "") -> Finding:
        return self._with_quote(item, "fail", turn, quote, note)

    def _with_quote(self, item: str, verdict: Verdict, turn: Turn, quote: str, note: str = "") -> Finding:
        return Finding(rule_id=item, verdict=verdict, quote=quote, turn=turn.index, at_s=turn.start_s, note=note)

    def absent(self, item: str, among: Sequence[Turn] | None = None) -> Finding:
        searched = self.agent if among is None else among
        note = f"not found in {len(searched)} agent turns, heard with mean confidence {self.belief:.2f}"
        return Finding(rule_id=item, verdict="fail" if self.belief >= _HEARD_WELL and searched else "unsure", note=note)

    def not_applicable(self, item: str, note: str) -> Finding:
        return Finding(rule_id=item, verdict="na", note=note)

    def must(self, item: str, evidence: str | None = None, among: Callable[[Turn], bool] = lambda turn: True) -> Finding:
        match = self.first(evidence or item, among)
        return self.passed(item, match) if match else self.absent(item, [t for t in self.agent if among(t)])

    def before_debt(self, item: str, evidence: str) -> Finding:
        """Found no later than the turn with the first debt detail."""
        limit = self.debt.turn.index if self.debt else len(self.recording.turns)
        match = self.first(evidence, lambda turn: turn.index <= limit)
        if match is not None:
            return self.passed(item, match)
        if self.debt is not None:
            return (
                self.failed(item, self.debt.turn, self.debt.quote, "debt detail came first")
                if self.belief >= _HEARD_WELL
                else self.absent(item)
            )
        return self.absent(item)


def _greeting(judge: _Judge) -> Finding:
    opening = {turn.index for turn in judge.agent[:2]}
    return judge.must("greeting", among=lambda turn: turn.index in opening)


def _recording_notice(judge: _Judge) -> Finding:
    if not judge.outcome.reached and judge.first("recording_notice") is None:
        return judge.not_applicable("recording_notice", "the customer was not reached")
    return judge.before_debt("recording_notice", "recording_notice")


def _right_party(judge: _Judge) -> Finding:
    item = "right_party_verification"
    debt = judge.debt
    if not judge.outcome.reached and debt is not None:
        return judge.failed(item, debt.turn, debt.quote, "debt detail to another person")
    question = judge.first("identity_question")
    if question is None:
        return (
            judge.failed(item, debt.turn, debt.quote, "no question for the named person")
            if debt and judge.belief >= _HEARD_WELL
            else judge.absent(item)
        )
    if debt is None:
        return judge.passed(item, question)
    answers = dict(judge.outcome.intents)
    confirmed = any(question.turn.index < index < debt.turn.index and "affirm" in intents for index, intents in answers.items())
    if confirmed or (question.turn.index < debt.turn.index and judge.outcome.confirmed_identity):
        return judge.passed(item, question)
    return judge.failed(item, debt.turn, debt.quote, "debt detail before the person had confirmed their name")


def _purpose(judge: _Judge) -> Finding:
    return (
        judge.must("purpose_statement") if judge.outcome.reached else judge.not_applicable("purpose_statement", "not reached")
    )


def _amount_and_due_date(judge: _Judge) -> Finding:
    item = "amount_and_due_date_stated"
    if not judge.outcome.reached or (judge.outcome.outcome == "callback" and judge.debt is None):
        return judge.not_applicable(item, "no debt details were due in this call")
    amount, due = judge.first("amount_stated"), judge.first("due_date_stated")
    return judge.passed(item, amount) if amount and due else judge.absent(item)


def _reason(judge: _Judge) -> Finding:
    item = "reason_for_delinquency_asked"
    asked = judge.first(item)
    if asked is not None:
        return judge.passed(item, asked)
    if not judge.outcome.reached or judge.outcome.outcome in ("already_paid", "dispute", "callback", "deceased", "opt_out"):
        return judge.not_applicable(item, f"outcome {judge.outcome.outcome}")
    volunteered = any("hardship" in intents for _, intents in judge.outcome.intents)
    return judge.not_applicable(item, "the customer named it unasked") if volunteered else judge.absent(item)


def _solution(judge: _Judge) -> Finding:
    item = "solution_offered"
    offered = judge.first(item)
    if offered is not None:
        return judge.passed(item, offered)
    if not judge.outcome.reached or judge.outcome.outcome in ("already_paid", "callback", "deceased", "opt_out"):
        return judge.not_applicable(item, f"outcome {judge.outcome.outcome}")
    return judge.absent(item)


def _promise_confirmed(judge: _Judge) -> Finding:
    item = "promise_confirmed"
    return judge.must(item) if judge.outcome.promised else judge.not_applicable(item, "no promise was made")


def _channel(judge: _Judge) -> Finding:
    item = "payment_channel_explained"
    match = judge.first(item)
    if match is not None:
        return judge.passed(item, match)
    return judge.absent(item) if judge.outcome.promised else judge.not_applicable(item, "no promise, not explained")


def _consequences(judge: _Judge) -> Finding:
    item = "consequences_explained_politely"
    match = judge.first(item)
    if match is not None:
        return judge.passed(item, match)
    exempt = not judge.outcome.reached or judge.outcome.outcome in (
        "already_paid",
        "callback",
        "dispute",
        "deceased",
        "opt_out",
    )
    return judge.not_applicable(item, f"outcome {judge.outcome.outcome}") if exempt else judge.absent(item)


def _thanks(judge: _Judge) -> Finding:
    last = {turn.index for turn in judge.agent[-2:]}
    return judge.must("thanks_closing", among=lambda turn: turn.index in last)


def _listening(judge: _Judge) -> Finding:
    item = "active_listening"
    if len(judge.recording.by("customer")) < 2:
        return judge.not_applicable(item, "nothing to listen to")
    match = judge.first("active_listening") or judge.first("promise_confirmed")
    return (
        judge.passed(item, match)
        if match
        else Finding(rule_id=item, verdict="unsure", note="no words that take up what was said; needs a human ear")
    )


def _no_interrupting(judge: _Judge) -> Finding:
    item = "no_interrupting"
    marked = [
        t
        for t, following in zip(judge.recording.turns, judge.recording.turns[1:], strict=False)
        if t.speaker == "customer" and t.text.rstrip().endswith("--") and following.speaker == "agent"
    ]
    cuts = [turn for turn in interruptions(judge.recording) if turn.speaker == "agent"]
    if marked or cuts:
        turn = marked[0] if marked else cuts[0]
        return judge.failed(item, turn, turn.text, "the agent cut in")
    return Finding(rule_id=item, verdict="pass", note="no cut-off in the turns or their times")


_BY_ITEM: dict[str, Callable[[_Judge], Finding]] = {
    "greeting": _greeting,
    "self_identification": lambda judge: judge.before_debt("self_identification", "self_identification"),
    "recording_notice": _recording_notice,
    "right_party_verification": _right_party,
    "purpose_statement": _purpose,
    "amount_and_due_date_stated": _amount_and_due_date,
    "reason_for_delinquency_asked": _reason,
    "solution_offered": _solution,
    "promise_confirmed": _promise_confirmed,
    "payment_channel_explained": _channel,
    "consequences_explained_politely": _consequences,
    "callback_or_next_step": lambda judge: judge.must("callback_or_next_step"),
    "thanks_closing": _thanks,
    "active_listening": _listening,
    "no_interrupting": _no_interrupting,
}
