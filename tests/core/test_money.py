"""Rupiah in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.core.money import format_rupiah, parse_rupiah


@given(st.integers(min_value=0, max_value=10**15))
def test_what_is_written_reads_back_the_same(amount: int) -> None:
    assert parse_rupiah(format_rupiah(amount)) == amount


@pytest.mark.parametrize(("amount", "written"), [(0, "Rp0"), (999, "Rp999"), (1_250_000, "Rp1.250.000"), (-5_000, "-Rp5.000")])
def test_amounts_are_written_as_indonesians_do(amount: int, written: str) -> None:
    assert format_rupiah(amount) == written


@pytest.mark.parametrize(
    "text",
    [
        "1250000",
        "1.250.000",
        "1,250,000",
        "Rp1.250.000",
        "Rp 1.250.000",
        "rp. 1.250.000",
        "IDR 1,250,000",
        "1.250.000,00",
        " 1250000 ",
    ],
)
def test_every_usual_way_of_writing_is_read(text: str) -> None:
    assert parse_rupiah(text) == 1_250_000


@pytest.mark.parametrize(
    "text", ["", "Rp", "satu juta", "1.25.000", "1.250,000", "1250000,5", "-5000", "1e6", "12.5", "1 250 000", "nan"]
)
def test_what_is_no_whole_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole rupiah"):
        parse_rupiah(text)
