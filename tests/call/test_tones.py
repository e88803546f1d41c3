"""Tones on the line, with noise and codec, and what must not be taken for one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voicebot.call.tones import Tone, ToneDetector, key_of

RATE_HZ = 8000
FRAME = 160
Wave = NDArray[np.float32]


def tone(hz: float | tuple[float, ...], seconds: float, level: float = 0.1) -> Wave:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    each = (hz,) if isinstance(hz, float) else hz
    return (sum(np.sin(2 * np.pi * one * time_s) for one in each) * level).astype(np.float32)


def silence(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def mu_law(wave: Wave) -> Wave:
    size = np.round(np.log1p(255 * np.abs(wave)) / np.log1p(255) * 127.5) / 127.5
    return (np.sign(wave) * (np.power(256.0, size) - 1) / 255).astype(np.float32)


def hear(*parts: Wave, noise_rms: float = 0.002, seed: int = 0) -> list[tuple[Tone, float]]:
    """(tone, when it was told) of the parts over a µ-law line with white noise."""
    wave = np.concatenate(parts)
    wave = mu_law(np.clip(wave + np.random.default_rng(seed).standard_normal(len(wave)) * noise_rms, -1, 1).astype(np.float32))
    detector = ToneDetector(RATE_HZ)
    found: list[tuple[Tone, float]] = []
    for number in range(len(wave) // FRAME):
        told = detector.hear(wave[number * FRAME : (number + 1) * FRAME], number * 0.02)
        if told is not None:
            found.append((told, (number + 1) * 0.02))
    return found


def kinds(*parts: Wave, **options: float) -> list[str]:
    return [told.kind for told, _ in hear(*parts, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("hz", [400.0, 440.0, 620.0, 800.0, 1000.0, 1400.0, 2000.0])
@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.6])
def test_a_beep_of_any_frequency_and_length_is_told_when_it_ends(hz: float, seconds: float) -> None:
    ((told, at_s),) = hear(silence(0.513), tone(hz, seconds), silence(1.0))
    assert told.kind == "beep"
    assert told.hz == pytest.approx(hz, rel=0.01)
    assert told.start_s == pytest.approx(0.513, abs=0.04)
    assert told.end_s == pytest.approx(0.513 + seconds, abs=0.04)
    assert at_s - (0.513 + seconds) <= 0.08


def test_a_beep_is_heard_10_db_above_the_noise() -> None:
    level = 0.1
    noise_rms = level / np.sqrt(2) * 10 ** (-10 / 20)
    found = [kinds(silence(0.5), tone(1000.0, 0.4, level), silence(0.5), noise_rms=noise_rms, seed=seed) for seed in range(20)]
    assert sum(each == ["beep"] for each in found) >= 18


def test_indonesian_ringback_is_one_second_of_425_hz() -> None:
    found = hear(silence(0.5), tone(425.0, 1.0), silence(4.0), tone(425.0, 1.0), silence(4.0))
    assert [told.kind for told, _ in found] == ["ringback", "ringback"]
    assert found[1][0].start_s - found[0][0].start_s == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize("pulse_s", [0.5, 0.25])
@pytest.mark.parametrize("hz", [425.0, (480.0, 620.0)])
def test_busy_and_congestion_pulse_evenly(pulse_s: float, hz: float | tuple[float, ...]) -> None:
    parts = [part for _ in range(4) for part in (tone(hz, pulse_s), silence(pulse_s))]
    assert "busy" in kinds(silence(0.5), *parts)


def test_two_pulses_are_not_yet_busy() -> None:
    assert "busy" not in kinds(silence(0.5), tone(425.0, 0.5), silence(0.5), tone(425.0, 0.5), silence(2.0))


def test_dial_tone_goes_on() -> None:
    assert kinds(silence(0.3), tone(425.0, 5.0)) == ["dial"]


@pytest.mark.parametrize(
    ("frequencies_hz", "seconds", "gap_s"),
    [((950.0, 1400.0, 1800.0), (0.33, 0.33, 0.33), 0.0), ((913.8, 1428.5, 1776.7), (0.274, 0.274, 0.38), 0.03)],
)
def test_special_information_tones_rise_in_three_steps(
    frequencies_hz: tuple[float, ...], seconds: tuple[float, ...], gap_s: float
) -> None:
    parts = [part for hz, long in zip(frequencies_hz, seconds, strict=True) for part in (tone(hz, long), silence(gap_s))]
    assert kinds(silence(0.4), *parts, silence(1.0))[-1] == "sit"


def test_falling_steps_are_no_special_information_tones() -> None:
    assert "sit" not in kinds(silence(0.4), tone(1800.0, 0.33), tone(1400.0, 0.33), tone(950.0, 0.33), silence(1.0))


def test_an_answering_fax_is_told_while_it_sounds() -> None:
    ((told, at_s),) = hear(silence(0.5), tone(2100.0, 3.0), silence(1.0))
    assert told.kind == "fax"
    assert at_s <= 1.6


def test_a_calling_fax_is_told_by_its_second_tone() -> None:
    assert kinds(silence(0.5), tone(1100.0, 0.5), silence(3.0), tone(1100.0, 0.5), silence(1.0)) == ["beep", "fax"]


def test_keys_are_no_beeps() -> None:
    assert (
        kinds(silence(0.5), tone((770.0, 1336.0), 0.1), silence(0.1), tone((697.0, 1209.0), 0.1), silence(0.5)) == ["key"] * 2
    )


@pytest.mark.parametrize(
    ("hz", "key"), [((697.0, 1209.0), "1"), ((941.0, 1336.0), "0"), ((941.0, 1477.0), "#"), ((500.0, 600.0), None)]
)
def test_a_pair_of_tones_names_its_key(hz: tuple[float, ...], key: str | None) -> None:
    assert key_of(hz) == key


@pytest.mark.parametrize("rms", [0.01, 0.1])
def test_noise_holds_no_tones(rms: float) -> None:
    assert kinds(silence(30.0), noise_rms=rms) == []


def test_a_gliding_voice_is_no_tone() -> None:
    """A hum with a voice's vibrato and glide, the purest sound that people make."""
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    pitch_hz = 420 + 25 * np.sin(2 * np.pi * 5.5 * time_s) + 30 * time_s
    hum = (np.sin(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ) * 0.1).astype(np.float32)
    assert kinds(silence(0.3), hum, silence(0.3)) == []


