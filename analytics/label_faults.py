"""What is wrong with one line of labelled calls: its shape, its words, and labels that contradict each other or the text.

The vocabulary is that of ``santun score``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from analytics.autofail import CODES
from analytics.compliance import ITEMS
from analytics.ingest import recording_of
from voicebot.core.errors import InputError
from voicebot.core.rules import load_rules

VERDICTS = ("pass", "fail", "na")
OUTCOMES = (
    *("promise_to_pay", "already_paid", "dispute", "callback", "third_party", "wrong_number", "refused", "hardship"),
    *("opt_out", "deceased", "transfer_human", "no_resolution"),
)
SENTIMENTS = ("neg", "neu", "pos")
PII_TYPES = (
    *("NAME", "NIK", "CARD", "PHONE", "ADDRESS", "EMAIL", "ACCOUNT", "OTP", "DOB"),
    *("AGENT_NAME", "CARD_LAST4", "PLATE", "PARTIAL_NUM"),
)
SENTIMENT_FIELDS = ("customer_sentiment_start", "customer_sentiment_end", "agent_sentiment")

_CALL = dict.fromkeys(("id", "agent_id", "team", "product", "date", "call_time", "direction"), (str,)) | {
    "account": (dict,),
    "turns": (list,),
    "labels": (dict,),
}
_ACCOUNT = {"name": (str,), "amount_due_idr": (int,), "due_date": (str,), "dpd": (int,), "company": (str,)}
_LABELS = dict.fromkeys((*SENTIMENT_FIELDS, "outcome", "notes"), (str,)) | {
    "checklist": (dict,),
    "auto_fail": (list,),
    "empathy": (int,),
    "professionalism": (int,),
    "promise": (dict, type(None)),
    "evidence": (dict,),
    "auto_fail_evidence": (dict,),
    "pii": (list,),
}
_PROMISE = {"date_text": (str, type(None)), "date": (str, type(None)), "amount_idr": (int, type(None))}
_PII = {"turn": (int,), "type": (str,), "text": (str,), "start": (int,), "end": (int,)}
_NEVER_NA = ("greeting", "self_identification", "right_party_verification", "no_interrupting")
_LEAK_LETTERS = 8
"""Numbers shorter than this may well return in the call as something else, so their repetition is not looked for."""


def faults(record: Any) -> list[str]:
    """Everything wrong with one call, in the reader's words; empty for a usable one."""
    return list(_shape_faults(record)) or [*_detail_faults(record), *_label_faults(record), *_pii_faults(record)]


def _shape_faults(record: Any) -> Iterator[str]:
    yield from _fields("call", record, _CALL)
    if not isinstance(record, dict):
        return
    call = cast("dict[str, Any]", record)
    yield from _fields("account", call.get("account"), _ACCOUNT)
    for number, turn in enumerate(_listed(call.get("turns"))):
        yield from _fields(f"turn {number}", turn, {"speaker": (str,), "text": (str,)})
    if isinstance(call.get("labels"), dict):
        labels: dict[str, Any] = call["labels"]
        yield from _fields("labels", labels, _LABELS)
        if labels.get("promise") is not None:
            yield from _fields("promise", labels["promise"], _PROMISE)
        for field in ("evidence", "auto_fail_evidence"):
            for name, quote in _named(labels.get(field)):
                yield from _fields(f"{field} {name}", quote, {"turn": (int,), "quote": (str,)})
        for number, span in enumerate(_listed(labels.get("pii"))):
            yield from _fields(f"pii {number}", span, _PII, optional=("start", "end"))


def _fields(where: str, value: Any, known: Mapping[str, tuple[type, ...]], optional: Collection[str] = ()) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: expected an object"
        return
    given = cast("dict[str, Any]", value)
    for name in given.keys() - known.keys():
        yield f"{where}: unknown key {name!r}"
    for name, kinds in known.items():
        if name not in given:
            if name not in optional:
                yield f"{where}: {name!r} is missing"
        elif type(given[name]) not in kinds:
            yield f"{where}: {name!r} must be {' or '.join(kind.__name__ for kind in kinds)}"


def _detail_faults(call: dict[str, Any]) -> Iterator[str]:
    yield from _word("direction", call["direction"], ("outbound", "inbound"))
    for number, turn in enumerate(call["turns"]):
        yield from _word(f"turn {number}: speaker", turn["speaker"], ("agent", "customer"))
        if not turn["text"].strip():
            yield f"turn {number}: the text is empty"
    if not re.fullmatch(r"[012]\d:[0-5]\d", call["call_time"]):
        yield "call_time: expected HH:MM"
    try:
        called_on, due_on = date.fromisoformat(call["date"]), date.fromisoformat(call["account"]["due_date"])
    except ValueError as error:
        yield f"date or due_date: {error}"
        return
    if (called_on - due_on).days != call["account"]["dpd"]:
        yield f"account: dpd is {call['account']['dpd']}, from due_date to date are {(called_on - due_on).days} days"


def _label_faults(call: dict[str, Any]) -> Iterator[str]:
    labels: dict[str, Any] = call["labels"]
    checklist: dict[str, str] = labels["checklist"]
    for item in checklist.keys() ^ set(ITEMS):
        yield f"checklist: {item} is {'unknown' if item in checklist else 'missing'}"
    for item, verdict in checklist.items():
        yield from _word(f"checklist {item}", verdict, VERDICTS[:2] if item in _NEVER_NA else VERDICTS)
    for code, count in Counter(map(str, labels["auto_fail"])).items():
        yield from _word("auto_fail", code, CODES)
        if count > 1:
            yield f"auto_fail: {code} stands {count} times"
    for field in SENTIMENT_FIELDS:
        yield from _word(field, labels[field], SENTIMENTS)
    for field in ("empathy", "professionalism"):
        yield from _word(field, labels[field], range(1, 6))
    if labels["auto_fail"] and labels["professionalism"] > 2:
        yield "professionalism: at most 2 with an auto-fail"
    yield from _word("outcome", labels["outcome"], OUTCOMES)
    yield from _promise_faults(call, labels, checklist)
    yield from _quote_faults(call, labels, checklist)
    yield from _clock_faults(call, labels)


