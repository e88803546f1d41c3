"""Pre-train, judge by passes left out, train on all passes, export, and evaluate on the held-out ones."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models.recipes.intents import export, linear
from models.recipes.intents.combine import LINEAR_SHARE, Settings, calibrate, mixed_log, normalised, thresholds
from models.recipes.intents.data import Data, load
from models.recipes.intents.network import Network, pieces_of, probabilities
from models.recipes.intents.texts import off_topic, unlabelled
from models.recipes.intents.train import Weights, pretrain, train
from nlu.understanding import INTENTS

WEIGHTS = Path(__file__).resolve().parents[2] / "weights" / "intents"


def main() -> None:
    """Run one stage, or all but the optional pre-training; each leaves its result in the work folder."""
    parser = argparse.ArgumentParser(prog="python -m models.recipes.intents", description=__doc__)
    parser.add_argument("stage", choices=["pretrain", "folds", "fit", "all"])
    parser.add_argument("--work", type=Path, required=True, help="folder for intermediate results")
    parser.add_argument("--corpora", type=Path, help="folder with public corpora for pre-training (see texts.py)")
    parser.add_argument("--steps", type=int, default=6000, help="of pre-training")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--members", type=int, default=2, help="networks that are averaged")
    parser.add_argument("--folds", type=int, default=3)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    stages = {"pretrain": prepare, "folds": judge, "fit": fit}
    for name in ["folds", "fit"] if options.stage == "all" else [options.stage]:
        began_s = time.monotonic()
        stages[name](options)
        print(f"{name}: {time.monotonic() - began_s:.0f} s", flush=True)


def prepare(options: argparse.Namespace) -> None:
    """Weights from unlabelled text."""
    data = load(held_out=False, heard=False)
    texts = unlabelled(options.corpora, data)
    print(f"{len(texts)} texts")
    for member in range(options.members):
        torch.save(pretrain(texts, steps=options.steps, seed=member), options.work / f"pretrained_{member}.pt")


def judge(options: argparse.Namespace) -> None:
    """Every pass judged by models that have not seen it: what the temperature and the thresholds are fitted on."""
    data = load(held_out=False, off_topic=_off_topic(options))
    sources = sorted(set(data.sources))
    logs = np.zeros((len(data.texts), len(INTENTS)))
    every = np.zeros_like(logs)
    for fold in range(options.folds):
        out = np.isin(data.sources, sources[fold :: options.folds])
        test, rows = np.where(out)[0], np.where(~out)[0]
        half = linear.fit([data.features[i] for i in rows], data.primary[rows])
        network = train(data, rows, seed=fold, epochs=options.epochs, start=_start(options, 0))
        leading, every[test] = _judged(network, data, test)
        logs[test] = mixed_log(half.probabilities([data.features[i] for i in test]), [leading], LINEAR_SHARE)
        print(f"fold {fold}: {_accuracy(logs[test], data.primary[test]):.4f} of {len(test)}", flush=True)
    temperature = calibrate(logs, data.primary)
    limits = thresholds(every, data.held, data.primary)
    settings = Settings(members=options.members, linear_share=LINEAR_SHARE, temperature=temperature, thresholds=limits)
    (options.work / "settings.json").write_text(json.dumps(settings.as_json()), encoding="utf-8")
    np.savez(options.work / "folds.npz", beliefs=normalised(logs, temperature), every=every)
    print(f"left-out passes: {_accuracy(logs, data.primary):.4f}; temperature {temperature:.2f}")


def fit(options: argparse.Namespace) -> None:
    """The shipped weights: all training passes."""
    data = load(held_out=False, off_topic=_off_topic(options))
    settings = Settings(**json.loads((options.work / "settings.json").read_text(encoding="utf-8")))
    rows = np.arange(len(data.texts))
    half = linear.fit(data.features, data.primary)
    networks = [
        train(data, rows, seed=member, epochs=options.epochs, start=_start(options, member))
        for member in range(settings.members)
    ]
    export.write(WEIGHTS, half, networks, settings)
    held_out = load(held_out=True)
    everything = np.arange(len(held_out.texts))
    leading = [_judged(network, held_out, everything)[0] for network in networks]
    logs = mixed_log(half.probabilities(held_out.features), leading, settings.linear_share)
    for language in ("id", "en"):
        rows = np.array([i for i, each in enumerate(held_out.languages) if each == language])
        print(f"held out, {language}: {_accuracy(logs[rows], held_out.primary[rows]):.4f} of {len(rows)}")


def _off_topic(options: argparse.Namespace) -> list[tuple[str, str]]:
    return off_topic(options.corpora) if options.corpora is not None else []


def _judged(network: Network, data: Data, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pieces = [pieces_of(data.texts[i], data.languages[i]) for i in rows]
    return probabilities(network, pieces, data.context_ids[rows])


def _start(options: argparse.Namespace, member: int) -> Weights | None:
    path = options.work / f"pretrained_{member}.pt"
    return torch.load(path) if path.is_file() else None


def _accuracy(logs: NDArray[np.float64], primary: NDArray[np.int64]) -> float:
    return float((logs.argmax(1) == primary).mean())


if __name__ == "__main__":
    main()
