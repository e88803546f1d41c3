"""Synthesized sentences on disk, between processes and restarts: the least recently used go first (diskcache, SQLite).

For the fixed sentences of a script only: what holds a customer's name or sum must not lie here.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import diskcache
import numpy as np
from diskcache.core import MODE_PICKLE

from tts.engine import Waveform

DEFAULT_LIMIT_BYTES = 256_000_000
_TIMEOUT_S = 0.1
"""A call does not wait for another process's writing; the sentence is spoken anew."""
_DIGEST_BYTES = 16


class SentenceStore:
    """Waveforms by voice and sentence; thread-safe, shared by processes.

    ``folder`` is its own and is made on first use, open to this user alone. A store that cannot be read or written (a full disk,
    a damaged file, a folder of another user) holds nothing: it never raises, since the voice can always speak.
    """

    def __init__(self, folder: Path, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._cache: Any = None
        self._lock = threading.Lock()

    def get(self, voice_key: str, sentence: str) -> Waveform | None:
        """What was put, or None: not there, not whole, or not readable now."""
        value = self._safely(lambda cache: cache.get(_key(voice_key, sentence)))
        return _waveform(value) if isinstance(value, bytes) else None

    def put(self, voice_key: str, sentence: str, wave: Waveform) -> None:
        """Keep a sentence; it takes two bytes a sample."""
        self._safely(lambda cache: cache.set(_key(voice_key, sentence), _packed(wave)))

    def clear(self) -> None:
        """Forget everything."""
        self._safely(lambda cache: cache.clear())

    def close(self) -> None:
        """Let go of the files; they are opened again when needed."""
        with self._lock:
            if self._cache is not None:
                self._cache.close()
            self._cache = None

    def _safely(self, do: Any) -> Any:
        try:
            return do(self._opened())
        except sqlite3.DatabaseError:  # damaged: everything in it can be made again
            self.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        except (OSError, diskcache.Timeout, pickle.UnpicklingError):
            pass
        return None

    def _opened(self) -> Any:
        with self._lock:
            if self._cache is None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._cache = diskcache.Cache(
                    str(self._folder),
                    timeout=_TIMEOUT_S,  # pyright: ignore[reportArgumentType] - SQLite takes parts of a second
                    disk=_PlainDisk,
                    size_limit=self._limit_bytes,
                    eviction_policy="least-recently-used",
                )
            return self._cache


class _PlainDisk(diskcache.Disk):
    """Reads plain bytes only: a pickle that somebody put into the folder is never loaded."""

    def fetch(self, mode: int, filename: Any, value: Any, read: bool) -> Any:
        if mode == MODE_PICKLE:
            raise pickle.UnpicklingError("a sentence is stored as plain bytes")
        return super().fetch(mode, filename, value, read)


def _key(voice_key: str, sentence: str) -> str:
    return hashlib.blake2b(f"{voice_key}\0{sentence}".encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _packed(wave: Waveform) -> bytes:
    sound = np.round(np.clip(wave, -1, 1) * 32767).astype("<i2").tobytes()
    return hashlib.blake2b(sound, digest_size=_DIGEST_BYTES).digest() + sound


def _waveform(value: bytes) -> Waveform | None:
    digest, sound = value[:_DIGEST_BYTES], value[_DIGEST_BYTES:]
    if len(sound) % 2 or hashlib.blake2b(sound, digest_size=_DIGEST_BYTES).digest() != digest:
        return None
    return np.frombuffer(sound, dtype="<i2").astype(np.float32) / np.float32(32767)
