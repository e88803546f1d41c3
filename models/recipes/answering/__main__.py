"""``python -m models.recipes.answering --work FOLDER``: scenes, traces, weights. Minutes on two cores; Debian's voices help.

Words: softmax regression over words and pairs, on texts as written and as recognised. Timing: logistic regression over the words'
evidence (out of fold, so that it is not trusted too much) and the shape of the greeting, at every moment a judge would decide.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asr.domain_text import fill, sentences
from asr.pronunciation import normalize
from models.recipes.answering import scenes, speakers
from models.recipes.answering.scenes import Scene
from models.recipes.answering.trace import Trace, trace
from voicebot.call.machine_words import MachineWords, grams

HERE = Path(__file__).parent
WEIGHTS = Path(__file__).resolve().parents[2] / "weights" / "answering"
MACHINES = ("voicemail", "announcement")
_COPIES = {"human": 2, "voicemail": 3, "announcement": 3}
_JOBS = 2
_PARTIAL_EVERY_S = 0.64
"""Coarser than a call's, to save time."""
_FOLDS = 5
_SMALL = 0.2
"""Weaker weights are left out."""
_TIMING = ("words", "no_words", "speech_s", "longest_run_s", "pauses", "quiet_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A scene to make: ``source`` is the list's line that ``text`` was filled from, ``forgets`` what the recognizer must not know."""

    kind: str
    source: str
    text: str
    seed: int
    language: str = "id"
    forgets: frozenset[str] = frozenset()


def main() -> None:
    """Train and write ``weights/answering/model.json``."""
    parser = argparse.ArgumentParser(prog="python -m models.recipes.answering", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for the traces (some 100 MB)")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    traces = traced(options.work / "development.pkl", development_jobs(), speakers.DEVELOPMENT)
    words, folds = fit_words(traces)
    timing, bias = fit_timing(traces, folds)
    WEIGHTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"bias": round(bias, 3), "timing": timing, "words": words}, indent=0, ensure_ascii=False)
    (WEIGHTS / "model.json").write_text(text + "\n", encoding="utf-8")
    print(f"{WEIGHTS / 'model.json'}: {len(text)} bytes, timing {timing}, bias {bias:.2f}")


def development_texts(language: str) -> list[tuple[str, str]]:
    """(kind, text) for development; the held-out texts lie elsewhere and are never read here."""
    if language == "en":
        lines = (HERE / "texts_en.tsv").read_text(encoding="utf-8").splitlines()
        return [tuple(line.split("\t", 1)) for line in lines if line.strip()]  # type: ignore[misc]
    people = (HERE / "people_id.txt").read_text(encoding="utf-8").splitlines()
    found = [("human", line) for line in people if line.strip() and not line.startswith("#")]
    found += [("voicemail", line) for line in sentences("voicemail_id")]
    return found + [("announcement", line) for line in sentences("announcements_id")]


def development_jobs() -> list[Job]:
    """Every development scene. Of the machines' sentences, the half that a scene's own belongs to is unknown to its recognizer."""
    chance = random.Random(4)
    texts = development_texts("id")
    machines = [text for kind, text in texts if kind != "human"]
    halves = (frozenset(machines[::2]), frozenset(machines[1::2]))
    jobs = [
        Job(
            kind=kind,
            source=text,
            text=fill(text, chance),
            seed=1000 * copy + number,
            forgets=frozenset() if kind == "human" or copy == 0 else halves[text not in halves[0]],
        )
        for number, (kind, text) in enumerate(texts)
        for copy in range(_COPIES[kind])
    ]
    random.Random(5).shuffle(jobs)
    return jobs


def traced(path: Path, jobs: list[Job], voices: dict[str, Sequence[str]]) -> list[Trace]:
    """The scenes as heard, kept in ``path``."""
    if not path.exists():
        parts = [(jobs[k::_JOBS], voices) for k in range(_JOBS)]
        with ProcessPoolExecutor(_JOBS) as pool:
            found = [each for part in pool.map(trace_all, parts) for each in part]
        path.write_bytes(pickle.dumps(found))
    return pickle.loads(path.read_bytes())


def trace_all(part: tuple[list[Job], dict[str, Sequence[str]]]) -> list[Trace]:
    """Speak and hear a share of the scenes."""
    from models.recipes.answering.hearing import ForgetfulRecognizer

    jobs, voices = part
    recognizers = {forgets: ForgetfulRecognizer(forgets) for forgets in {job.forgets for job in jobs}}
    speaker = speakers.Speakers()
    found: list[Trace] = []
    for job in jobs:
        scene = scene_of(job, voices, speaker)
        if scene is not None:
            found.append(trace(scene, recognizers[job.forgets], state="greeting", partial_every_s=_PARTIAL_EVERY_S))
    return found


