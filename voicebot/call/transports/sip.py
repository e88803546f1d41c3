"""SIP lines by PJSIP. The only file that imports pjsua2 (GPL-2.0-or-later, Linux x86_64 wheels).

One owner thread makes every call into the library and receives its SIP events; sound crosses on the library's media thread,
which only copies 320 bytes into or out of a deque. What is known to go wrong and is avoided here: the last reference to a
``pj.Call`` must fall inside its DISCONNECTED callback; ports must outlive the calls that use them, so they are pooled; a frame
must always be returned, or RTP stops; the wheel carries at most four calls a process.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ctypes
import gc
import queue
import re
import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from voicebot.call.audio import FRAME_S, AudioFrame, frame_samples
from voicebot.call.transports import FrameTap
from voicebot.core.errors import CallError, CallNotAnswered
from voicebot.core.logs import get_logger

LINE_HZ = 8000
_FRAME_BYTES = frame_samples(LINE_HZ) * 2
_SILENCE = bytes(_FRAME_BYTES)
_MAX_QUEUED_FRAMES = 10
_HANG_UP_LIMIT_S = 5.0
_EVENT_WAIT_MS = 10
_RTP_PORTS = 2000
_DISPOSITIONS = {
    486: "busy", 600: "busy", 603: "rejected", 403: "rejected", 404: "invalid_number", 484: "invalid_number",
    604: "invalid_number", 408: "no_answer", 480: "no_answer", 487: "no_answer",
}  # fmt: skip
_USER = re.compile(r"sips?:([^@;>]*)@")

_T = TypeVar("_T")
log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SipOptions:
    """How this process speaks SIP; ``trunk`` is host:port that calls go out through."""

    host: str = "127.0.0.1"
    port: int = 0
    rtp_port: int = 20000
    trunk: str = "127.0.0.1:5060"
    username: str = ""
    password: str = ""
    caller: str = "santun"
    log_level: int = 1


def _import_pjsua2() -> Any:
    try:
        from pjsua2 import pjsua2
    except ImportError as error:
        raise CallError("SIP calls need the pjsua2-python package (Linux x86_64, Python 3.11 or 3.12)") from error
    return pjsua2


def _read_vector(vector: Any, size: int) -> bytes:
    """A ByteVector's bytes straight from its memory: the std::vector's first word is its data pointer."""
    return ctypes.string_at(ctypes.c_void_p.from_address(int(vector.this)).value or 0, size)


def _write_vector(vector: Any, data: bytes) -> None:
    ctypes.memmove(ctypes.c_void_p.from_address(int(vector.this)).value or 0, data, len(data))


class _Talk:
    """One call as the event loop sees it; never holds a ``pj.Call``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.transferred: asyncio.Future[int] | None = None
        self.status_code = 0
        self.keys = ""
        self.to_play: deque[bytes] = deque()
        self.arrived: deque[bytes] = deque()
        self.taps: tuple[FrameTap, ...] = ()
        self.wake = asyncio.Event()
        self._wake_pending = False
        self.answered_at_loop_s = 0.0

    # On the media thread -----------------------------------------------------------------------------------------
    def take_in(self, pcm: bytes) -> None:
        """The customer's next 20 ms."""
        self.arrived.append(pcm)
        for tap in self.taps:
            tap.heard(pcm)
        if not self._wake_pending:
            self._wake_pending = True
            self._post(self._woken)

    def give_out(self) -> bytes:
        """Our next 20 ms."""
        try:
            pcm = self.to_play.popleft()
        except IndexError:
            pcm = _SILENCE
        for tap in self.taps:
            tap.sent(pcm)
        return pcm

    # On the event loop -------------------------------------------------------------------------------------------
    def _woken(self) -> None:
        self._wake_pending = False
        self.wake.set()

    def _post(self, function: Callable[[], None]) -> None:
        try:
            self.loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop has closed: nobody listens any more
            self._wake_pending = False

    # On the owner thread -----------------------------------------------------------------------------------------
    def has_answered(self) -> None:
        """The other side has picked up."""
        self._post(self.answered.set)

    def has_ended(self, status_code: int) -> None:
        """The call is over."""
        self.status_code = status_code

        def tell() -> None:
            self.ended.set()
            self.answered.set()
            self.wake.set()
            if self.transferred is not None and not self.transferred.done():
                self.transferred.set_result(487)

        self._post(tell)

    def transfer_says(self, status_code: int) -> None:
        """A NOTIFY about our REFER."""

        def tell() -> None:
            if status_code >= 200 and self.transferred is not None and not self.transferred.done():
                self.transferred.set_result(status_code)

        self._post(tell)


