"""Logs: structlog, with personal data masked.

An event is a fixed snake_case fact; everything else is a key. Names, numbers and words spoken only under keys that start
with ``pii_``, which are masked unless ``SANTUN_LOG_PII`` says otherwise.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import FilteringBoundLogger, Processor

from voicebot.core.settings import Settings

MASK = "***"
_TRACEBACKS = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
"""Where it failed, without the variables there: those hold names, numbers and sentences under any key."""


def get_logger() -> FilteringBoundLogger:
    """A logger; what :func:`configure_logs` sets applies to it whenever it was made."""
    return cast(FilteringBoundLogger, structlog.get_logger())


def mask_pii(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that starts with ``pii_``, however deep."""
    for key, value in entry.items():
        if key.startswith("pii_"):
            entry[key] = MASK
        else:
            entry[key] = _masked_within(value)
    return entry


def _masked_within(value: object) -> object:
    if isinstance(value, dict):
        return mask_pii(None, "", dict(cast("dict[str, Any]", value)))
    if isinstance(value, list | tuple):
        return [_masked_within(item) for item in cast("Sequence[object]", value)]
    return value


def configure_logs(settings: Settings) -> None:
    """Send our entries and those of libraries to standard error, in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if not settings.log_pii:
        shared.append(mask_pii)
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    last: list[Processor] = (
        [_TRACEBACKS, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)]
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("sqlalchemy.engine", "httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
