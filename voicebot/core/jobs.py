"""The job engine (procrastinate): queues, retries, schedules. Upper layers register their tasks here by importing ``jobs``.

Jobs of ``recordings`` run at least once. ``calls`` carries planning ticks only: a call itself is claimed from its table
(``voicebot.campaign.dialer``), never retried by the queue.
"""

from __future__ import annotations

from procrastinate import App, PsycopgConnector, RetryStrategy

CALLS = "calls"
RECORDINGS = "recordings"
POOL_MAX = 3

RETRY_RECORDING = RetryStrategy(max_attempts=4, exponential_wait=5)
"""A recording that fails is tried again after 5, 25 and 125 seconds."""

app = App(connector=PsycopgConnector(min_size=1, max_size=POOL_MAX))
"""Tasks attach to this app; :func:`connected` gives it a database."""


def connected(url: str) -> App:
    """The app with its tasks, on the database at ``url`` (open it with ``async with``)."""
    return app.with_connector(PsycopgConnector(conninfo=url, min_size=1, max_size=POOL_MAX))