class SipLine:
    """An answered SIP call."""

    def __init__(self, endpoint: SipEndpoint, call_id: int, talk: _Talk) -> None:
        self._endpoint = endpoint
        self._call_id = call_id
        self._talk = talk
        self._frames = 0

    @property
    def rate_hz(self) -> int:
        """Always 8000."""
        return LINE_HZ

    @property
    def queued_s(self) -> float:
        """Seconds not yet on the wire."""
        return len(self._talk.to_play) * FRAME_S

    async def incoming(self) -> AsyncIterator[AudioFrame]:
        """The customer's sound, until either side hangs up."""
        talk = self._talk
        while True:
            while talk.arrived:
                samples = np.frombuffer(talk.arrived.popleft(), np.int16)
                yield AudioFrame(samples=samples, rate_hz=LINE_HZ, start_s=self._frames * FRAME_S)
                self._frames += 1
            if talk.ended.is_set():
                return
            talk.wake.clear()
            if not talk.arrived and not talk.ended.is_set():
                await talk.wake.wait()

    async def play(self, frame: AudioFrame) -> None:
        """Queue one frame; waits while 200 ms are queued."""
        while len(self._talk.to_play) >= _MAX_QUEUED_FRAMES and not self._talk.ended.is_set():
            await asyncio.sleep(FRAME_S / 2)
        self._talk.to_play.append(frame.samples.tobytes())

    def stop_playing(self) -> None:
        """Drop what is queued."""
        self._talk.to_play.clear()

    def take_keys(self) -> str:
        """Keys pressed since the last call."""
        keys, self._talk.keys = self._talk.keys, ""
        return keys

    def tap(self, tap: FrameTap) -> None:
        """Let ``tap`` have every frame from now on."""
        self._talk.taps = (*self._talk.taps, tap)

    async def press(self, keys: str) -> None:
        """Send keys (RFC 2833)."""
        await self._endpoint.run(lambda: self._endpoint.call(self._call_id).dialDtmf(keys))

    async def transfer(self, target: str) -> None:
        """REFER the customer to ``target`` (a SIP URI or a number at the trunk)."""
        self._talk.transferred = asyncio.get_running_loop().create_future()
        uri = target if target.startswith("sip:") else self._endpoint.uri_of(target)
        await self._endpoint.run(lambda: self._endpoint.refer(self._call_id, uri))
        try:
            code = await asyncio.wait_for(self._talk.transferred, 30)
        except TimeoutError as error:
            raise CallError("the transfer was not answered within 30 seconds") from error
        if code >= 300:
            raise CallError(f"the transfer was refused with SIP status {code}")


class IncomingCall:
    """Somebody calls us: ``number`` is the one dialed."""

    def __init__(self, endpoint: SipEndpoint, call_id: int, talk: _Talk, number: str, caller: str) -> None:
        self._endpoint = endpoint
        self._call_id = call_id
        self._talk = talk
        self.number = number
        self.caller = caller

    @property
    def ended(self) -> asyncio.Event:
        """Set when the caller has given up or the call is over."""
        return self._talk.ended

    async def ring(self) -> None:
        """180 Ringing."""
        await self._endpoint.run(lambda: self._endpoint.reply(self._call_id, 180))

    async def reject(self, status_code: int) -> None:
        """End it with a SIP status, such as 486."""
        await self._endpoint.run(lambda: self._endpoint.reply(self._call_id, status_code))

    @asynccontextmanager
    async def answer(self) -> AsyncGenerator[SipLine, None]:
        """Pick up; leaving hangs up."""
        await self._endpoint.run(lambda: self._endpoint.reply(self._call_id, 200))
        try:
            await self._talk.answered.wait()
            if self._talk.ended.is_set():
                raise CallError("the caller hung up before the answer")
            yield SipLine(self._endpoint, self._call_id, self._talk)
        finally:
            await self._endpoint.hang_up(self._call_id, self._talk)


