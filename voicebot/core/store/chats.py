"""Written conversations: whom a message is from, the open chat, and what was written."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from voicebot.core.tables import Account, Chat, ChatMessage, Person, PhoneNumber

IDLE = timedelta(hours=24)
"""After this long without a message a chat is over; the next one begins anew."""


def account_of_number(session: Session, e164: str) -> Account | None:
    """The most overdue open account of the person who has this number; None when nobody does, or they have died."""
    return session.scalar(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .join(PhoneNumber, PhoneNumber.person_id == Person.id)
        .where(PhoneNumber.e164 == e164, PhoneNumber.status != "wrong", ~Person.deceased)
        .where(Account.status == "open", Account.amount_due > 0)
        .options(joinedload(Account.person))
        .order_by(Account.due_on, Account.id)
        .limit(1)
    )


def serialize_messages(session: Session, e164: str, channel: str) -> None:
    """Messages of one sender are answered one after the other, whichever process gets them; held until the transaction ends."""
    key = f"chat {channel} {e164}"
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def open_chat(session: Session, account: Account, channel: str, *, now: datetime) -> Chat | None:
    """The chat that a new message goes on with; an idle one is closed here."""
    chat = session.scalar(
        select(Chat).where(Chat.account_id == account.id, Chat.channel == channel, Chat.ended_at.is_(None)).with_for_update()
    )
    if chat is not None and now - chat.last_at > IDLE:
        chat.ended_at = now
        session.flush()
        return None
    return chat


def answer_to(session: Session, reference: str) -> ChatMessage | None:
    """What the bot has answered already to the messenger's message ``reference``."""
    asked = session.scalar(select(ChatMessage).where(ChatMessage.reference == reference))
    if asked is None:
        return None
    return session.scalar(
        select(ChatMessage)
        .where(ChatMessage.chat_id == asked.chat_id, ChatMessage.id > asked.id, ChatMessage.speaker == "bot")
        .order_by(ChatMessage.id)
        .options(joinedload(ChatMessage.chat))
        .limit(1)
    )
