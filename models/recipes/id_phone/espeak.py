"""espeak-ng in process, with every knob open: the product's own voice (``tts.espeak``) offers fewer."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RETRIEVAL_SYNCHRONOUS = 2
_NO_EXIT = 0x8000
_UTF8 = 1
_RATE, _PITCH, _SPAN = 1, 3, 4


class Espeak:
    """One engine a process."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        path = espeakng_loader.get_data_path().encode()
        self.rate_hz = int(self._library.espeak_Initialize(_RETRIEVAL_SYNCHRONOUS, 0, path, _NO_EXIT))
        self._pieces: list[NDArray[np.int16]] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = kind(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if count > 0 and samples:
            self._pieces.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        return 0

    def say(self, text: str, voice: str, *, rate_wpm: int, pitch: int, span: int) -> NDArray[np.float32]:
        """The sentence as a wave in [-1, 1] at ``rate_hz``."""
        self._pieces = []
        self._library.espeak_SetVoiceByName(voice.encode())
        for knob, value in ((_RATE, rate_wpm), (_PITCH, pitch), (_SPAN, span)):
            self._library.espeak_SetParameter(knob, value, 0)
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, len(data), 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        pieces = self._pieces or [np.zeros(0, np.int16)]
        return np.concatenate(pieces).astype(np.float32) / 32768