class SipEndpoint:
    """This process's SIP stack; one at a time, used as an async context manager."""

    def __init__(self, options: SipOptions) -> None:
        self._options = options
        self._pj = _import_pjsua2()
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._calls: dict[int, Any] = {}
        self._idle_ports: list[Any] = []
        self._thread = threading.Thread(target=self._own, name="sip", daemon=True)
        self._started: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._incoming: asyncio.Queue[IncomingCall] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port = 0
        self.max_calls = 0

    async def __aenter__(self) -> SipEndpoint:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        await asyncio.wrap_future(self._started)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._commands.put(None)
        await asyncio.to_thread(self._thread.join, 15)

    @asynccontextmanager
    async def dial(self, number: str, *, ring_timeout_s: float) -> AsyncGenerator[SipLine, None]:
        """Dial ``number`` at the trunk; see ``Transport.dial``."""
        talk = _Talk(asyncio.get_running_loop())
        call_id = await self.run(lambda: self._place(self.uri_of(number), talk))
        try:
            try:
                await asyncio.wait_for(talk.answered.wait(), ring_timeout_s)
            except TimeoutError:
                raise CallNotAnswered("no_answer", f"rang for {ring_timeout_s:g} s") from None
            if talk.ended.is_set():
                raise _not_answered(talk.status_code)
            talk.arrived.clear()  # early media: ringback and announcements from before the answer
            yield SipLine(self, call_id, talk)
        finally:
            await self.hang_up(call_id, talk)

    async def incoming_calls(self) -> AsyncIterator[IncomingCall]:
        """Calls to us, one by one."""
        while True:
            yield await self._incoming.get()

    def uri_of(self, number: str) -> str:
        """The number at the trunk; only what a dial plan may hold is let through."""
        if not re.fullmatch(r"\+?[0-9A-Za-z_.-]{1,40}", number):
            raise CallNotAnswered("invalid_number", "not a telephone number")
        return f"sip:{number}@{self._options.trunk}"

    async def run(self, function: Callable[[], _T]) -> _T:
        """Call ``function`` on the owner thread."""
        future: concurrent.futures.Future[_T] = concurrent.futures.Future()

        def command() -> None:
            try:
                future.set_result(function())
            except Exception as error:
                future.set_exception(error if isinstance(error, CallError) else CallError(_reason(error)))

        self._commands.put(command)
        return await asyncio.shield(asyncio.wrap_future(future))

    async def hang_up(self, call_id: int, talk: _Talk) -> None:
        """End a call (CANCEL, BYE) and wait until it has ended."""
        if not talk.ended.is_set():
            self._commands.put(lambda: self._drop(call_id, talk))
            try:
                await asyncio.wait_for(talk.ended.wait(), _HANG_UP_LIMIT_S)
            except TimeoutError:
                log.warning("hang_up_unconfirmed")

    # On the owner thread -----------------------------------------------------------------------------------------
    def call(self, call_id: int) -> Any:
        """The living call of that id."""
        if call_id not in self._calls:
            raise CallError("the call is over")
        return self._calls[call_id]

    def reply(self, call_id: int, status_code: int) -> None:
        """Answer an INVITE."""
        parameter = self._pj.CallOpParam()
        parameter.statusCode = status_code
        self.call(call_id).answer(parameter)

    def refer(self, call_id: int, uri: str) -> None:
        """Send REFER."""
        self.call(call_id).xfer(uri, self._pj.CallOpParam(True))

    def _place(self, uri: str, talk: _Talk) -> int:
        if len(self._calls) >= self.max_calls:
            raise CallError(f"all {self.max_calls} lines of this process are busy")
        call = self._call_class(self._account)
        call.talk = talk
        call.makeCall(uri, self._pj.CallOpParam(True))
        call_id = int(call.getId())
        self._calls[call_id] = call
        return call_id

    def _drop(self, call_id: int, talk: _Talk) -> None:
        call = self._calls.get(call_id)
        if call is not None and call.talk is talk:
            call.hangup(self._pj.CallOpParam(True))

    def _own(self) -> None:
        try:
            self._start()
        except Exception as error:
            self._started.set_exception(CallError(f"the SIP stack did not start: {_reason(error)}"))
            return
        self._started.set_result(None)
        while self._step():
            pass
        self._finish()

    def _step(self) -> bool:
        self._endpoint.libHandleEvents(_EVENT_WAIT_MS)
        while True:
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return True
            if command is None:
                return False
            try:
                command()
            except Exception as error:
                log.warning("sip_command_failed", reason=_reason(error))

    def _start(self) -> None:
        pj, options = self._pj, self._options
        self._call_class, account_class, self._port_class = _classes(pj, self)
        library = ctypes.CDLL(sys.modules["pjsua2._pjsua2"].__file__ or "")
        library.pj_log_set_level(options.log_level if options.log_level > 1 else 0)  # libCreate itself logs to stdout
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = options.log_level
        config.logConfig.consoleLevel = options.log_level if options.log_level > 1 else 0
        config.uaConfig.threadCnt = 0
        config.uaConfig.maxCalls = 32
        config.uaConfig.userAgent = "Santun"
        media = config.medConfig
        media.clockRate = media.sndClockRate = LINE_HZ
        media.audioFramePtime = round(FRAME_S * 1000)
        media.noVad = True
        media.ecTailLen = 0
        media.threadCnt = 1
        media.channelCount = 1
        self._endpoint.libInit(config)
        self._endpoint.audDevManager().setNullDev()
        transport = pj.TransportConfig()
        transport.port = options.port
        transport.boundAddress = options.host
        transport.publicAddress = "" if options.host == "0.0.0.0" else options.host  # noqa: S104 - compared, not bound
        number = self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.libStart()
        for codec in self._endpoint.codecEnum2():
            name = str(codec.codecId)
            self._endpoint.codecSetPriority(name, 255 if name.startswith("PCMU") else 200 if name.startswith("PCMA") else 0)
        self.port = int(str(self._endpoint.transportGetInfo(number).localName).rsplit(":", 1)[1])
        self.max_calls = int(library.pjsua_call_get_max_count())
        self._account = account_class()
        self._account.create(self._account_config())
        self._idle_ports = [self._new_port() for _ in range(self.max_calls)]
        _check_copies(pj)

    def _account_config(self) -> Any:
        pj, options = self._pj, self._options
        config = pj.AccountConfig()
        config.idUri = f"sip:{options.caller}@{options.trunk if options.username else f'{options.host}:{self.port}'}"
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        config.mediaConfig.transportConfig.boundAddress = options.host
        config.mediaConfig.transportConfig.port = options.rtp_port
        config.mediaConfig.transportConfig.portRange = _RTP_PORTS
        if options.username:
            config.regConfig.registrarUri = f"sip:{options.trunk}"
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", options.username, 0, options.password))
        return config

    def _new_port(self) -> Any:
        pj = self._pj
        port = self._port_class()
        form = pj.MediaFormatAudio()
        form.type = pj.PJMEDIA_TYPE_AUDIO
        form.clockRate = LINE_HZ
        form.channelCount = 1
        form.bitsPerSample = 16
        form.frameTimeUsec = round(FRAME_S * 1e6)
        port.createPort("santun", form)
        return port

    def connect(self, call: Any) -> None:
        """Media is up: join the call and a pooled port."""
        info = call.getInfo()  # kept in a name: its media list lives no longer than it
        pj = self._pj
        for index, media in enumerate(info.media):
            live = media.status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
            if media.type == pj.PJMEDIA_TYPE_AUDIO and live:
                if call.port is None:
                    call.port = self._idle_ports.pop() if self._idle_ports else self._new_port()
                    call.port.talk = call.talk
                call.media = call.getAudioMedia(index)
                call.media.startTransmit(call.port)
                call.port.startTransmit(call.media)
                return

    def disconnected(self, call: Any, info: Any) -> None:
        """Let go of a call, inside its own callback."""
        if call.port is not None:
            call.port.talk = None
            self._idle_ports.append(call.port)
            call.port = call.media = None
        self._calls.pop(int(info.id), None)
        if call.talk is not None:
            call.talk.has_ended(int(info.lastStatusCode))

    def offered(self, call_id: int) -> None:
        """An INVITE has come in."""
        assert self._loop is not None
        call = self._call_class(self._account, call_id)
        self._calls[call_id] = call
        talk = call.talk = _Talk(self._loop)
        info = call.getInfo()
        incoming = IncomingCall(self, call_id, talk, _user_of(str(info.localUri)), _user_of(str(info.remoteUri)))
        loop_queue = self._incoming
        self._loop.call_soon_threadsafe(loop_queue.put_nowait, incoming)

    def _finish(self) -> None:
        try:
            self._endpoint.hangupAllCalls()
            for _ in range(100):
                if not self._calls:
                    break
                self._endpoint.libHandleEvents(20)
            self._calls.clear()
            self._idle_ports.clear()
            gc.collect()
            self._account.shutdown()
            del self._account
            self._endpoint.libDestroy()
        except Exception as error:
            log.warning("sip_shutdown_failed", reason=_reason(error))


