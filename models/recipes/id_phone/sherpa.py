"""``id-phone`` as a model for sherpa-onnx: ``python -m models.recipes.id_phone.sherpa --output FOLDER``.

Encoder and head become one graph of sherpa's offline ``nemo_ctc`` kind. sherpa computes features of its own (a spectrum of 512
points with pre-emphasis, natural logarithms, no normalisation of the wave); the nodes in front turn them into those of
``asr.mel``, up to what cannot be undone: frames lie half a hop later, and pre-emphasis varies inside the lowest bands.
There is no decoding graph then, only the likeliest letters, so expect worse words than from ``--engine embedded``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, compose, helper, numpy_helper

from asr.pronunciation import BLANK, TOKENS, WORD_MARK
from models.store import find

_RATE_HZ = 16000
_LINE_HZ = 8000
_FFT = 512
_WINDOW = 400
_PREEMPHASIS = 0.97
_BANDS = 80
_LONGEST_S = 7.8
_FRAMES_A_STEP = 4
_FLOOR_LOG10 = -10.0
_OPSET = 18


def export(model: Path, output: Path) -> None:
    """Write ``model.onnx`` and ``tokens.txt`` into ``output`` from the folder of an ``id-phone`` model."""
    output.mkdir(parents=True, exist_ok=True)
    description = json.loads((model / "model.json").read_text(encoding="utf-8"))
    head = onnx.version_converter.convert_version(onnx.load(model / "head.onnx"), _OPSET)
    encoder = onnx.load(model / "encoder.onnx")
    del encoder.opset_import[:]
    encoder.opset_import.extend([helper.make_opsetid("", _OPSET)])
    joined = _features()
    for part, prefix, seam in ((encoder, "encoder_", ("log_mel", "log_mel")), (head, "head_", ("encoder_taps", "taps"))):
        part.ir_version = joined.ir_version
        part = compose.add_prefix(part, prefix)
        joined = compose.merge_models(joined, part, io_map=[(seam[0], f"{prefix}{seam[1]}")])
    joined = compose.merge_models(joined, _scores(description, joined.ir_version), io_map=[("head_log_probs", "log_probs")])
    outputs = sorted(joined.graph.output, key=lambda each: each.name != "logprobs")  # sherpa goes by their order
    del joined.graph.output[:]
    joined.graph.output.extend(outputs)
    facts = {
        "vocab_size": len(TOKENS) - 1,  # sherpa adds one for the blank
        "subsampling_factor": _FRAMES_A_STEP,
        "normalize_type": "",
        "model_type": "EncDecCTCModel",
        "blank": BLANK,
        "santun_rate_hz": _LINE_HZ,
        "santun_longest_s": _LONGEST_S,
        "licence": description["licence"],
    }
    helper.set_model_props(joined, {name: str(value) for name, value in facts.items()})
    onnx.checker.check_model(joined)
    onnx.save(joined, output / "model.onnx")
    # The blank must come last, as in NeMo's models.
    order = [*TOKENS[1:], "<blk>"]
    (output / "tokens.txt").write_text("".join(f"{token} {place}\n" for place, token in enumerate(order)), encoding="utf-8")


def _features() -> onnx.ModelProto:
    """(audio_signal, length) as sherpa gives them → log_mel as the encoder wants it, and how many steps come of it."""
    filters = _slaney_filters()
    edges_hz = _edges_hz()
    bins_hz = np.arange(_FFT // 2 + 1) * _RATE_HZ / _FFT
    lifted = np.abs(1 - _PREEMPHASIS * np.exp(-2j * np.pi * bins_hz / _RATE_HZ)) ** 2
    emphasis = np.log((lifted @ filters) / filters.sum(0))
    # A sum over bands that counts each bin of the spectrum once, and from it the variance of the wave (Parseval).
    spectrum_share = 2.0 / (_FFT * np.square(np.hanning(_WINDOW)).sum())
    weights = (edges_hz[2:] - edges_hz[:-2]) / 2 * spectrum_share
    heard = edges_hz[1:-1] < _LINE_HZ / 2
    constants: dict[str, NDArray[np.generic]] = {
        "emphasis": emphasis.astype(np.float32).reshape(1, _BANDS, 1),
        "weights": (weights * heard).astype(np.float32).reshape(1, _BANDS, 1),
        "silent": np.where(heard, 0.0, -1e4).astype(np.float32).reshape(1, _BANDS, 1),
        "tiny": np.float32(1e-7),
        "to_log10": np.float32(1 / np.log(10)),
        "fft_size": np.float32(np.log10(_FFT / _WINDOW)),
        "floor": np.float32(_FLOOR_LOG10),
        "range": np.float32(8.0),
        "four": np.float32(4.0),
        "step": np.array([_FRAMES_A_STEP], np.int64),
        "step_scalar": np.int64(_FRAMES_A_STEP),
        "zero": np.array([0], np.int64),
        "last_axis": np.array([2], np.int64),
        "band_axis": np.array([1], np.int64),
        "both_axes": np.array([1, 2], np.int64),
    }
    node = helper.make_node
    nodes = [
        # Whole steps only: the encoder's positions are aligned at the end, so what is cut is at the end too.
        node("Shape", ["audio_signal"], ["shape"]),
        node("Gather", ["shape", "last_axis"], ["frames"], axis=0),
        node("Div", ["frames", "step"], ["steps"]),
        node("Mul", ["steps", "step"], ["whole"]),
        node("Slice", ["audio_signal", "zero", "whole", "last_axis"], ["cut"]),
        node("Sub", ["cut", "emphasis"], ["flat"]),
        node("Exp", ["flat"], ["power"]),
        node("Mul", ["power", "weights"], ["weighted"]),
        node("ReduceSum", ["weighted", "band_axis"], ["loudness"]),
        node("ReduceMean", ["loudness", "last_axis"], ["variance"]),
        node("Add", ["variance", "tiny"], ["safe_variance"]),
        node("Log", ["safe_variance"], ["log_variance"]),
        node("Sub", ["flat", "log_variance"], ["normal"]),
        node("Mul", ["normal", "to_log10"], ["log10"]),
        node("Sub", ["log10", "fft_size"], ["same_fft"]),
        node("Add", ["same_fft", "silent"], ["telephone"]),
        node("Max", ["telephone", "floor"], ["floored"]),
        node("ReduceMax", ["floored", "both_axes"], ["loudest"]),
        node("Sub", ["loudest", "range"], ["least"]),
        node("Max", ["floored", "least"], ["clipped"]),
        node("Add", ["clipped", "four"], ["raised"]),
        node("Div", ["raised", "four"], ["log_mel"]),
        node("Div", ["length", "step_scalar"], ["steps_each"]),
        node("Min", ["steps_each", "steps"], ["encoded_lengths"]),
    ]
    graph = helper.make_graph(
        nodes,
        "features",
        [
            helper.make_tensor_value_info("audio_signal", TensorProto.FLOAT, ["batch", _BANDS, "frames_in"]),
            helper.make_tensor_value_info("length", TensorProto.INT64, ["batch"]),
        ],
        [
            helper.make_tensor_value_info("log_mel", TensorProto.FLOAT, ["batch", _BANDS, "frames_out"]),
            helper.make_tensor_value_info("encoded_lengths", TensorProto.INT64, ["batch"]),
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=10)


def _scores(description: dict[str, list[float] | float], ir_version: int) -> onnx.ModelProto:
    """Log-probabilities less the share of each letter in the training texts, as decoding takes them; the blank put last."""
    offset = np.array(description["log_prior"], np.float32) * np.float32(description["prior_scale"])
    offset[BLANK] += np.float32(description["blank_penalty"])
    order = [*(place for place in range(len(TOKENS)) if place != BLANK), BLANK]
    nodes = [
        helper.make_node("Sub", ["log_probs", "offset"], ["lowered"]),
        helper.make_node("Gather", ["lowered", "order"], ["ordered"], axis=2),
        helper.make_node("LogSoftmax", ["ordered"], ["logprobs"], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "scores",
        [helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["batch", "outputs", len(TOKENS)])],
        [helper.make_tensor_value_info("logprobs", TensorProto.FLOAT, ["batch", "outputs", len(TOKENS)])],
        [numpy_helper.from_array(offset, "offset"), numpy_helper.from_array(np.array(order, np.int64), "order")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=ir_version)


def _edges_hz() -> NDArray[np.float64]:
    """Of the 80 bands of Slaney's scale up to 8 kHz."""
    import librosa

    return np.asarray(librosa.mel_frequencies(_BANDS + 2, fmin=0.0, fmax=_RATE_HZ / 2), dtype=np.float64)


def _slaney_filters() -> NDArray[np.float64]:
    import librosa

    return np.asarray(librosa.filters.mel(sr=_RATE_HZ, n_fft=_FFT, n_mels=_BANDS), dtype=np.float64).T


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=None, help="folder of an id-phone model; default: the shipped one")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    export(arguments.model or find("id-phone"), arguments.output)
    print(f"{arguments.output}: try `santun transcribe --engine sherpa:{arguments.output} call.wav` ({WORD_MARK} marks words)")


if __name__ == "__main__":
    main()
