"""The job engine (procrastinate): queues, retries, schedules. Upper layers register their tasks here by importing ``jobs``.

Jobs of ``recordings`` run at least once. ``calls`` carries planning ticks only: a call itself is claimed from its table
(``voicebot.campaign.dialer``), never retried by the queue.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from procrastinate import App, PsycopgConnector, RetryStrategy

CALLS = "calls"
RECORDINGS = "recordings"
POOL_MAX = 3

RETRY_RECORDING = RetryStrategy(max_attempts=4, exponential_wait=5)
"""A recording that fails is tried again after 5, 25 and 125 seconds."""

app = App(connector=PsycopgConnector(min_size=1, max_size=POOL_MAX))
"""Tasks attach to this app; :func:`connected` gives it a database."""


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[App, None]:
    """The app with its tasks, open on the database at ``url``."""
    with app.replace_connector(PsycopgConnector(conninfo=url, min_size=1, max_size=POOL_MAX)) as jobs:
        async with jobs.open_async():
            yield jobs
