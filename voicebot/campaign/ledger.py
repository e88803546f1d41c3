"""What the ledger holds of an account, in the form in which a conversation may use it."""

from __future__ import annotations

from voicebot.call.wordings import CallAccount
from voicebot.core.money import Rupiah
from voicebot.core.settings import Settings
from voicebot.core.tables import Account, Person

_FACTOR_DIGITS = 4


def call_account(account: Account, person: Person, settings: Settings, *, in_writing: bool = False) -> CallAccount:
    """The account as a script speaks of it."""
    return CallAccount(
        name=person.name,
        honorific=person.honorific,
        product=account.product,
        amount_due=Rupiah(account.amount_due),
        due_on=account.due_on,
        language=person.language,
        company=account.lender or settings.company,
        bot_name=settings.bot_name,
        va_bank=account.va_bank,
        va_number=account.va_number,
        hotline=settings.hotline,
        factor=_last_digits(account.contract_number),
        in_writing=in_writing,
    )


def _last_digits(contract_number: str) -> str:
    """The second factor: the contract number's last digits, or nothing where it has too few."""
    digits = "".join(character for character in contract_number if character.isdigit())
    return digits[-_FACTOR_DIGITS:] if len(digits) > _FACTOR_DIGITS else ""
