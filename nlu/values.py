"""The values of an utterance, all together: day, sum, time, relation, channel, condition; and which of them are live."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime

from nlu.amounts import Amount, find_amount
from nlu.clock import TimeOfDay
from nlu.dates import find_day
from nlu.named_day import Day, Talk
from nlu.normalize import Token, joined, span_text, tokenize
from nlu.numbers import number_at
from nlu.times import find_time
from nlu.understanding import Entities
from nlu.wording import conditional, payment_channel, person_relation

_DISPUTES = {"dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other"}
_PROMISES = {"promise_to_pay", "partial_payment"}
_PAYING = {*_PROMISES, "already_paid"}
_DATED = {*_PAYING, "request_callback"}
_SUMMED = {*_PAYING, "hardship", "affirm", *_DISPUTES}
_NEVER = {
    "deny", "refuse_to_pay", "opt_out", "deceased", "wrong_number", "out_of_scope", "repeat_request", "hardship", "greeting",
    "request_info_how_to_pay", "request_info_amount", "request_info_due_date", "third_party", "request_human", "goodbye", *_DISPUTES,
}  # fmt: skip
_PART_WORDS = {"sore", "malam", "malem", "siang", "pagi", "afternoon", "evening", "morning", "tonight", "this", "ini", "iki"}
_INQUIRIES = {"request_info_how_to_pay", "request_info_amount", "request_info_due_date"}
_VALUE_QUESTIONS = {"ask_date", "ask_amount", "ask_callback_time"}
_FILLERS = re.compile(r"^((eh|hm+|e+m*|anu|uh|um|oh|ah|nah|lah|deh|dong|sih|pak|bu|mas|mbak|ya|,|\?) ?)*$")


def find_values(text: str, language: str, intents: set[str], *, asked: str | None, now: datetime) -> Entities:
    """Every value that is named, read in the light of the intents and of the question ``asked``."""
    tokens = tokenize(text, language)
    normal = joined(tokens)
    talk = _talk(intents, asked)
    time_of_day = find_time(tokens, language, now, talk, text=text)
    day = find_day(_without(tokens, time_of_day, _PART_WORDS), language, now.date(), talk, text=text)
    if time_of_day is not None and time_of_day.moves_date and (day is None or day.weak) and intents & _PAYING:
        day = Day(now.date(), time_of_day.start, time_of_day.start)
    amount = _amount(tokens, language, asked, intents, day, time_of_day)
    return Entities(
        date=day.value if day else None,
        date_text=_span(text, tokens, day),
        amount_idr=amount.value if amount else None,
        amount_text=_span(text, tokens, amount),
        time=time_of_day.value if time_of_day else None,
        time_text=_span(text, tokens, time_of_day),
        person_relation=person_relation(normal, language, intents),
        payment_channel=payment_channel(normal, intents),
        conditional=conditional(normal, language, intents),
    )


def _talk(intents: set[str], asked: str | None) -> Talk:
    """What the talk is of, for days and times: a payment that is still to come outweighs one that was made."""
    promises = bool(intents & _PROMISES)
    return Talk(
        past="already_paid" in intents and not promises,
        shared="partial_payment" in intents and "already_paid" not in intents,
        calling="request_callback" in intents and not promises,
        asked=asked,
    )


def _amount(
    tokens: Sequence[Token], language: str, asked: str | None, intents: set[str], day: Day | None, at: TimeOfDay | None
) -> Amount | None:
    """The sum among the words that are neither of the time nor of a day."""
    left = _without(_without(tokens, at), day if day is not None and day.kind in ("number", "bare") else None)
    amount = find_amount(left, language, asked=asked, own_figure=bool(intents & _DISPUTES), intents=intents)
    if amount is not None and amount.value is None and at is not None and at.start <= amount.start < at.end:
        return None
    return _bare_sum(tokens) if amount is None and asked == "ask_amount" else amount


def _bare_sum(tokens: Sequence[Token]) -> Amount | None:
    """A bare number from a thousand on, keys as well, after the question for the sum."""
    bare = [token for token in tokens if not _FILLERS.match(token.text)]
    if not bare or len(bare) > 3:
        return None
    start = tokens.index(bare[0])
    number = number_at(tokens, start, "id") or number_at(tokens, start, "en")
    is_whole = number is not None and number.end >= start + len(bare) and number.value >= 1000
    return Amount(number.value, number.start, number.end) if number is not None and is_whole else None


def _without(tokens: Sequence[Token], used: Day | TimeOfDay | None, kept: Set[str] = frozenset()) -> list[Token]:
    """Tokens with those of another value blanked out, places kept; words in ``kept`` stay."""
    if used is None or used.value is None:
        return list(tokens)
    blank = range(used.start, used.end)
    return [Token("·", t.start, t.end) if i in blank and t.text not in kept else t for i, t in enumerate(tokens)]


def _span(text: str, tokens: Sequence[Token], value: Day | Amount | TimeOfDay | None) -> str | None:
    return span_text(text, tokens[value.start : value.end]) or None if value else None


def live(entities: Entities, intents: set[str], asked: str | None) -> Entities:
    """Only what holds for these intents: "saya nggak bilang mau bayar besok" names no day on which anything will be paid."""
    if asked in _VALUE_QUESTIONS and not intents & _NEVER:
        return entities
    confirms = "affirm" in intents and asked == "confirm_promise" and not intents & (_NEVER - _INQUIRIES)
    if not intents & _DATED and not confirms:
        entities = replace(entities, date=None, date_text=None, time=None, time_text=None)
    if not intents & _SUMMED:
        entities = replace(entities, amount_idr=None, amount_text=None)
    return entities
