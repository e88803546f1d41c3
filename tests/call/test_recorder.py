"""The recording is on disk as the call goes, in two aligned channels, and plays after a kill -9."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicebot.call.audio import frame_samples
from voicebot.call.recorder import Journal, Recorder, read_journal

FRAME = frame_samples(8000)
ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import sys, time
import numpy as np
from pathlib import Path
from voicebot.call.recorder import Journal, Recorder
journal = Journal(Path(sys.argv[1]).with_suffix(".journal.jsonl"))
journal.write("dialing", durable=True)
with Recorder(Path(sys.argv[1]), rate_hz=8000) as recorder:
    print("go", flush=True)
    while True:
        recorder.heard(np.full(160, 1000, np.int16).tobytes())
        recorder.sent(np.full(160, -1000, np.int16).tobytes())
        time.sleep(0.02)
"""


def level(value: int) -> bytes:
    return np.full(FRAME, value, np.int16).tobytes()


def test_customer_is_left_and_bot_right_and_frames_stay_aligned(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with Recorder(path, rate_hz=8000) as recorder:
        for number in range(100):
            recorder.heard(level(number))
            recorder.sent(level(-number))
    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == 8000
    assert samples.shape == (100 * FRAME, 2)
    assert np.array_equal(samples[::FRAME, 0], np.arange(100))
    assert np.array_equal(samples[:, 0], -samples[:, 1])
    assert path.stat().st_mode & 0o077 == 0


def test_a_side_that_stands_still_is_filled_with_silence(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with Recorder(path, rate_hz=8000) as recorder:
        for _ in range(150):
            recorder.heard(level(5))
        recorder.sent(level(7))
    samples, _ = soundfile.read(path, dtype="int16")
    assert samples.shape[0] == 150 * FRAME
    assert int((samples[:, 1] == 7).sum()) == FRAME


def test_nothing_piles_up_in_memory(tmp_path: Path) -> None:
    with Recorder(tmp_path / "call.wav", rate_hz=8000) as recorder:
        for _ in range(500):
            recorder.heard(level(1))
            recorder.sent(level(1))
        deadline_s = time.monotonic() + 5
        while len(recorder._heard) and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert len(recorder._heard) == 0


def test_a_killed_process_leaves_a_recording_that_plays_and_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(1.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    samples, _ = soundfile.read(path, dtype="int16")
    assert samples.shape[0] > 8000 * 0.5
    assert set(np.unique(samples[:, 0])) == {1000}
    assert [line["event"] for line in read_journal(path.with_suffix(".journal.jsonl"))] == ["dialing"]


def test_a_full_disk_ends_the_recording_not_the_call(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    path = tmp_path / "call.wav"
    recorder = Recorder(path, rate_hz=8000)
    recorder._file.close()
    recorder._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115
    with recorder:
        recorder.heard(level(1))
        recorder.sent(level(1))
    assert recorder.error is not None
    assert "No space" in recorder.error


def test_a_journal_cut_short_keeps_its_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.write("one", n=1)
    journal.close()
    path.write_bytes(path.read_bytes() + b'{"event": "tw')
    assert [line["event"] for line in read_journal(path)] == ["one"]
