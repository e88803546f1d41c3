"""The C library inside the pocketsphinx wheel, called without holding Python's lock.

The wheel's own wrapper keeps the global interpreter lock while it decodes, some 10 ms for each piece of sound and up to
hundreds at the end of an utterance: long enough to be heard as gaps on the other calls of the process. ctypes lets it go.
Signatures: ``pocketsphinx.h`` and ``pocketsphinx/model.h`` of PocketSphinx 5.
"""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterator
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_int32, c_long, c_size_t, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAMES_A_S = 100
_FATAL_ONLY = 4
_LINE = "line"
_PIECE_SAMPLES = 800
"""Once a decoder has had a whole utterance at once, its buffers let later pieces overrun unless they are this short."""
_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "err_set_loglevel": (c_int, (c_int,)),
    "ps_config_init": (c_void_p, (c_void_p,)),
    "ps_config_free": (c_int, (c_void_p,)),
    "ps_config_set_str": (c_void_p, (c_void_p, c_char_p, c_char_p)),
    "ps_config_set_float": (c_void_p, (c_void_p, c_char_p, c_double)),
    "ps_config_set_int": (c_void_p, (c_void_p, c_char_p, c_long)),
    "ps_config_set_bool": (c_void_p, (c_void_p, c_char_p, c_int)),
    "ps_init": (c_void_p, (c_void_p,)),
    "ps_free": (c_int, (c_void_p,)),
    "ps_get_logmath": (c_void_p, (c_void_p,)),
    "ps_add_lm_file": (c_int, (c_void_p, c_char_p, c_char_p)),
    "ps_add_jsgf_string": (c_int, (c_void_p, c_char_p, c_char_p)),
    "ps_activate_search": (c_int, (c_void_p, c_char_p)),
    "ps_start_utt": (c_int, (c_void_p,)),
    "ps_process_raw": (c_int, (c_void_p, c_void_p, c_size_t, c_int, c_int)),
    "ps_end_utt": (c_int, (c_void_p,)),
    "ps_seg_iter": (c_void_p, (c_void_p,)),
    "ps_seg_next": (c_void_p, (c_void_p,)),
    "ps_seg_word": (c_char_p, (c_void_p,)),
    "ps_seg_frames": (None, (c_void_p, POINTER(c_int), POINTER(c_int))),
    "ps_seg_prob": (c_int32, (c_void_p, POINTER(c_int32), POINTER(c_int32), POINTER(c_int32))),
    "logmath_log_to_ln": (c_double, (c_void_p, c_int)),
}


class PocketSphinxError(RuntimeError):
    """The library is missing or refused something; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the best path. Frames are of 10 ms, the end exclusive.

    ``score`` is the acoustic log-likelihood less that of the best sound at each frame (natural, never above 0), ``posterior``
    the natural log of the share of the word lattice that agrees (0 in partial results).
    """

    word: str
    start: int
    end: int
    score: float
    posterior: float


def wheel_folder() -> Path:
    """Where the pocketsphinx package lies. Raises :class:`PocketSphinxError`."""
    found = importlib.util.find_spec("pocketsphinx")
    if found is None or not found.submodule_search_locations:
        raise PocketSphinxError(
            "English needs the package pocketsphinx: run `make setup`, or `pip install 'pocketsphinx>=5.0.4,<5.2'`"
        )
    return Path(found.submodule_search_locations[0])


def model_folder() -> Path:
    """The US English model that comes in the wheel."""
    return wheel_folder() / "model" / "en-us"


@cache
def load() -> Any:
    """The library, with its signatures. Raises :class:`PocketSphinxError`."""
    for path in sorted(wheel_folder().glob("_pocketsphinx*")):
        try:
            library = ctypes.CDLL(str(path))
            for name, (result, arguments) in _SIGNATURES.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError) as error:
            raise PocketSphinxError(
                f"this build of pocketsphinx cannot be used ({error}): install pocketsphinx 5.0.4 or 5.1 for Linux or macOS, "
                "or set another recognizer for English (docs/models.md)"
            ) from error
        library.err_set_loglevel(_FATAL_ONLY)
        return library
    raise PocketSphinxError("the package pocketsphinx holds no library: reinstall it")


