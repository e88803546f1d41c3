"""A written chat by the call script that the bot also speaks: a message in, a reply out.

The customer has written first, so calling hours do not apply; every guard of the dialogue does. One message is one transaction,
a message that is delivered twice is answered once, and what the conversation comes to is stored as after a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from nlu.understanding import Understanding
from voicebot.call.dialogue import Decision, DialogueState, ScriptPolicy
from voicebot.campaign.ledger import call_account
from voicebot.core.clock import local_time
from voicebot.core.engines import make_interpreter
from voicebot.core.rules import load_rules
from voicebot.core.script import Script, load_script
from voicebot.core.settings import Settings
from voicebot.core.store.calls import NewResult, save_consequences
from voicebot.core.store.chats import account_of_number, answer_to, open_chat, serialize_messages
from voicebot.core.tables import Account, Chat, ChatMessage

_STATE: TypeAdapter[DialogueState] = TypeAdapter(DialogueState)
_AT_ONCE = {"opt_out", "deceased", "wrong_number", "third_party", "request_human"}
"""Said in the very first message, these are answered before we have introduced ourselves."""
_UNKNOWN = (
    "Terima kasih atas pesannya. Nomor ini belum terdaftar pada kami; silakan hubungi nomor resmi kami. / "
    "Thank you for your message. This number is not known to us; please contact our official number."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to send back."""

    text: str
    ended: bool
    hands_over: bool = False


def answer_message(
    session: Session, settings: Settings, *, sender: str, text: str, channel: str, reference: str | None, now: datetime
) -> Reply:
    """Answer one message from ``sender`` (E.164) at ``now`` (aware UTC); ``reference`` is the messenger's id of it."""
    serialize_messages(session, sender, channel)
    if reference is not None and (known := answer_to(session, reference)) is not None:
        return Reply(text=known.text, ended=known.chat.ended_at is not None)
    account = account_of_number(session, sender)
    if account is None:
        return Reply(text=_UNKNOWN, ended=True)
    chat = open_chat(session, account, channel, now=now)
    policy, script = _policy(chat, account, settings)
    before = _STATE.validate_python(chat.state) if chat is not None else None
    decision, heard = _next(policy, before, text, now=local_time(account.person.zone))
    if chat is None:
        chat = Chat(account=account, channel=channel, script=script.reference, started_at=now)
        session.add(chat)
    _remember(chat, decision, heard, text, before, reference, now)
    session.flush()
    if decision.ends:
        chat.ended_at = now
        result = _result(decision, text, now)
        save_consequences(session, result, person=account.person, account_id=account.id, number=sender)
    return Reply(text=decision.say, ended=decision.ends, hands_over=decision.hands_over)


def _policy(chat: Chat | None, account: Account, settings: Settings) -> tuple[ScriptPolicy, Script]:
    """The policy at the account's present figures; a chat goes on by the script it began with."""
    name = chat.script.partition("@")[0] if chat is not None else settings.chat_script
    if chat is None and account.person.language == "en" and (english := load_script(name).translation) is not None:
        name = english
    script = load_script(name)
    policy = ScriptPolicy(
        script,
        call_account(account, account.person, settings, in_writing=True),
        now=local_time(account.person.zone),
        rules=load_rules(settings.rules),
        translation=load_script(script.translation) if script.translation is not None else None,
        seed=account.id,
    )
    return policy, script


def _next(policy: ScriptPolicy, state: DialogueState | None, text: str, *, now: datetime) -> tuple[Decision, Understanding]:
    opening = policy.open()
    asked = policy.question(state or opening.state)
    language = (state or opening.state).language
    heard = make_interpreter(language).interpret(text, asked=asked, now=now)
    if state is None and heard.primary not in _AT_ONCE:
        return opening, heard
    return policy.reply(state or opening.state, heard), heard


def _remember(
    chat: Chat,
    decision: Decision,
    heard: Understanding,
    text: str,
    before: DialogueState | None,
    reference: str | None,
    now: datetime,
) -> None:
    chat.state = _STATE.dump_python(decision.state, mode="json")
    chat.party = decision.state.party
    chat.outcome = decision.state.outcome
    chat.last_at = now
    step = before.step if before is not None else ""
    chat.messages.append(
        ChatMessage(speaker="customer", text=text, step=step, intents=list(heard.intents), reference=reference, at=now)
    )
    chat.messages.append(
        ChatMessage(speaker="bot", text=decision.say, step=decision.state.step, because=decision.because, at=now)
    )


def _result(decision: Decision, text: str, now: datetime) -> NewResult:
    state = decision.state
    promise = state.promise
    return NewResult(
        ended_at=now,
        party=state.party,
        outcome=state.outcome,
        promise_amount=promise.amount if promise else None,
        promised_on=promise.due_on if promise else None,
        promise_channel=promise.channel if promise else "",
        promise_conditional=promise.conditional if promise else False,
        dispute_kind=state.dispute_kind,
        dispute_reason=state.slots.reason,
        callback_at=state.slots.callback_at,
        callback_quote=state.slots.callback_quote,
        opt_out_quote=text if state.outcome == "opt_out" else "",
    )
