"""What reaches the log by ways other than our own calls: tracebacks with their variables, nested values, libraries."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from voicebot.core.logs import configure_logs, get_logger
from voicebot.core.settings import Settings

NUMBER = "+6281234567890"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail_with_a_customer_at_hand() -> None:
    customer_number = NUMBER
    try:
        raise RuntimeError("the line broke")
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        get_logger().error("call_failed", exc_info=True)
    assert customer_number


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_traceback_shows_where_but_not_the_variables_there(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Local variables hold names, numbers and sentences; no key masks those."""
    configure_logs(Settings(log_format=form))  # type: ignore[arg-type]
    _fail_with_a_customer_at_hand()
    printed = capsys.readouterr().err
    assert printed.count("the line broke") >= 2
    assert "_fail_with_a_customer_at_hand" in printed
    assert NUMBER not in printed


def test_personal_data_in_a_list_is_masked_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    get_logger().warning("accounts_refused", rows=[{"line": 3, "pii_name": "Budi Santoso"}])
    assert "Budi" not in capsys.readouterr().err


def test_libraries_and_we_write_one_form_with_a_level_and_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    logging.getLogger("procrastinate.worker").warning("Stopping %s", "worker")
    get_logger().warning("worker_left", worker_id="w1")
    theirs, ours = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert theirs["event"] == "Stopping worker"
    assert ours["event"] == "worker_left"
    for entry in (theirs, ours):
        assert entry["level"] == "warning"
        assert entry["timestamp"].endswith("Z")


def test_entries_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_level="warning", log_format="json"))
    get_logger().info("attempt_put_off", attempt_id=1)
    logging.getLogger("httpx").info("HTTP Request: GET /health")
    assert capsys.readouterr().err == ""


def test_personal_data_is_shown_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_pii=True, log_format="json"))
    get_logger().warning("call_dialing", pii_number=NUMBER)
    assert NUMBER in capsys.readouterr().err
