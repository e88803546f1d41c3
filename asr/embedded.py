"""The built-in recognizer: a cut Whisper-type encoder, a small CTC head, and a decoding graph for each dialogue state.

The models are loaded once a process and shared; a :class:`EmbeddedHearing` holds one caller's sound and costs some hundred
kilobytes. onnxruntime and the decoder release the GIL, so several callers may be heard on several threads.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import kaldi_decoder
import kaldifst
import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

from asr.audio_file import resample
from asr.engine import Waveform
from asr.graphs import GARBAGE, Graph, graph_for
from asr.mel import HOP_SAMPLES, RATE_HZ, MelFrames
from asr.model_folder import model_folder
from asr.pronunciation import BLANK, TOKENS, WORD_MARK
from asr.transcript import Hypothesis, Word
from asr.vad import speech_spans
from models.store import find

_BROUGHT = "id-phone"
"""The model that the package holds."""
_STEP_SAMPLES = 4 * HOP_SAMPLES
"""A step of the head's output: two taps, four frames."""
_MARK = TOKENS.index(WORD_MARK)
_WINDOW_SAMPLES = 8 * RATE_HZ
_LONGEST_SAMPLES = _WINDOW_SAMPLES - 2 * RATE_HZ // 5
_PARTIAL_EVERY_S = 0.32
_MIN_DECODED_S = 0.24
_BEAM = 16.0
_MAX_ACTIVE = 2500
_SCORE_MIDDLE, _SCORE_SLOPE = 0.6, 7.0
"""Logistic from the score of ``_confidence`` to the belief that at most a quarter of the words are wrong. Fitted on held-out
synthetic voices with sentences inside and outside the graphs (nearly the same for each graph: middle 0.47), and moved for people,
who score lower than the voices that the model knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """One utterance's words and the belief that they are what was said."""

    words: tuple[Word, ...]
    confidence: float


class AcousticModel:
    """Features of telephone sound → log-probabilities of letters, 40 ms a step."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self._encoder = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=providers)
        self._head = onnxruntime.InferenceSession(str(folder / "head.onnx"), options, providers=providers)
        description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        self.frame_s = float(description["frame_s"])
        self._acoustic_scale = np.float32(description["acoustic_scale"])
        offset = np.array(description["log_prior"], dtype=np.float32) * np.float32(description["prior_scale"])
        offset[BLANK] += np.float32(description["blank_penalty"])
        self._offset = offset

    def scores(self, features: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Scaled log-likelihoods, shape (steps, tokens) each, of windows of one length (see ``asr.mel``)."""
        taps = np.asarray(self._encoder.run(None, {"log_mel": np.stack(features)})[0])
        log_probs = np.asarray(self._head.run(None, {"taps": taps})[0])
        return [np.ascontiguousarray((row - self._offset) * self._acoustic_scale, dtype=np.float32) for row in log_probs]


@cache
def acoustic_model(name: str = _BROUGHT) -> AcousticModel:
    """The process's one model of that name, or in that folder. Raises ``ValueError`` with what to do."""
    folder = find(name) if name == _BROUGHT else model_folder(name)
    if missing := [file for file in ("encoder.onnx", "head.onnx", "model.json") if not (folder / file).is_file()]:
        raise ValueError(f"{folder} holds no {' and no '.join(missing)}; it is no model of the built-in recognizer")
    return AcousticModel(folder)