def _classes(pj: Any, owner: SipEndpoint) -> tuple[Any, Any, Any]:
    """The library's classes with our callbacks; made here because pjsua2 is imported late."""

    class SipCall(pj.Call):
        def __init__(self, account: Any, call_id: int = pj.PJSUA_INVALID_ID) -> None:
            super().__init__(account, call_id)
            self.talk: _Talk | None = None
            self.port: Any = None
            self.media: Any = None

        def onCallState(self, _parameter: Any) -> None:
            with _reported():
                info = self.getInfo()
                if info.state == pj.PJSIP_INV_STATE_CONFIRMED and self.talk is not None:
                    self.talk.has_answered()
                elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
                    owner.disconnected(self, info)

        def onCallMediaState(self, _parameter: Any) -> None:
            with _reported():
                owner.connect(self)

        def onDtmfDigit(self, parameter: Any) -> None:
            if self.talk is not None:
                self.talk.keys += str(parameter.digit)

        def onCallTransferStatus(self, parameter: Any) -> None:
            if self.talk is not None:
                self.talk.transfer_says(int(parameter.statusCode))

    class SipAccount(pj.Account):
        def onIncomingCall(self, parameter: Any) -> None:
            with _reported():
                owner.offered(int(parameter.callId))

    class SipPort(pj.AudioMediaPort):
        def __init__(self) -> None:
            super().__init__()
            self.talk: _Talk | None = None
            self._out = pj.ByteVector(_FRAME_BYTES, 0)

        def onFrameReceived(self, frame: Any) -> None:
            talk = self.talk
            if talk is not None:
                has_sound = frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO and frame.size == _FRAME_BYTES
                talk.take_in(_read_vector(frame.buf, _FRAME_BYTES) if has_sound else _SILENCE)

        def onFrameRequested(self, frame: Any) -> None:
            talk = self.talk
            _write_vector(self._out, _SILENCE if talk is None else talk.give_out())
            frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
            frame.buf = self._out
            frame.size = _FRAME_BYTES

    return SipCall, SipAccount, SipPort


