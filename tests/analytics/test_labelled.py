"""Labelled calls: a usable line is read whole, every kind of fault is told with its line, and offsets can be set from the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics.compliance import ITEMS
from analytics.label_faults import faults
from analytics.labelled import FOLDER, load_calls, main

HELD_OUT = Path(__file__).parents[1] / "calls" / "held_out"
SAID = {
    0: "Selamat pagi, saya Rina dari Dana Sejahtera, percakapan direkam. Dengan Ibu Wulan Sari?",
    1: "Iya saya sendiri. Kena pa--",
    2: "Tagihan paylater Ibu Wulan Sari lima ratus ribu, jatuh tempo tanggal sepuluh.",
    3: "Besok saya bayar lima ratus ribu, nomor saya 0812 3456 7890.",
    4: "Baik, besok lima ratus ribu lewat minimarket. Terima kasih, selamat siang.",
}


def usable_call() -> dict[str, Any]:
    """A call without any fault; tests break one thing each."""
    quotes = {
        "greeting": (0, "Selamat pagi"),
        "self_identification": (0, "saya Rina dari Dana Sejahtera"),
        "recording_notice": (0, "percakapan direkam"),
        "right_party_verification": (0, "Dengan Ibu Wulan Sari?"),
        "purpose_statement": (2, "Tagihan paylater"),
        "amount_and_due_date_stated": (2, "lima ratus ribu, jatuh tempo tanggal sepuluh"),
        "promise_confirmed": (4, "besok lima ratus ribu"),
        "payment_channel_explained": (4, "lewat minimarket"),
        "thanks_closing": (4, "Terima kasih"),
        "active_listening": (4, "besok lima ratus ribu"),
    }
    failed = dict.fromkeys(ITEMS, "fail")
    return {
        "id": "T-1",
        "agent_id": "a01",
        "team": "Pagi",
        "product": "paylater",
        "date": "2026-11-18",
        "call_time": "09:15",
        "direction": "outbound",
        "account": {
            "name": "Wulan Sari",
            "amount_due_idr": 500_000,
            "due_date": "2026-11-10",
            "dpd": 8,
            "company": "Dana Sejahtera",
        },
        "turns": [{"speaker": "customer" if number in (1, 3) else "agent", "text": text} for number, text in SAID.items()],
        "labels": {
            "checklist": failed | dict.fromkeys(quotes, "pass"),
            "auto_fail": [],
            "empathy": 3,
            "professionalism": 4,
            "customer_sentiment_start": "neu",
            "customer_sentiment_end": "neu",
            "agent_sentiment": "neu",
            "outcome": "promise_to_pay",
            "promise": {"date_text": "Besok", "date": "2026-11-19", "amount_idr": 500_000},
            "evidence": {item: {"turn": turn, "quote": quote} for item, (turn, quote) in quotes.items()},
            "auto_fail_evidence": {},
            "pii": [
                {"turn": 0, "type": "AGENT_NAME", "text": "Rina", "start": 19, "end": 23},
                {"turn": 0, "type": "NAME", "text": "Wulan Sari", "start": 76, "end": 86},
                {"turn": 2, "type": "NAME", "text": "Wulan Sari", "start": 21, "end": 31},
                {"turn": 3, "type": "PHONE", "text": "0812 3456 7890", "start": 45, "end": 59},
            ],
            "notes": "",
        },
    }


def written(folder: Path, *calls: dict[str, Any], name: str = "p.jsonl") -> Path:
    """A file of calls, one a line."""
    path = folder / name
    path.write_text("".join(json.dumps(call, ensure_ascii=False) + "\n" for call in calls), encoding="utf-8")
    return path


def test_a_usable_call_is_read_whole(tmp_path: Path) -> None:
    written(tmp_path, usable_call())
    (call,) = load_calls(tmp_path)
    assert (call.source, call.recording.id, call.recording.ledger.dpd) == ("p", "T-1", 8)
    assert call.labels.promise is not None
    assert call.labels.promise.date == date(2026, 11, 19)
    assert call.labels.evidence["purpose_statement"].quote == "Tagihan paylater"
    assert call.labels.pii[3].text == "0812 3456 7890"
    assert "labels" not in call.record


Break = Callable[[dict[str, Any]], object]
BROKEN: dict[str, tuple[Break, str]] = {
    "unknown key": (lambda call: call.update(agnt="a"), "call: unknown key 'agnt'"),
    "missing key": (lambda call: call["account"].pop("dpd"), "account: 'dpd' is missing"),
    "wrong type": (lambda call: call["labels"].update(empathy="3"), "labels: 'empathy' must be int"),
    "wrong speaker": (lambda call: call["turns"][0].update(speaker="bot"), "turn 0: speaker: 'bot' is not one of"),
    "empty turn": (lambda call: call["turns"].append({"speaker": "customer", "text": " "}), "turn 5: the text is empty"),
    "wrong date": (lambda call: call.update(date="18/11/2026"), "date or due_date: Invalid isoformat"),
    "wrong clock": (lambda call: call.update(call_time="9 pagi"), "call_time: expected HH:MM"),
    "days late do not add up": (lambda call: call["account"].update(dpd=9), "account: dpd is 9, from due_date to date are 8"),
    "missing item": (
        lambda call: call["labels"]["checklist"].pop("solution_offered"),
        "checklist: solution_offered is missing",
    ),
    "unknown item": (lambda call: call["labels"]["checklist"].update(hold="pass"), "checklist: hold is unknown"),
    "unknown verdict": (
        lambda call: call["labels"]["checklist"].update(solution_offered="ok"),
        "solution_offered: 'ok' is not",
    ),
    "item never na": (lambda call: call["labels"]["checklist"].update(no_interrupting="na"), "no_interrupting: 'na' is not"),
    "unknown code": (lambda call: call["labels"]["auto_fail"].append("rude"), "auto_fail: 'rude' is not one of"),
    "code twice": (lambda call: call["labels"]["auto_fail"].extend(["threat", "threat"]), "auto_fail: threat stands 2 times"),
    "code without evidence": (lambda call: call["labels"]["auto_fail"].append("threat"), "auto_fail_evidence threat: missing"),
    "evidence without code": (
        lambda call: call["labels"]["auto_fail_evidence"].update(threat={"turn": 2, "quote": "Tagihan"}),
        "auto_fail_evidence threat: the code is not in auto_fail",
    ),
    "customer's words as the agent's fault": (
        lambda call: call["labels"].update(auto_fail=["threat"], auto_fail_evidence={"threat": {"turn": 3, "quote": "Besok"}}),
        "auto_fail_evidence threat: must be the agent's own words",
    ),
    "fine conduct with an auto-fail": (lambda call: call["labels"].update(auto_fail=["shaming"]), "professionalism: at most 2"),
    "scale": (lambda call: call["labels"].update(professionalism=6), "professionalism: 6 is not one of"),
    "mood": (lambda call: call["labels"].update(agent_sentiment="bad"), "agent_sentiment: 'bad' is not one of"),
    "outcome": (lambda call: call["labels"].update(outcome="paid"), "outcome: 'paid' is not one of"),
    "outcome without promise": (lambda call: call["labels"].update(promise=None), "promise: goes with the outcome"),
    "promise unjudged": (
        lambda call: call["labels"]["checklist"].update(promise_confirmed="na"),
        "promise_confirmed: na without",
    ),
    "promise without a channel's verdict": (
        lambda call: call["labels"]["checklist"].update(payment_channel_explained="na"),
        "payment_channel_explained: not na after a promise",
    ),
    "promise date": (lambda call: call["labels"]["promise"].update(date="19-11-2026"), "promise: date '19-11-2026' is no ISO"),
    "promise in the past": (lambda call: call["labels"]["promise"].update(date="2026-11-17"), "2026-11-17 is before the call"),
    "promise text": (lambda call: call["labels"]["promise"].update(date_text="lusa"), "promise: 'lusa' is in no turn"),
    "quote": (
        lambda call: call["labels"]["evidence"]["greeting"].update(quote="Selamat sore"),
        "'Selamat sore' is not in turn 0",
    ),
    "quote of a turn that is not": (lambda call: call["labels"]["evidence"]["greeting"].update(turn=9), "is not in turn 9"),
    "pass without a quote": (
        lambda call: call["labels"]["evidence"].pop("greeting"),
        "evidence greeting: a pass needs a quote",
    ),
    "quote of an item that is na": (
        lambda call: call["labels"]["checklist"].update(purpose_statement="na"),
        "evidence purpose_statement: the item has no pass or fail",
    ),
    "thanks too early": (
        lambda call: call["turns"].extend([{"speaker": "agent", "text": "Halo?"}, {"speaker": "agent", "text": "Bu?"}]),
        "thanks_closing: passes in the agent's last two turns only",
    ),
    "interruption that nobody sees": (lambda call: call["turns"][1].update(text="Iya"), "ends with --"),
    "unlabelled Sunday": (
        lambda call: (call.update(date="2026-11-15"), call["account"].update(dpd=5)),
        "auto_fail: contact_outside_hours is missing",
    ),
    "unlabelled evening": (lambda call: call.update(call_time="20:05"), "auto_fail: contact_outside_hours is missing"),
    "personal detail": (lambda call: call["labels"]["pii"][0].update(start=18), "pii 0 (AGENT_NAME 'Rina'): is not at 18–23"),
    "detail without offsets": (lambda call: call["labels"]["pii"][3].pop("start"), "(PHONE '0812 3456 7890'): is not at None"),
    "type of detail": (lambda call: call["labels"]["pii"][3].update(type="TEL"), "'TEL' is not one of NAME"),
    "detail twice": (lambda call: call["labels"]["pii"].append(call["labels"]["pii"][3]), "overlaps another span"),
    "name left open": (
        lambda call: call["labels"]["pii"].pop(2),
        "'Wulan Sari' is labelled elsewhere, but not at 21 of turn 2",
    ),
}


@pytest.mark.parametrize(("broken", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_each_kind_of_fault_is_told(broken: Break, told: str) -> None:
    call = usable_call()
    assert faults(call) == []
    broken(call)
    assert any(told in fault for fault in faults(call)), faults(call)


def test_a_call_that_the_customer_placed_may_come_on_sunday() -> None:
    call = usable_call() | {"date": "2026-11-15", "direction": "inbound"}
    call["account"]["dpd"] = 5
    assert faults(call) == []


def test_the_command_names_the_line_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = usable_call()
    wrong["labels"]["outcome"] = "paid"
    path = written(tmp_path, usable_call(), wrong)
    path.write_text(path.read_text(encoding="utf-8") + "{nonsense\n", encoding="utf-8")
    assert main([str(path)]) == 1
    told = capsys.readouterr().out
    assert "p.jsonl:2: outcome: 'paid'" in told
    assert "p.jsonl:3: no JSON" in told
    assert "1 calls, 5 turns" in told
    with pytest.raises(ValueError, match=r"p\.jsonl:2: .*'paid'"):
        load_calls(tmp_path)


def test_fix_sets_offsets_and_each_name_gets_its_own_place(tmp_path: Path) -> None:
    call = usable_call()
    call["turns"][0]["text"] += " Ibu Wulan Sari?"
    call["labels"]["pii"].insert(2, {"turn": 0, "type": "NAME", "text": "Wulan Sari"})
    for span in call["labels"]["pii"]:
        span.pop("start", None)
        span["end"] = 3
    path = written(tmp_path, call)
    assert main([str(path)]) == 1
    assert main(["--fix", str(path)]) == 0
    pii = load_calls(tmp_path)[0].labels.pii
    assert [(span.turn, span.start, span.end) for span in pii] == [
        (0, 19, 23),
        (0, 76, 86),
        (0, 92, 102),
        (2, 21, 31),
        (3, 45, 59),
    ]


def test_fix_leaves_a_line_that_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("{nonsense\n[]\n", encoding="utf-8")
    assert main(["--fix", str(path)]) == 1
    assert path.read_text(encoding="utf-8") == "{nonsense\n[]\n"


def test_copies_are_found_across_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied = usable_call() | {"id": "T-2"}
    copied["turns"][3]["text"] = SAID[3].replace("nomor saya", "nomor kami")
    assert main([str(written(tmp_path, usable_call())), str(written(tmp_path, copied, name="q.jsonl"))]) == 1
    assert "T-1 and T-2" in capsys.readouterr().out


def test_calls_in_words_of_their_own_are_no_copies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = usable_call()
    for turn in other["turns"]:
        turn["text"] = " ".join(reversed(turn["text"].split())) + " --"
    other["labels"] |= {"evidence": {}, "checklist": dict.fromkeys(ITEMS, "fail"), "pii": []}
    other["labels"]["promise"]["date_text"] = None
    assert main([str(written(tmp_path, usable_call(), other))]) == 1
    told = capsys.readouterr().out
    assert "T-1: the id is given 2 times" in told
    assert "word sequences" not in told


@pytest.mark.parametrize("folder", [FOLDER, HELD_OUT], ids=["shipped", "held out"])
def test_every_call_in_the_tree_is_usable(folder: Path) -> None:
    calls = load_calls(folder)
    if not calls:
        pytest.skip(f"no calls in {folder.name}")
    ids = [call.recording.id for call in calls]
    assert len(set(ids)) == len(ids)


def test_no_held_out_call_copies_a_shipped_one(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for folder in (FOLDER, HELD_OUT) for path in sorted(folder.glob("*.jsonl"))]
    if not files:
        pytest.skip("no calls yet")
    assert main(files) == 0, capsys.readouterr().out
