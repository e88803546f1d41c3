"""Tones on a line: beeps, ringback, busy, special information tones (SIT), fax, keys. Streaming, a frame of 20 ms at a time.

A tone is a spectrum with one or two lines and nothing else, steady in frequency: a 40 ms Hann window each 20 ms, zero-padded
for a fine grid, says how much of the energy one or two peaks hold. Fixed Goertzel filters would do for the network's tones, but
not for a voicemail's beep, whose frequency is anybody's choice. What a tone means follows from its frequencies and its cadence
(ITU-T E.180 and its list of national tones, E.180 Annex; T.30 for fax; Q.24 for keys).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from voicebot.call.audio import FRAME_S

ToneKind = Literal["beep", "ringback", "busy", "dial", "sit", "fax", "key"]

_GRID = 1024
_LOWEST_HZ, _HIGHEST_HZ = 280.0, 3400.0
_LOBE_HZ = 60.0
"""Half the width of a spectral line under the window."""
_SINGLE_SHARE = 0.80
_PAIR_SHARE = 0.84
_PAIR_BALANCE = 0.08
"""The weaker of two lines holds at least this share: the keys' two tones may differ by 8 dB (Q.24)."""
_FLOOR_RMS = 10 ** (-52 / 20)
_STEADY_SHARE, _STEADY_HZ = 0.008, 5.0
"""A line that moves more than this from its mean belongs to a voice."""
_MIN_BURST_S = 0.06
_MIN_BEEP_S, _MAX_BEEP_S = 0.12, 4.0
_BEEP_HZ = (350.0, 2600.0)
_NETWORK_HZ = (390.0, 490.0)
"""Ringback, busy and dial tone lie here in most countries; Indonesia's at 425 Hz. America's ringback (440 and 480 Hz) beats, is
not told from a hum by so short a window, and is left unnamed."""
_RINGBACK_S = 0.7
"""Ringback sounds for 1 s in Indonesia (then 4 s of silence), 2 s in America: no busy tone sounds as long as this."""
_DIAL_S = 2.6
_SIT_HZ = ((890.0, 1010.0), (1340.0, 1460.0), (1740.0, 1860.0))
_SIT_S = (0.2, 0.45)
_ANSWERING_FAX_HZ, _ANSWERING_FAX_S = (2085.0, 2115.0), 1.0
_CALLING_FAX_HZ, _CALLING_FAX_S, _CALLING_FAX_PAUSE_S = (1062.0, 1138.0), (0.4, 0.6), (2.5, 3.6)
_HELD_HZ, _HELD_PACE, _MUSICAL = 10.0, 0.03, 0.6
"""In music the strongest frequency stays from window to window; the share of such windows is averaged over about 0.7 s."""
_ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
_COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
_KEY_OFF_SHARE = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """A steady tone while it lasted: one frequency, or a pair (low, high)."""

    hz: tuple[float, ...]
    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """What one or several bursts mean, told at ``end_s``; ``start_s`` is the first burst's beginning."""

    kind: ToneKind
    start_s: float
    end_s: float
    hz: float


class Tones(Protocol):
    """What a judge needs to know of a line's tones."""

    @property
    def is_musical(self) -> bool:
        """Whether notes have been held over the last second or so: music on hold, a personal ring-back tone, also a singer."""
        ...

    def sounding_since_s(self) -> float | None:
        """When the tone in progress began; None when there is none, or it is yet too short to be one."""
        ...

    def hear(self, samples: NDArray[np.float32], start_s: float) -> Tone | None:
        """Take the next 20 ms (in [-1, 1], beginning at ``start_s``); the tone that has thereby become certain."""
        ...


