"""sherpa-onnx models: transducers and NeMo CTC, streaming or not. The only file here that imports ``sherpa_onnx``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from asr.audio_file import resample
from asr.engine import Waveform
from asr.model_folder import one_of
from asr.onnx_metadata import read_metadata
from asr.redecoding import belief
from asr.speech_track import SpeechTrack
from asr.transcript import Hypothesis, Word

_RATE_HZ = 16000
_TOKEN_S = 0.08
"""How long the last token of a word counts, where the engine gives only when it began."""
_LONGEST_S = 20.0
_TAIL_S = 0.6
"""Silence after the last sample: streaming models look ahead."""
_UNKNOWN_CONFIDENCE = 0.5
"""Where the engine gives no probabilities, as for CTC models."""
_WORD_STARTS = (" ", "▁")

Kind = Literal["transducer", "nemo_ctc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFiles:
    """What a folder holds: its kind, whether it streams, and which file is which."""

    kind: Kind
    streams: bool
    files: dict[str, str]
    model_type: str
    rate_hz: int
    longest_s: float


def load(folder: Path, language: str, threads: int = 1) -> SherpaRecognizer | SherpaDecoder:
    """The model in ``folder``; it hears the language it was trained on. Raises ``ValueError`` with what to do.

    sherpa ends the whole process over some broken models, so a child process loads the model first.
    """
    del language
    found = model_files(folder)
    done = subprocess.run(
        [sys.executable, "-m", "asr.sherpa_engine", str(folder.absolute())],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise ValueError(
            f"sherpa-onnx cannot load the {found.kind} model in {folder} ({said[-1] if said else done.returncode}): fetch it anew"
        )
    opened = _open(found, threads)
    return SherpaRecognizer(opened) if found.streams else SherpaDecoder(opened, found)


def model_files(folder: Path) -> ModelFiles:
    """Tell the kind of model by its files and their notes. Raises ``ValueError`` with what to do."""
    tokens = one_of(folder, "tokens.txt", "*tokens.txt")
    parts = {part: _model(folder, f"{part}*", f"*{part}*") for part in ("encoder", "decoder", "joiner")}
    single = _model(folder, "model*", "*ctc*")
    main = parts["encoder"] or single
    if tokens is None or main is None or (parts["encoder"] and not (parts["decoder"] and parts["joiner"])):
        raise ValueError(
            f"{folder} is no sherpa-onnx model that is known here: wanted are tokens.txt and encoder, decoder and joiner (a "
            "transducer), or one model file (NeMo CTC). `santun models list` shows some that `santun models pull NAME` fetches"
        )
    notes = read_metadata(main)
    model_type = notes.get("model_type", "")
    streams = "decode_chunk_len" in notes or {"window_size", "chunk_shift"} <= notes.keys() or model_type == "lstm"
    files = {"tokens": str(tokens)}
    kind: Kind
    if parts["encoder"]:
        kind = "transducer"
        files |= {part: str(path) for part, path in parts.items()}
    elif model_type.startswith("EncDec"):
        kind = "nemo_ctc"
        files["model"] = str(single)
    else:
        raise ValueError(
            f"{main} is a model of type {model_type or 'unknown'}, which is not supported: take a transducer or a NeMo CTC model"
        )
    return ModelFiles(
        kind=kind,
        streams=streams,
        files=files,
        model_type=model_type,
        rate_hz=int(notes.get("santun_rate_hz", _RATE_HZ)),
        longest_s=float(notes.get("santun_longest_s", _LONGEST_S)),
    )


def _model(folder: Path, *patterns: str) -> Path | None:
    return one_of(folder, *(f"{pattern}.int8.onnx" for pattern in patterns), *(f"{pattern}.onnx" for pattern in patterns))


def _open(found: ModelFiles, threads: int) -> Any:
    import sherpa_onnx  # pyright: ignore[reportMissingImports] - an extra

    try:
        kind: Any = sherpa_onnx.OnlineRecognizer if found.streams else sherpa_onnx.OfflineRecognizer
        if found.kind == "nemo_ctc":
            return kind.from_nemo_ctc(num_threads=threads, **found.files)
        if found.streams:
            return kind.from_transducer(num_threads=threads, **found.files)
        model_type = "nemo_transducer" if found.model_type.startswith("EncDec") else "transducer"
        return kind.from_transducer(num_threads=threads, model_type=model_type, **found.files)
    except (RuntimeError, ValueError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(f"sherpa-onnx cannot load the {found.kind} model ({reason}): fetch it anew") from error


def words_of(tokens: Sequence[str], starts_s: Sequence[float], log_probs: Sequence[float]) -> tuple[Word, ...]:
    """Tokens joined to words: a word begins with a token that begins with a blank (or its mark, which may stand alone)."""
    groups: list[list[int]] = []
    for place, token in enumerate(tokens[: len(starts_s)]):
        if not groups or token.startswith(_WORD_STARTS):
            groups.append([])
        groups[-1].append(place)
    words: list[Word] = []
    for group in groups:
        spoken = [place for place in group if tokens[place].strip(" ▁")]
        if not spoken:
            continue
        chances = [float(log_probs[place]) for place in spoken] if len(log_probs) == len(tokens) else []
        words.append(
            Word(
                text="".join(tokens[place] for place in spoken).strip(" ▁"),
                start_s=round(float(starts_s[spoken[0]]), 3),
                end_s=round(float(starts_s[spoken[-1]]) + _TOKEN_S, 3),
                confidence=round(min(1.0, float(np.exp(np.mean(chances)))), 3) if chances else _UNKNOWN_CONFIDENCE,
            )
        )
    return tuple(words)


class SherpaDecoder:
    """A model that decodes whole stretches; thread-safe."""

    def __init__(self, recognizer: Any, found: ModelFiles) -> None:
        self._recognizer = recognizer
        self.rate_hz = found.rate_hz
        self.longest_s = found.longest_s
        self.joined_pause_s = 0.0

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        """The words of one stretch."""
        del hints
        if not len(samples):
            return ()
        stream = self._recognizer.create_stream()
        stream.accept_waveform(_RATE_HZ, resample(samples, self.rate_hz, _RATE_HZ))
        self._recognizer.decode_stream(stream)
        result = stream.result
        return words_of(result.tokens, result.timestamps, result.ys_log_probs)


class SherpaRecognizer:
    """A streaming model: follows live callers; thread-safe, an utterance on one thread at a time. States make no difference."""

    rate_hz = _RATE_HZ

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> SherpaHearing:
        """Begin an utterance."""
        del state, hints
        return SherpaHearing(self._recognizer)


class SherpaHearing:
    """One caller's utterance; words where the speech detector heard nobody are left out."""

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer
        self._stream = recognizer.create_stream()
        self._track = SpeechTrack(_RATE_HZ)
        self._last = Hypothesis()

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples."""
        self._track.feed(samples)
        self._stream.accept_waveform(_RATE_HZ, samples)
        if self._decode():
            self._last = self._heard(is_final=False)
        return self._last

    def finish(self) -> Hypothesis:
        """End the utterance; the final hypothesis."""
        if not self._last.is_final:
            self._stream.accept_waveform(_RATE_HZ, np.zeros(int(_TAIL_S * _RATE_HZ), dtype=np.float32))
            self._stream.input_finished()
            self._decode()
            self._last = self._heard(is_final=True)
        return self._last

    def _decode(self) -> bool:
        decoded = False
        while self._recognizer.is_ready(self._stream):
            self._recognizer.decode_stream(self._stream)
            decoded = True
        return decoded

    def _heard(self, *, is_final: bool) -> Hypothesis:
        result = self._recognizer.get_result_all(self._stream)
        found = words_of(result.tokens, result.timestamps, result.ys_probs)
        words = tuple(word for word in found if self._track.holds_speech(word.start_s, word.end_s))
        return Hypothesis(words=words, confidence=belief(words), is_final=is_final)


if __name__ == "__main__":
    _open(model_files(Path(sys.argv[1])), threads=1)
