"""Synthetic speakers: espeak-ng variants, and Debian's festival and flite voices made to speak Indonesian phone by phone.

Diversity of voices is what carries a recognizer trained without human recordings over to people, so voices of other
languages speak Indonesian through the nearest phones they have, with durations and melodies of our own.
"""

from __future__ import annotations

import math
import random
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from asr.domain_text import DIGITS, number_words, samples, sentences
from models.recipes.id_phone.espeak import Espeak

RATE_HZ = 16000
_MAX_S = 7.5
_MIN_S = 0.2
_MAX_LETTERS = 90
"""Longer sentences would not fit the encoder's window."""

GLOTTAL = "q"
VOWELS = {"a", "i", "u", "e", "o", "@", "ai", "au", "oi"}
_SAME = {phone: phone for phone in "bdfghjklmnprstwzaiueo"}
_US = _SAME | {
    "h": "hh", "j": "y", "a": "aa", "i": "iy", "u": "uw", "e": "eh|ey", "o": "ow|ao", "@": "ax", "ng": "ng",
    "ny": "n y", "sy": "sh", "kh": "k", "c": "ch", "dj": "jh", "ai": "ay", "au": "aw", "oi": "oy", "pause": "pau",
}  # fmt: skip
_ITALIAN = _SAME | {
    "a": "a|a1", "i": "i|i1", "u": "u|u1", "e": "e|e1|E1", "o": "o|o1|O1", "@": "e", "ng": "ng g", "ny": "J", "sy": "S",
    "kh": "k", "c": "tS", "dj": "dZ", "ai": "a i", "au": "a u", "oi": "o i", "pause": "#",
}  # fmt: skip
del _ITALIAN["h"]
_FINNISH = _SAME | {
    "@": "e|7", "ng": "N", "ny": "n j", "sy": "S", "kh": "h", "c": "t S", "dj": "d j", "ai": "a i", "au": "a u",
    "oi": "o i", "z": "s", "w": "v", "pause": "#",
}  # fmt: skip
_CZECH = _SAME | {
    "a": "a|a|a:", "@": "e", "ng": "n*", "ny": "n~", "sy": "s~", "kh": "ch", "c": "c~", "dj": "dz~", "ai": "a j",
    "au": "a u", "oi": "o j", "w": "v|u", "pause": "#",
}  # fmt: skip
_INDIAN = _SAME | {
    "a": "aa", "i": "iy|ih", "u": "uw|uh", "e": "ee|eh", "o": "oo|oh", "@": "a", "ng": "n g", "ny": "n y", "sy": "sh",
    "kh": "kh", "c": "ch", "dj": "j", "ai": "ay", "au": "aw", "oi": "oo y", "z": "j", "j": "y", "t": "th", "d": "dh|D",
    "pause": "pau",
}  # fmt: skip

FESTIVAL_VOICES: dict[str, tuple[dict[str, str], float]] = {
    "lp_diphone": (_ITALIAN, 180.0),
    "pc_diphone": (_ITALIAN, 115.0),
    "suo_fi_lj_diphone": (_FINNISH, 190.0),
    "hy_fi_mv_diphone": (_FINNISH, 105.0),
    "czech_dita": (_CZECH, 190.0),
    "czech_krb": (_CZECH, 230.0),
    "czech_machac": (_CZECH, 115.0),
    "czech_ph": (_CZECH, 110.0),
    "kal_diphone": (_US, 110.0),
    "ked_diphone": (_US, 110.0),
    "hindi_NSK_diphone": (_INDIAN, 120.0),
    "marathi_NSK_diphone": (_INDIAN, 120.0),
    "telugu_NSK_diphone": (_INDIAN, 120.0),
}
"""Voice → (its phones for ours, mean pitch in Hz)."""
FLITE_VOICES = {"rms": 100.0, "slt": 175.0, "awb": 130.0}
HELD_OUT = ("pc_diphone", "czech_dita", "rhvoice:nazgul", "espeak:Annie", "espeak:m5", "espeak:klatt3", "espeak:pedro")
"""Never trained on: the synthetic development set that decides when to stop."""
ESPEAK_VARIANTS = (
    "Alex Alicia Andrea Andy Annie Denis Diogo Gene Hugo Jacky Lee Marco Mario Michael Mike adam anika antonio aunty "
    "belinda benjamin boris caleb david ed edward f1 f2 f3 f4 f5 grandma grandpa gustave iven john klatt klatt2 klatt3 "
    "klatt4 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel norbert paul pedro quincy rob robert sandro shelby "
    "steph travis victor zac"
).split()

