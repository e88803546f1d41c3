"""The job engine runs recording jobs, and a job that a killed worker left is reported as stalled."""

from __future__ import annotations

import pytest

from voicebot.core.jobs import CALLS, RECORDINGS, app, connected

pytestmark = pytest.mark.database
ran: list[tuple[str, int]] = []


@app.task(name="tests.count", queue=RECORDINGS)
def count(number: int) -> None:
    ran.append((RECORDINGS, number))


@app.task(name="tests.tick", queue=CALLS)
def tick(number: int) -> None:
    ran.append((CALLS, number))


@pytest.mark.asyncio
async def test_a_deferred_job_of_each_queue_runs(database_url: str) -> None:
    ran.clear()
    async with connected(database_url) as jobs:
        await jobs.tasks["tests.count"].defer_async(number=1)
        await jobs.tasks["tests.tick"].defer_async(number=2)
        await jobs.run_worker_async(queues=[RECORDINGS, CALLS], wait=False, install_signal_handlers=False)
    assert sorted(ran) == [(CALLS, 2), (RECORDINGS, 1)]


@pytest.mark.asyncio
async def test_a_job_of_a_dead_worker_is_stalled_not_lost(database_url: str) -> None:
    async with connected(database_url) as jobs:
        await jobs.tasks["tests.count"].defer_async(number=3)
        fetched = await jobs.job_manager.fetch_job(queues=[RECORDINGS], worker_id=await jobs.job_manager.register_worker())
        assert fetched is not None
        stalled = list(await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=-1))
        assert [job.id for job in stalled] == [fetched.id]
