"""Recordings are scored by jobs: found, deferred, run at least once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from analytics import worker
from analytics.samples import render_samples
from analytics.store import import_recordings
from voicebot.core.jobs import RECORDINGS, connected
from voicebot.core.settings import Settings, load_settings
from voicebot.core.store.recordings import list_recordings

pytestmark = pytest.mark.database


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SANTUN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SANTUN_DATABASE_URL", database_url)
    load_settings.cache_clear()
    yield load_settings()
    load_settings.cache_clear()


@pytest.mark.asyncio
async def test_waiting_recordings_are_found_and_scored_by_the_queue(
    settings: Settings, database_url: str, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    folder = render_samples(tmp_path / "calls")
    taken = import_recordings(
        sessions, settings, [folder / "threat_call.wav", folder / "good_call.wav", folder / "good_call.wav"]
    )
    assert [result["new"] for result in taken] == [True, True, False]
    async with connected(database_url) as jobs:
        await worker.find_unscored.defer_async(timestamp=0)
        for _ in range(2):  # the first round finds them, the second scores what the first deferred
            await jobs.run_worker_async(queues=[RECORDINGS], wait=False, install_signal_handlers=False)
    with sessions() as session:
        recordings = list_recordings(session)
        assert {recording.status for recording in recordings} == {"scored"}
        assert sorted(recording.reports[0].score for recording in recordings)[0] == 0
        assert len([report for recording in recordings for report in recording.reports]) == 2


@pytest.mark.asyncio
async def test_a_recording_whose_file_is_gone_is_marked_and_the_other_is_scored(
    settings: Settings, database_url: str, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    folder = render_samples(tmp_path / "calls")
    import_recordings(sessions, settings, [folder / "threat_call.wav", folder / "mediocre_call.wav"])
    with sessions() as session:
        gone = list_recordings(session)[0]
        (settings.recordings_dir / gone.path).unlink()
    async with connected(database_url) as jobs:
        await worker.find_unscored.defer_async(timestamp=0)
        for _ in range(2):
            await jobs.run_worker_async(queues=[RECORDINGS], wait=False, install_signal_handlers=False)
    with sessions() as session:
        assert sorted(recording.status for recording in list_recordings(session)) == ["failed", "scored"]
