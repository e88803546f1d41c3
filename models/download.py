"""One file over HTTP, or out of a folder: resumed where it broke off, never glued to another version, with errors that help."""

from __future__ import annotations

import errno
import http.client
import json
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from models.catalogue import ModelStoreError

_CHUNK_BYTES = 1 << 20
_TIMEOUT_S = 30.0
_ATTEMPTS = 5
"""Breaks in a row without a single new byte before giving up; the next run resumes."""
_RESERVE_BYTES = 100_000_000
"""Left free on the disk, so that a download never fills it up."""
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_USER_AGENT = "santun-model-store"

Told = Callable[[int, int], None]
"""Told (bytes here, bytes altogether; 0 where unknown)."""


class _Broken(Exception):
    """The transfer broke; trying again may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``expected_bytes`` 0: not known. ``vouched``: its hash is known, so plain http and unsafe resuming cannot do harm."""

    address: str
    target: Path
    expected_bytes: int = 0
    vouched: bool = False


def download(request: Request, told: Told = lambda done, total: None) -> None:
    """Bring ``request.target`` up to its full length. What is there already is kept and continued.

    Raises ``ModelStoreError`` that says what to do; the partial file stays for the next run unless it cannot be used.
    """
    _check_scheme(request.address, vouched=request.vouched)
    request.target.parent.mkdir(parents=True, exist_ok=True)
    breaks = 0
    while True:
        before = _size(request.target)
        try:
            _transfer(request, told)
        except _Broken as error:
            breaks = breaks + 1 if _size(request.target) <= before else 0
            if breaks >= _ATTEMPTS:
                raise ModelStoreError(f"{request.address}: {error}; run the command again later, it resumes") from error
            time.sleep(min(8.0, 0.5 * 2**breaks) if breaks else 0.1)
        else:
            _note_of(request.target).unlink(missing_ok=True)
            return


def copy(source: Path, target: Path, told: Told = lambda done, total: None) -> None:
    """The same from a folder of this machine. Raises ``ModelStoreError``."""
    if not source.is_file():
        raise ModelStoreError(f"the mirror lacks {source}: put the file there, or unset SANTUN_MODELS_MIRROR")
    target.parent.mkdir(parents=True, exist_ok=True)
    total = source.stat().st_size
    make_room(target.parent, total)
    with source.open("rb") as stream, target.open("wb") as out:
        _pour(stream, out, 0, total, told)


def make_room(folder: Path, needed_bytes: int) -> None:
    """Raise ``ModelStoreError`` unless so much fits on the disk of ``folder``."""
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed_bytes + _RESERVE_BYTES > free:
        raise ModelStoreError(
            f"the disk of {folder} has {free / 1e9:.1f} GB free and {(needed_bytes + _RESERVE_BYTES) / 1e9:.1f} GB are needed: "
            "free some, or keep models elsewhere (SANTUN_MODELS_DIR)"
        )


def _transfer(request: Request, told: Told) -> None:
    have = _size(request.target)
    if request.expected_bytes and have == request.expected_bytes:
        told(have, have)
        return
    validator = _validator(request)
    if have and not (validator or request.vouched):
        have = 0  # nothing tells whether the file is still the same
    headers = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if validator:
            headers["If-Range"] = validator
    try:
        with _open(request, headers) as response:
            _take(request, response, have, told)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # it holds more than the server has: of no use
            request.target.unlink(missing_ok=True)
            raise _Broken("what was here did not fit what the server has") from error
        raise _explained(request.address, error) from error
    except urllib.error.URLError as error:
        raise _unreachable(request.address, error.reason) from error
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _Broken(f"the connection broke ({type(error).__name__})") from error
    except ssl.SSLError as error:
        raise _unreachable(request.address, error) from error


