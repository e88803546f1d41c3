"""Word error rates on people: recordings that no training has heard, over a simulated telephone line, decoded by the product's graphs.

What is measured: connected digits; telephone phrases with a trigram that contains them, and with one of the same domain that
never saw them (its texts and the prompts' words only); single words in the graph of yes and no; and how often that graph takes
other speech for a yes or a no. Noise makes the line worse in two conditions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.embedded import decode, without_garbage
from asr.error_rate import ErrorRate, error_rate
from asr.graphs import EXPECTED_LM_SCALE, Graph, compile_graph, graph_for
from asr.language_model import trigrams
from asr.pronunciation import BLANK, normalize
from models.recipes.id_phone.people import CONDITIONS, Person, people, taps_of

_WORDS = ("tidak", "halo")
"""Single words that are answers, and stand in the graph of yes and no."""
_ANSWERS = frozenset("iya ya tidak betul benar bukan nggak enggak ndak".split())
"""What fires yes or no."""
_DIGITS = frozenset("nol kosong satu dua tiga empat lima enam tujuh delapan sembilan".split())
_CONFIDENT = 0.35
"""As ``voicebot.call.session`` asks."""
Scores = NDArray[np.float32]
_graphs: dict[str, Graph] = {}


@dataclass(frozen=True, slots=True)
class Heard:
    """One decoding."""

    person: Person
    text: str
    confidence: float


def scaled(log_probs: NDArray[np.float32], description: dict[str, object]) -> Scores:
    """Log-likelihoods as the product's decoder takes them."""
    offset = np.array(description["log_prior"], np.float32) * np.float32(description["prior_scale"])  # pyright: ignore
    offset[BLANK] += np.float32(description["blank_penalty"])  # pyright: ignore
    return np.ascontiguousarray((log_probs - offset) * np.float32(description["acoustic_scale"]), dtype=np.float32)  # pyright: ignore


def graphs(found: Sequence[Person], texts: Path | None) -> dict[str, Graph]:
    """By name; ``texts`` is a file of (id, sentence) lines of the prompts' domain, for the open trigram."""
    prompts = sorted({person.text for person in found if not person.is_digits})
    made = {
        "digits": graph_for("digits"),
        "domain": compile_graph(trigrams((s, 1.0) for s in prompts), garbage=False, lm_scale=EXPECTED_LM_SCALE),
        "yes_no": graph_for("yes_no"),
    }
    if texts is not None:
        lines = {normalize(line.split("\t")[-1]) for line in texts.read_text(encoding="utf-8").splitlines()}
        corpus = [(line, 1.0) for line in sorted(lines - set(prompts))]
        corpus += [(word, 0.2) for prompt in prompts for word in prompt.split()]
        made["open"] = compile_graph(trigrams(corpus), garbage=False)
    return made


def _decode(job: tuple[str, list[Person], list[Scores]]) -> list[Heard]:
    name, found, scores = job
    heard: list[Heard] = []
    for person, each in zip(found, scores, strict=True):
        decoded = decode(each, _graphs[name], frame_s=0.04)
        heard.append(Heard(person, " ".join(word.text for word in without_garbage(decoded.words)), decoded.confidence))
    return heard


def heard_by(
    name: str, picked: Sequence[int], found: Sequence[Person], scores: Callable[[int], Scores], *, jobs: int
) -> list[Heard]:
    """Every picked utterance decoded with one graph."""
    parts = [list(picked[k::8]) for k in range(8)]
    work = [(name, [found[i] for i in part], [scores(i) for i in part]) for part in parts]
    with ProcessPoolExecutor(jobs) as pool:
        return [one for part in pool.map(_decode, work) for one in part]


def rate(heard: Sequence[Heard]) -> ErrorRate:
    """Word error rate with its interval over speakers."""
    return error_rate([(one.person.speaker, one.person.text, one.text) for one in heard])


def judge(found: Sequence[Person], scores: Callable[[int], Scores], *, jobs: int = 2) -> dict[str, str]:
    """All measures on one condition."""
    phrases = [i for i, person in enumerate(found) if not person.is_digits]
    told: dict[str, str] = {}

    def tell(name: str, heard: Sequence[Heard]) -> None:
        told[name] = f"{rate(heard)}, {len({one.person.speaker for one in heard})} speakers"

    spoken = heard_by("digits", [i for i, person in enumerate(found) if person.is_digits], found, scores, jobs=jobs)
    tell("digits", spoken)
    right = [one for one in spoken if one.text == one.person.text]
    told["digits heard right but not believed"] = _share(sum(one.confidence < _CONFIDENT for one in right), len(right))
    strange = [i for i in phrases if not _DIGITS & set(found[i].text.split())]
    taken = heard_by("digits", strange, found, scores, jobs=jobs)
    believed = sum(bool(one.text) and one.confidence >= _CONFIDENT for one in taken)
    told["other speech taken for digits"] = _share(believed, len(taken))
    tell("phrases, trigram that contains them", heard_by("domain", phrases, found, scores, jobs=jobs))
    if "open" in _graphs:
        tell("phrases, trigram that never saw them", heard_by("open", phrases, found, scores, jobs=jobs))
    single = [i for i in phrases if found[i].text in _WORDS]
    tell("tidak and halo, yes-no graph", heard_by("yes_no", single, found, scores, jobs=jobs))
    other = [i for i in phrases if not _ANSWERS & set(found[i].text.split()) and found[i].text not in _WORDS]
    fired = heard_by("yes_no", other, found, scores, jobs=jobs)
    wrong = [one for one in fired if _ANSWERS & set(one.text.split()) and one.confidence >= _CONFIDENT]
    told["other speech taken for yes or no"] = _share(len(wrong), len(fired))
    return told


def _share(count: int, total: int) -> str:
    return f"{100 * count / max(1, total):.1f} %, {total} utterances"


def evaluate(
    folder: Path, weights: Path, *, cache: Path, each: int = 1000, noise: Path | None = None, texts: Path | None = None
) -> dict[str, dict[str, str]]:
    """Print and return every measure in every condition; noisy ones on ten utterances a speaker."""
    import onnxruntime

    head = onnxruntime.InferenceSession(str(weights / "head.onnx"), providers=["CPUExecutionProvider"])
    description = json.loads((weights / "model.json").read_text(encoding="utf-8"))
    results: dict[str, dict[str, str]] = {}
    for condition in CONDITIONS:
        found = people(folder, each=each if condition == "clean" else min(each, 10))
        taps = taps_of(found, condition, weights / "encoder.onnx", cache, noise=noise)
        _graphs.update(graphs(found, texts))

        def scores(index: int, taps: list[NDArray[np.float16]] = taps) -> Scores:
            (log_probs,) = head.run(None, {"taps": taps[index][None].astype(np.float32)})
            return scaled(np.asarray(log_probs)[0], description)

        results[condition] = judge(found, scores)
        for name, line in results[condition].items():
            print(f"  {condition}: {name}: {line}", flush=True)
    return results