class Decoder:
    """One decoder: one utterance at a time, by one thread at a time. About 7 MB, and 2 MB for each language model.

    ``dictionary`` is a file of words and their phones; ``options`` are those of PocketSphinx's configuration. Raises
    :class:`PocketSphinxError`.
    """

    def __init__(self, dictionary: Path, **options: str | float | bool) -> None:
        self._library = load()
        config = self._library.ps_config_init(None)
        settings: dict[str, str | float | bool] = {
            "hmm": str(model_folder() / "en-us"), "dict": str(dictionary), "loglevel": "FATAL", **options
        }  # fmt: skip
        for name, value in settings.items():
            if not self._set(config, name.encode(), value):
                raise PocketSphinxError(f"pocketsphinx knows no option {name}={value!r}: install version 5.0.4 or 5.1")
        self._decoder: int | None = self._library.ps_init(config)
        self._library.ps_config_free(config)
        if not self._decoder:
            raise PocketSphinxError(f"pocketsphinx cannot read its model or {dictionary}: reinstall the package pocketsphinx")
        self._log = self._library.ps_get_logmath(self._decoder)
        self._library.ps_add_jsgf_string(self._decoder, _LINE.encode(), b"#JSGF V1.0; grammar line; public <line> = yes;")

    def _set(self, config: int, name: bytes, value: str | float | bool) -> bool:
        library = self._library
        if isinstance(value, bool):
            return bool(library.ps_config_set_bool(config, name, int(value)))
        if isinstance(value, str):
            return bool(library.ps_config_set_str(config, name, value.encode()))
        if isinstance(value, int):
            return bool(library.ps_config_set_int(config, name, value))
        return bool(library.ps_config_set_float(config, name, value))

    def close(self) -> None:
        """Free the memory."""
        decoder, self._decoder = self._decoder, None
        if decoder:
            self._library.ps_free(decoder)

    __del__ = close

    def add_language_model(self, name: str, path: Path) -> None:
        """Make an ARPA file known as the search ``name``."""
        if self._library.ps_add_lm_file(self._decoder, name.encode(), str(path).encode()) < 0:
            raise PocketSphinxError(f"pocketsphinx cannot read the language model {path}")

    def listen_to_the_line(self, samples: NDArray[np.int16]) -> None:
        """Take the mean of the next utterance's features from a piece of its sound (at 16 kHz), without decoding it.

        Left to itself, the running mean moves only by seconds of speech, and most answers are over by then.
        """
        self.begin(_LINE)
        self.hear(samples, whole=True)
        self.end()

    def begin(self, search: str) -> None:
        """Start an utterance."""
        if self._library.ps_activate_search(self._decoder, search.encode()) < 0:
            raise PocketSphinxError(f"pocketsphinx knows no search {search}")
        if self._library.ps_start_utt(self._decoder) < 0:
            raise PocketSphinxError("pocketsphinx cannot begin an utterance")

    def hear(self, samples: NDArray[np.int16], *, whole: bool = False) -> None:
        """Take samples at 16 kHz. ``whole``: they are the whole utterance, and its mean is taken from all of it."""
        data = np.ascontiguousarray(samples)
        piece = len(data) if whole else _PIECE_SAMPLES
        for start in range(0, len(data), max(1, piece)):
            here = data[start : start + piece]
            if self._library.ps_process_raw(self._decoder, here.ctypes.data, len(here), 0, int(whole)) < 0:
                raise PocketSphinxError("pocketsphinx failed on a piece of sound")

    def end(self) -> None:
        """End the utterance."""
        self._library.ps_end_utt(self._decoder)

    def path(self) -> Iterator[Segment]:
        """The best path so far, or in the end; silences and noises are in it too."""
        library = self._library
        start, end = c_int(), c_int()
        acoustic, language, order = c_int32(), c_int32(), c_int32()
        segment = library.ps_seg_iter(self._decoder)
        while segment:
            library.ps_seg_frames(segment, byref(start), byref(end))
            posterior = library.ps_seg_prob(segment, byref(acoustic), byref(language), byref(order))
            yield Segment(
                word=library.ps_seg_word(segment).decode(),
                start=start.value,
                end=end.value + 1,
                score=library.logmath_log_to_ln(self._log, acoustic.value),
                posterior=library.logmath_log_to_ln(self._log, posterior),
            )
            segment = library.ps_seg_next(segment)
