"""Open JTalk's "mei" (CC BY 3.0, in the wheel pyopenjtalk-plus): a Japanese voice, given Indonesian phones as context labels."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from models.recipes.id_phone.rhvoice import syllables
from models.recipes.id_phone.voices import GLOTTAL, Utterance, checked, phones, texts

VOICE = "open_jtalk:mei"
_PHONES = {phone: phone for phone in "aiueobdfghkmnprstwz"} | {
    "@": "e", "l": "r", "j": "y", "ng": "N", "ny": "ny", "sy": "sh", "kh": "h", "c": "ch", "dj": "j", "ai": "a i", "au": "a u",
    "oi": "o i", GLOTTAL: "cl",
}  # fmt: skip


def speak(count: int, seed: int, words: list[str]) -> list[Utterance]:
    """``count`` utterances, each with a pace and pitch of its own."""
    import pyopenjtalk

    chance = random.Random(f"mei{seed}")
    source = texts(chance, words)
    found: list[Utterance] = []
    while len(found) < count:
        text = next(source)
        wave: Any
        wave, rate_hz = pyopenjtalk.synthesize(
            _labels(text, chance), speed=chance.uniform(0.8, 1.3), half_tone=chance.uniform(-5, 3)
        )
        utterance = checked(np.asarray(wave, np.float32) / 32768, rate_hz, text, VOICE)
        if utterance is not None:
            found.append(utterance)
    return found


def _labels(text: str, chance: random.Random) -> list[str]:
    """HTS full-context labels: every word an accent phrase with its fall before the last syllable."""
    rows: list[tuple[str, int, int]] = [("sil", 0, 0)]
    for word in text.split():
        groups = syllables(phones(word, chance))
        for place, group in enumerate(groups, 1):
            for sound in group:
                for phone in _PHONES[sound].split():
                    rows.append((phone, place, len(groups)))
        if chance.random() < 0.08:
            rows.append(("pau", 0, 0))
    rows.append(("sil", 0, 0))
    names = ["xx", "xx", *(phone for phone, _, _ in rows), "xx", "xx"]
    found: list[str] = []
    for index, (phone, place, total) in enumerate(rows):
        before, last, following, second = names[index], names[index + 1], names[index + 3], names[index + 4]
        accent = max(1, total - 1)
        where, phrase, breath = "xx+xx+xx", "xx_xx#xx_xx@xx_xx|xx_xx", "xx-xx@xx+xx&xx-xx|xx+xx"
        if total:
            where = f"{place - accent}+{place}+{total - place + 1}"
            phrase = f"{total}_{accent}#0_0@1_1|1_{total}"
            breath = f"1-{total}@1+1&1-1|1+{total}"
        found.append(
            f"{before}^{last}-{phone}+{following}={second}/A:{where}/B:xx-xx_xx/C:xx_xx+xx/D:xx+xx_xx/E:xx_xx!xx_xx-xx/F:{phrase}"
            f"/G:xx_xx%xx_xx_xx/H:xx_xx/I:{breath}/J:xx_xx/K:1+1-{max(1, total)}"
        )
    return found