def scene_of(job: Job, voices: dict[str, Sequence[str]], say: speakers.Speakers) -> Scene | None:
    """A spoken scene over a line; None when the voice failed."""
    chance, dice = random.Random(job.seed), np.random.default_rng(job.seed)
    voice = chance.choice(speakers.available(voices[job.language]))
    clauses = scenes.clauses_of(job.text)
    waves = say.say(voice, job.language, [clause for clause, _ in clauses], chance)
    if not any(len(wave) for wave in waves):
        return None
    compose = {"human": scenes.person, "voicemail": scenes.voicemail, "announcement": scenes.announcement}[job.kind]
    tape = compose(waves, [mark for _, mark in clauses], chance)
    human = job.kind == "human"
    wave = scenes.over_line(tape.wave(), dice, room=human, snr_db=(6, 35) if human else (15, 45))
    return Scene(
        kind=job.kind,
        language=job.language,
        text=job.text,
        source=job.source,
        speaker=voice,
        wave=wave,
        spoken=tuple(tape.spoken),
        beeps=tuple(tape.beeps),
    )


# Words -------------------------------------------------------------------------------------------------------------
def fit_words(traces: Sequence[Trace]) -> tuple[dict[str, Any], dict[str, MachineWords]]:
    """Weights by language for the file, and for each development text those learnt without it."""
    from nlu.examples import load_examples

    told: dict[str, Any] = {}
    folds: dict[str, MachineWords] = {}
    for language in ("id", "en"):
        rows = list(_rows(language, [t for t in traces if t.scene.language == language]))
        customers = [normalize(example.text) for example in load_examples(language, held_out=False)]
        random.Random(6).shuffle(customers)
        others = [("", "human", text, 0.1) for text in customers[:4000]]
        told[language] = _as_json(_softmax([*rows, *others]))
        if language == "id":
            texts = sorted({row[0] for row in rows})
            random.Random(7).shuffle(texts)
            for fold in range(_FOLDS):
                held = set(texts[fold::_FOLDS])
                part = _softmax([*(row for row in rows if row[0] not in held), *others])
                folds |= dict.fromkeys(held, part)
    return told, folds


def _rows(language: str, traces: Sequence[Trace]) -> Iterator[tuple[str, str, str, float]]:
    """(source text, kind, words, weight): as written, as recognised, and as recognised half-way."""
    chance = random.Random(8)
    for kind, text in development_texts(language):
        for _ in range(4):
            words = normalize(fill(text, chance)).split()
            yield text, kind, " ".join(words), 0.5
            if kind != "human" and len(words) > 4:
                yield text, kind, " ".join(words[: chance.randint(3, len(words))]), 0.3
    for each in traces:
        source = each.scene.source
        yield source, each.scene.kind, each.final_text, 1.0
        partials = [text for _, text, final in each.words if not final and len(text.split()) > 2]
        if partials:
            yield source, each.scene.kind, chance.choice(partials), 0.4


def _softmax(rows: Sequence[tuple[str, str, str, float]]) -> MachineWords:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = DictVectorizer()
    seen = vectors.fit_transform([dict.fromkeys(grams(words), 1.0) for _, _, words, _ in rows])
    kinds = np.array([kind for _, kind, _, _ in rows])
    weights = np.array([weight for *_, weight in rows])
    for kind in ("human", *MACHINES):  # each kind weighs the same
        weights[kinds == kind] *= len(rows) / weights[kinds == kind].sum() / 3
    model = LogisticRegression(C=0.3, max_iter=2000)
    model.fit(seen, kinds, sample_weight=weights)
    order = list(model.classes_)
    human = model.coef_[order.index("human")]
    rise = [model.coef_[order.index(kind)] - human for kind in MACHINES]
    bias = [float(model.intercept_[order.index(kind)] - model.intercept_[order.index("human")]) for kind in MACHINES]
    names = vectors.get_feature_names_out()
    found = {
        str(name): (round(float(rise[0][i]), 2), round(float(rise[1][i]), 2))
        for i, name in enumerate(names)
        if max(abs(rise[0][i]), abs(rise[1][i])) >= _SMALL
    }
    return MachineWords(weights=found, bias=(round(bias[0], 2), round(bias[1], 2)))


def _as_json(words: MachineWords) -> dict[str, Any]:
    return {"bias": list(words.bias), "weights": {gram: list(pair) for gram, pair in sorted(words.weights.items())}}


# Timing ------------------------------------------------------------------------------------------------------------
def fit_timing(traces: Sequence[Trace], folds: dict[str, MachineWords]) -> tuple[dict[str, float], float]:
    """Weights of words and timing, and the bias."""
    from sklearn.linear_model import LogisticRegression

    from models.recipes.answering.moments import moments

    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for each in traces:
        words = folds.get(each.scene.source)
        if each.scene.language != "id" or words is None:
            continue
        found = moments(each, words)
        for features in found:
            unheard = {**features, "words": 0.0, "no_words": 1.0}  # as if nothing had been understood
            for seen, weight in ((features, 1.0), (unheard, 0.3)):
                rows.append([seen[name] for name in _TIMING])
                labels.append(int(each.scene.kind != "human"))
                weights.append(weight / len(found))
    labels_of, weights_of = np.array(labels), np.array(weights)
    for label in (0, 1):
        weights_of[labels_of == label] *= 0.5 * len(rows) / weights_of[labels_of == label].sum()
    model = LogisticRegression(C=1.0, max_iter=2000).fit(np.array(rows), labels_of, sample_weight=weights_of)
    return {name: round(float(w), 3) for name, w in zip(_TIMING, model.coef_[0], strict=True)}, float(model.intercept_[0])


if __name__ == "__main__":
    main()
