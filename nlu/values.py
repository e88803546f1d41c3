"""The values of an utterance, all together: day, sum, time, relation, channel, condition; and which of them are live."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nlu.amounts import Amount, find_amount
from nlu.dates import Day, find_day
from nlu.normalize import Token, joined, span_text, tokenize
from nlu.times import TimeOfDay, find_time
from nlu.understanding import Entities
from nlu.wording import conditional, payment_channel, person_relation

_DISPUTES = {"dispute_fraud", "dispute_not_mine", "dispute_amount", "dispute_other"}
_DATED = {"promise_to_pay", "partial_payment", "already_paid", "request_callback", "affirm"}
_SUMMED = {"promise_to_pay", "partial_payment", "already_paid", "hardship", "affirm", *_DISPUTES}
_TIMED = {"promise_to_pay", "partial_payment", "already_paid", "request_callback", "affirm"}
_NEVER = {
    "deny", "refuse_to_pay", "opt_out", "deceased", "wrong_number", "out_of_scope", "repeat_request", "hardship", "greeting",
    "request_info_how_to_pay", "request_info_amount", "request_info_due_date", "third_party", *_DISPUTES,
}  # fmt: skip
_VALUE_QUESTIONS = {"ask_date", "ask_amount", "ask_callback_time"}
_FILLERS = re.compile(r"^((eh|hm+|e+m*|anu|uh|um|oh|ah|nah|lah|deh|dong|sih|pak|bu|mas|mbak|ya|,|\?) ?)*$")


def find_values(text: str, language: str, intents: set[str], *, asked: str | None, now: datetime) -> Entities:
    """Every value that is named, read in the light of the intents and of the question ``asked``."""
    tokens = tokenize(text, language)
    normal = joined(tokens)
    time_of_day = find_time(tokens, language, now)
    day = find_day(_without(tokens, time_of_day), language, now.date(), past="already_paid" in intents)
    if time_of_day is not None and time_of_day.moves_date:
        day = Day(now.date(), time_of_day.start, time_of_day.start)
    amount = find_amount(
        _without(_without(tokens, time_of_day), day), language, asked=asked, own_figure=bool(intents & _DISPUTES)
    )
    if (
        amount is not None
        and amount.value is None
        and time_of_day is not None
        and time_of_day.start <= amount.start < time_of_day.end
    ):
        amount = None
    day, amount, time_of_day = _digits_as_value(text, tokens, asked, now, day, amount, time_of_day)
    return Entities(
        date=day.value if day else None,
        date_text=_span(text, tokens, day),
        amount_idr=amount.value if amount else None,
        amount_text=_span(text, tokens, amount),
        time=time_of_day.value if time_of_day else None,
        time_text=_span(text, tokens, time_of_day),
        person_relation=person_relation(normal, language, intents),
        payment_channel=payment_channel(normal),
        conditional=conditional(normal, language),
    )


def _without(tokens: Sequence[Token], used: Day | TimeOfDay | None) -> list[Token]:
    """Tokens with those of another value blanked out, places kept."""
    if used is None:
        return list(tokens)
    return [
        Token("·", t.start, t.end) if used.start <= i < used.end and isinstance(used, TimeOfDay) and used.value else t
        for i, t in enumerate(tokens)
    ]


def _span(text: str, tokens: Sequence[Token], value: Day | Amount | TimeOfDay | None) -> str | None:
    return span_text(text, tokens[value.start : value.end]) or None if value else None


def _digits_as_value(
    text: str,
    tokens: Sequence[Token],
    asked: str | None,
    now: datetime,
    day: Day | None,
    amount: Amount | None,
    at: TimeOfDay | None,
) -> tuple[Day | None, Amount | None, TimeOfDay | None]:
    """A bare number after a question for a value is that value ("25" after ask_date; keys as well)."""
    from nlu.dates import all_days
    from nlu.numbers import number_at

    bare = [token for token in tokens if not _FILLERS.match(token.text)]
    if asked not in _VALUE_QUESTIONS or not bare or len(bare) > 3:
        return day, amount, at
    start = tokens.index(bare[0])
    language = "id" if number_at(tokens, start, "id") else "en"
    number = number_at(tokens, start, language)
    if (number is None or number.end < start + len(bare)) and (asked != "ask_date" or day is not None):
        return day, amount, at
    if number is None:
        return day, amount, at
    if asked == "ask_date" and day is None:
        named = all_days([Token("tanggal", 0, 0), *tokens[start:]], "id", now.date(), past=False)
        if named:
            day = Day(named[0].value, start, start + named[0].end - 1)
            amount = None if amount and amount.start < day.end else amount
    elif asked == "ask_amount" and amount is None and number.value >= 1000:
        amount = Amount(number.value, number.start, number.end)
    elif asked == "ask_callback_time" and at is None and 1 <= number.value <= 20 and day is None:
        from nlu.times import find_time as find

        named_time = find([Token("jam", 0, 0), *tokens[start:]], "id", now)
        if named_time is not None:
            at = TimeOfDay(named_time.value, start, start + named_time.end - 1)
    return day, amount, at


def live(entities: Entities, intents: set[str], asked: str | None) -> Entities:
    """Only what holds for these intents: "saya nggak bilang mau bayar besok" names no day on which anything will be paid."""
    if asked in _VALUE_QUESTIONS and not intents & _NEVER:
        return entities
    if not intents & _DATED:
        entities = replace(entities, date=None, date_text=None)
    if not intents & _SUMMED:
        entities = replace(entities, amount_idr=None, amount_text=None)
    if not intents & _TIMED:
        entities = replace(entities, time=None, time_text=None)
    return entities
