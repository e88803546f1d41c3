"""A Kaldi model directory as Vosk loads it, taught a few sentences inside a test: our MFCC, a TDNN, a graph of the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import kaldifst
import numpy as np
from numpy.typing import NDArray

from asr.engine import Waveform
from asr.pronunciation import BLANK, TOKENS, WORD_MARK, spell

RATE_HZ = 8000
_CEPSTRA = 40
_WIDTH = 96
_EACH = 3
"""Frames of 10 ms to a step."""
_SPLICES = ((-1, 0, 1), (-3, 0, 3), (-3, 0, 3))
_STEPS = 400
_LEARNT = 0.05
_MFCC = "--sample-frequency=8000\n--use-energy=false\n--num-mel-bins=40\n--num-ceps=40\n--low-freq=20\n--high-freq=-200\n--dither=0\n"
_DECODING = """--min-active=200
--max-active=3000
--beam=13.0
--lattice-beam=4.0
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def teach(folder: Path, lessons: Sequence[tuple[Waveform, str]], *, seed: int = 0) -> None:
    """Write a directory with a model that hears each wave's words; ``lessons`` are (wave at 8 kHz, text)."""
    pause = np.zeros(RATE_HZ // 2, dtype=np.float32)  # without it, any letter is as likely as another in silence
    padded = [(np.concatenate([pause, wave, pause]), text) for wave, text in lessons]
    layers = _learn([(mfcc(wave), text) for wave, text in [*padded, (np.tile(pause, 3), "")]], seed)
    for place in ("am", "conf", "graph/phones"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    _write_model(folder / "am/final.mdl", layers)
    (folder / "conf/mfcc.conf").write_text(_MFCC, encoding="utf-8")
    (folder / "conf/model.conf").write_text(_DECODING, encoding="utf-8")
    _write_graph(folder / "graph", [text for _, text in lessons])


def mfcc(wave: Waveform) -> NDArray[np.float32]:
    """Kaldi's MFCC with the options of ``_MFCC``, shape (frames, 40)."""
    size, hop, bins = 200, 80, 256
    frames = np.lib.stride_tricks.sliding_window_view(wave.astype(np.float64) * 32768, size)[::hop]
    frames = frames - frames.mean(1, keepdims=True)
    frames = frames - 0.97 * np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    povey = np.power(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / (size - 1)), 0.85)
    power = np.abs(np.fft.rfft(frames * povey, bins))[:, : bins // 2] ** 2
    mel_of = lambda hz: 1127 * np.log(1 + np.asarray(hz) / 700)  # noqa: E731
    edges = np.linspace(mel_of(20), mel_of(RATE_HZ / 2 - 200), _CEPSTRA + 2)
    mel = mel_of(np.arange(bins // 2) * RATE_HZ / bins)[:, None]
    rising, falling = (mel - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - mel) / np.diff(edges)[1:]
    bands = np.log(np.maximum(power @ np.maximum(0, np.minimum(rising, falling)), np.finfo(np.float32).eps))
    place = np.arange(_CEPSTRA)
    cosines = np.cos(np.pi / _CEPSTRA * (place[:, None] + 0.5) * place) * np.where(place == 0, np.sqrt(1 / 40), np.sqrt(2 / 40))
    return (bands @ cosines * (1 + 11 * np.sin(np.pi * place / 22))).astype(np.float32)


def _learn(
    lessons: Sequence[tuple[NDArray[np.float32], str]], seed: int
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """(weights, bias) of each affine layer, by CTC; the first takes raw features, their normalisation folded in."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    features = np.concatenate([each for each, _ in lessons])
    speech = features[features[:, 0] > np.median(features[:, 0])]  # silence lies so far off that speech would look all alike
    mean, scale = torch.tensor(speech.mean(0)), torch.tensor(speech.std(0))
    sizes = [(3 * _CEPSTRA, _WIDTH), *[(3 * _WIDTH, _WIDTH)] * (len(_SPLICES) - 1), (_WIDTH, len(TOKENS))]
    layers = torch.nn.ModuleList(torch.nn.Linear(*size) for size in sizes)
    optimizer = torch.optim.AdamW(layers.parameters(), lr=3e-3, weight_decay=0.0)
    inputs = [(torch.tensor(each) - mean) / scale for each, _ in lessons]
    labels = [torch.tensor(spell(text), dtype=torch.long) for _, text in lessons]
    for number in range(_STEPS):
        loss = torch.zeros(())
        for sound, label in zip(inputs, labels, strict=True):
            noisy = sound[number % _EACH :] + 0.1 * torch.randn(len(sound) - number % _EACH, _CEPSTRA)
            steps = _forward(layers, noisy, torch).log_softmax(-1)[::_EACH, None]
            loss = loss + torch.nn.functional.ctc_loss(steps, label[None], [len(steps)], [len(label)], reduction="sum") / (
                len(label) or len(steps)
            )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss.item() < _LEARNT * len(lessons):
            break
    pairs = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in layers]
    first = pairs[0][0] / np.tile(scale.numpy(), 3)
    pairs[0] = (first, pairs[0][1] - first @ np.tile(mean.numpy(), 3))
    return pairs


def _forward(layers: Any, sound: Any, torch: Any) -> Any:
    for layer, splice in zip(layers, (*_SPLICES, (0,)), strict=True):
        places = torch.arange(len(sound))
        spliced = torch.cat([sound[(places + offset).clamp(0, len(sound) - 1)] for offset in splice], dim=1)
        sound = layer(spliced)
        if layer is not layers[-1]:
            sound = torch.relu(sound)
    return sound


def _write_graph(folder: Path, texts: Sequence[str]) -> None:
    """``HCLG.fst`` and ``words.txt``: any of the sentences, again and again, each a chain of CTC tokens.

    There are no epsilon arcs: with backoff, which may be taken at any frame of a silence, the lattices that Vosk determinizes
    hold thousands of equal paths. Token ``t`` has transition number ``2 t + 2``: each of our phones has one state, two ways on.
    """
    words = ["<eps>", *sorted({word for text in texts for word in text.split()})]
    fst = kaldifst.StdVectorFst()
    between = fst.add_state()
    fst.start = between

    def arc(start: int, token: int, end: int, word: int = 0, cost: float = 0.0) -> None:
        fst.add_arc(start, kaldifst.StdArc(2 * token + 2, word, kaldifst.TropicalWeight(cost), end))

    fst.set_final(between, kaldifst.TropicalWeight(0.0))
    arc(between, BLANK, between)
    for text in texts:
        tokens = spell(text)
        starts = {0, *(place + 1 for place, token in enumerate(tokens) if TOKENS[token] == WORD_MARK)}
        names = iter(text.split())
        blank, before = between, -1
        state = -1
        for place, token in enumerate(tokens):
            word = words.index(next(names)) if place in starts else 0
            said = fst.add_state()
            arc(blank, token, said, word, float(np.log(len(texts))) if place == 0 else 0.0)
            if place and token != before:
                arc(state, token, said, word)
            arc(said, token, said)
            blank = between if place == len(tokens) - 1 else fst.add_state()
            arc(said, BLANK, blank)
            if blank != between:
                arc(blank, BLANK, blank)
            state, before = said, token
        fst.set_final(state, kaldifst.TropicalWeight(0.0))
    fst.write(str(folder / "HCLG.fst"))
    (folder / "words.txt").write_text("".join(f"{word} {number}\n" for number, word in enumerate(words)), encoding="utf-8")


def _write_model(path: Path, layers: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> None:
    """``final.mdl`` in Kaldi's text form: a transition model with a phone a token, and an nnet3 network."""
    phones = range(1, len(TOKENS) + 1)
    out = ["<TransitionModel> <Topology>", "<TopologyEntry>", "<ForPhones>", " ".join(map(str, phones)), "</ForPhones>"]
    out += ["<State> 0 <PdfClass> 0 <Transition> 0 0.5 <Transition> 1 0.5 </State>", "<State> 1 </State>", "</TopologyEntry>"]
    out += ["</Topology>", f"<Triples> {len(TOKENS)}", *(f"{phone} 0 {phone - 1}" for phone in phones), "</Triples>"]
    out += ["<LogProbs> " + _vector(np.array([0.0, *[np.log(0.5)] * (2 * len(TOKENS))])), "</LogProbs>", "</TransitionModel>"]
    out += ["<Nnet3> ", f"input-node name=input dim={_CEPSTRA}"]
    components: list[str] = []
    before = "input"
    for number, ((weights, bias), splice) in enumerate(zip(layers, (*_SPLICES, (0,)), strict=True)):
        offsets = [f"Offset({before}, {offset})" if offset else before for offset in splice]
        source = offsets[0] if len(offsets) == 1 else f"Append({', '.join(offsets)})"
        last = number == len(layers) - 1
        parts = [
            (
                f"affine{number}",
                source,
                f"<FixedAffineComponent> <LinearParams> {_matrix(weights)}<BiasParams> {_vector(bias)}\n</FixedAffineComponent>",
            )
        ]
        kind = "LogSoftmaxComponent" if last else "RectifiedLinearComponent"
        parts.append((f"bend{number}", f"affine{number}", _bend(kind, len(bias), 0 if last else 1e-5)))
        for name, taken, text in parts:
            out.append(f"component-node name={name} component={name} input={taken}")
            components.append(f"<ComponentName> {name} {text}")
        before = f"bend{number}"
    out += [f"output-node name=output input={before} objective=linear", "", f"<NumComponents> {len(components)}", *components]
    context = sum(max(splice) for splice in _SPLICES)
    out.append(f"</Nnet3> <LeftContext> {context} <RightContext> {context} <Priors> [ ]\n")
    path.write_text("\n".join(out), encoding="utf-8")


def _bend(kind: str, dim: int, repair: float) -> str:
    statistics = "<ValueAvg>  [ ]\n<DerivAvg>  [ ]\n<Count> 0 <OderivRms>  [ ]\n<OderivCount> 0"
    return (
        f"<{kind}> <Dim> {dim} {statistics} <NumDimsSelfRepaired> 0 <NumDimsProcessed> 0 <SelfRepairScale> {repair} </{kind}>"
    )


def _matrix(values: NDArray[np.float32]) -> str:
    return " [\n" + "\n".join("  " + " ".join(f"{value:.6g}" for value in row) for row in values) + " ]\n"


def _vector(values: NDArray[np.float32]) -> str:
    return " [ " + " ".join(f"{value:.6g}" for value in values) + " ]"
