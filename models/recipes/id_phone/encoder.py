"""Cut the encoder out of ``smart-turn-v3.2-cpu.onnx`` (BSD-2-Clause, in the pinned pipecat-ai wheel) and free its length."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import Extractor

WHEEL = "pipecat-ai==1.14.0"
SMART_TURN = "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"
SILERO_VAD = "pipecat/audio/vad/data/silero_vad.onnx"
TAPS = ("layer_norm_4", "layer_norm_6")
"""After the second and after the third transformer block."""
_POSITIONS = "inner.encoder.embed_positions.weight"
_LENGTH = "val_21"
"""The constant [400] (8 s of 20 ms frames) that two reshapes use."""


def download_wheel(folder: Path) -> Path:
    """The pinned wheel, without its dependencies."""
    found = list(folder.glob("pipecat_ai-*.whl"))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
        subprocess.run(command, check=True)
        found = list(folder.glob("pipecat_ai-*.whl"))
    return found[0]


def extract(wheel: Path, member: str) -> bytes:
    """One file of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(member)


def cut_encoder(smart_turn: bytes) -> onnx.ModelProto:
    """``log_mel`` (B, 80, 2T) → ``taps`` (B, T, 768), any B and T ≤ 400: both inner layers side by side.

    Windows shorter than 8 s take the last T of the 400 learnt positions: the original pads on the left.
    """
    model = onnx.load_from_string(smart_turn)
    model.graph.output.extend(helper.make_tensor_value_info(tap, TensorProto.FLOAT, None) for tap in TAPS)
    del model.graph.value_info[:]
    model = Extractor(model).extract_model(["input_features"], list(TAPS))
    graph = model.graph
    graph.node.append(helper.make_node("Concat", list(TAPS), ["taps"], axis=-1))
    for tensor in graph.initializer:
        if tensor.name == _LENGTH:
            tensor.CopyFrom(numpy_helper.from_array(np.array([-1], dtype=np.int64), _LENGTH))
    _free_positions(graph)
    for node in graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                names[index] = {"input_features": "log_mel"}.get(name, name)
    del graph.input[:], graph.output[:]
    graph.input.append(helper.make_tensor_value_info("log_mel", TensorProto.FLOAT, ["batch", 80, "mel_frames"]))
    graph.output.append(helper.make_tensor_value_info("taps", TensorProto.FLOAT, ["batch", "frames", 768]))
    onnx.checker.check_model(model)
    return model


def _free_positions(graph: onnx.GraphProto) -> None:
    """Add only the last T position embeddings, T read from the sound."""
    place, add = next((i, node) for i, node in enumerate(graph.node) if node.op_type == "Add" and _POSITIONS in node.input)
    sound = next(name for name in add.input if name != _POSITIONS)
    constants = {"pos_one": [1], "pos_end": [np.iinfo(np.int64).max], "pos_axis": [0]}
    for name, value in constants.items():
        graph.initializer.append(numpy_helper.from_array(np.array(value, dtype=np.int64), name))
    added = [
        helper.make_node("Shape", [sound], ["pos_shape"]),
        helper.make_node("Gather", ["pos_shape", "pos_one"], ["pos_length"], axis=0),
        helper.make_node("Neg", ["pos_length"], ["pos_start"]),
        helper.make_node("Slice", [_POSITIONS, "pos_start", "pos_end", "pos_axis"], ["pos_used"]),
    ]
    for index, name in enumerate(add.input):
        if name == _POSITIONS:
            add.input[index] = "pos_used"
    for offset, node in enumerate(added):
        graph.node.insert(place + offset, node)