def decode(scores: NDArray[np.float32], graph: Graph, *, frame_s: float, start_s: float = 0.0) -> Decoded:
    """The best path through a graph: words with times, and how much it falls behind the freest reading."""
    options = kaldi_decoder.FasterDecoderOptions(max_active=_MAX_ACTIVE, beam=_BEAM)
    decoder: Any = kaldi_decoder.FasterDecoder(graph.fst, options)
    decoder.decode(kaldi_decoder.DecodableCtc(scores))
    found, path = decoder.get_best_path()
    if not found:
        return Decoded(words=(), confidence=0.0)
    _, taken, given, _ = kaldifst.get_linear_symbol_sequence(path)
    tokens = np.array(taken, dtype=np.int64) - 1  # labels are token numbers + 1
    starts = _word_starts(tokens)
    if len(tokens) != len(scores) or len(starts) != len(given) or not starts:
        return Decoded(words=(), confidence=0.0)
    loss = scores.max(axis=1) - scores[np.arange(len(tokens)), tokens]
    letters = tokens > _MARK
    confidence = _confidence(loss, letters)
    words: list[Word] = []
    for index, (label, step) in enumerate(zip(given, starts, strict=True)):
        end = starts[index + 1] if index + 1 < len(starts) else len(tokens)
        last = step + int(np.flatnonzero(letters[step:end])[-1]) + 1 if letters[step:end].any() else step + 1
        words.append(
            Word(
                text=graph.words[label],
                start_s=round(start_s + step * frame_s, 3),
                end_s=round(start_s + last * frame_s, 3),
                confidence=round(min(confidence + 0.1, _confidence(loss[step:last], letters[step:last])), 3),
            )
        )
    return Decoded(words=tuple(words), confidence=round(confidence, 3))


def _word_starts(tokens: NDArray[np.int64]) -> list[int]:
    """The steps at which words begin: the first letter, and the first after each word mark."""
    starts: list[int] = []
    awaited = True
    for step, token in enumerate(tokens):
        if token == _MARK:
            awaited = True
        elif token != BLANK and awaited:
            starts.append(step)
            awaited = False
    return starts


def _confidence(loss: NDArray[np.float32], letters: NDArray[np.bool_]) -> float:
    """Belief from the mean loss a letter against reading every step freely."""
    count = max(1, int(letters.sum()))
    return 1.0 / (1.0 + math.exp(_SCORE_SLOPE * (float(loss.sum()) / count - _SCORE_MIDDLE)))


