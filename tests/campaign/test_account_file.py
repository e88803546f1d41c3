"""Account files: every row is judged by itself, whatever the separators, encodings and number forms."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.campaign.account_file import AccountRow, RowError, parse_amount, parse_phone, read_account_file
from voicebot.core.errors import InputError

HEADER = "lender,contract_number,customer_id,name,phone,product,amount_due,due_on,zone"
GOOD = "Dana Sejahtera,K-1,C-1,Sari,0812 3456 7890,pinjaman,1250000,2026-11-20,WITA"


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[AccountRow | RowError]:
    file = tmp_path / "accounts.csv"
    file.write_bytes(text.encode(encoding))
    return list(read_account_file(file))


def test_a_good_row_is_read_with_e164_number_and_zone(tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"{HEADER}\n{GOOD}\n")
    assert isinstance(row, AccountRow)
    assert row.phones == ("+6281234567890",)
    assert row.zone == "Asia/Makassar"
    assert row.amount_due == 1_250_000
    assert row.principal == 1_250_000
    assert row.due_on == date(2026, 11, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_separators_do_not_matter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"{HEADER}\r\n{GOOD}\r\n".replace(",", delimiter).replace("Sari", "Sari Né")
    (row,) = read(tmp_path, text, encoding)
    assert isinstance(row, AccountRow)
    assert row.name == "Sari Né"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("0812 3456 7890", "12", "phone"),
        ("0812 3456 7890", "", "phone"),
        ("1250000", "1.25", "amount_due"),
        ("1250000", "-5", "amount_due"),
        ("2026-11-20", "2026-13-20", "due_on"),
        ("WITA", "Mars/Olympus", "zone"),
        ("WITA", "../../etc/passwd", "zone"),
        ("Sari", "", "name"),
        ("WITA", "WITA,extra", ""),
    ],
)
def test_a_wrong_row_names_line_and_column_and_the_others_go_on(tmp_path: Path, old: str, new: str, column: str) -> None:
    good_again = GOOD.replace("K-1", "K-2")
    wrong, row = read(tmp_path, f"{HEADER}\n{GOOD.replace(old, new)}\n{good_again}\n")
    assert isinstance(wrong, RowError)
    assert (wrong.line, wrong.column) == (2, column)
    assert isinstance(row, AccountRow)


def test_a_row_error_never_repeats_personal_data(tmp_path: Path) -> None:
    (wrong,) = read(tmp_path, f"{HEADER}\n{GOOD.replace('0812 3456 7890', 'rahasia 99')}\n")
    assert isinstance(wrong, RowError)
    assert "rahasia" not in wrong.reason


def test_the_same_contract_twice_is_reported_once(tmp_path: Path) -> None:
    first, second = read(tmp_path, f"{HEADER}\n{GOOD}\n{GOOD}\n")
    assert isinstance(first, AccountRow)
    assert isinstance(second, RowError)


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n"])
def test_a_file_without_the_needed_columns_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1250000", 1_250_000),
        ("1.250.000", 1_250_000),
        ("1,250,000", 1_250_000),
        ("Rp 1.250.000,00", 1_250_000),
        ("IDR 75000", 75_000),
    ],
)
def test_amounts_in_the_usual_forms(text: str, amount: int) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize("text", ["0812-3456-7890", "+62 812 3456 7890", "6281234567890", "(0812) 34567890"])
def test_telephone_numbers_in_the_usual_forms(text: str) -> None:
    assert parse_phone(text) == "+6281234567890"
