"""Answers to questions whose short answers mean something else elsewhere: the payment channel, and when it was paid."""

from __future__ import annotations

import re

from nlu.channels import payment_channel
from nlu.normalize import joined, tokenize

_MODEL_CONTEXT = {"ask_channel": "confirm_promise", "ask_paid_details": "ask_payment"}
"""The labelled question that is nearest, for the intent model and the values."""
_SHORT_WORDS = 7
_STILL_TO_COME = re.compile(
    r"\b(nanti|besok|lusa|belum|akan|mau|depan|tanggal muda|gajian|janji|ternyata|will|tomorrow|next|not yet|going to|later|haven't|have not|did not)\b"
)
_PLACES = re.compile(
    r"\b(gerai|counter|store|transfer|minimarket|warung|agen|kasir|toko|bank|kantor pos|cash|tunai|aplikasi|app)\b"
)
_NOT_AN_ANSWER = {"deceased", "dispute_fraud", "dispute_not_mine", "opt_out", "refuse_to_pay"}
_TAKEN_AS_PAID = {"promise_to_pay", "out_of_scope", "affirm", "request_info_how_to_pay", "partial_payment", "third_party"}


def model_context(asked: str | None) -> str | None:
    """The question as the intent model and the grammars know it."""
    return _MODEL_CONTEXT.get(asked or "", asked)


def read_answer(text: str, language: str, asked: str | None, intents: set[str]) -> set[str]:
    """``intents`` in the light of a question that the model does not know."""
    normal = joined(tokenize(text, language))
    if asked == "ask_channel" and len(normal.split()) <= _SHORT_WORDS and not intents & _NOT_AN_ANSWER and "?" not in normal:
        named = payment_channel(normal, {"promise_to_pay"}) is not None or _PLACES.search(normal) is not None
        return {"promise_to_pay"} if named else intents
    if asked == "ask_paid_details" and intents <= _TAKEN_AS_PAID and not _STILL_TO_COME.search(normal):
        return {"already_paid"}
    return intents
