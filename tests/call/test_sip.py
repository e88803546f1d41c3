"""SIP lines on 127.0.0.1: two processes with a stack each; every way a call may not be answered; sound, keys and hostile input."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pjsua2", reason="SIP needs the pjsua2-python wheel (Linux x86_64)")
pytestmark = [pytest.mark.sip, pytest.mark.timeout(120)]
ROOT = Path(__file__).resolve().parents[2]

# The far side: echoes a 440 Hz tone to "tone", presses keys to "keys", hangs up on "leave", refuses by name.
FAR = """
import asyncio, json, sys
import numpy as np
from voicebot.call.audio import AudioFrame
from voicebot.call.transports.sip import SipEndpoint, SipOptions

REFUSED = {"busy": 486, "rejects": 603, "nobody": 404}

async def serve(call):
    if call.number in REFUSED:
        return await call.reject(REFUSED[call.number])
    await call.ring()
    if call.number == "rings":
        return await call.ended.wait()
    async with call.answer() as line:
        heard, loud_until = 0, 0.0
        async for frame in line.incoming():
            heard += 1
            if np.abs(frame.samples.astype(int)).max() > 1000:
                loud_until = frame.start_s
            t = np.arange(160) + heard * 160
            tone = (8000 * np.sin(2 * np.pi * 440 * t / 8000)).astype(np.int16)
            await line.play(AudioFrame(samples=tone, rate_hz=8000, start_s=0.0))
            if call.number == "leave" and heard > 40:
                break
            if call.number == "keys" and heard == 40:
                await line.press("25#")
        print(json.dumps({"number": call.number, "frames": heard, "loud_until_s": loud_until}), flush=True)

async def main():
    async with SipEndpoint(SipOptions(rtp_port=31000)) as endpoint:
        print(json.dumps({"port": endpoint.port}), flush=True)
        async with asyncio.TaskGroup() as calls:
            async for call in endpoint.incoming_calls():
                calls.create_task(serve(call))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def far() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(FAR)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    yield process
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def port(far: subprocess.Popen[str]) -> int:
    assert far.stdout is not None
    return int(json.loads(far.stdout.readline())["port"])


