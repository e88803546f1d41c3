"""Accounts from a file into the store: every row judged by itself, the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from voicebot.campaign.account_file import AccountRow, RowError, read_account_file
from voicebot.core.clock import now_utc
from voicebot.core.store.accounts import NewAccount, upsert_account


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do (dry run)."""

    added: int = 0
    renewed: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_accounts(session: Session, path: Path) -> ImportReport:
    """Store the usable rows of ``path``. Raises ``InputError`` when the file as a whole is not usable."""
    report = ImportReport()
    for row in read_account_file(path):
        if isinstance(row, RowError):
            report.errors.append(row)
            continue
        _, is_new = upsert_account(session, _new_account(row))
        if is_new:
            report.added += 1
        else:
            report.renewed += 1
    return report


def _new_account(row: AccountRow) -> NewAccount:
    return NewAccount(
        lender=row.lender,
        contract_number=row.contract_number,
        customer_id=row.customer_id,
        name=row.name,
        honorific=row.honorific,
        phones=row.phones,
        product=row.product,
        team=row.team,
        amount_due=row.amount_due,
        principal=row.principal,
        due_on=row.due_on,
        as_of=row.as_of or now_utc(),
        zone=row.zone,
        language=row.language,
        va_bank=row.va_bank,
        va_number=row.va_number,
    )