class ToneDetector:
    """One line's tones. Dial tone and fax are told while they sound, everything else when it has ended."""

    def __init__(self, rate_hz: int = 8000) -> None:
        self._rate_hz = rate_hz
        self._window = _Window(rate_hz)
        self._before: NDArray[np.float32] = np.zeros(round(rate_hz * FRAME_S), np.float32)
        self._lines: list[tuple[float, ...]] = []
        self._began_s = 0.0
        self._told: ToneKind | None = None
        self._bursts: deque[Burst] = deque(maxlen=4)
        self._held = 0.0

    def sounding_since_s(self) -> float | None:
        """When the tone in progress began."""
        return self._began_s if len(self._lines) * FRAME_S >= _MIN_BURST_S else None

    @property
    def is_musical(self) -> bool:
        """Whether notes have been held."""
        return self._held >= _MUSICAL

    def hear(self, samples: NDArray[np.float32], start_s: float) -> Tone | None:
        """Take the next 20 ms."""
        lines = self._window.lines(np.concatenate([self._before, samples]))
        self._held += (self._window.is_held - self._held) * _HELD_PACE
        self._before = samples
        if lines and self._lines and _alike(lines, self._lines):
            self._lines.append(lines)
            return self._while_it_sounds(start_s + FRAME_S)
        tone = self._ended(start_s)
        self._lines = [lines] if lines else []
        self._began_s = start_s
        self._told = None
        return tone

    def _while_it_sounds(self, now_s: float) -> Tone | None:
        if self._told is not None:
            return None
        burst = Burst(hz=_mean(self._lines), start_s=self._began_s, end_s=now_s)
        kind = _lasting(burst)
        if kind is None:
            return None
        self._told = kind
        return Tone(kind=kind, start_s=burst.start_s, end_s=now_s, hz=burst.hz[0])

    def _ended(self, now_s: float) -> Tone | None:
        if len(self._lines) * FRAME_S < _MIN_BURST_S:
            return None
        burst = Burst(hz=_mean(self._lines), start_s=self._began_s, end_s=now_s)
        self._bursts.append(burst)
        kind = _cadence(list(self._bursts)) or _single(burst)
        if kind is None or self._told is not None:
            return None
        first = self._bursts[-3] if kind in ("busy", "sit") else burst
        return Tone(kind=kind, start_s=first.start_s, end_s=burst.end_s, hz=burst.hz[0])