_DURATION_MS = {
    **dict.fromkeys(VOWELS, 85), "@": 52, "ai": 140, "au": 140, "oi": 140, **dict.fromkeys("ptkbdg", 78), "c": 105,
    "dj": 95, "s": 105, "f": 95, "sy": 105, "z": 80, "h": 60, "kh": 80, "m": 66, "n": 62, "ng": 72, "ny": 75, "l": 55,
    "r": 48, "w": 58, "j": 58, GLOTTAL: 50,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Utterance:
    """One synthetic recording at 16 kHz."""

    text: str
    samples: NDArray[np.float16]
    voice: str


def texts(chance: random.Random, words: list[str]) -> Iterator[str]:
    """Endless sentences: 28 % of the domain's lists, 20 % of customers, 32 % random words, 13 % digits, 7 % numbers."""
    customers = [sentence for sentence in sentences("customers_id") if len(sentence) < _MAX_LETTERS]
    while True:
        kind = chance.random()
        if kind < 0.28:
            yield next(samples(1, chance))
        elif kind < 0.48:
            yield chance.choice(customers)
        elif kind < 0.80:
            yield " ".join(chance.choice(words) for _ in range(chance.randint(1, 5)))
        elif kind < 0.93:
            yield " ".join(chance.choice(DIGITS) for _ in range(chance.randint(1, 7)))
        else:
            ranges = (chance.randint(0, 99), chance.randint(100, 9999), chance.randint(1, 999) * 1000)
            yield number_words(chance.choice([*ranges, chance.randint(1, 99) * 100_000]))


def phones(word: str, chance: random.Random) -> list[str]:
    """Indonesian spelling is nearly phonemic; only e is open: schwa in three of four cases, drawn each time.

    A final k is a glottal stop in most mouths ("tidak"), and a final h is often silent.
    """
    if len(word) > 2 and word[-1] == "h" and chance.random() < 0.3:
        word = word[:-1]
    glottal = len(word) > 2 and word[-1] == "k" and word[-2] in "aeiou" and chance.random() < 0.6
    found: list[str] = []
    index = 0
    while index < len(word):
        pair = word[index : index + 2]
        at_end = index + 2 >= len(word)
        if pair in ("ng", "ny", "sy", "kh") or (pair in ("ai", "au", "oi") and at_end):
            found.append(pair)
            index += 2
            continue
        letter = word[index]
        if letter == "e":
            found.append("@" if chance.random() < 0.75 else "e")
        else:
            found += {"c": ["c"], "j": ["dj"], "y": ["j"], "q": ["k"], "x": ["k", "s"], "v": ["f"]}.get(letter, [letter])
        index += 1
    if glottal:
        found[-1] = GLOTTAL
    return found


def _segments(
    text: str, table: dict[str, str], pitch_hz: float, chance: random.Random
) -> list[tuple[str, float, float]] | None:
    """(phone, seconds, pitch or 0) of a sentence in a voice's own phones; None when it lacks one."""
    pace = chance.uniform(0.7, 1.35)
    pitch_hz *= chance.uniform(0.8, 1.28)
    liveliness = chance.uniform(0.03, 0.28)
    words = text.split()
    found = [(table["pause"], chance.uniform(0.08, 0.3), 0.0)]
    for place, word in enumerate(words):
        sounds = phones(word, chance)
        vowels = [i for i, sound in enumerate(sounds) if sound in VOWELS]
        accent = vowels[-2] if len(vowels) > 1 else (vowels[0] if vowels else -1)
        accented = chance.random() < 0.7
        for i, sound in enumerate(sounds):
            if sound not in table and sound != GLOTTAL:
                if sound == "h":
                    continue  # voices without an h drop it
                return None
            own = [table["pause"]] if sound == GLOTTAL else chance.choice(table[sound].split("|")).split()
            seconds = _DURATION_MS.get(sound, 75) / 1000 * pace * math.exp(chance.gauss(0, 0.2))
            if i >= len(sounds) - 2:
                seconds *= 1.5 if place == len(words) - 1 else 1.12
            melody = 0.0
            if sound in VOWELS:
                fall = 1 + liveliness * (0.5 - (place + 0.5) / len(words))
                lift = 1 + (liveliness if i == accent and accented else 0.0)
                melody = pitch_hz * fall * lift * math.exp(chance.gauss(0, 0.04))
            found += [(phone, seconds / len(own), melody) for phone in own]
        if place < len(words) - 1 and chance.random() < 0.15:
            found.append((table["pause"], chance.uniform(0.06, 0.3), 0.0))
    return [*found, (table["pause"], 0.12, 0.0)]


def festival(voice: str, count: int, seed: int, words: list[str]) -> list[Utterance]:
    """``count`` utterances of a festival voice, in one run of the program."""
    table, pitch_hz = FESTIVAL_VOICES[voice]
    chance = random.Random(f"{voice}{seed}")
    source = texts(chance, words)
    with tempfile.TemporaryDirectory() as folder:
        spoken: list[str] = []
        commands = [f"(voice_{voice})"]
        while len(spoken) < count:
            text = next(source)
            segments = _segments(text, table, pitch_hz, chance)
            if segments is None or sum(seconds for _, seconds, _ in segments) > _MAX_S:
                continue
            parts = " ".join(
                f"({phone} {seconds:.3f}{f' ({seconds / 2:.2f} {hz:.0f})' if hz else ''})" for phone, seconds, hz in segments
            )
            path = f"{folder}/{len(spoken)}.wav"
            commands.append(
                f"(unwind-protect (begin (set! u (Utterance Segments ({parts}))) (utt.synth u) "
                f'(utt.save.wave u "{path}" \'riff)) (print "failed"))'
            )
            spoken.append(text)
        script = Path(folder) / "speak.scm"
        script.write_text("\n".join(commands), encoding="utf-8")
        subprocess.run(["festival", "-b", str(script)], capture_output=True, timeout=600, check=False)
        found = [load(Path(folder) / f"{index}.wav", text, voice) for index, text in enumerate(spoken)]
    return [utterance for utterance in found if utterance is not None]


def flite(voice: str, count: int, seed: int, words: list[str]) -> list[Utterance]:
    """``count`` utterances of a flite voice."""
    chance = random.Random(f"{voice}{seed}")
    source = texts(chance, words)
    found: list[Utterance] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.wav"
        while len(found) < count:
            text = next(source)
            spoken: list[str] = []
            for word in text.split():
                for sound in phones(word, chance):
                    spoken += chance.choice(_US.get(sound, "").split("|")).split()
                if chance.random() < 0.12:
                    spoken.append("pau")
            stretch = f"duration_stretch={chance.uniform(0.8, 1.4):.2f}"
            pitch = f"int_f0_target_mean={FLITE_VOICES[voice] * chance.uniform(0.8, 1.3):.0f}"
            command = ["flite", "-voice", voice, "--setf", stretch, "--setf", pitch, "-p", " ".join(spoken), str(path)]
            subprocess.run(command, capture_output=True, check=False)
            utterance = load(path, text, f"flite:{voice}")
            if utterance is not None:
                found.append(utterance)
    return found


def espeak(count: int, seed: int, words: list[str], variants: list[str]) -> list[Utterance]:
    """``count`` utterances by espeak-ng's variants; one in eight with Malay vowels."""
    engine = Espeak()
    chance = random.Random(f"espeak{seed}")
    source = texts(chance, words)
    found: list[Utterance] = []
    while len(found) < count:
        text = next(source)
        variant = chance.choice(variants)
        language = "ms" if chance.random() < 0.12 else "id"
        rate_wpm, pitch, span = chance.randint(115, 240), chance.randint(15, 90), chance.randint(10, 90)
        wave = engine.say(text, f"{language}+{variant}", rate_wpm=rate_wpm, pitch=pitch, span=span)
        utterance = checked(wave, engine.rate_hz, text, f"espeak:{variant}")
        if utterance is not None:
            found.append(utterance)
    return found


def load(path: Path, text: str, voice: str) -> Utterance | None:
    try:
        wave, rate_hz = soundfile.read(path, dtype="float32")
    except (soundfile.LibsndfileError, OSError):
        return None
    return checked(wave, rate_hz, text, voice)


def checked(wave: NDArray[np.float32], rate_hz: int, text: str, voice: str) -> Utterance | None:
    """At 16 kHz and 0.7 of full scale; None when silent, too short or too long."""
    peak = float(np.abs(wave).max()) if len(wave) else 0.0
    if peak < 1e-3 or not _MIN_S < len(wave) / rate_hz < _MAX_S:
        return None
    wave = soxr.resample(wave, rate_hz, RATE_HZ) if rate_hz != RATE_HZ else wave
    return Utterance(text, (wave / peak * 0.7).astype(np.float16), voice)
