"""Text-mode calls through the live dialogue policy: ``santun talk`` and its ``--replay``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nlu.understanding import Understanding
from voicebot.call.dialogue import CallAccount, Decision, ScriptPolicy, Silence, contract_outcome
from voicebot.call.machine_words import sounds_like_machine
from voicebot.core.engines import make_interpreter
from voicebot.core.money import Rupiah
from voicebot.core.rules import load_rules
from voicebot.core.script import Script, load_script

SCRIPTS = {"id": "payment_reminder", "en": "payment_reminder_en"}


def replay_lines(lines: Iterable[str], *, default_now: datetime) -> Iterator[dict[str, Any]]:
    """Replay each conversation; a line that is not usable becomes ``{"id", "error"}`` and the rest go on."""
    scripts = {language: load_script(name) for language, name in SCRIPTS.items()}
    for number, line in enumerate(lines, 1):
        identity: Any = None
        try:
            record: Any = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("expected an object")
            identity = record.get("id")
            yield {"id": identity, **replay(record, scripts, default_now)}
        except (ValueError, KeyError, TypeError) as error:
            reason = f"lacks {error}" if isinstance(error, KeyError) else str(error)
            yield {"id": identity, "line": number, "error": reason}


def replay(
    record: dict[str, Any], scripts: dict[str, Script], default_now: datetime, *, options: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """One conversation's result in the documented form; ``scripts`` by language. An empty turn is a silent one."""
    return replay_decisions(record, scripts, default_now, options=options)[1]


def replay_decisions(
    record: dict[str, Any], scripts: dict[str, Script], default_now: datetime, *, options: Mapping[str, bool] | None = None
) -> tuple[list[Decision], dict[str, Any]]:
    """The same with every decision of the policy, in order; what flow coverage looks at."""
    language = record.get("lang") or "id"
    if language not in scripts:
        raise ValueError(f'"lang" must be one of {", ".join(scripts)}')
    turns = record.get("turns")
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise ValueError('"turns" must be a list of strings')
    fields = record["account"]
    now = now_of(fields, default_now)
    policy = ScriptPolicy(
        scripts[language],
        account_of(fields, language, now),
        now=now,
        rules=load_rules(),
        options=options,
        translation=next((script for other, script in scripts.items() if other != language), None),
    )
    return _converse(policy, list(turns), now)


def now_of(fields: dict[str, Any], default_now: datetime) -> datetime:
    zone = ZoneInfo(str(fields.get("zone") or "Asia/Jakarta"))
    own = fields.get("now")
    moment = datetime.fromisoformat(own) if own else default_now
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def account_of(fields: dict[str, Any], language: str, now: datetime) -> CallAccount:
    due = int(fields.get("amount_due_idr") or fields["principal_due_idr"])
    due_on = (
        date.fromisoformat(fields["due_date"])
        if fields.get("due_date")
        else now.date() - timedelta(days=int(fields.get("dpd") or 0))
    )
    return CallAccount(
        name=str(fields["name"]),
        product=str(fields.get("product") or ("loan" if language == "en" else "pinjaman")),
        amount_due=Rupiah(due),
        due_on=due_on,
        language=language,
        va_bank=str(fields.get("va_bank") or "BCA"),
        va_number=str(fields.get("va_number") or "8808123456"),
    )


def _converse(policy: ScriptPolicy, turns: list[str], now: datetime) -> tuple[list[Decision], dict[str, Any]]:
    transcript: list[dict[str, str]] = []
    decision = policy.open()
    decisions = [decision]
    disposition = "answered"
    while True:
        if decision.say:
            transcript.append({"speaker": "bot", "text": decision.say, "step": decision.state.step})
        if decision.ends:
            break
        heard: Understanding | Silence = Silence()
        text = turns.pop(0) if turns else ""
        if text.strip():
            transcript.append({"speaker": "customer", "text": text, "step": decision.state.step})
            if decision.state.party == "unverified" and sounds_like_machine(text):
                disposition = "voicemail"
                break
            heard = make_interpreter(decision.state.language).interpret(text, asked=decision.asked, now=now)
        decision = policy.reply(decision.state, heard)
        decisions.append(decision)
    return decisions, result_of(decision, disposition, transcript)


def result_of(decision: Decision, disposition: str, transcript: list[dict[str, str]]) -> dict[str, Any]:
    state = decision.state
    outcome = contract_outcome(disposition, state.party, state.outcome)
    promise = state.promise if outcome == "promise_to_pay" else None
    callback_at = state.slots.callback_at if outcome == "callback" else None
    return {
        "outcome": outcome,
        "promise": {"date": promise.due_on.isoformat(), "amount_idr": promise.amount} if promise else None,
        "dispute_reason": state.slots.reason or None if outcome == "dispute" else None,
        "callback_time": callback_at.strftime("%Y-%m-%d %H:%M") if callback_at else None,
        "transcript": transcript,
        "guards": list(state.guards),
    }