def near(port: int, body: str, *, limit_s: float = 60) -> dict[str, object]:
    """Run ``body`` (with ``endpoint``) in a process of its own, since a process holds one SIP stack; its result as JSON."""
    code = f"""
import asyncio, json, time
import numpy as np
from voicebot.call.audio import AudioFrame
from voicebot.call.transports.sip import SipEndpoint, SipOptions
from voicebot.core.errors import CallError, CallNotAnswered

def frame(level=6000):
    return AudioFrame(samples=np.full(160, level, np.int16), rate_hz=8000, start_s=0.0)

async def main():
    async with SipEndpoint(SipOptions(trunk="127.0.0.1:{port}")) as endpoint:
        return await body(endpoint)

async def body(endpoint):
{textwrap.indent(textwrap.dedent(body), "    ")}

print(json.dumps(asyncio.run(main())))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=limit_s, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("number", "disposition"),
    [
        ("busy", "busy"),
        ("rejects", "rejected"),
        ("nobody", "invalid_number"),
        ("rings", "no_answer"),
        ("+62 812 x", "invalid_number"),
    ],
)
def test_each_way_of_not_answering_has_its_name(port: int, number: str, disposition: str) -> None:
    result = near(
        port,
        f"""
        try:
            async with endpoint.dial({number!r}, ring_timeout_s=1.5):
                return {{"answered": True}}
        except CallNotAnswered as error:
            return {{"disposition": error.disposition}}
        """,
    )
    assert result == {"disposition": disposition}


def test_sound_goes_both_ways_in_frames_of_20_ms(port: int, far: subprocess.Popen[str]) -> None:
    result = near(
        port,
        """
        pieces = []
        began = time.monotonic()
        async with endpoint.dial("tone", ring_timeout_s=5) as line:
            async for heard in line.incoming():
                pieces.append(heard.samples)
                if len(pieces) <= 100:
                    await line.play(frame())
                if len(pieces) == 150:
                    break
        wave = np.concatenate(pieces).astype(float)[4000:]
        peak_hz = float(np.argmax(np.abs(np.fft.rfft(wave))) * 8000 / len(wave))
        return {"peak_hz": peak_hz, "rms": float(np.sqrt(np.mean(wave ** 2))), "lasted_s": time.monotonic() - began}
        """,
    )
    assert far.stdout is not None
    seen = json.loads(far.stdout.readline())
    assert abs(float(str(result["peak_hz"])) - 440) < 5
    assert 4000 < float(str(result["rms"])) < 7000
    assert 2.5 < float(str(result["lasted_s"])) < 5
    assert 1.0 < seen["loud_until_s"] < 3.0


def test_barge_in_silences_the_wire_at_once(port: int, far: subprocess.Popen[str]) -> None:
    near(
        port,
        """
        async with endpoint.dial("tone", ring_timeout_s=5) as line:
            count = 0
            async for heard in line.incoming():
                count += 1
                if count < 50:
                    await line.play(frame())
                elif count == 50:
                    line.stop_playing()
                    assert line.queued_s == 0
                elif count == 150:
                    break
        return {}
        """,
    )
    assert far.stdout is not None
    seen = json.loads(far.stdout.readline())
    assert seen["loud_until_s"] < 1.6


def test_keys_reach_us_and_the_far_side_may_hang_up(port: int, far: subprocess.Popen[str]) -> None:
    result = near(
        port,
        """
        keys = ""
        async with endpoint.dial("keys", ring_timeout_s=5) as line:
            async for heard in line.incoming():
                await line.play(frame(0))
                keys += line.take_keys()
                if heard.start_s > 4 or len(keys) == 3:
                    break
        frames = 0
        async with endpoint.dial("leave", ring_timeout_s=5) as line:
            async for heard in line.incoming():
                frames += 1
        return {"keys": keys, "frames": frames}
        """,
    )
    assert far.stdout is not None
    far.stdout.readline(), far.stdout.readline()
    assert result["keys"] == "25#"
    assert 20 < int(str(result["frames"])) < 120


def test_four_calls_at_once_and_the_fifth_is_refused_with_a_reason(port: int, far: subprocess.Popen[str]) -> None:
    result = near(
        port,
        """
        from contextlib import AsyncExitStack
        async with AsyncExitStack() as stack:
            lines = [await stack.enter_async_context(endpoint.dial("tone", ring_timeout_s=5)) for _ in range(4)]
            try:
                async with endpoint.dial("tone", ring_timeout_s=5):
                    return {"fifth": "answered"}
            except CallError as error:
                return {"fifth": str(error), "max": endpoint.max_calls}
        """,
    )
    assert far.stdout is not None
    for _ in range(4):
        far.stdout.readline()
    assert "all 4 lines" in str(result["fifth"])


def test_calls_one_after_another_leave_nothing_behind(port: int, far: subprocess.Popen[str]) -> None:
    result = near(
        port,
        """
        for _ in range(12):
            async with endpoint.dial("tone", ring_timeout_s=5) as line:
                async for heard in line.incoming():
                    if heard.start_s > 0.1:
                        break
        return {"left": len(endpoint._calls), "ports": len(endpoint._idle_ports)}
        """,
    )
    assert far.stdout is not None
    for _ in range(12):
        far.stdout.readline()
    assert result == {"left": 0, "ports": 4}


def test_hostile_datagrams_do_not_bring_the_stack_down(port: int) -> None:
    chance = np.random.default_rng(0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(200):
            sender.sendto(chance.bytes(int(chance.integers(1, 900))), ("127.0.0.1", port))
            broken = f"INVITE sip:x@127.0.0.1 SIP/2.0\r\nVia: {'A' * number}\r\nContent-Length: -{number}\r\n\r\n"
            sender.sendto(broken.encode(), ("127.0.0.1", port))
    time.sleep(0.3)
    result = near(
        port,
        """
        try:
            async with endpoint.dial("busy", ring_timeout_s=5):
                return {}
        except CallNotAnswered as error:
            return {"disposition": error.disposition}
        """,
    )
    assert result == {"disposition": "busy"}