def _promise_faults(call: dict[str, Any], labels: dict[str, Any], checklist: dict[str, str]) -> Iterator[str]:
    promise: dict[str, Any] | None = labels["promise"]
    promised = promise is not None
    if promised != (labels["outcome"] == "promise_to_pay"):
        yield "promise: goes with the outcome promise_to_pay, and with no other"
    if promised == (checklist.get("promise_confirmed") == "na"):
        yield "promise_confirmed: na without a promise, and only then"
    if promised and checklist.get("payment_channel_explained") == "na":
        yield "payment_channel_explained: not na after a promise"
    if promise is None:
        return
    text, day = promise["date_text"], promise["date"]
    if text is not None and not any(text in turn["text"] for turn in call["turns"]):
        yield f"promise: {text!r} is in no turn"
    if day is not None and not _is_iso_date(day):
        yield f"promise: date {day!r} is no ISO date"
    elif day is not None and day < call["date"]:
        yield f"promise: {day} is before the call"


def _quote_faults(call: dict[str, Any], labels: dict[str, Any], checklist: dict[str, str]) -> Iterator[str]:
    turns: list[dict[str, str]] = call["turns"]
    evidence: dict[str, Any] = labels["evidence"]
    spoken: dict[str, Any] = labels["auto_fail_evidence"]
    for name, quote in (*evidence.items(), *spoken.items()):
        if not quote["quote"] or quote["quote"] not in _text(turns, quote["turn"]):
            yield f"evidence {name}: {quote['quote']!r} is not in turn {quote['turn']}"
    for item in evidence:
        if checklist.get(item) not in ("pass", "fail"):
            yield f"evidence {item}: the item has no pass or fail"
    for item, verdict in checklist.items():
        if verdict == "pass" and item not in evidence and item != "no_interrupting":
            yield f"evidence {item}: a pass needs a quote"
    agent = [number for number, turn in enumerate(turns) if turn["speaker"] == "agent"]
    if (
        checklist.get("thanks_closing") == "pass"
        and evidence.get("thanks_closing", {"turn": agent[-1]})["turn"] not in agent[-2:]
    ):
        yield "thanks_closing: passes in the agent's last two turns only"
    if checklist.get("no_interrupting") == "fail" and not any(
        turn["speaker"] == "customer" and turn["text"].rstrip().endswith("--") for turn in turns
    ):
        yield "no_interrupting: a customer's turn that was cut off ends with --"
    for code in set(map(str, labels["auto_fail"])) ^ spoken.keys():
        if code in spoken or code != "contact_outside_hours":
            yield f"auto_fail_evidence {code}: {'the code is not in auto_fail' if code in spoken else 'missing'}"
    for code, quote in spoken.items():
        if quote["turn"] not in agent:
            yield f"auto_fail_evidence {code}: must be the agent's own words"


def _clock_faults(call: dict[str, Any], labels: dict[str, Any]) -> Iterator[str]:
    """A call placed when customers may not be called has to be labelled so."""
    try:
        called_at: datetime | None = recording_of(call).call_at
    except InputError:
        return  # told already
    if called_at is None or call["direction"] == "inbound" or "contact_outside_hours" in labels["auto_fail"]:
        return
    if closed := load_rules("id").closed_because(called_at):
        yield f"auto_fail: contact_outside_hours is missing: {closed[1]}"


def _pii_faults(call: dict[str, Any]) -> Iterator[str]:
    turns: list[dict[str, str]] = call["turns"]
    spans: list[dict[str, Any]] = call["labels"]["pii"]
    taken: dict[int, list[tuple[int, int]]] = {}
    for number, span in enumerate(spans):
        where = f"pii {number} ({span['type']} {span['text']!r})"
        yield from _word(where, span["type"], PII_TYPES)
        text, start, end = _text(turns, span["turn"]), span.get("start"), span.get("end")
        if start is None or end is None or text[start:end] != span["text"] or not span["text"]:
            yield f"{where}: is not at {start}–{end} of turn {span['turn']} (--fix sets offsets from the text)"
        elif any(start < other_end and other_start < end for other_start, other_end in taken.get(span["turn"], [])):
            yield f"{where}: overlaps another span"
        else:
            taken.setdefault(span["turn"], []).append((start, end))
    seen = {span["text"] for span in spans if "NAME" in span["type"] or len(span["text"]) >= _LEAK_LETTERS}
    for number, turn in enumerate(turns):
        for text in seen:
            for found in occurrences(text, turn["text"]):
                if not any(start <= found.start() and found.end() <= end for start, end in taken.get(number, [])):
                    yield f"pii: {text!r} is labelled elsewhere, but not at {found.start()} of turn {number}"


def occurrences(text: str, within: str) -> Iterator[re.Match[str]]:
    """Where ``text`` stands as whole words."""
    return re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", within)


def _is_iso_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _word(where: str, value: Any, vocabulary: Collection[Any]) -> Iterator[str]:
    if value not in vocabulary:
        yield f"{where}: {value!r} is not one of {', '.join(map(str, vocabulary))}"


def _text(turns: list[dict[str, str]], number: int) -> str:
    return turns[number]["text"] if 0 <= number < len(turns) else ""


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _named(value: Any) -> list[tuple[str, Any]]:
    return list(cast("dict[str, Any]", value).items()) if isinstance(value, dict) else []
