"""A process of simulated customers behind SIP: ``python -m voicebot.simulate.sip_customers --port 0``.

Prints one JSON line ``{"port": …}`` when it is ready and serves up to four calls at once until it is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from voicebot.call.transports.sip import IncomingCall, SipEndpoint, SipOptions
from voicebot.core.errors import CallError
from voicebot.simulate.converse import play_customer
from voicebot.simulate.persona import Persona, load_personas, shipped_personas

_BEEP_GREETING = "Anda terhubung dengan kotak suara. Silakan tinggalkan pesan setelah nada berikut."


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rtp-port", type=int, default=34000)
    parser.add_argument("--personas", type=Path, default=shipped_personas())
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.rtp_port, load_personas(options.personas)))


async def serve(port: int, rtp_port: int, personas: dict[str, Persona]) -> None:
    """Answer calls to the personas' numbers."""
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    async with SipEndpoint(SipOptions(port=port, rtp_port=rtp_port, caller="customer")) as endpoint:
        sys.stdout.write(json.dumps({"port": endpoint.port}) + "\n")
        sys.stdout.flush()
        accepting = asyncio.create_task(_accept(endpoint, personas))
        await done.wait()
        accepting.cancel()


async def _accept(endpoint: SipEndpoint, personas: dict[str, Persona]) -> None:
    async with asyncio.TaskGroup() as calls:
        async for call in endpoint.incoming_calls():
            calls.create_task(_answer(call, personas.get(call.number.lstrip("+"))))


async def _answer(call: IncomingCall, persona: Persona | None) -> None:
    try:
        if persona is None or persona.picks_up == "unknown_number":
            await call.reject(404)
        elif persona.picks_up == "busy":
            await call.reject(486)
        elif persona.picks_up == "rejects":
            await call.reject(603)
        else:
            await call.ring()
            if persona.picks_up == "no_answer":
                await call.ended.wait()
                return
            await asyncio.sleep(persona.rings_s)
            async with call.answer() as line:
                await play_customer(line, persona)
    except CallError as error:
        sys.stderr.write(f"customer: {error}\n")


if __name__ == "__main__":
    main()
