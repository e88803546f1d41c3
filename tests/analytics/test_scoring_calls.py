"""Judging calls: faults and their honest look-alikes, evidence that is verbatim, points, measures, and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from analytics.autofail import CODES
from analytics.compliance import ITEMS
from analytics.conversation import measures
from analytics.pipeline import report, score_inputs
from analytics.recording import Finding, Recording, Turn
from analytics.samples import render_samples
from analytics.scoring import load_scorecard, score
from voicebot.core.errors import ScriptError
from voicebot.core.script import load_script

SCRIPT = load_script("payment_reminder")
OPENING = "Selamat pagi, saya Rina dari Dana Sejahtera. Percakapan ini kami rekam. Apakah benar dengan Bapak Budi Santoso?"
DEBT = "Tagihan pinjaman Bapak sebesar Rp1.250.000 jatuh tempo tanggal 20 November."


def judged(*texts: str, **details: Any) -> dict[str, Any]:
    """Agent and customer take turns, the agent first."""
    turns = tuple(Turn(index=i, speaker="agent" if i % 2 == 0 else "customer", text=text) for i, text in enumerate(texts))
    return report(Recording(id="x", turns=turns, **details), SCRIPT, load_scorecard())


def test_every_item_gets_a_verdict_and_every_quote_is_verbatim() -> None:
    result = judged(
        OPENING,
        "Iya betul.",
        DEBT + " Boleh tahu kendalanya apa?",
        "Usaha saya sepi.",
        "Saya mengerti. Bisa dicicil.",
        "Saya bayar 500 ribu besok.",
    )
    assert set(result["checklist"]) == set(ITEMS)
    texts = [turn["text"] for turn in result["turns"]]
    for found in result["evidence"].values():
        if found and found["turn"] is not None:
            assert found["quote"] in texts[found["turn"]]
    for span in result["pii"]:
        assert texts[span["turn"]][span["start"] : span["end"]] == span["text"]


def test_verification_must_come_before_the_debt() -> None:
    assert judged(OPENING, "Iya betul.", DEBT)["checklist"]["right_party_verification"] == "pass"
    assert judged("Halo Pak Budi. " + DEBT, "Iya.")["checklist"]["right_party_verification"] == "fail"
    assert judged(OPENING + " " + DEBT, "Iya betul.")["checklist"]["right_party_verification"] == "fail"
    told = judged(OPENING, "Bukan, saya istrinya.", DEBT)
    assert told["checklist"]["right_party_verification"] == "fail"
    assert told["auto_fail"] == ["third_party_disclosure"]
    kept = judged(OPENING, "Bukan, saya istrinya.", "Baik Bu, mohon sampaikan kami menelepon. Terima kasih.")
    assert kept["checklist"]["right_party_verification"] == "pass"
    assert kept["checklist"]["purpose_statement"] == "na"
    assert kept["auto_fail"] == []


@pytest.mark.parametrize(
    ("code", "fault", "lookalike"),
    [
        ("threat", "Kalau tidak bayar kami bawa polisi ke rumah.", "Kami tidak akan bawa polisi, Pak."),
        ("insult_profanity", "Dasar goblok.", "Ibu bilang petugas berkata goblok, kami mohon maaf."),
        ("false_statement", "Bapak bisa dipenjara.", "Ini bukan pidana, tidak dipenjara."),
        ("harassment_frequency", "Kami telepon terus sampai bayar.", "Kami tidak akan menghubungi setiap hari."),
        ("pressure_to_borrow_elsewhere", "Pinjam saja ke saudara.", "Tidak perlu pinjam ke saudara."),
        ("shaming", "Tidak tahu malu kamu.", "Tidak perlu malu, Pak."),
        ("asks_otp_or_pin", "Tolong sebutkan kode OTP.", "Jangan pernah memberikan kode OTP kepada siapa pun."),
        ("personal_account_payment", "Transfer ke rekening saya saja.", "Jangan transfer ke rekening pribadi siapa pun."),
    ],
)
def test_a_fault_zeroes_the_call_and_its_look_alike_does_not(code: str, fault: str, lookalike: str) -> None:
    bad = judged(OPENING, "Iya betul.", fault, "Baik.")
    assert code in bad["auto_fail"]
    assert bad["score"] == 0
    assert bad["auto_fail_evidence"][code]["quote"] in fault
    assert code not in judged(OPENING, "Iya betul.", lookalike, "Baik.")["auto_fail"]


def test_a_customer_quoting_a_threat_is_no_fault_of_this_agent() -> None:
    assert (
        judged(OPENING, "Iya. Kemarin orang kalian bilang mau bawa polisi ke rumah.", "Kami mohon maaf Pak.")["auto_fail"] == []
    )


def test_a_call_on_sunday_or_late_is_a_fault_by_its_time(tmp_path: Path) -> None:
    turns = [{"speaker": "agent", "text": OPENING}, {"speaker": "customer", "text": "Iya."}]
    lines = [
        {"id": when, "date": when[:10], "call_time": when[11:], "turns": turns}
        for when in ("2026-11-22T10:00", "2026-11-24T20:30", "2026-11-24T10:00")
    ]
    file = tmp_path / "calls.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert [result["auto_fail"] for result in score_inputs([file])] == [
        ["contact_outside_hours"],
        ["contact_outside_hours"],
        [],
    ]
    assert set(CODES) >= {"contact_outside_hours"}


def test_outcome_and_promise() -> None:
    result = judged(
        OPENING,
        "Iya betul.",
        DEBT,
        "Saya bayar lima ratus ribu hari jumat.",
        "Saya catat pembayaran Rp500.000 hari Jumat, betul?",
        "Betul.",
    )
    assert result["outcome"] == "promise_to_pay"
    assert result["promise"]["amount_idr"] == 500_000
    assert result["checklist"]["promise_confirmed"] == "pass"
    assert judged(OPENING, "Iya.", DEBT, "Sudah saya bayar kemarin.")["outcome"] == "already_paid"
    assert judged(OPENING, "Salah sambung.")["outcome"] == "wrong_number"


def test_points_leave_out_what_does_not_apply() -> None:
    card = load_scorecard()
    everything = {item: Finding(rule_id=item, verdict="pass") for item in ITEMS}
    assert score(card, everything, auto_failed=False).points == 100
    assert score(card, everything, auto_failed=True).points == 0
    without = everything | {item: Finding(rule_id=item, verdict="na") for item in ("solution_offered", "promise_confirmed")}
    assert score(card, without, auto_failed=False).points == 100
    one_wrong = everything | {"right_party_verification": Finding(rule_id="x", verdict="fail")}
    assert score(card, one_wrong, auto_failed=False).points == 85
    unsure = {item: Finding(rule_id=item, verdict="unsure") for item in ITEMS}
    assert score(card, unsure, auto_failed=False).points is None
    assert score(card, unsure, auto_failed=False).unsure_share == 1


def test_a_scorecard_with_an_unknown_item_is_refused(tmp_path: Path) -> None:
    card = tmp_path / "card.yaml"
    card.write_text("id: x\nversion: 1.0.0\ntitle: x\nsections:\n  a: {weight: 1, items: {politeness: 1}}\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="politeness"):
        load_scorecard(card)


def test_measures_of_a_constructed_conversation() -> None:
    def turn(index: int, speaker: Any, start_s: float, end_s: float, words: int) -> Turn:
        return Turn(index=index, speaker=speaker, text=" ".join(["kata"] * words), start_s=start_s, end_s=end_s)

    turns = (
        turn(0, "agent", 1, 5, 8),
        turn(1, "customer", 6, 8, 4),
        turn(2, "agent", 7.5, 10, 5),
        turn(3, "customer", 22, 24, 4),
    )
    found = measures(Recording(id="x", turns=turns, duration_s=25))
    assert found["agent_talk_share"] == pytest.approx(6.5 / 25, abs=1e-3)
    assert found["customer_talk_share"] == pytest.approx(4 / 25, abs=1e-3)
    assert found["silence_share"] == pytest.approx((1 + 1 + 12 + 1) / 25, abs=1e-3)
    assert (found["longest_silence_s"], found["long_silences"]) == (12, 1)
    assert (found["interruptions_by_agent"], found["interruptions_by_customer"]) == (1, 0)
    assert found["agent_words_per_minute"] == pytest.approx(120)


def test_samples_are_heard_and_judged_from_their_sound(tmp_path: Path) -> None:
    results = {result["id"]: result for result in score_inputs([render_samples(tmp_path)])}
    assert set(results["threat_call"]["auto_fail"]) == {"threat", "shaming"}
    assert results["disclosure_call"]["auto_fail"] == ["third_party_disclosure"]
    good = results["good_call"]
    assert good["auto_fail"] == []
    assert good["score"] > 85
    assert good["promise"] == {"date_text": "tanggal dua puluh delapan", "date": "2026-11-28", "amount_idr": 500_000}
    assert good["score"] > results["mediocre_call"]["score"]


def test_bad_files_are_error_lines_and_the_others_go_on(tmp_path: Path) -> None:
    samples = render_samples(tmp_path / "samples")
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "a_broken.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEgarbage")
    (mixed / "b_empty.wav").touch()
    (mixed / "c_good.wav").write_bytes((samples / "threat_call.wav").read_bytes())
    (mixed / "d_map.wav").write_bytes((samples / "threat_call.wav").read_bytes())
    (mixed / "d_map.json").write_text('{"channel_map": ["agent", "agent"]}', encoding="utf-8")
    results = list(score_inputs([mixed, tmp_path / "nowhere.wav"]))
    assert [("error" in result) for result in results] == [True, True, False, True, True]


def test_mono_says_nothing_about_either_speaker(tmp_path: Path) -> None:
    samples, rate_hz = soundfile.read(render_samples(tmp_path) / "threat_call.wav")
    soundfile.write(tmp_path / "mono.wav", samples.mean(axis=1), rate_hz)
    soundfile.write(tmp_path / "fake.wav", np.stack([samples.mean(axis=1)] * 2, axis=1), rate_hz)
    for name, note in (("mono", "mono_speakers_unknown"), ("fake", "fake_stereo")):
        (result,) = score_inputs([tmp_path / f"{name}.wav"])
        assert set(result["checklist"].values()) == {"unsure"}
        assert note in result["notes"]
        assert result["score"] is None
