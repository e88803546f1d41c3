"""``python -m models.recipes.intents.hear``: training texts as our recognizer hears our voice say them over a telephone line.

Writes ``heard_id.tsv`` (pass, question, said, heard). What was heard too differently to keep its meaning is left out.
"""

from __future__ import annotations

import argparse
import random
from concurrent.futures import ProcessPoolExecutor
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from models.recipes.intents.data import HEARD
from nlu.examples import Example, load_examples
from tts.espeak import EspeakVoice

VOICES = ("m1", "m3", "m7", "f1", "f2", "f4", "f5")
RATE_HZ = 8000
_ALIKE = 0.55
"""Least share of letters in common (difflib) for a label to hold for what was heard."""


def telephone(wave: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    """Noise at 12–35 dB and G.711 µ-law."""
    level = float(np.sqrt(np.mean(wave**2))) + 1e-9
    noisy = wave + chance.standard_normal(len(wave)) * level * 10 ** (-chance.uniform(12, 35) / 20)
    noisy = np.clip(noisy, -1, 1)
    code = np.round(np.sign(noisy) * np.log1p(255 * np.abs(noisy)) / np.log(256) * 127) / 127
    return (np.sign(code) * (256 ** np.abs(code) - 1) / 255).astype(np.float32)


def hear(examples: list[Example]) -> list[str]:
    """Lines of ``heard_id.tsv``."""
    from asr.embedded import EmbeddedTranscriber

    transcriber = EmbeddedTranscriber(rate_hz=RATE_HZ)
    lines: list[str] = []
    for number, example in enumerate(examples):
        chance = np.random.default_rng(number)
        voice = EspeakVoice(variant=VOICES[number % len(VOICES)], rate_wpm=int(chance.integers(130, 180)), rate_hz=RATE_HZ)
        wave = np.concatenate(
            [np.zeros(RATE_HZ // 5, np.float32), *voice.synthesize(example.text), np.zeros(RATE_HZ // 5, np.float32)]
        )
        heard = " ".join(word.text for word in transcriber.transcribe(telephone(wave, chance)))
        if heard and SequenceMatcher(None, example.text.lower(), heard).ratio() >= _ALIKE:
            lines.append("\t".join((example.source, example.context, example.text, heard)))
    return lines


def main() -> None:
    """Hear a sample of the Indonesian training passes."""
    parser = argparse.ArgumentParser(prog="python -m models.recipes.intents.hear", description=__doc__)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    known = [e for e in load_examples("id", held_out=False) if e.slice != "asr" and len(e.text.split()) <= 14]
    chosen = random.Random(5).sample(known, min(options.count, len(known)))
    with ProcessPoolExecutor(options.jobs) as pool:
        parts = list(pool.map(hear, [chosen[job :: options.jobs] for job in range(options.jobs)]))
    lines = sorted(line for part in parts for line in part)
    HEARD.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} of {len(chosen)} were heard well enough")


if __name__ == "__main__":
    main()
