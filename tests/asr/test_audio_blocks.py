"""Files read in blocks are what they are when read whole."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from asr.audio_blocks import open_blocks
from asr.audio_file import AudioFileError, read_audio


def _sound(seconds: float, rate_hz: int, channels: int = 2) -> np.ndarray:
    at_s = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.stack([0.4 * np.sin(2 * np.pi * (300 + 200 * n) * at_s) for n in range(channels)]).astype(np.float32)


def _blocks(path: Path, rate_hz: int, block_s: float = 0.7) -> np.ndarray:
    with open_blocks(path, rate_hz=rate_hz, block_s=block_s) as recording:
        blocks = list(recording.blocks())
    assert all(block.shape[0] == recording.channels for block in blocks)
    return np.concatenate(blocks, axis=1)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050])
def test_blocks_together_are_the_whole_file(tmp_path: Path, suffix: str, rate_hz: int) -> None:
    path = tmp_path / f"call.{suffix}"
    soundfile.write(path, _sound(3.3, 16000).T, 16000)
    whole, _ = read_audio(path, rate_hz=rate_hz)
    blocks = _blocks(path, rate_hz)
    assert abs(blocks.shape[1] - whole.shape[1]) <= 2
    length = min(blocks.shape[1], whole.shape[1])
    np.testing.assert_allclose(blocks[:, :length], whole[:, :length], atol=2e-3)


def test_what_only_ffmpeg_reads_comes_in_blocks_too(tmp_path: Path) -> None:
    path = tmp_path / "call.m4a"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(_sound(2.0, 16000), format="fltp", layout="stereo")
        frame.sample_rate = 16000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    whole, _ = read_audio(path, rate_hz=8000)
    blocks = _blocks(path, 8000, block_s=0.3)
    assert abs(blocks.shape[1] - whole.shape[1]) <= 2
    length = min(blocks.shape[1], whole.shape[1])
    np.testing.assert_allclose(blocks[:, :length], whole[:, :length], atol=2e-3)


def test_the_duration_is_known_before_the_sound_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "call.wav", _sound(3.3, 8000).T, 8000)
    with open_blocks(tmp_path / "call.wav", rate_hz=16000) as recording:
        assert recording.duration_s == pytest.approx(3.3)


def test_samples_that_are_no_numbers_are_silence(tmp_path: Path) -> None:
    sound = _sound(1.0, 8000, 1).T
    sound[100:200] = np.nan
    soundfile.write(tmp_path / "call.wav", sound, 8000, subtype="FLOAT")
    assert np.isfinite(_blocks(tmp_path / "call.wav", 16000)).all()


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [("absent.wav", None, "no such file"), ("empty.wav", b"", "is empty"), ("text.wav", b"not a sound", "not a sound file")],
)
def test_what_is_no_sound_is_refused_by_name(tmp_path: Path, name: str, content: bytes | None, complaint: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(AudioFileError, match=f"{name}: .*{complaint}"), open_blocks(tmp_path / name, rate_hz=8000):
        pass


def test_a_file_without_samples_or_with_too_many_channels_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 1)), 8000)
    with pytest.raises(AudioFileError, match="holds no sound"):
        _blocks(tmp_path / "none.wav", 8000)
    soundfile.write(tmp_path / "many.wav", np.zeros((80, 9)), 8000)
    with pytest.raises(AudioFileError, match="9 channels"):
        _blocks(tmp_path / "many.wav", 8000)