def test_silence_and_a_click_hold_no_tones() -> None:
    click = np.zeros(RATE_HZ, np.float32)
    click[100] = 0.9
    assert kinds(silence(1.0), click, noise_rms=0.0) == []


def musical_share(wave: Wave) -> float:
    """Of the frames after the first second."""
    wave = wave + np.random.default_rng(2).standard_normal(len(wave)).astype(np.float32) * 0.003
    detector = ToneDetector(RATE_HZ)
    found: list[bool] = []
    for number in range(len(wave) // FRAME):
        detector.hear(wave[number * FRAME : (number + 1) * FRAME], number * 0.02)
        found.append(detector.is_musical)
    return float(np.mean(found[50:]))


def test_held_notes_are_music_and_noise_is_not() -> None:
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    chords = [(262.0, 330.0, 392.0), (349.0, 440.0, 523.0), (392.0, 494.0, 587.0), (262.0, 330.0, 392.0)] * 3
    notes = [
        sum((1.0, 0.4, 1.2)[i] * np.sin(2 * np.pi * hz * time_s) for i, hz in enumerate(chord)) * np.exp(-2 * time_s) * 0.05
        for chord in chords
    ]
    assert musical_share(np.concatenate(notes).astype(np.float32)) > 0.7
    assert musical_share((np.random.default_rng(3).standard_normal(6 * RATE_HZ) * 0.05).astype(np.float32)) == 0.0
