"""Models in sherpa-onnx's formats, of a few nodes each: they say "satu" when sound begins and "dua" when it ends, once.

Nothing is learnt: the encoder is the mean of the features it is given, squeezed to 0 (silence) … 1 (sound).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SATU, DUA, END = 1, 2, 3
_TOKENS = ("<blk>", "▁satu", "▁du", "a")
_BANDS = 80
_FRAMES = 4
_HIDDEN = 2


def _save(
    path: Path,
    nodes: Sequence[Any],
    inputs: dict[str, Any],
    outputs: dict[str, Any],
    constants: dict[str, Any],
    notes: dict[str, Any],
) -> None:
    def value(name: str, shape: Any) -> Any:
        kind = TensorProto.INT64 if name in ("y", "x_lens", "length", "cache_last_channel_len") else TensorProto.FLOAT
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [value(*each) for each in inputs.items()],
        [
            helper.make_tensor_value_info(
                name, TensorProto.INT64 if name.endswith(("lens", "lengths", "len_next")) else TensorProto.FLOAT, shape
            )
            for name, shape in outputs.items()
        ],
        [numpy_helper.from_array(np.asarray(each), name) for name, each in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {name: str(each) for name, each in notes.items()})
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _loudness(source: str, middle: float) -> tuple[list[Any], dict[str, Any]]:
    """Nodes from (batch, frames, bands) to (batch, frames / 4, 1) between 0 and 1."""
    node = helper.make_node
    nodes = [
        node("ReduceMean", [source], ["mean"], axes=[2], keepdims=1),
        node("Transpose", ["mean"], ["rows"], perm=[0, 2, 1]),
        node("AveragePool", ["rows"], ["pooled"], kernel_shape=[_FRAMES], strides=[_FRAMES]),
        node("Transpose", ["pooled"], ["steps"], perm=[0, 2, 1]),
        node("Sub", ["steps", "middle"], ["centred"]),
        node("Sigmoid", ["centred"], ["loud"]),
    ]
    return nodes, {"middle": np.float32(middle)}


def write_transducer(folder: Path, *, streaming: bool) -> None:
    """``encoder.onnx``, ``decoder.onnx``, ``joiner.onnx`` and ``tokens.txt``, in the form of k2's LSTM or zipformer transducers."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokens.txt").write_text("".join(f"{token} {place}\n" for place, token in enumerate(_TOKENS)), encoding="utf-8")
    node = helper.make_node
    nodes, constants = _loudness("x", -10.0)
    tail = [node("Identity", ["loud"], ["encoder_out"])]
    if streaming:
        states = {f"{way}_{name}": [1, "N", _HIDDEN] for way in ("in",) for name in ("h", "c")}
        tail += [node("Identity", [f"in_{name}"], [f"out_{name}"]) for name in ("h", "c")]
        notes = {
            "model_type": "lstm",
            "T": _FRAMES,
            "decode_chunk_len": _FRAMES,
            "num_encoder_layers": 1,
            "rnn_hidden_size": _HIDDEN,
            "d_model": _HIDDEN,
        }
        inputs = {"x": ["N", "T", _BANDS], **states}
        outputs: dict[str, Any] = {"encoder_out": ["N", "S", 1], "out_h": [1, "N", _HIDDEN], "out_c": [1, "N", _HIDDEN]}
    else:
        tail.append(node("Div", ["x_lens", "four"], ["encoder_out_lens"]))
        constants["four"] = np.int64(_FRAMES)
        notes = {"model_type": "zipformer"}
        inputs = {"x": ["N", "T", _BANDS], "x_lens": ["N"]}
        outputs = {"encoder_out": ["N", "S", 1], "encoder_out_lens": ["N"]}
    _save(folder / "encoder-epoch-1.onnx", [*nodes, *tail], inputs, outputs, constants, notes)
    # What the last token was decides what may come: a row of scores for each.
    after = np.zeros((len(_TOKENS), len(_TOKENS)), np.float32)
    after[SATU] = [0, -20, 10, -20]
    after[DUA] = [0, -20, -20, 30]
    after[END] = [0, -20, -20, -20]
    _save(
        folder / "decoder-epoch-1.onnx",
        [
            node("Slice", ["y", "last", "end", "axis"], ["newest"]),
            node("Gather", ["after", "newest"], ["rows"]),
            node("Squeeze", ["rows", "axis"], ["decoder_out"]),
        ],
        {"y": ["N", 2]},
        {"decoder_out": ["N", len(_TOKENS)]},
        {"after": after, "last": np.array([-1]), "end": np.array([9]), "axis": np.array([1])},
        {"vocab_size": len(_TOKENS), "context_size": 2},
    )
    _save(
        folder / "joiner-epoch-1.onnx",
        [
            node("MatMul", ["encoder_out", "with_sound"], ["heard"]),
            node("Add", ["heard", "decoder_out"], ["sum"]),
            node("Add", ["sum", "bias"], ["logit"]),
        ],
        {"encoder_out": ["N", 1], "decoder_out": ["N", len(_TOKENS)]},
        {"logit": ["N", len(_TOKENS)]},
        {"with_sound": np.array([[0, 10, -10, 0]], np.float32), "bias": np.array([5, 0, 0, -10], np.float32)},
        {"joiner_dim": len(_TOKENS)},
    )


def write_streaming_ctc(folder: Path) -> None:
    """``model.onnx`` and ``tokens.txt`` in the form of NeMo's cache-aware CTC: "satu" for as long as there is sound."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ("▁satu", "<blk>")
    (folder / "tokens.txt").write_text("".join(f"{token} {place}\n" for place, token in enumerate(tokens)), encoding="utf-8")
    node = helper.make_node
    nodes, constants = _loudness("frames", -14.0)
    nodes = [
        node("Transpose", ["audio_signal"], ["frames"], perm=[0, 2, 1]),
        *nodes,
        node("MatMul", ["loud", "with_sound"], ["heard"]),
        node("Add", ["heard", "bias"], ["logits"]),
        node("LogSoftmax", ["logits"], ["logprobs"], axis=2),
        node("Div", ["length", "four"], ["encoded_lengths"]),
        *(
            node("Identity", [name], [f"{name}_next"])
            for name in ("cache_last_channel", "cache_last_time", "cache_last_channel_len")
        ),
    ]
    caches = {"cache_last_channel": ["B", 1, 1, 1], "cache_last_time": ["B", 1, 1, 1], "cache_last_channel_len": ["B"]}
    _save(
        folder / "model.onnx",
        nodes,
        {"audio_signal": ["B", _BANDS, "T"], "length": ["B"], **caches},
        {"logprobs": ["B", "S", 2], "encoded_lengths": ["B"], **{f"{name}_next": shape for name, shape in caches.items()}},
        {
            **constants,
            "with_sound": np.array([[10, 0]], np.float32),
            "bias": np.array([0, 5], np.float32),
            "four": np.int64(_FRAMES),
        },
        {
            "model_type": "EncDecCTCModel",
            "window_size": 8 * _FRAMES,
            "chunk_shift": 8 * _FRAMES,
            "subsampling_factor": _FRAMES,
            "vocab_size": 1,
            "normalize_type": "",
            **{f"{name}_dim{place}": 1 for name in ("cache_last_channel", "cache_last_time") for place in (1, 2, 3)},
        },
    )