class _Window:
    """The lines of a 40 ms window, where it holds nothing else."""

    def __init__(self, rate_hz: int) -> None:
        size = 2 * round(rate_hz * FRAME_S)
        self._taper = np.hanning(size).astype(np.float32)
        self._grid_hz = rate_hz / _GRID
        self._low = round(_LOWEST_HZ / self._grid_hz)
        self._high = round(_HIGHEST_HZ / self._grid_hz)
        self._lobe = round(_LOBE_HZ / self._grid_hz)
        self._strongest = -1
        self.is_held = False
        """Whether the strongest frequency of the last window is that of the window before."""

    def lines(self, samples: NDArray[np.float32]) -> tuple[float, ...]:
        """One or two frequencies, or none."""
        if float(np.sqrt(np.mean(np.square(samples)))) < _FLOOR_RMS:
            self._strongest, self.is_held = -1, False
            return ()
        power = np.square(np.abs(np.fft.rfft(samples * self._taper, _GRID)))
        total = float(power[self._low // 2 :].sum()) + 1e-12  # hum below the band counts against a tone, its origin does not
        band = power[self._low : self._high].copy()
        strongest = int(np.argmax(band))
        self.is_held = self._strongest >= 0 and abs(strongest - self._strongest) * self._grid_hz <= _HELD_HZ
        self._strongest = strongest
        first_hz, first = self._take_peak(band)
        if first / total >= _SINGLE_SHARE:
            return (first_hz,)
        second_hz, second = self._take_peak(band)
        if (first + second) / total >= _PAIR_SHARE and second / total >= _PAIR_BALANCE:
            return (min(first_hz, second_hz), max(first_hz, second_hz))
        return ()

    def _take_peak(self, band: NDArray[np.float64]) -> tuple[float, float]:
        """(frequency, energy) of the highest peak, which is then cut out of ``band``."""
        place = int(np.argmax(band))
        offset = 0.0
        if 0 < place < len(band) - 1:
            left, mid, right = np.log(band[place - 1 : place + 2] + 1e-20)
            curve = left - 2 * mid + right
            offset = 0.5 * float(left - right) / float(curve) if curve < 0 else 0.0
        cut = slice(max(0, place - self._lobe), place + self._lobe + 1)
        energy = float(band[cut].sum())
        band[cut] = 0.0
        return (self._low + place + offset) * self._grid_hz, energy


def _mean(lines: list[tuple[float, ...]]) -> tuple[float, ...]:
    inner = lines[1:-1] or lines  # windows half outside the tone tell its frequency badly
    return tuple(float(np.median([line[i] for line in inner])) for i in range(len(inner[0])))


def _alike(lines: tuple[float, ...], run: list[tuple[float, ...]]) -> bool:
    """Whether the lines continue a run: as many, at the same places."""
    if len(lines) != len(run[0]):
        return False
    # A window at the run's edge may be off; compare with the middle of the run as soon as there is one.
    known = _mean(run[-8:])
    edge = 4.0 if len(run) < 3 else 1.0
    return all(abs(a - b) <= edge * max(_STEADY_HZ, _STEADY_SHARE * b) for a, b in zip(lines, known, strict=True))


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _is_network(burst: Burst) -> bool:
    """Ringback, busy or dial tone by its frequency: one line, or two close ones (440 + 480, 480 + 620)."""
    return _within(burst.hz[0], _NETWORK_HZ) and (len(burst.hz) == 1 or burst.hz[1] <= 640.0)


def _lasting(burst: Burst) -> ToneKind | None:
    """What a tone can be told to be while it still sounds."""
    if _is_network(burst):
        return "dial" if burst.length_s >= _DIAL_S else None
    if len(burst.hz) == 1 and _within(burst.hz[0], _ANSWERING_FAX_HZ) and burst.length_s >= _ANSWERING_FAX_S:
        return "fax"
    return None


def _cadence(bursts: list[Burst]) -> ToneKind | None:
    """What the last bursts mean together."""
    last = bursts[-3:]
    if len(last) == 3:
        gaps = [later.start_s - earlier.end_s for earlier, later in pairwise(last)]
        if all(
            len(burst.hz) == 1 and _within(burst.hz[0], band) and _within(burst.length_s, _SIT_S)
            for burst, band in zip(last, _SIT_HZ, strict=True)
        ) and all(gap < 0.1 for gap in gaps):
            return "sit"
        lengths = [burst.length_s for burst in last]
        if (
            all(map(_is_network, last))
            and all(_within(length, (0.15, 0.65)) for length in lengths)
            and max(lengths) - min(lengths) <= 0.1
            and all(_within(gap, (0.15, 0.75)) for gap in gaps)
        ):
            return "busy"
    if len(bursts) >= 2:
        one, two = bursts[-2:]
        if (
            all(
                len(b.hz) == 1 and _within(b.hz[0], _CALLING_FAX_HZ) and _within(b.length_s, _CALLING_FAX_S) for b in (one, two)
            )
        ) and _within(two.start_s - one.end_s, _CALLING_FAX_PAUSE_S):
            return "fax"
    return None


def _single(burst: Burst) -> ToneKind | None:
    """What one burst means by itself."""
    if _is_network(burst) and burst.length_s >= _RINGBACK_S:
        return "ringback"
    if len(burst.hz) == 2:
        return "key" if key_of(burst.hz) else None
    is_beep = _within(burst.hz[0], _BEEP_HZ) and _within(burst.length_s, (_MIN_BEEP_S, _MAX_BEEP_S))
    return "beep" if is_beep else None


@cache
def _keys() -> dict[tuple[float, float], str]:
    pairs = [(row, column) for row in _ROWS_HZ for column in _COLUMNS_HZ]
    return dict(zip(pairs, "123A456B789C*0#D", strict=True))


def key_of(hz: tuple[float, ...]) -> str | None:
    """The key that sounds so."""
    for (row, column), key in _keys().items():
        if abs(hz[0] - row) <= _KEY_OFF_SHARE * row and abs(hz[-1] - column) <= _KEY_OFF_SHARE * column:
            return key
    return None