class EmbeddedRecognizer:
    """Recognizes live callers; ``rate_hz`` is that of the line."""

    def __init__(self, *, rate_hz: int = 8000, model: str = "id-phone") -> None:
        self._rate_hz = rate_hz
        self._model = acoustic_model(model)

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``Hearing.feed`` expects."""
        return self._rate_hz

    def listen(self, *, state: str = "general", hints: Sequence[str] = ()) -> EmbeddedHearing:
        """Begin an utterance in a dialogue state."""
        return EmbeddedHearing(self._model, graph_for(state, tuple(hints)), self._rate_hz)

    def warm(self, states: Sequence[str], hints: Sequence[str] = ()) -> None:
        """Build graphs ahead and run the model once, so that the first answer is not slow."""
        for state in states:
            graph_for(state, tuple(hints))
        self._model.scores([np.zeros((80, 100), dtype=np.float32)])


class EmbeddedHearing:
    """One caller's utterance: the window grows to 8 s; beyond, its beginning is settled at a quiet place."""

    def __init__(self, model: AcousticModel, graph: Graph, rate_hz: int) -> None:
        self._model = model
        self._graph = graph
        self._to_model_rate = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32") if rate_hz != RATE_HZ else None
        self._frames = MelFrames()
        self._new_samples = 0
        self._settled: tuple[Word, ...] = ()
        self._settled_beliefs: list[tuple[int, float]] = []
        self._settled_s = 0.0
        self._last = Hypothesis()

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; decodes again once 320 ms are new."""
        self._take(samples, last=False)
        if self._new_samples >= _PARTIAL_EVERY_S * RATE_HZ:
            self._last = self._decode()
        return self._last

    def finish(self) -> Hypothesis:
        """End the utterance; the final hypothesis."""
        self._take(np.zeros(0, np.float32), last=True)
        self._frames.feed(np.zeros(-len(self._frames.wave) % _STEP_SAMPLES, np.float32))
        if self._new_samples:
            self._last = self._decode()
        self._last = replace(self._last, is_final=True)
        return self._last

    def _take(self, samples: Waveform, *, last: bool) -> None:
        if self._to_model_rate is not None:
            samples = self._to_model_rate.resample_chunk(samples, last=last)
        self._frames.feed(samples)
        self._new_samples += len(samples)

    def _decode(self) -> Hypothesis:
        self._new_samples = 0
        while len(self._frames.wave) > _LONGEST_SAMPLES:
            self._settle()
        decoded = _decode_window(self._model, self._frames, self._graph, start_s=self._settled_s)
        words = without_garbage((*self._settled, *decoded.words))
        parts = [*self._settled_beliefs, (len(decoded.words), decoded.confidence)]
        return Hypothesis(words=words, confidence=_together(parts) if words else 0.0)

    def _settle(self) -> None:
        """Fix the words before the quietest 100 ms in the window's middle and go on with the rest."""
        wave = self._frames.wave
        hop = RATE_HZ // 10
        low, high = _LONGEST_SAMPLES // 3, 2 * _LONGEST_SAMPLES // 3
        loudness = [float(np.square(wave[i : i + hop]).mean()) for i in range(low, high, hop // 2)]
        cut = (low + int(np.argmin(loudness)) * (hop // 2) + hop // 2) // _STEP_SAMPLES * _STEP_SAMPLES
        head = transcribe_window(self._model, wave[:cut], RATE_HZ, self._graph, start_s=self._settled_s)
        self._settled += head.words
        self._settled_beliefs.append((len(head.words), head.confidence))
        self._settled_s += cut / RATE_HZ
        self._frames.drop(cut)


def _together(parts: Sequence[tuple[int, float]]) -> float:
    """One belief from (words, belief) of each stretch; stretches without words do not count."""
    count = sum(words for words, _ in parts)
    return round(sum(words * belief for words, belief in parts) / count, 3) if count else 0.0


def without_garbage(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words without the garbage branch's."""
    return tuple(word for word in words if word.text != GARBAGE)


def transcribe_window(model: AcousticModel, wave: Waveform, rate_hz: int, graph: Graph, *, start_s: float) -> Decoded:
    """Decode one stretch of at most 8 s; of a longer one, its end."""
    sound = resample(wave, rate_hz, RATE_HZ)
    frames = MelFrames()
    frames.feed(np.pad(sound, (0, -len(sound) % _STEP_SAMPLES)).astype(np.float32, copy=False)[-_WINDOW_SAMPLES:])
    return _decode_window(model, frames, graph, start_s=start_s + max(0.0, len(sound) - _WINDOW_SAMPLES) / RATE_HZ)


def _decode_window(model: AcousticModel, frames: MelFrames, graph: Graph, *, start_s: float) -> Decoded:
    whole = len(frames.wave) // _STEP_SAMPLES * 4
    if whole * HOP_SAMPLES < _MIN_DECODED_S * RATE_HZ or float(np.abs(frames.wave).max()) < 1e-4:
        return Decoded(words=(), confidence=0.0)
    (scores,) = model.scores([frames.features()[:, :whole]])
    return decode(scores, graph, frame_s=model.frame_s, start_s=start_s)


class EmbeddedTranscriber:
    """Whole channels: speech is found first, then decoded stretch by stretch."""

    def __init__(
        self, *, rate_hz: int = 8000, model: str = "id-phone", state: str = "general", hints: Sequence[str] = ()
    ) -> None:
        self._rate_hz = rate_hz
        self._model = acoustic_model(model)
        self._graph = graph_for(state, phrases=tuple(hints))

    @property
    def rate_hz(self) -> int:
        """Samples a second that ``transcribe`` expects."""
        return self._rate_hz

    def transcribe(self, samples: Waveform) -> tuple[Word, ...]:
        """The words of one channel with times from its first sample."""
        words: list[Word] = []
        for start, end in speech_spans(samples, self._rate_hz):
            start_s = start / self._rate_hz
            decoded = transcribe_window(self._model, samples[start:end], self._rate_hz, self._graph, start_s=start_s)
            words += decoded.words
        return without_garbage(words)
