"""Sentences are spoken once: in memory always, on disk when they are fixed."""

from __future__ import annotations

import multiprocessing
import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from diskcache.core import MODE_PICKLE

from tts.cache import CachedVoice
from tts.engine import Waveform
from tts.sentence_store import SentenceStore


class Counting:
    """Speaks a tone for each sentence and remembers what it was asked."""

    rate_hz = 8000

    def __init__(self, key: str = "tone/1") -> None:
        self.key = key
        self.asked: list[str] = []

    def synthesize(self, text: str) -> Iterator[Waveform]:
        self.asked.append(text)
        yield np.sin(np.arange(1000, dtype=np.float32) * (0.1 + len(text) / 100)) / 2


def sound(voice: CachedVoice, text: str) -> Waveform:
    return np.concatenate(list(voice.synthesize(text)))


def test_memory_forgets_the_least_used_sentence_first() -> None:
    beneath = Counting()
    voice = CachedVoice(beneath, limit_bytes=8000)
    voice.warm(["a", "b"])
    list(voice.synthesize("a"))
    voice.warm(["c"])
    list(voice.synthesize("a"))
    list(voice.synthesize("b"))
    assert beneath.asked == ["a", "b", "c", "b"]


def test_a_sentence_is_remembered_whatever_stands_beside_it() -> None:
    beneath = Counting()
    voice = CachedVoice(beneath)
    list(voice.synthesize("Baik, terima kasih. Kapan sebaiknya kami menghubungi?"))
    list(voice.synthesize("Baik, terima kasih. Selamat siang."))
    assert beneath.asked == ["Baik, terima kasih.", "Kapan sebaiknya kami menghubungi?", "Selamat siang."]


def test_a_fixed_sentence_is_there_after_a_restart(tmp_path: Path) -> None:
    first = CachedVoice(Counting(), store=SentenceStore(tmp_path / "speech"))
    first.keep(["Terima kasih. Selamat siang."])
    spoken = sound(first, "Terima kasih.")
    beneath = Counting()
    second = CachedVoice(beneath, store=SentenceStore(tmp_path / "speech"))
    second.keep(["Terima kasih."])
    assert np.allclose(sound(second, "Terima kasih."), spoken, atol=1e-4)
    assert beneath.asked == []


def test_a_sentence_with_a_name_or_sum_never_reaches_the_disk(tmp_path: Path) -> None:
    voice = CachedVoice(Counting(), store=SentenceStore(tmp_path / "speech"))
    voice.keep(["Terima kasih."])
    list(voice.synthesize("Terima kasih. Pembayaran Rp500.000 dari Budi Santoso sudah kami terima."))
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(b"Budi" in data or b"Terima" in data for data in files)
    with sqlite3.connect(tmp_path / "speech" / "cache.db") as database:
        assert database.execute("SELECT count(*) FROM Cache").fetchone() == (1,)


def test_another_voice_has_its_own_sound(tmp_path: Path) -> None:
    store = SentenceStore(tmp_path)
    for key in ("tone/1", "tone/2"):
        beneath = Counting(key)
        voice = CachedVoice(beneath, store=store)
        voice.keep(["Halo."])
        list(voice.synthesize("Halo."))
        assert beneath.asked == ["Halo."]


def test_the_disk_forgets_the_least_recently_used_beyond_its_bound(tmp_path: Path) -> None:
    limit = 400_000
    store = SentenceStore(tmp_path, limit_bytes=limit)
    wave = np.zeros(16_000, np.float32)
    store.put("v", "kept", wave)
    for number in range(60):
        store.put("v", str(number), wave)
        store.get("v", "kept")
    total = sum(path.stat().st_size for path in tmp_path.rglob("*.val"))
    assert total <= limit
    assert store.get("v", "kept") is not None
    assert store.get("v", "0") is None


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_sentence_is_spoken_again(tmp_path: Path, damage: str) -> None:
    store = SentenceStore(tmp_path)
    store.put("v", "x", np.linspace(-0.5, 0.5, 40_000, dtype=np.float32))
    (file,) = tmp_path.rglob("*.val")
    data = bytearray(file.read_bytes())
    if damage == "remove":
        file.unlink()
    else:
        data[100] ^= 1
        file.write_bytes(data if damage == "flip" else data[:-7])
    assert store.get("v", "x") is None
    store.put("v", "x", np.zeros(40_000, np.float32))
    assert store.get("v", "x") is not None


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "speech"
    store = SentenceStore(folder)
    store.put("v", "x", np.zeros(100, np.float32))
    store.close()
    (folder / "cache.db").write_bytes(b"not a database" * 100)
    again = SentenceStore(folder)
    assert again.get("v", "x") is None
    again.put("v", "x", np.zeros(100, np.float32))
    assert again.get("v", "x") is not None


def test_a_pickle_in_the_folder_is_never_loaded(tmp_path: Path) -> None:
    store = SentenceStore(tmp_path)
    store.put("v", "x", np.zeros(100, np.float32))
    store.close()
    harmful = pickle.dumps(_Touches(tmp_path / "harm"))
    with sqlite3.connect(tmp_path / "cache.db") as database:
        database.execute("UPDATE Cache SET mode = ?, value = ?, filename = NULL", (MODE_PICKLE, harmful))
    assert SentenceStore(tmp_path).get("v", "x") is None
    assert not (tmp_path / "harm").exists()


class _Touches:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return (Path.touch, (self.path,))


def test_a_folder_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    voice = CachedVoice(Counting(), store=SentenceStore(tmp_path / "file" / "speech"))
    voice.keep(["Halo."])
    assert len(sound(voice, "Halo.")) == 1000


def _write_often(folder: str, number: int) -> bool:
    store = SentenceStore(Path(folder))
    wave = np.full(20_000, number / 10, np.float32)
    for _ in range(40):
        store.put("v", "shared", wave)
        found = store.get("v", "shared")
        if found is not None and (len(found) != 20_000 or len(set(found.tolist())) != 1):
            return False
    return True


def test_processes_may_share_a_folder(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert all(pool.starmap(_write_often, [(str(tmp_path), number) for number in range(1, 4)]))
    assert SentenceStore(tmp_path).get("v", "shared") is not None
