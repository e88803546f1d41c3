"""The process in which Vosk runs: ``python -m asr.vosk_worker FOLDER``. The only file that imports ``vosk``.

Vosk and kaldifst carry two builds of OpenFst that crash each other in one process; this one imports nothing else of Santun.

Frames in both directions, on standard input and output: 4 bytes with the length of a JSON header, 4 with that of the sound
(both little-endian), the header, the sound as 16-bit samples. Each request has one answer: ``{"ok": …}`` or ``{"error": …}``.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path
from typing import IO, Any

_LENGTHS = struct.Struct("<II")


def write_frame(stream: IO[bytes], header: dict[str, Any], sound: bytes = b"") -> None:
    """Send one frame."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), len(sound)) + text + sound)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """The next frame. Raises ``EOFError`` when the other side is gone."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        raise EOFError
    header_bytes, sound_bytes = _LENGTHS.unpack(lengths)
    body = stream.read(header_bytes + sound_bytes)
    if len(body) < header_bytes + sound_bytes:
        raise EOFError
    return json.loads(body[:header_bytes]), body[header_bytes:]


def takes_grammars(folder: Path) -> bool:
    """Whether a model can be held to phrases chosen at run time: its graph comes in two parts, in either layout."""
    return any((folder / place / "HCLr.fst").is_file() and (folder / place / "Gr.fst").is_file() for place in ("", "graph"))


class Worker:
    """One model, and a Kaldi recognizer for each utterance in progress."""

    def __init__(self, folder: Path) -> None:
        import vosk  # pyright: ignore[reportMissingImports] - an extra

        self._vosk: Any = vosk
        self._vosk.SetLogLevel(-1)
        self._model = self._vosk.Model(str(folder))
        self._takes_grammars = takes_grammars(folder)
        self._hearings: dict[int, Any] = {}

    def answer(self, request: dict[str, Any], sound: bytes) -> dict[str, Any]:
        """Do what is asked: open, feed or finish an utterance; first forget those that nobody will finish."""
        for dropped in request["dropped"]:
            self._hearings.pop(int(dropped), None)
        number = int(request["hearing"])
        if request["do"] == "open":
            self._hearings[number] = self._recognizer(float(request["rate_hz"]), request.get("grammar"))
            return {}
        recognizer = self._hearings[number]
        ended = bool(recognizer.AcceptWaveform(sound)) if sound else False
        if request["do"] == "finish":
            del self._hearings[number]
            # Vosk's own endpointer may have ended the utterance on the last samples; its words wait in Result.
            settled = [json.loads(recognizer.Result())] if ended else []
            return {"settled": [*settled, json.loads(recognizer.FinalResult())], "partial": {}}
        if ended:
            return {"settled": [json.loads(recognizer.Result())], "partial": {}}
        return {"settled": [], "partial": json.loads(recognizer.PartialResult())}

    def _recognizer(self, rate_hz: float, grammar: list[str] | None) -> Any:
        if grammar and self._takes_grammars:
            recognizer = self._vosk.KaldiRecognizer(self._model, rate_hz, json.dumps([*grammar, "[unk]"]))
        else:
            recognizer = self._vosk.KaldiRecognizer(self._model, rate_hz)
        recognizer.SetWords(True)
        recognizer.SetPartialWords(True)
        if hasattr(recognizer, "SetEndpointerMode"):  # newer than 0.3.45; who calls decides when an answer has ended
            recognizer.SetEndpointerMode(self._vosk.EndpointerMode.VERY_LONG)
        return recognizer


def main() -> None:
    """Serve requests until standard input closes."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what Kaldi prints must not fall between the frames
    try:
        worker = Worker(Path(sys.argv[1]))
    except Exception as error:  # vosk raises plain Exception
        write_frame(answers, {"error": str(error)})
        return
    write_frame(answers, {"ok": {}})
    while True:
        try:
            request, sound = read_frame(requests)
        except EOFError:
            return
        try:
            write_frame(answers, {"ok": worker.answer(request, sound)})
        except Exception as error:
            write_frame(answers, {"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
