"""A web server that can resume, cut, redirect and refuse; and a models folder with a list of its own."""

from __future__ import annotations

import hashlib
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Served:
    """What is served at a path; ``cut_after`` ends the first answers early, so many bytes in; ``gate`` holds answers back."""

    content: bytes = b""
    status: int = 200
    etag: str = '"v1"'
    location: str = ""
    cut_after: list[int] = field(default_factory=list)
    resumes: bool = True
    content_type: str = "application/octet-stream"
    gate: threading.Event | None = None


@dataclass
class Server:
    """``url`` ends in a slash; ``asked`` holds (path, Range header) of every request."""

    url: str = ""
    paths: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def serve(self, path: str, content: bytes = b"", **how: Any) -> str:
        self.paths[path] = Served(content=content, **how)
        return self.url + path

    def count(self, path: str) -> int:
        return sum(1 for asked, _ in self.asked if asked == path)


def _handler(server: Server) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            asked = self.headers.get("Range", "")
            server.asked.append((path, asked))
            served = server.paths.get(path)
            if served is None:
                self.send_error(404)
                return
            if served.location:
                self.send_response(302)
                self.send_header("Location", served.location)
                self.end_headers()
                return
            if served.status != 200:
                self.send_error(served.status)
                return
            self._send(served, asked)

        def _send(self, served: Served, asked: str) -> None:
            if served.gate is not None:
                served.gate.wait(60)
            start = 0
            same = self.headers.get("If-Range") in (None, served.etag)
            if served.resumes and same and (match := re.fullmatch(r"bytes=(\d+)-", asked)):
                start = int(match[1])
                if start >= len(served.content):
                    self.send_error(416)
                    return
            body = served.content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", served.content_type)
            if served.etag:
                self.send_header("ETag", served.etag)
            self.end_headers()
            self.wfile.write(body[: served.cut_after.pop(0)] if served.cut_after else body)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on standard error."""

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(served)) as running:
        served.url = f"http://127.0.0.1:{running.server_address[1]}/"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield served
        running.shutdown()
        thread.join()


Listed = Callable[..., str]


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder that this process, and those it starts, use."""
    for name in (
        "SANTUN_MODELS_MIRROR",
        "SANTUN_DATA_DIR",
        "HF_ENDPOINT",
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("SANTUN_MODELS_DIR", str(folder))
    return folder


@pytest.fixture
def listed(models_dir: Path) -> Listed:
    """Adds a model to the user's own list; gives its name."""
    written: dict[str, str] = {}

    def add(name: str, source: str, files: dict[str, bytes | tuple[int, str]] | None = None, **facts: Any) -> str:
        rows = []
        for path, content in (files or {}).items():
            size, digest = content if isinstance(content, tuple) else (len(content), hashlib.sha256(content).hexdigest())
            rows.append(f'{{ path = "{path}", size_bytes = {size}, sha256 = "{digest}" }}')
        lines = [f"[{name}]", f"source = {source}" if source else "", f"files = [{', '.join(rows)}]" if rows else ""]
        lines += [f"{key} = {json.dumps(value)}" for key, value in facts.items()]
        written[name] = "\n".join(lines)
        (models_dir / "models.toml").write_text("\n\n".join(written.values()), encoding="utf-8")
        return name

    return add
