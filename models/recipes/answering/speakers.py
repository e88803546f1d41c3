"""Synthetic speakers: espeak-ng in process; festival and flite from Debian (``models/recipes/id_phone/debian-voices.sh``).

Development and held-out speakers share no voice. festival's voices of other languages read Indonesian phone by phone.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from models.recipes.id_phone.espeak import Espeak
from models.recipes.id_phone.voices import FESTIVAL_VOICES, phones

LINE_HZ = 8000
Wave = NDArray[np.float32]

DEVELOPMENT = {
    "id": (
        *(
            "espeak:" + v
            for v in "f1 f3 f5 m1 m2 m4 m6 Alicia Andy Diogo Gene Lee Mario adam anika belinda boris ed edward".split()
        ),
        *("festival:" + v for v in "lp_diphone suo_fi_lj_diphone czech_dita kal_diphone hindi_NSK_diphone".split()),
    ),
    "en": (*("espeak:" + v for v in "f1 f3 m1 m2 m4 Alicia Andy Lee adam".split()), "flite:rms", "text2wave:kal_diphone"),
}
HELD_OUT = {
    "id": (
        *("espeak:" + v for v in "f2 f4 m3 m5 m7 Andrea Annie Denis Hugo Jacky Michael antonio aunty caleb grandma linda rob".split()),
        *("festival:" + v for v in "pc_diphone hy_fi_mv_diphone czech_krb czech_machac marathi_NSK_diphone".split()),
    ),
    "en": (*("espeak:" + v for v in "f2 f4 m3 m7 Andrea Annie Hugo".split()), "flite:slt", "flite:awb", "text2wave:ked_diphone"),
}  # fmt: skip
_LONG = {"a", "i", "u", "e", "o", "ai", "au", "oi"}


def available(speakers: Sequence[str]) -> list[str]:
    """Those whose program is installed."""
    programs = {"espeak": True, "festival": bool(shutil.which("festival")), "flite": bool(shutil.which("flite"))}
    programs["text2wave"] = bool(shutil.which("text2wave"))
    return [speaker for speaker in speakers if programs[speaker.split(":")[0]]]


class Speakers:
    """Speaks clauses; one engine a process."""

    def __init__(self) -> None:
        self._espeak = Espeak()

    def say(self, speaker: str, language: str, clauses: Sequence[str], chance: random.Random) -> list[Wave]:
        """Each clause as a wave at 8 kHz, trimmed of its silence, about -20 dB below full scale; empty where a voice fails."""
        kind, name = speaker.split(":")
        if kind == "espeak":
            waves = self._by_espeak(name, language, clauses, chance)
        elif kind == "festival":
            waves = _by_festival(name, clauses, chance)
        else:
            waves = [_by_program(kind, name, clause, chance) for clause in clauses]
        return [trimmed(wave) for wave in waves]

    def _by_espeak(self, variant: str, language: str, clauses: Sequence[str], chance: random.Random) -> list[Wave]:
        voice = f"{'en-us' if language == 'en' else 'id'}+{variant}"
        manner = {"rate_wpm": chance.randint(130, 200), "pitch": chance.randint(20, 80), "span": chance.randint(20, 80)}
        waves = [self._espeak.say(clause, voice, **manner) for clause in clauses]
        return [soxr.resample(wave, self._espeak.rate_hz, LINE_HZ) for wave in waves]


def _by_festival(voice: str, clauses: Sequence[str], chance: random.Random) -> list[Wave]:
    table, pitch_hz = FESTIVAL_VOICES[voice]
    pace, pitch_hz = chance.uniform(0.8, 1.15), pitch_hz * chance.uniform(0.88, 1.15)
    commands = [f"(voice_{voice})"]
    with tempfile.TemporaryDirectory() as folder:
        for number, clause in enumerate(clauses):
            segments = [f"({table['pause']} 0.05)"]
            sounds = [sound for word in clause.split() for sound in phones(word, chance)]
            for place, sound in enumerate(sounds):
                if sound not in table:
                    continue  # a sound the voice lacks is dropped, as its speakers would
                seconds = pace * (0.09 if sound in _LONG else 0.065) * (1.3 if place >= len(sounds) - 2 else 1.0)
                own = chance.choice(table[sound].split("|")).split()
                fall = pitch_hz * (1.1 - 0.2 * place / max(1, len(sounds)))
                tune = f" ({seconds / len(own) / 2:.2f} {fall:.0f})" if sound in _LONG or sound == "@" else ""
                segments += [f"({phone} {seconds / len(own):.3f}{tune})" for phone in own]
            path = f"{folder}/{number}.wav"
            commands.append(
                f"(unwind-protect (begin (set! u (Utterance Segments ({' '.join(segments)}))) (utt.synth u) "
                f'(utt.save.wave u "{path}" \'riff)) (print "failed"))'
            )
        script = Path(folder) / "speak.scm"
        script.write_text("\n".join(commands), encoding="utf-8")
        subprocess.run(["festival", "-b", str(script)], capture_output=True, timeout=120, check=False)
        return [_load(Path(folder) / f"{number}.wav") for number in range(len(clauses))]


def _by_program(kind: str, voice: str, text: str, chance: random.Random) -> Wave:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.wav"
        if kind == "flite":
            stretch = f"duration_stretch={chance.uniform(0.9, 1.2):.2f}"
            subprocess.run(
                ["flite", "-voice", voice, "--setf", stretch, "-t", text, str(path)], capture_output=True, check=False
            )
        else:
            command = ["text2wave", "-eval", f"(voice_{voice})", "-o", str(path)]
            subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        return _load(path)


def _load(path: Path) -> Wave:
    try:
        wave, rate_hz = soundfile.read(path, dtype="float32")
    except (soundfile.LibsndfileError, OSError):
        return np.zeros(0, np.float32)
    return soxr.resample(wave, rate_hz, LINE_HZ)


def trimmed(wave: Wave) -> Wave:
    """Without silence around, at -20 dB below full scale; empty when there is no sound."""
    peak = float(np.abs(wave).max()) if len(wave) else 0.0
    if peak < 1e-3:
        return np.zeros(0, np.float32)
    loud = np.flatnonzero(np.abs(wave) > 0.02 * peak)
    wave = wave[max(0, loud[0] - 80) : loud[-1] + 240]
    return (wave / (np.sqrt(np.mean(np.square(wave))) + 1e-9) * 0.1).astype(np.float32)