def _take(request: Request, response: Any, have: int, told: Told) -> None:
    if have and response.status != 206:
        have = 0  # the whole file: this server does not resume, or the file is another one now
    if have and not str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-"):
        request.target.unlink(missing_ok=True)
        raise _Broken("the server sent another part than was asked for")
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else 0
    if request.expected_bytes and total and total != request.expected_bytes:
        if have:
            request.target.unlink()
        raise ModelStoreError(
            f"{request.address} serves {total} bytes where {request.expected_bytes} belong: it is not the file that was asked for "
            "(a login page of a proxy, or another version); nothing of it was taken"
        )
    make_room(request.target.parent, max(0, (total or request.expected_bytes) - have))
    _remember(request, response.headers)
    with request.target.open("ab" if have else "wb") as out:
        got = _pour(response, out, have, total, told)
    if total and got < total:
        raise _Broken(f"the connection was cut at {got} of {total} bytes")


def _pour(stream: IO[bytes] | Any, out: IO[bytes], have: int, total: int, told: Told) -> int:
    try:
        told(have, total)
        while chunk := stream.read(_CHUNK_BYTES):
            out.write(chunk)
            have += len(chunk)
            told(have, total)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelStoreError(
                "the disk is full: free some space and run the command again, it resumes; "
                "or keep models elsewhere (SANTUN_MODELS_DIR)"
            ) from error
        raise
    return have


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not away from https unless the file's hash is known."""

    def __init__(self, *, vouched: bool) -> None:
        self._vouched = vouched

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        _check_scheme(newurl, vouched=self._vouched)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(request: Request, headers: dict[str, str]) -> Any:
    """Proxies come from the environment (``https_proxy``, ``no_proxy``), as do certificates (``SSL_CERT_FILE``)."""
    opener = urllib.request.build_opener(_Redirects(vouched=request.vouched))
    return opener.open(urllib.request.Request(request.address, headers=headers), timeout=_TIMEOUT_S)  # noqa: S310 - checked


def _check_scheme(address: str, *, vouched: bool) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and (vouched or parts.hostname in ("127.0.0.1", "::1", "localhost"))):
        return
    raise ModelStoreError(
        f"{address} is refused: a file whose hash is not known comes by https only"
        if parts.scheme == "http"
        else f"{address} is refused: models come by https"
    )


def _explained(address: str, error: urllib.error.HTTPError) -> Exception:
    if error.code in _TRANSIENT:
        return _Broken(f"the server is busy or ill (HTTP {error.code})")
    remedy = {
        401: "the server wants a login, which this file should not need; is a proxy in the way?",
        403: "the server refuses this machine; is a proxy or firewall in the way?",
        404: "the file is not there (any more); if SANTUN_MODELS_MIRROR or HF_ENDPOINT is set, that mirror lacks it",
        407: "the proxy wants a name and a password: set https_proxy=http://NAME:PASSWORD@HOST:PORT",
        410: "the file was taken away by its publisher",
    }.get(error.code, "the server does not hand the file out")
    return ModelStoreError(f"{address}: HTTP {error.code}: {remedy}")


def _unreachable(address: str, reason: object) -> Exception:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return ModelStoreError(
            f"{address}: its certificate cannot be checked ({reason.verify_message}); behind a proxy that inspects traffic, "
            "set SSL_CERT_FILE to that proxy's certificate authority"
        )
    if isinstance(reason, ConnectionError | ssl.SSLError) and not isinstance(reason, ConnectionRefusedError):
        return _Broken(f"the connection broke ({type(reason).__name__})")
    return ModelStoreError(
        f"{urlsplit(address).hostname} cannot be reached ({reason}): is there a network, and does it need a proxy (https_proxy)? "
        "Without one, copy the model from another machine: docs/models.md"
    )


def _note_of(target: Path) -> Path:
    return target.with_name(target.name + ".note")


def _remember(request: Request, headers: Message) -> None:
    """What tells next time whether the file is still the same: a strong ETag, or the day it was changed."""
    etag = str(headers.get("ETag") or "")
    validator = etag if etag and not etag.startswith("W/") else str(headers.get("Last-Modified") or "")
    note = {"address": request.address, "validator": validator}
    _note_of(request.target).write_text(json.dumps(note), encoding="utf-8")


def _validator(request: Request) -> str:
    try:
        note = json.loads(_note_of(request.target).read_text(encoding="utf-8"))
        return str(note["validator"]) if note["address"] == request.address else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
