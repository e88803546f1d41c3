"""Callers for adaptation, written as labelled calls: voices that no training of ``id-phone`` has heard, with a French accent.

espeak-ng reads Indonesian by the rules of French: strange, but in the same way for all of them, as a region or a line would be.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

CALLERS = ("steph2", "announcer", "iven2", "Gene2", "edward2", "mike2")
SENTENCES = (
    "iya betul",
    "saya bayar besok pagi",
    "belum ada uang",
    "lima ratus ribu rupiah",
    "tanggal dua puluh lima",
    "sudah saya transfer kemarin",
    "nanti sore saja",
    "saya sedang bekerja",
    "tolong telepon lagi minggu depan",
    "bukan saya yang meminjam",
)


def write_calls(folder: Path, *, callers: Sequence[str] = CALLERS, each: int = 10) -> Path:
    """``each`` sentences of every caller as wav files, and ``labels.tsv``; gives the table's path."""
    from asr.audio_file import resample, write_wav
    from models.recipes.id_phone.espeak import Espeak

    folder.mkdir(parents=True, exist_ok=True)
    engine, chance = Espeak(), random.Random(3)
    lines = ["path\ttext\tspeaker"]
    for caller in callers:
        rate_wpm, pitch = chance.randint(130, 210), chance.randint(20, 80)
        for number, text in enumerate(chance.sample(SENTENCES, each)):
            wave = engine.say(text, f"fr+{caller}", rate_wpm=rate_wpm, pitch=pitch, span=50)
            wave = np.pad(resample(wave, engine.rate_hz, 8000) * 0.5, 1600)
            write_wav(folder / f"{caller}_{number}.wav", wave, 8000)
            lines.append(f"{caller}_{number}.wav\t{text}\t{caller}")
    table = folder / "labels.tsv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table
