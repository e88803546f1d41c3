"""A sound file of any length, block by block: what ``asr.audio_file`` reads, without holding it whole."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from asr.audio_file import AudioFileError

_MAX_CHANNELS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioBlocks:
    """An open file: ``blocks()`` gives arrays of shape ``(channels, n)`` in [-1, 1] at the rate asked for."""

    channels: int
    duration_s: float | None
    blocks: Callable[[], Iterator[NDArray[np.float32]]]


@contextmanager
def open_blocks(path: Path, *, rate_hz: int, block_s: float = 10.0) -> Generator[AudioBlocks]:
    """Open a sound file. Raises :class:`AudioFileError`, also while blocks are drawn, when it is missing, broken or empty."""
    if not path.is_file():
        raise AudioFileError(f"{path.name}: no such file")
    if path.stat().st_size == 0:
        raise AudioFileError(f"{path.name}: the file is empty")
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, RuntimeError, TypeError):
        file = None
    if file is not None and file.format == "MP3":  # soundfile seeks between reads, and an MP3 frame needs those before it
        file.close()
        file = None
    if file is None:
        with _by_ffmpeg(path, rate_hz, block_s) as opened:
            yield opened
        return
    with file:
        yield _checked(
            path,
            channels=file.channels,
            duration_s=file.frames / file.samplerate if file.frames > 0 else None,
            raw=lambda: _read(path, file, int(block_s * file.samplerate)),
            found_hz=file.samplerate,
            rate_hz=rate_hz,
        )


def _checked(
    path: Path,
    *,
    channels: int,
    duration_s: float | None,
    raw: Callable[[], Iterator[NDArray[np.float32]]],
    found_hz: int,
    rate_hz: int,
) -> AudioBlocks:
    if channels > _MAX_CHANNELS:
        raise AudioFileError(f"{path.name}: {channels} channels are more than a call has")

    def blocks() -> Iterator[NDArray[np.float32]]:
        empty = True
        for block in _resampled(map(_finite, raw()), channels, found_hz, rate_hz):
            if len(block):
                empty = False
                yield np.ascontiguousarray(block.T, dtype=np.float32)
        if empty:
            raise AudioFileError(f"{path.name}: the file holds no sound")

    return AudioBlocks(channels=channels, duration_s=duration_s, blocks=blocks)


def _finite(block: NDArray[np.float32]) -> NDArray[np.float32]:
    return block if np.isfinite(block).all() else np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)


def _resampled(raw: Iterator[NDArray[np.float32]], channels: int, found_hz: int, rate_hz: int) -> Iterator[NDArray[np.float32]]:
    if found_hz == rate_hz:
        yield from raw
        return
    stream = soxr.ResampleStream(found_hz, rate_hz, channels, dtype="float32")
    for block in raw:
        yield stream.resample_chunk(np.ascontiguousarray(block)).reshape(-1, channels)
    yield stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True).reshape(-1, channels)


def _read(path: Path, file: soundfile.SoundFile, frames: int) -> Iterator[NDArray[np.float32]]:
    while True:
        try:
            block = file.read(frames, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise AudioFileError(f"{path.name}: broken after {file.tell() / file.samplerate:.0f} s ({error})") from error
        if not len(block):
            return
        yield np.asarray(block, dtype=np.float32)


@contextmanager
def _by_ffmpeg(path: Path, rate_hz: int, block_s: float) -> Generator[AudioBlocks]:
    try:
        container = av.open(str(path))
    except (FFmpegError, ValueError, OSError) as error:
        raise AudioFileError(f"{path.name}: not a sound file that can be read ({type(error).__name__})") from error
    with container:
        if not container.streams.audio:
            raise AudioFileError(f"{path.name}: holds no sound")
        stream = container.streams.audio[0]
        found_hz = int(stream.rate)
        yield _checked(
            path,
            channels=stream.channels,
            duration_s=container.duration / av.time_base if container.duration else None,
            raw=lambda: _decode(path, container, int(block_s * found_hz)),
            found_hz=found_hz,
            rate_hz=rate_hz,
        )


def _decode(path: Path, container: InputContainer, frames: int) -> Iterator[NDArray[np.float32]]:
    stream = container.streams.audio[0]
    resampler = av.AudioResampler(format="fltp", rate=int(stream.rate))
    pieces: list[NDArray[np.float32]] = []
    try:
        for frame in container.decode(stream):
            pieces += [part.to_ndarray().T.astype(np.float32) for part in resampler.resample(frame)]
            if sum(len(piece) for piece in pieces) >= frames:
                yield np.concatenate(pieces)
                pieces = []
    except (FFmpegError, ValueError, OSError) as error:
        raise AudioFileError(f"{path.name}: not a sound file that can be read ({type(error).__name__})") from error
    if pieces:
        yield np.concatenate(pieces)
