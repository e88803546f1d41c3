"""The webhook for written chats: any messenger's gateway posts a message here and sends on the reply."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from voicebot.campaign.account_file import parse_phone
from voicebot.campaign.chat import answer_message
from voicebot.core.clock import now_utc
from voicebot.core.settings import Settings


class Message(BaseModel):
    """One message from a customer; ``id`` is the messenger's, and makes a second delivery harmless."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[str, Field(alias="from", max_length=40), AfterValidator(parse_phone)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    channel: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")] = "whatsapp"
    id: Annotated[str | None, Field(max_length=120)] = None


def add_chat_routes(app: FastAPI, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """``POST /api/chat``; the API key is checked before."""

    @app.post("/api/chat")
    def chat(message: Message) -> Response:  # pyright: ignore[reportUnusedFunction]
        with sessions.begin() as session:
            reply = answer_message(
                session,
                settings,
                sender=message.sender,
                text=message.text,
                channel=message.channel,
                reference=f"{message.channel}:{message.id}" if message.id else None,
                now=now_utc(),
            )
        return JSONResponse({"reply": reply.text, "ended": reply.ended, "hands_over": reply.hands_over})