class _reported:
    """Exceptions in callbacks would only be printed by SWIG: log them, without personal data."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        if error is not None:
            log.error("sip_callback_failed", reason=_reason(error))
        return kind is not None and issubclass(kind, Exception)


def _check_copies(pj: Any) -> None:
    """The fast copies rely on how std::vector lies in memory: prove it, or fall back to the slow way."""
    global _read_vector, _write_vector
    probe = bytes(range(256))[:_FRAME_BYTES].ljust(_FRAME_BYTES, b"\x7f")
    vector = pj.ByteVector(_FRAME_BYTES, 0)
    try:
        _write_vector(vector, probe)
        sound = bytes(vector) == probe and _read_vector(vector, _FRAME_BYTES) == probe
    except (TypeError, ValueError):
        sound = False
    if not sound:
        log.warning("fast_frame_copy_unavailable")
        _read_vector = _slow_read
        _write_vector = _slow_write


def _slow_read(vector: Any, size: int) -> bytes:
    return bytes(vector)[:size]


def _slow_write(vector: Any, data: bytes) -> None:
    for index, value in enumerate(data):
        vector[index] = value


def _not_answered(status_code: int) -> CallError:
    disposition = _DISPOSITIONS.get(status_code)
    if disposition is None:
        return CallError(f"the call failed with SIP status {status_code}")
    return CallNotAnswered(disposition, f"SIP status {status_code}")


def _user_of(uri: str) -> str:
    match = _USER.search(uri)
    return match[1] if match else ""


def _reason(error: BaseException) -> str:
    """What went wrong, without addresses or numbers."""
    text = getattr(error, "reason", "") or str(error).split("\n")[0]
    return re.sub(r"sips?:\S+", "sip:…", str(text))[:200] or type(error).__name__
