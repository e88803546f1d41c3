"""A script's wordings with their blanks filled for one call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from voicebot.call.slots import Slots, Terms
from voicebot.core.money import Rupiah, format_rupiah

_MONTHS = {
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_WEEKDAYS = {
    "id": ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_HONORIFIC = {"id": "Bapak atau Ibu", "en": "Mr. or Ms."}
_NOTICE = {
    ("id", False): "Panggilan ini direkam.",
    ("id", True): "Percakapan ini kami simpan.",
    ("en", False): "This call is recorded.",
    ("en", True): "We keep this conversation.",
}
_FACTOR_PROMPT = {"id": "empat angka terakhir nomor kontrak Anda", "en": "the last four digits of your contract number"}
_OFFICIAL_NUMBER = {"id": "nomor resmi kami", "en": "our official number"}
_SURE_DAYS = 180
_BLANK = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAccount:
    """What the bot may say of an account, once the right party is verified.

    ``factor`` is the second factor (digits alone) that only the customer knows, ``factor_prompt`` what it is called;
    ``promised_amount`` and ``promised_on`` are an earlier promise that the call follows up.
    """

    name: str
    product: str
    amount_due: Rupiah
    due_on: date
    language: str = "id"
    honorific: str = ""
    company: str = "Santun Finance"
    bot_name: str = "Sinta"
    va_bank: str = ""
    va_number: str = ""
    hotline: str = ""
    factor: str = ""
    factor_prompt: str = ""
    promised_amount: Rupiah | None = None
    promised_on: date | None = None
    in_writing: bool = False


def fill_blanks(wording: str, account: CallAccount, slots: Slots, terms: Terms, now: datetime, language: str) -> str:
    """The wording as it is written; the voice turns figures into words. Figures come from the ledger, the terms and the
    promise at hand alone."""
    fillers: dict[str, Callable[[], str]] = {
        "part_of_day": lambda: part_of_day(now, language),
        "bot_name": lambda: account.bot_name,
        "company": lambda: account.company,
        "recording_notice": lambda: _NOTICE[language, account.in_writing],
        "honorific": lambda: account.honorific or _HONORIFIC[language],
        "name": lambda: account.name,
        "product": lambda: account.product,
        "amount_due": lambda: format_rupiah(account.amount_due),
        "due_on": lambda: near_day(account.due_on, now, language),
        "promise_amount": lambda: format_rupiah(slots.amount or 0),
        "promise_date": lambda: near_day(slots.date or now.date(), now, language, weekday=True),
        "days_late": lambda: str(max(0, (now.date() - account.due_on).days)),
        "promised_amount": lambda: format_rupiah(account.promised_amount or account.amount_due),
        "promised_on": lambda: near_day(account.promised_on or account.due_on, now, language),
        "minimum_amount": lambda: format_rupiah(terms.minimum),
        "latest_date": lambda: near_day(terms.latest, now, language, weekday=True),
        "plan_amount": lambda: format_rupiah(terms.plan_amount),
        "plan_date": lambda: near_day(terms.plan_on, now, language, weekday=True),
        "how_to_pay": lambda: how_to_pay(account, language),
        "factor_prompt": lambda: account.factor_prompt or _FACTOR_PROMPT[language],
        "callback_at": lambda: written_moment(slots.callback_at or now, now, language),
        "hotline": lambda: account.hotline or _OFFICIAL_NUMBER[language],
    }
    text = _BLANK.sub(lambda match: fillers[match[1]](), wording)
    return re.sub(r"\s+([.,?!])", r"\1", re.sub(r"\s+", " ", text)).strip()


def how_to_pay(account: CallAccount, language: str) -> str:
    """The account's own virtual account in full, or the channels that the company will send."""
    if account.va_number:
        bank = f" {account.va_bank}" if account.va_bank else ""
        return {"id": f"virtual account{bank} nomor", "en": f"virtual account{bank} number"}[language] + f" {account.va_number}"
    return {"id": "kanal resmi yang kami kirimkan lewat pesan", "en": "the official channels that we will send you"}[language]


def part_of_day(now: datetime, language: str) -> str:
    """As greetings name it."""
    hour = now.hour
    if language == "en":
        return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return "pagi" if hour < 11 else "siang" if hour < 15 else "sore" if hour < 18 else "malam"


def written_day(day: date, language: str, *, weekday: bool = False) -> str:
    """Such as ``Jumat, 27 November 2026``."""
    name = _WEEKDAYS[language][day.weekday()]
    month = _MONTHS[language][day.month - 1]
    text = f"{month} {day.day}, {day.year}" if language == "en" else f"{day.day} {month} {day.year}"
    return f"{name}, {text}" if weekday else text


def near_day(day: date, now: datetime, language: str, *, weekday: bool = False) -> str:
    """The same without the year where there is no doubt of it: it is shorter to listen to."""
    text = written_day(day, language, weekday=weekday)
    return re.sub(r",? \d{4}$", "", text) if abs((day - now.date()).days) <= _SURE_DAYS else text


def written_moment(moment: datetime, now: datetime, language: str) -> str:
    """Such as ``hari ini pukul 15.00`` or ``Jumat, 27 November pukul 09.00``."""
    days = (moment.date() - now.date()).days
    near = {"id": {0: "hari ini", 1: "besok"}, "en": {0: "today", 1: "tomorrow"}}[language].get(days)
    day = near or near_day(moment.date(), now, language, weekday=True)
    return f"{day} pukul {moment:%H.%M}" if language == "id" else f"{day} at {moment:%H:%M}"
