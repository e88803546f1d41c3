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
    assert len(lines) >= 8


def test_a_script_says_only_what_differs_from_the_one_it_extends(tmp_path: Path) -> None:
    below, above = load_script("payment_reminder"), load_script("overdue_reminder_en")
    assert above.steps.keys() == below.steps.keys()
    assert [answer.to for answer in above.steps["ask_date"].answers] == [
        answer.to for answer in below.steps["ask_date"].answers
    ]
    assert "late" in above.steps["purpose"].wording()
    lost = tmp_path / "lost.yaml"
    lost.write_text("extends: nothing_like_it\nid: lost\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="nothing_like_it"):
        load_script(lost)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("first: greeting", "first: nowhere", "no step 'nowhere'"),
        ("to: know_customer}", "to: know_costumer}", "unknown step 'know_costumer'"),
        ("asks: ask_date", "asks: ask_day", "ask_day"),
        ("{when: [affirm], to: verify}", "{when: [afirm], to: verify}", "no intent, topic or notice 'afirm'"),
        ("sebesar {amount_due}\n        yang", "sebesar {amount_dew}\n        yang", "nobody fills the blank {amount_dew}"),
        ("title: Pengingat pembayaran", "titel: Pengingat pembayaran", "titel"),
        ("    then: ask_date\n\n  confirm_promise", "\n  confirm_promise", "neither listens"),
        ("    then: confirm_callback\n", "", "needs `answers` and `then`"),
        ("Nomor ini tidak akan kami hubungi lagi.", "Tagihan ini tidak akan kami tagih lagi.", "before the right party"),
        ("say_again: Apakah saya berbicara", "say_again: Tagihan Anda. Apakah saya berbicara", "before the right party"),
        ("    before_verified: *only_customer\n", "", "digressions.how_much: speaks of the debt"),
        ("needs: [paid_on], outcome", "needs: [paid_on, reason], outcome", "does not take it"),
        ("other: debt_detail, severity: major", "other: debt_detale, severity: major", "no evidence 'debt_detale'"),
        ("    silence: {times: 1, to: refused_close}\n", "", "needs both"),
        ("    option: second_factor\n", "", "belong together"),
        ("    option: rating\n", "    option: ratings\n", "no option 'ratings'"),
        ("version: 2.0.0", "version: one", "version"),
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
