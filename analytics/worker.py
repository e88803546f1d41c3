"""Scoring as jobs: procrastinate's queue ``recordings``, at least once. A periodic job finds what nobody has deferred."""

from __future__ import annotations

from analytics.store import score_one
from voicebot.core.database import make_engine, make_sessions
from voicebot.core.jobs import RECORDINGS, RETRY_RECORDING, app, connected
from voicebot.core.logs import get_logger
from voicebot.core.settings import Settings, load_settings
from voicebot.core.storage import open_storage
from voicebot.core.store.recordings import unscored

log = get_logger()


@app.task(name="score_recording", queue=RECORDINGS, retry=RETRY_RECORDING)
def score_recording(recording_id: int) -> None:
    """Score one recording; scoring one twice only adds a newer report."""
    settings = load_settings()
    with open_storage(settings) as url:
        engine = make_engine(url)
        try:
            score_one(make_sessions(engine), settings, recording_id)
        finally:
            engine.dispose()


@app.periodic(cron="* * * * *")
@app.task(name="find_unscored", queue=RECORDINGS, queueing_lock="find_unscored", pass_context=False)
def find_unscored(timestamp: int) -> None:
    """Defer a job for every recording without a score."""
    with open_storage(load_settings()) as url:
        engine = make_engine(url)
        with make_sessions(engine)() as session:
            waiting = [recording.id for recording in unscored(session, limit=200)]
        engine.dispose()
    log.info("recordings_waiting", count=len(waiting), at=timestamp)
    for recording_id in waiting:
        _defer(recording_id)


def _defer(recording_id: int) -> None:
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        score_recording.configure(queueing_lock=f"recording-{recording_id}").defer(recording_id=recording_id)
    except AlreadyEnqueued:
        return


async def score_jobs(settings: Settings, url: str) -> None:
    """Work the queue until cancelled."""
    async with connected(url) as jobs:
        log.info("scoring_ready")
        await jobs.run_worker_async(queues=[RECORDINGS], concurrency=1, install_signal_handlers=False)
