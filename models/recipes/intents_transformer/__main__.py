"""Fine-tune an encoder, set its temperature and thresholds by passes left out, save it, and evaluate on the held-out passes."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.recipes.intents.combine import calibrate, thresholds
from models.recipes.intents.data import Data, load
from models.recipes.intents_transformer.train import Encoder, Plan, judged, load_base, train

LEFT_OUT_EVERY = 8
"""Every how manieth pass is left out of training."""


def main() -> None:
    """Read the options and make the checkpoint."""
    parser = argparse.ArgumentParser(prog="python -m models.recipes.intents_transformer", description=__doc__)
    parser.add_argument("--base", required=True, help="hub name or folder of a pre-trained encoder")
    parser.add_argument("--output", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--epochs", type=int, default=Plan.epochs)
    parser.add_argument("--batch", type=int, default=Plan.batch, help="texts a step")
    parser.add_argument("--rate", type=float, default=Plan.rate, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    options = parser.parse_args()
    plan = Plan(epochs=options.epochs, batch=options.batch, rate=options.rate, seed=options.seed)
    make(load(held_out=False), load(held_out=True), base=options.base, output=options.output, plan=plan)
    print(f"use it with SANTUN_ENGINES__INTERPRETER=transformer:{options.output.absolute()}")


def make(data: Data, held_out: Data, *, base: str, output: Path, plan: Plan) -> None:
    """Write a checkpoint that has learnt ``data`` to ``output``; print how it does on ``held_out``."""
    rows, left_out = divided(data)
    encoder = load_base(base)
    print(f"{len(rows)} texts to learn, {len(left_out)} left out, on {encoder.device}", flush=True)
    train(encoder, data, rows, plan)
    if len(left_out):
        _calibrate(encoder, data, left_out)
    else:
        encoder.model.config.intent_thresholds = [0.5] * data.held.shape[1]
    encoder.model.save_pretrained(output)
    encoder.tokenizer.save_pretrained(output)
    for language in sorted(set(held_out.languages)):
        chosen = np.array([i for i, each in enumerate(held_out.languages) if each == language])
        right = judged(encoder, held_out, chosen).argmax(1) == held_out.primary[chosen]
        print(f"held out, {language}: {right.mean():.4f} of {len(chosen)}", flush=True)


def divided(data: Data) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to learn, and rows of whole passes left out; none of few passes."""
    out = np.isin(data.sources, sorted(set(data.sources))[LEFT_OUT_EVERY - 1 :: LEFT_OUT_EVERY])
    return np.where(~out)[0], np.where(out)[0]


def _calibrate(encoder: Encoder, data: Data, left_out: NDArray[np.int64]) -> None:
    """``nlu.transformer`` finds both numbers in the checkpoint's ``config.json``."""
    logits, primary = judged(encoder, data, left_out), data.primary[left_out]
    encoder.model.config.intent_temperature = calibrate(logits, primary)
    encoder.model.config.intent_thresholds = thresholds(1 / (1 + np.exp(-logits)), data.held[left_out], primary)
    print(f"left-out passes: {(logits.argmax(1) == primary).mean():.4f}", flush=True)


if __name__ == "__main__":
    main()
