"""Sound files in and out: PCM and G.711/GSM wav, flac, mp3, ogg/opus, m4a → float32 channels."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import soundfile
import soxr
from av.error import FFmpegError
from numpy.typing import NDArray

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".ogg", ".opus", ".oga", ".m4a", ".aac", ".gsm", ".au", ".aif", ".aiff"})
_MAX_CHANNELS = 8


class AudioFileError(ValueError):
    """A file is missing, broken, empty, or no sound file."""


def read_audio(path: Path, *, rate_hz: int | None = None) -> tuple[NDArray[np.float32], int]:
    """(channels, rate): samples of shape ``(channels, n)`` in [-1, 1], resampled when ``rate_hz`` is given."""
    if not path.is_file():
        raise AudioFileError(f"{path.name}: no such file")
    if path.stat().st_size == 0:
        raise AudioFileError(f"{path.name}: the file is empty")
    try:
        samples, found_hz = soundfile.read(path, dtype="float32", always_2d=True)
        channels = np.ascontiguousarray(samples.T)
    except (soundfile.LibsndfileError, RuntimeError, TypeError):
        channels, found_hz = _decode(path)
    if channels.shape[1] == 0:
        raise AudioFileError(f"{path.name}: the file holds no sound")
    if channels.shape[0] > _MAX_CHANNELS:
        raise AudioFileError(f"{path.name}: {channels.shape[0]} channels are more than a call has")
    if not np.isfinite(channels).all():
        channels = np.nan_to_num(channels, nan=0.0, posinf=1.0, neginf=-1.0)
    if rate_hz is not None and rate_hz != found_hz:
        channels = np.stack([resample(channel, found_hz, rate_hz) for channel in channels])
        found_hz = rate_hz
    return np.asarray(channels, dtype=np.float32), int(found_hz)


def resample(samples: NDArray[np.float32], from_hz: int, to_hz: int) -> NDArray[np.float32]:
    """One channel at another rate."""
    if from_hz == to_hz:
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)


def _decode(path: Path) -> tuple[NDArray[np.float32], int]:
    """By FFmpeg, for what libsndfile does not read (m4a, odd wav codecs)."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioFileError(f"{path.name}: holds no sound")
            stream = container.streams.audio[0]
            rate_hz = int(stream.rate)
            resampler = av.AudioResampler(format="fltp", rate=rate_hz)
            pieces = [part.to_ndarray() for frame in container.decode(stream) for part in resampler.resample(frame)]
    except (FFmpegError, ValueError, OSError) as error:
        if isinstance(error, AudioFileError):
            raise
        raise AudioFileError(f"{path.name}: not a sound file that can be read ({type(error).__name__})") from error
    if not pieces:
        raise AudioFileError(f"{path.name}: the file holds no sound")
    return np.concatenate(pieces, axis=1).astype(np.float32), rate_hz


def write_wav(path: Path, channels: NDArray[np.float32], rate_hz: int) -> None:
    """16-bit PCM wav of shape ``(n,)`` or ``(channels, n)``."""
    soundfile.write(path, np.clip(channels, -1, 1).T, rate_hz, subtype="PCM_16")


def audio_files(paths: list[Path]) -> list[Path]:
    """The files named, folders replaced by the sound files in them (deep, sorted)."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES and p.is_file())
        else:
            found.append(path)
    return found
