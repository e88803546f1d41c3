"""A call script that cannot work is refused before any call."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.core.errors import ScriptError
from voicebot.core.script import load_script, shipped_scripts
from voicebot.core.script_checks import check_files

TEXT = shipped_scripts()["payment_reminder"].read_text(encoding="utf-8")


def test_the_shipped_scripts_are_sound() -> None:
    lines, sound = check_files(list(shipped_scripts().values()))
    assert sound, lines
    assert len(lines) >= 2


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("first: greeting", "first: nowhere", "no step 'nowhere'"),
        ("to: know_customer}", "to: know_costumer}", "unknown step 'know_costumer'"),
        ("asks: ask_date", "asks: ask_day", "ask_day"),
        ("when: [affirm], party: right_party", "when: [afirm], party: right_party", "no intent 'afirm'"),
        ("{amount_due}\n      yang", "{amount_dew}\n      yang", "nobody fills the blank {amount_dew}"),
        ("title: Pengingat pembayaran", "titel: Pengingat pembayaran", "titel"),
        ("    then: ask_date\n\n  tell_amount", "\n  tell_amount", "neither listens"),
        ("Nomor ini tidak akan kami hubungi lagi.", "Tagihan ini tidak akan kami tagih lagi.", "before the right party"),
        ("say_again: Apakah saya berbicara", "say_again: Tagihan Anda. Apakah saya berbicara", "before the right party"),
        ("needs: [date], to: ask_amount", "needs: [date, channel, callback_at], to: ask_amount", "does not take it"),
        ("other: debt_detail, severity: major", "other: debt_detale, severity: major", "no evidence 'debt_detale'"),
        ("    silence: {times: 2, to: no_answer_close}\n\n  ask_amount", "\n  ask_amount", "needs both"),
        ("version: 1.0.0", "version: one", "version"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in TEXT
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScriptError, match=complaint.replace("{", r"\{")):
        load_script(wrong)


def test_a_step_that_no_way_leads_to_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        TEXT.replace("\nanywhere:", "\n  island:\n    say: Halo\n    ends: true\n\nanywhere:", 1), encoding="utf-8"
    )
    with pytest.raises(ScriptError, match="island: no way leads here"):
        load_script(wrong)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "id: [", "\x00"])
def test_what_is_no_script_at_all_is_refused(tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError):
        load_script(wrong)
