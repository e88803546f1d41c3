"""The model store: what is shipped is whole, what is fetched is checked, and research-only weights never ship."""

from __future__ import annotations

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models import store
from models.store import Entry, File, ModelStoreError

WEIGHTS = Path(store.__file__).parent / "weights"
CONTENT = b"weights " * 50_000


def test_the_shipped_models_match_their_hashes() -> None:
    for name in ("id-phone", "silero-vad"):
        store.verify(name)
        assert "licen" in store.card_text(name).lower() or "MIT" in store.card_text(name)
        assert (WEIGHTS / name / "NOTICE").is_file()


def test_the_package_stays_small_and_holds_nothing_for_research_only() -> None:
    for folder in WEIGHTS.iterdir():
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 20_000_000, folder
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) < 40_000_000
    assert not [path for path in WEIGHTS.rglob("*") if "-nc" in str(path.relative_to(WEIGHTS))]


def test_the_recognizer_gives_probabilities_for_windows_of_any_length_and_batch() -> None:
    encoder = onnxruntime.InferenceSession(str(WEIGHTS / "id-phone" / "encoder.onnx"), providers=["CPUExecutionProvider"])
    head = onnxruntime.InferenceSession(str(WEIGHTS / "id-phone" / "head.onnx"), providers=["CPUExecutionProvider"])
    for batch, frames in ((1, 40), (3, 100), (1, 400)):
        taps = encoder.run(None, {"log_mel": np.zeros((batch, 80, 2 * frames), np.float32)})[0]
        assert taps.shape == (batch, frames, 384)
        log_probs = head.run(None, {"taps": taps})[0]
        assert log_probs.shape[:2] == (batch, frames // 2)
        assert np.allclose(np.exp(log_probs).sum(-1), 1, atol=1e-3)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "model.bin").write_bytes(CONTENT)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: str) -> dict[str, Entry]:
    def entry(name: str, sha256: str, url: str = server) -> Entry:
        files = (File(path="model.bin", size_bytes=len(CONTENT), sha256=sha256),)
        return Entry(name=name, kind="test", language="id", rate_hz=8000, licence="none", summary="", url=url, files=files)

    right = hashlib.sha256(CONTENT).hexdigest()
    entries = {
        "right": entry("right", right),
        "wrong": entry("wrong", "0" * 64),
        "ftp": entry("ftp", right, "ftp://example.org/"),
    }
    monkeypatch.setattr(store, "_entries", lambda: entries)
    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path / "cache")
    return entries


def test_a_model_is_fetched_checked_and_not_fetched_again(known: dict[str, Entry]) -> None:
    seen: list[int] = []
    folder = store.pull("right", progress=lambda done, total: seen.append(done))
    assert (folder / "model.bin").read_bytes() == CONTENT
    assert seen[-1] == len(CONTENT)
    seen.clear()
    store.pull("right", progress=lambda done, total: seen.append(done))
    assert seen == []


def test_a_wrong_hash_leaves_nothing_behind(known: dict[str, Entry]) -> None:
    with pytest.raises(ModelStoreError, match="nothing was kept"):
        store.pull("wrong")
    assert not list(store.folder_of("wrong").rglob("*.bin"))


def test_offline_unknown_and_insecure_sources_are_refused(known: dict[str, Entry]) -> None:
    with pytest.raises(ModelStoreError, match="offline"):
        store.pull("right", offline=True)
    with pytest.raises(ModelStoreError, match="no model named"):
        store.pull("nothing")
    with pytest.raises(ModelStoreError, match="https"):
        store.pull("ftp")
