"""The worker process: SIP lines, leases, and a clean end. ``santun worker`` runs it; more lines are more processes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import uuid

from voicebot.call.transports.sip import SipEndpoint, SipOptions
from voicebot.campaign.dialer import Dialer, LiveWatcher
from voicebot.core import engines
from voicebot.core.database import make_engine, make_sessions
from voicebot.core.logs import get_logger
from voicebot.core.settings import Settings

log = get_logger()


def sip_options(settings: Settings) -> SipOptions:
    """This process's SIP side by the settings."""
    sip = settings.sip
    return SipOptions(
        host=sip.bind_host,
        port=sip.bind_port,
        rtp_port=sip.rtp_port,
        trunk=f"{sip.trunk_host}:{sip.trunk_port}",
        username=sip.username,
        password=sip.password.get_secret_value() if sip.password else "",
        caller=sip.caller_number,
        log_level=sip.log_level,
    )


async def work(settings: Settings, database_url: str, *, watch: LiveWatcher = lambda assignment, event: None) -> None:
    """Carry calls until SIGTERM; then finish those at hand and leave."""
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    engine = make_engine(database_url)
    # Loaded before the first call, not during it.
    engines.warm_recognizers(("id", "en"), settings.engines.recognizer)
    engines.make_interpreter("id", settings.engines.interpreter)
    for language in ("id", "en"):
        engines.make_voice(language)
    async with SipEndpoint(sip_options(settings)) as endpoint:
        lines = min(settings.sip.lines, endpoint.max_calls)
        dialer = Dialer(make_sessions(engine), endpoint, settings, worker_id=worker_id, lines=lines, watch=watch)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, dialer.drain)
        log.info("worker_ready", worker_id=worker_id, lines=lines, sip_port=endpoint.port)
        await dialer.run()
    engine.dispose()
    log.info("worker_left", worker_id=worker_id)
