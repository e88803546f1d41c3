"""What is wrong with a recording, as its speaker or engineer can put right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from tts.engine import Synthesizer, Waveform
from tts.loudness import active_level_db, frame_levels_db, trimmed

_LEAST_HZ = 8000
_CLIPPED = 0.999
_CLIPPED_RUN_SAMPLES = 3
_QUIET_DBFS = -40.0
_NOISE_BELOW_SPEECH_DB = 20.0
_LONG_EDGE_S = 0.7
_SHORTEST_SHARE, _LONGEST_SHARE = 0.45, 2.2
"""Beside what the built-in voice takes for the same words; people differ by less."""


def faults_of(path: Path, text: str, voice: Synthesizer) -> list[str]:
    """Everything wrong with the recording of ``text``; ``voice`` tells how long its words take about."""
    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        return ["is no sound file that can be read; save it as WAV (PCM)"]
    channels: Waveform = samples.astype(np.float32)
    wave: Waveform = channels.mean(axis=1)
    if not len(wave) or float(np.abs(wave).max()) == 0:
        return ["is silent"]
    return [*_format_faults(rate_hz), *_level_faults(channels, wave, rate_hz), *_length_faults(wave, rate_hz, text, voice)]


def _format_faults(rate_hz: int) -> list[str]:
    if rate_hz < _LEAST_HZ:
        return [f"has a rate of {rate_hz} Hz; record at 16000 Hz or more"]
    return []


def _level_faults(samples: Waveform, wave: Waveform, rate_hz: int) -> list[str]:
    found: list[str] = []
    clipped = np.abs(samples).max(axis=1) >= _CLIPPED
    if np.convolve(clipped, np.ones(_CLIPPED_RUN_SAMPLES), "valid").max(initial=0) >= _CLIPPED_RUN_SAMPLES:
        found.append("is clipped; record it again with less gain")
    level = active_level_db(wave, rate_hz)
    if level < _QUIET_DBFS:
        found.append(f"is very quiet ({level:.0f} dBFS); record it again nearer to the microphone")
    floor = float(np.percentile(frame_levels_db(wave, rate_hz), 5))
    if len(wave) > rate_hz and level - floor < _NOISE_BELOW_SPEECH_DB:
        found.append(
            f"has noise only {level - floor:.0f} dB below the speech; record in a quiet room, with a moment of silence at both ends"
        )
    return found


def _length_faults(wave: Waveform, rate_hz: int, text: str, voice: Synthesizer) -> list[str]:
    found: list[str] = []
    spoken = trimmed(wave, rate_hz)
    if (silent_s := (len(wave) - len(spoken)) / rate_hz) > 2 * _LONG_EDGE_S:
        found.append(f"has {silent_s:.1f} s of silence around the words (it is cut when played)")
    expected = np.concatenate([trimmed(chunk, voice.rate_hz) for chunk in voice.synthesize(text)] or [np.zeros(0, np.float32)])
    expected_s, spoken_s = len(expected) / voice.rate_hz, len(spoken) / rate_hz
    if expected_s and not _SHORTEST_SHARE <= spoken_s / expected_s <= _LONGEST_SHARE:
        found.append(f"lasts {spoken_s:.1f} s where the words take about {expected_s:.1f} s: another text, or cut off?")
    return found
