"""The notes that an ONNX file carries (its ``metadata_props``), read without loading the model."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_METADATA_PROPS = 14
_KEY, _VALUE = 1, 2
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5


def read_metadata(path: Path) -> dict[str, str]:
    """Names and values; empty if there are none. Raises ``ValueError`` for a file that is no ONNX model.

    An ONNX file is one protobuf message (onnx.proto, ``ModelProto``); the weights in it are skipped.
    """
    found: dict[str, str] = {}
    size = path.stat().st_size
    with path.open("rb") as stream:
        while stream.tell() < size:
            field, kind = divmod(_varint(stream, path), 8)
            if kind == _LENGTH:
                length = _varint(stream, path)
                if stream.tell() + length > size:
                    raise ValueError(f"{path} is cut short: fetch it anew")
                if field == _METADATA_PROPS:
                    name, value = _entry(stream.read(length))
                    found[name] = value
                else:
                    stream.seek(length, 1)
            elif kind == _VARINT:
                _varint(stream, path)
            elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
                stream.seek(8 if kind == _EIGHT_BYTES else 4, 1)
            else:
                raise ValueError(f"{path} is no ONNX file: fetch it anew")
    return found


def _varint(stream: BinaryIO, path: Path) -> int:
    value = shift = 0
    while True:
        byte = stream.read(1)
        if not byte or shift > 63:
            raise ValueError(f"{path} is no ONNX file, or cut short: fetch it anew")
        value |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return value


def _entry(message: bytes) -> tuple[str, str]:
    """Key and value of a ``StringStringEntryProto``; both are shorter than 2^28 bytes."""
    parts = {_KEY: "", _VALUE: ""}
    place = 0
    while place < len(message):
        field, place = message[place] // 8, place + 1
        length = shift = 0
        while True:
            byte, place = message[place], place + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        parts[field] = message[place : place + length].decode("utf-8", errors="replace")
        place += length
    return parts[_KEY], parts[_VALUE]
