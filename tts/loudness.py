"""Sentences fit to follow one another: no silence at their edges, and one level for all.

The level is that of the sound while somebody speaks (after ITU-T P.56, simplified: frames within 30 dB of the loudest), so a
sentence with long pauses is not made louder than one without.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tts.engine import Waveform

SPEECH_DBFS = -20.0
"""Active level of the bot's speech: loud on the line, with room for its peaks."""
PEAK = 0.89
"""No sample beyond (-1 dBFS)."""
PAUSE_S = 0.25
"""Between sentences, as people leave one."""
_FRAME_S = 0.01
_BELOW_LOUDEST_DB = 30.0
_EDGE_BELOW_LOUDEST_DB = 45.0
_SILENT_DBFS = -70.0
_MARGIN_S = 0.01
_FADE_S = 0.005
_FLOOR = 1e-9


def frame_levels_db(wave: Waveform, rate_hz: int) -> Waveform:
    """RMS of each 10 ms in dB over full scale, shape (frames,)."""
    size = _frame_samples(rate_hz)
    frames = np.pad(wave, (0, -len(wave) % size)).reshape(-1, size)
    return (10 * np.log10(np.mean(np.square(frames), axis=1) + _FLOOR)).astype(np.float32)


def active_level_db(wave: Waveform, rate_hz: int) -> float:
    """Level while somebody speaks, in dB over full scale; -90 for silence."""
    if not len(wave):
        return -90.0
    levels = frame_levels_db(wave, rate_hz)
    active = levels[levels > levels.max() - _BELOW_LOUDEST_DB]
    return float(10 * np.log10(np.mean(np.power(10, active / 10))))


def levelled(wave: Waveform, rate_hz: int, *, target_dbfs: float = SPEECH_DBFS) -> Waveform:
    """The same at the target level, or as near to it as its peaks allow; silence stays silence."""
    level = active_level_db(wave, rate_hz)
    peak = float(np.abs(wave).max()) if len(wave) else 0.0
    if level < _SILENT_DBFS or peak == 0:
        return wave
    gain = min(10 ** ((target_dbfs - level) / 20), PEAK / peak)
    return (wave * np.float32(gain)).astype(np.float32)


def trimmed(wave: Waveform, rate_hz: int) -> Waveform:
    """Without the silence before the first and after the last sound; a hundredth of a second stays on either side."""
    return trimmed_end(trimmed_start(wave, rate_hz), rate_hz)


def trimmed_start(wave: Waveform, rate_hz: int) -> Waveform:
    """Without the silence before the first sound."""
    loud = _loud_frames(wave, rate_hz)
    if not len(loud):
        return wave[:0]
    return wave[max(0, int(loud[0] * _frame_samples(rate_hz)) - int(_MARGIN_S * rate_hz)) :]


def trimmed_end(wave: Waveform, rate_hz: int) -> Waveform:
    """Without the silence after the last sound."""
    loud = _loud_frames(wave, rate_hz)
    if not len(loud):
        return wave[:0]
    return wave[: int((loud[-1] + 1) * _frame_samples(rate_hz)) + int(_MARGIN_S * rate_hz)]


def _loud_frames(wave: Waveform, rate_hz: int) -> NDArray[np.intp]:
    if not len(wave):
        return np.zeros(0, np.intp)
    levels = frame_levels_db(wave, rate_hz)
    return np.flatnonzero(levels > max(float(levels.max()) - _EDGE_BELOW_LOUDEST_DB, _SILENT_DBFS))


def _frame_samples(rate_hz: int) -> int:
    return max(1, int(_FRAME_S * rate_hz))


def faded_in(wave: Waveform, rate_hz: int) -> Waveform:
    """Without a click where it begins."""
    ramp = _ramp(wave, rate_hz)
    return np.concatenate((wave[: len(ramp)] * ramp, wave[len(ramp) :]))


def faded_out(wave: Waveform, rate_hz: int) -> Waveform:
    """Without a click where it ends."""
    ramp = _ramp(wave, rate_hz)[::-1]
    keep = len(wave) - len(ramp)
    return np.concatenate((wave[:keep], wave[keep:] * ramp))


def _ramp(wave: Waveform, rate_hz: int) -> Waveform:
    return np.linspace(0, 1, min(int(_FADE_S * rate_hz), len(wave) // 2), dtype=np.float32)
