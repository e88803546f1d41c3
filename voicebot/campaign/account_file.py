"""Account files: CSV rows checked one by one into values the store takes.

A wrong row becomes a :class:`RowError` with line, column and reason; the other rows go on.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import phonenumbers

from voicebot.core.errors import InputError
from voicebot.core.money import Rupiah, parse_rupiah

REQUIRED = ("lender", "contract_number", "customer_id", "name", "phone", "product", "amount_due", "due_on")
OPTIONAL = ("principal", "zone", "language", "va_bank", "va_number", "honorific", "team", "as_of")
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
LANGUAGES = ("id", "en")
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")
_MAX_AMOUNT = 10**12
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account as a file names it; ``phones`` are E.164, the first is called first."""

    line: int
    lender: str
    contract_number: str
    customer_id: str
    name: str
    phones: tuple[str, ...]
    product: str
    amount_due: Rupiah
    principal: Rupiah
    due_on: date
    zone: str
    language: str
    honorific: str
    va_bank: str
    va_number: str
    team: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row (or one of its columns) is not usable. ``reason`` never repeats personal data."""

    line: int
    column: str
    reason: str


class _ColumnError(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_account_file(path: Path) -> Iterator[AccountRow | RowError]:
    """The rows of a CSV file in order; raises ``InputError`` when the file as a whole is not usable."""
    text = _decode(path)
    lines = text.splitlines()
    if not lines:
        raise InputError(f"{path} is empty; expected a header line with {', '.join(REQUIRED)}")
    reader = csv.DictReader(lines, delimiter=_delimiter_of(lines[0]), strict=True)
    header = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise InputError(f"{path} lacks the columns {', '.join(missing)}; found {', '.join(header)}")
    reader.fieldnames = header
    seen: set[tuple[str, str]] = set()
    while True:
        try:
            raw = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowError(line=reader.line_num, column="", reason=f"not a CSV row: {error}")
            continue
        if not any(value and str(value).strip() for value in raw.values()):
            continue
        try:
            row = _row_of(raw, reader.line_num)
        except _ColumnError as error:
            yield RowError(line=reader.line_num, column=error.column, reason=error.reason)
            continue
        key = (row.lender, row.contract_number)
        if key in seen:
            yield RowError(line=row.line, column="contract_number", reason="the same contract stands twice in the file")
            continue
        seen.add(key)
        yield row


def parse_phone(text: str) -> str:
    """E.164 form of an Indonesian or international number. Raises ``ValueError``."""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a possible telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_amount(text: str) -> Rupiah:
    """Whole rupiah from "1250000", "1.250.000", "1,250,000", "Rp 1.250.000,00". Raises ``ValueError``."""
    amount = parse_rupiah(text)
    if amount > _MAX_AMOUNT:
        raise ValueError("larger than a trillion rupiah")
    return amount


def parse_day(text: str) -> date:
    """A date such as 2026-11-24 or 24/11/2026. Raises ``ValueError``."""
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a local date, without a time
        except ValueError:
            continue
    raise ValueError("not a date such as 2026-11-24 or 24/11/2026")


def _row_of(raw: Mapping[str | None, str | list[str] | None], line: int) -> AccountRow:
    if None in raw:
        raise _ColumnError("", "more fields than the header has columns")

    def field(column: str, default: str = "") -> str:
        value = raw.get(column)
        return (value if isinstance(value, str) else "").strip() or default

    for column in REQUIRED:
        if not field(column):
            raise _ColumnError(column, "is empty")
    phones = tuple(dict.fromkeys(_checked("phone", parse_phone, part) for part in re.split(r"[;|]", field("phone"))))
    amount_due = _checked("amount_due", parse_amount, field("amount_due"))
    zone = ZONES.get(field("zone", "WIB").upper(), field("zone", "WIB"))
    _checked("zone", ZoneInfo, zone)
    language = field("language", "id").lower()
    if language not in LANGUAGES:
        raise _ColumnError("language", f"must be one of {', '.join(LANGUAGES)}")
    as_of = field("as_of")
    return AccountRow(
        line=line,
        lender=field("lender"),
        contract_number=field("contract_number"),
        customer_id=field("customer_id"),
        name=field("name"),
        phones=phones,
        product=field("product"),
        amount_due=amount_due,
        principal=_checked("principal", parse_amount, field("principal")) if field("principal") else amount_due,
        due_on=_checked("due_on", parse_day, field("due_on")),
        zone=zone,
        language=language,
        honorific=field("honorific"),
        va_bank=field("va_bank"),
        va_number=field("va_number"),
        team=field("team"),
        as_of=_checked("as_of", _parse_moment, as_of) if as_of else None,
    )


def _checked(column: str, parse: Callable[[str], _Value], text: str) -> _Value:
    try:
        return parse(text)
    except (ValueError, LookupError, OSError) as error:
        raise _ColumnError(column, str(error) if isinstance(error, ValueError) else "is not known") from error


def _parse_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("needs a zone, such as 2026-11-24T07:00:00+07:00")
    return moment


def _decode(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    encodings = _ENCODINGS if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else (_ENCODINGS[0], _ENCODINGS[2])
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path} is in no known text encoding; save it as UTF-8")


def _delimiter_of(header: str) -> str:
    return max(",;\t|", key=header.count)
