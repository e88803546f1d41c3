"""A VITS voice as small as it gets, with random weights: embeddings → durations → monotonic path → noise → waveform.

It has the inputs, the output and the metadata of real voices, so that the libraries load and run it in earnest; what it says is noise.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RATE_HZ = 22050
SYMBOLS = "_^$ !',-.:;?abcdefghijklmnopqrstuvwxyzæçðŋœɐɑɒɔɕəɚɛɜɡɪɲɹɾʃʊʌʒʔʲˈˌːθᵻ"
_HIDDEN, _HOP = 16, 256


def write_voice(path: Path, *, speakers: int = 1, metadata: dict[str, str] | None = None, broken: bool = False) -> None:
    """Write the model to ``path``; a ``broken`` one gives no numbers."""
    random = np.random.default_rng(7)

    def weight(name: str, *shape: int, scale: float = 1.0) -> onnx.TensorProto:
        return numpy_helper.from_array((random.standard_normal(shape) * scale).astype(np.float32), name)

    def ints(name: str, *values: int) -> onnx.TensorProto:
        return numpy_helper.from_array(np.array(values, np.int64), name)

    node = helper.make_node
    nodes = [
        node("Gather", ["symbols", "input"], ["embedded"]),
        *(
            [node("Gather", ["speakers", "sid"], ["speaker"]), node("Add", ["embedded", "speaker"], ["text"])]
            if speakers > 1
            else [node("Identity", ["embedded"], ["text"])]
        ),
        # Frames a symbol lasts: e^(w·x), stretched by the length scale.
        node("Split", ["scales", "ones3"], ["noise_scale", "length_scale", "noise_w_scale"], axis=0),
        node("MatMul", ["text", "to_duration"], ["log_duration"]),
        node("Exp", ["log_duration"], ["share"]),
        node("Mul", ["share", "length_scale"], ["stretched"]),
        node("Mul", ["stretched", "frames"], ["exact"]),
        node("Ceil", ["exact"], ["durations"]),
        node("Squeeze", ["durations", "axes02"], ["steps"]),
        # Frame f belongs to the first symbol that has not ended by then.
        node("CumSum", ["steps", "axis0"], ["ends"]),
        node("ReduceMax", ["ends"], ["total"], keepdims=0),
        node("Range", ["zero", "total", "one"], ["frame"]),
        node("Unsqueeze", ["frame", "axes1"], ["column"]),
        node("GreaterOrEqual", ["column", "ends"], ["ended"]),
        node("Cast", ["ended"], ["ended_count"], to=TensorProto.INT64),
        node("ReduceSum", ["ended_count", "axes1"], ["owner"], keepdims=0),
        node("Squeeze", ["text", "axes0"], ["sequence"]),
        node("Gather", ["sequence", "owner"], ["path"]),
        node("RandomNormalLike", ["path"], ["noise"]),
        node("Mul", ["noise", "noise_scale"], ["scaled_noise"]),
        node("Add", ["path", "scaled_noise"], ["latent"]),
        node("Transpose", ["latent"], ["channels"], perm=[1, 0]),
        node("Unsqueeze", ["channels", "axes0"], ["batch"]),
        node("ConvTranspose", ["batch", "decoder"], ["raw"], strides=[_HOP], kernel_shape=[2 * _HOP]),
        *([node("Log", ["raw"], ["output"])] if broken else [node("Tanh", ["raw"], ["output"])]),
    ]
    constants = [
        weight("symbols", len(SYMBOLS), _HIDDEN),
        weight("to_duration", _HIDDEN, 1, scale=0.1),
        weight("decoder", _HIDDEN, 1, 2 * _HOP, scale=0.05),
        numpy_helper.from_array(np.array(5, np.float32), "frames"),
        numpy_helper.from_array(np.array(0, np.float32), "zero"),
        numpy_helper.from_array(np.array(1, np.float32), "one"),
        numpy_helper.from_array(np.array(0, np.int64), "axis0"),
        ints("ones3", 1, 1, 1),
        ints("axes0", 0),
        ints("axes1", 1),
        ints("axes02", 0, 2),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "symbols_count"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        constants.append(weight("speakers", speakers, _HIDDEN))
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "samples"])
    graph = helper.make_graph(nodes, "tiny_vits", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_piper_voice(folder: Path, *, speakers: int = 1, broken: bool = False) -> Path:
    """As Piper publishes them: NAME.onnx and NAME.onnx.json."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "id_ID-tiny-x_low.onnx"
    write_voice(model, speakers=speakers, broken=broken)
    config = {
        "audio": {"sample_rate": RATE_HZ, "quality": "x_low"},
        "espeak": {"voice": "id"},
        "language": {"code": "id_ID"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": {symbol: [number] for number, symbol in enumerate(SYMBOLS)},
        "num_symbols": len(SYMBOLS),
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker{number}": number for number in range(speakers)} if speakers > 1 else {},
    }
    model.with_name(model.name + ".json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def write_sherpa_voice(folder: Path, *, speakers: int = 1, without: str = "", **changes: str) -> Path:
    """As sherpa-onnx publishes them: the model with metadata, and tokens.txt; ``without`` one of the metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {
        "model_type": "vits",
        "comment": "piper",
        "language": "Indonesian",
        "voice": "id",
        "has_espeak": "1",
        "n_speakers": str(speakers),
        "sample_rate": str(RATE_HZ),
    } | changes
    metadata.pop(without, None)
    write_voice(folder / "id_ID-tiny-x_low.onnx", speakers=speakers, metadata=metadata)
    lines = [f"{symbol} {number}\n" for number, symbol in enumerate(SYMBOLS)]
    (folder / "tokens.txt").write_text("".join(lines), encoding="utf-8")
    return folder
