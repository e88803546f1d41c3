"""Persons and accounts: idempotent upserts and look-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.core.money import Rupiah
from voicebot.core.tables import Account, Person, PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is stored of one account; ``phones`` are E.164, the first is called first."""

    lender: str
    contract_number: str
    customer_id: str
    name: str
    honorific: str
    phones: Sequence[str]
    product: str
    team: str
    amount_due: Rupiah
    principal: Rupiah
    due_on: date
    as_of: datetime
    zone: str
    language: str
    va_bank: str
    va_number: str


def upsert_account(session: Session, new: NewAccount) -> tuple[Account, bool]:
    """Store or renew an account, keyed by lender + contract number; True when it is new."""
    person = _upsert_person(session, new)
    account = session.scalar(
        select(Account).where(Account.lender == new.lender, Account.contract_number == new.contract_number)
    )
    is_new = account is None
    if account is None:
        account = Account(lender=new.lender, contract_number=new.contract_number)
        session.add(account)
    account.person = person
    account.product = new.product
    account.team = new.team
    account.amount_due = new.amount_due
    account.principal = new.principal
    account.due_on = new.due_on
    account.as_of = new.as_of
    account.va_bank = new.va_bank
    account.va_number = new.va_number
    session.flush()
    return account, is_new


def _upsert_person(session: Session, new: NewAccount) -> Person:
    key = f"{new.lender}:{new.customer_id}"
    person = session.scalar(select(Person).where(Person.customer_key == key))
    if person is None:
        person = Person(customer_key=key)
        session.add(person)
    person.name = new.name
    person.honorific = new.honorific
    person.language = new.language
    person.zone = new.zone
    known = {number.e164: number for number in person.numbers}
    for rank, e164 in enumerate(new.phones):
        if e164 in known:
            known[e164].rank = rank
        else:
            person.numbers.append(PhoneNumber(e164=e164, rank=rank, status="unknown"))
    return person


def find_account(session: Session, lender: str, contract_number: str) -> Account | None:
    """The account of that lender and contract."""
    return session.scalar(select(Account).where(Account.lender == lender, Account.contract_number == contract_number))
