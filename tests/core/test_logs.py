"""No personal data reaches a log."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import structlog

from voicebot.core.logs import MASK, configure_logs, get_logger, mask_pii
from voicebot.core.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
PERSONAL = (
    "name",
    "phone",
    "number",
    "text",
    "quote",
    "amount",
    "email",
    "address",
    "nik",
    "transcript",
    "said",
    "heard",
    "words",
    "va_",
)
HARMLESS = {"try_number", "line_number"}
METHODS = {"debug", "info", "warning", "error", "critical", "exception"}


def log_calls() -> list[tuple[str, ast.Call]]:
    found: list[tuple[str, ast.Call]] = []
    for package in ("voicebot", "analytics"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in METHODS
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in ("log", "logger")
                ):
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_there_are_log_calls_to_read() -> None:
    assert len(log_calls()) > 10


@pytest.mark.parametrize(("place", "call"), log_calls())
def test_every_log_call_is_a_fixed_fact_with_masked_personal_data(place: str, call: ast.Call) -> None:
    event = call.args[0]
    assert isinstance(event, ast.Constant), f"{place}: the event must be a literal"
    assert isinstance(event.value, str)
    assert event.value.replace("_", "").isalnum(), f"{place}: the event must be snake_case"
    assert event.value == event.value.lower()
    for keyword in call.keywords:
        key = keyword.arg or ""
        if key.startswith("pii_") or key in HARMLESS:
            continue
        assert not any(part in key for part in PERSONAL), f"{place}: {key} must be pii_{key}"


def test_masked_keys_lose_their_value_however_deep() -> None:
    entry = mask_pii(None, "", {"event": "x", "pii_name": "Budi", "more": {"pii_phone": "+62812", "n": 1}})
    assert entry == {"event": "x", "pii_name": MASK, "more": {"pii_phone": MASK, "n": 1}}


def test_what_is_printed_holds_no_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(load_settings())
    get_logger().warning("call_dialing", pii_number="+6281234567890", attempt_id=3)
    structlog.reset_defaults()
    printed = capsys.readouterr().err
    assert "call_dialing" in printed
    assert "6281234567890" not in printed
