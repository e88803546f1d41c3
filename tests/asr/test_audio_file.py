"""Sound files of every kind a call centre has, made on the fly."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from asr.audio_file import AudioFileError, audio_files, read_audio, resample, write_wav

RATE_HZ = 8000


def _tone(rate_hz: int = RATE_HZ, seconds: float = 1.0, hz: float = 400.0) -> np.ndarray:
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    return (0.4 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def _loudest_hz(wave: np.ndarray, rate_hz: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(wave))) * rate_hz / len(wave))


def _stereo(rate_hz: int = RATE_HZ) -> np.ndarray:
    return np.stack([_tone(rate_hz), _tone(rate_hz, hz=1200.0)])


@pytest.mark.parametrize(
    ("suffix", "container", "subtype", "tolerance"),
    [
        (".wav", "WAV", "PCM_U8", 0.02),
        (".wav", "WAV", "PCM_16", 1e-3),
        (".wav", "WAV", "PCM_24", 1e-4),
        (".wav", "WAV", "PCM_32", 1e-4),
        (".wav", "WAV", "FLOAT", 1e-6),
        (".wav", "WAV", "ULAW", 0.03),
        (".wav", "WAV", "ALAW", 0.03),
        (".wav", "WAVEX", "PCM_16", 1e-3),
        (".flac", "FLAC", "PCM_16", 1e-3),
        (".au", "AU", "ULAW", 0.03),
    ],
)
def test_both_channels_of_a_file_come_back(tmp_path: Path, suffix: str, container: str, subtype: str, tolerance: float) -> None:
    path = tmp_path / f"call{suffix}"
    soundfile.write(path, _stereo().T, RATE_HZ, format=container, subtype=subtype)
    channels, rate_hz = read_audio(path)
    assert rate_hz == RATE_HZ
    assert channels.dtype == np.float32
    assert channels.flags.c_contiguous
    np.testing.assert_allclose(channels, _stereo(), atol=tolerance)


@pytest.mark.parametrize(
    ("suffix", "container", "subtype", "rate_hz"),
    [
        (".mp3", "MP3", "MPEG_LAYER_III", 16000),
        (".ogg", "OGG", "VORBIS", 16000),
        (".opus", "OGG", "OPUS", 16000),
        (".wav", "WAV", "GSM610", 8000),
    ],
)
def test_lossy_files_keep_their_tone_and_length(
    tmp_path: Path, suffix: str, container: str, subtype: str, rate_hz: int
) -> None:
    path = tmp_path / f"call{suffix}"
    soundfile.write(path, _tone(rate_hz), rate_hz, format=container, subtype=subtype)
    channels, found_hz = read_audio(path)
    assert channels.shape[0] == 1
    assert channels.shape[1] / found_hz == pytest.approx(1.0, abs=0.15)
    assert _loudest_hz(channels[0], found_hz) == pytest.approx(400, abs=10)


def test_m4a_of_two_channels_is_read(tmp_path: Path) -> None:
    path = tmp_path / "call.m4a"
    wave = np.stack([_tone(16000), _tone(16000, hz=1200.0)])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="fltp", layout="stereo")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    channels, rate_hz = read_audio(path)
    assert (channels.shape[0], rate_hz) == (2, 16000)
    assert [round(_loudest_hz(channel, rate_hz), -1) for channel in channels] == [400, 1200]


def test_a_file_is_brought_to_the_asked_rate(tmp_path: Path) -> None:
    path = tmp_path / "wide.wav"
    soundfile.write(path, _stereo(44100).T, 44100)
    channels, rate_hz = read_audio(path, rate_hz=8000)
    assert (rate_hz, channels.shape) == (8000, (2, 8000))
    assert [round(_loudest_hz(channel, 8000), -1) for channel in channels] == [400, 1200]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("text.wav", b"this is no sound at all\n" * 40),
        ("text.mp3", b"<html>login required</html>"),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVEfmt "),
        ("zeros.m4a", bytes(4000)),
    ],
)
def test_what_is_no_sound_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AudioFileError, match=name):
        read_audio(path)


def test_a_missing_file_a_file_without_samples_and_too_many_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="no such file"):
        read_audio(tmp_path / "gone.wav")
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 1), dtype=np.float32), RATE_HZ)
    with pytest.raises(AudioFileError, match="no sound"):
        read_audio(tmp_path / "none.wav")
    soundfile.write(tmp_path / "many.wav", np.zeros((100, 9), dtype=np.float32), RATE_HZ)
    with pytest.raises(AudioFileError, match="9 channels"):
        read_audio(tmp_path / "many.wav")


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), dtype=np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(AudioFileError, match="no sound"):
        read_audio(path)


def test_values_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    wave = _tone()
    wave[100], wave[200] = np.nan, np.inf
    soundfile.write(tmp_path / "odd.wav", wave, RATE_HZ, subtype="FLOAT")
    channels, _ = read_audio(tmp_path / "odd.wav")
    assert np.isfinite(channels).all()
    assert channels[0, 100] == 0.0


def test_written_files_are_16_bit_and_clipped_not_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    write_wav(path, _stereo() * 5, RATE_HZ)
    assert soundfile.info(path).subtype == "PCM_16"
    channels, _ = read_audio(path)
    np.testing.assert_allclose(channels, np.clip(_stereo() * 5, -1, 1), atol=1e-3)


def test_folders_stand_for_the_sound_files_in_them(tmp_path: Path) -> None:
    for name in ("b/two.MP3", "a/one.wav", "a/notes.txt", "three.opus"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = audio_files([tmp_path, tmp_path / "asked.bin"])
    assert [path.name for path in found] == ["one.wav", "two.MP3", "three.opus", "asked.bin"]


def test_resampling_keeps_the_length_in_seconds() -> None:
    assert len(resample(_tone(8000), 8000, 16000)) == 16000
    assert resample(_tone(), 8000, 8000) is not None
    assert len(resample(np.zeros(0, dtype=np.float32), 8000, 16000)) == 0
