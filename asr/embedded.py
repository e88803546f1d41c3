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
from numpy.typing import NDArray

from asr.audio_file import resample
from asr.engine import Waveform
from asr.graphs import GARBAGE, Graph, graph_for
from asr.mel import RATE_HZ, log_mel
from asr.pronunciation import BLANK, TOKENS, WORD_MARK
from asr.transcript import Hypothesis, Word
from asr.vad import speech_spans
from models.store import find

_TAP_SAMPLES = 320
_MARK = TOKENS.index(WORD_MARK)
_WINDOW_S = 8.0
_PARTIAL_EVERY_S = 0.32
_MIN_DECODED_S = 0.24
_BEAM = 16.0
_MAX_ACTIVE = 2500
_SCORE_MIDDLE, _SCORE_SLOPE = 1.1, 3.0
"""Logistic from the score of ``_confidence`` to a belief in [0, 1]; fitted on held-out synthetic voices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """One utterance's words and the belief that they are what was said."""

    words: tuple[Word, ...]
    confidence: float


class AcousticModel:
    """Sound at 16 kHz → log-probabilities of letters, 40 ms a step."""

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

    def scores(self, waves: Sequence[Waveform]) -> list[NDArray[np.float32]]:
        """Scaled log-likelihoods, shape (steps, tokens) each; waves of one length are batched by the caller."""
        taps = np.asarray(self._encoder.run(None, {"log_mel": np.stack([log_mel(wave) for wave in waves])})[0])
        log_probs = np.asarray(self._head.run(None, {"taps": taps})[0])
        return [np.ascontiguousarray((row - self._offset) * self._acoustic_scale, dtype=np.float32) for row in log_probs]


@cache
def acoustic_model(name: str = "id-phone") -> AcousticModel:
    """The process's one model of that name."""
    return AcousticModel(find(name))


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
        self._model.scores([np.zeros(RATE_HZ, dtype=np.float32)])


class EmbeddedHearing:
    """One caller's utterance: the window grows to 8 s; beyond, its beginning is settled at a quiet place."""

    def __init__(self, model: AcousticModel, graph: Graph, rate_hz: int) -> None:
        self._model = model
        self._graph = graph
        self._rate_hz = rate_hz
        self._pieces: list[Waveform] = []
        self._held_samples = 0
        self._decoded_samples = 0
        self._settled: tuple[Word, ...] = ()
        self._settled_beliefs: list[tuple[int, float]] = []
        self._settled_s = 0.0
        self._last = Hypothesis()

    def feed(self, samples: Waveform) -> Hypothesis:
        """Take the next samples; decodes again once 320 ms are new."""
        self._pieces.append(samples)
        self._held_samples += len(samples)
        if self._held_samples - self._decoded_samples >= _PARTIAL_EVERY_S * self._rate_hz:
            self._last = self._decode()
        return self._last

    def finish(self) -> Hypothesis:
        """End the utterance; the final hypothesis."""
        if self._held_samples != self._decoded_samples:
            self._last = self._decode()
        self._last = replace(self._last, is_final=True)
        return self._last

    def _decode(self) -> Hypothesis:
        wave = np.concatenate(self._pieces) if self._pieces else np.zeros(0, dtype=np.float32)
        self._pieces = [wave]
        self._decoded_samples = self._held_samples
        while len(wave) > (_WINDOW_S - 0.4) * self._rate_hz:
            wave = self._settle(wave)
        decoded = transcribe_window(self._model, wave, self._rate_hz, self._graph, start_s=self._settled_s)
        words = without_garbage((*self._settled, *decoded.words))
        parts = [*self._settled_beliefs, (len(decoded.words), decoded.confidence)]
        return Hypothesis(words=words, confidence=_together(parts) if words else 0.0)

    def _settle(self, wave: Waveform) -> Waveform:
        """Fix the words before the quietest 100 ms in the window's middle and go on with the rest."""
        hop = self._rate_hz // 10
        window = int((_WINDOW_S - 0.4) * self._rate_hz)
        low, high = window // 3, 2 * window // 3
        loudness = [float(np.square(wave[i : i + hop]).mean()) for i in range(low, high, hop // 2)]
        cut = low + int(np.argmin(loudness)) * (hop // 2) + hop // 2
        head = transcribe_window(self._model, wave[:cut], self._rate_hz, self._graph, start_s=self._settled_s)
        self._settled += head.words
        self._settled_beliefs.append((len(head.words), head.confidence))
        self._settled_s += cut / self._rate_hz
        rest = wave[cut:]
        self._pieces = [rest]
        self._held_samples = self._decoded_samples = len(rest)
        return rest


def _together(parts: Sequence[tuple[int, float]]) -> float:
    """One belief from (words, belief) of each stretch; stretches without words do not count."""
    count = sum(words for words, _ in parts)
    return round(sum(words * belief for words, belief in parts) / count, 3) if count else 0.0


def without_garbage(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words without the garbage branch's."""
    return tuple(word for word in words if word.text != GARBAGE)


def transcribe_window(model: AcousticModel, wave: Waveform, rate_hz: int, graph: Graph, *, start_s: float) -> Decoded:
    """Decode one stretch of at most 8 s."""
    if len(wave) < _MIN_DECODED_S * rate_hz or float(np.abs(wave).max()) < 1e-4:
        return Decoded(words=(), confidence=0.0)
    padded, lead_s = _to_model(wave, rate_hz)
    (scores,) = model.scores([padded])
    return decode(scores, graph, frame_s=model.frame_s, start_s=start_s - lead_s)


def _to_model(wave: Waveform, rate_hz: int) -> tuple[Waveform, float]:
    """At 16 kHz, silence in front up to a whole number of taps; (wave, seconds of silence added)."""
    sound = resample(wave, rate_hz, RATE_HZ)[-int(_WINDOW_S * RATE_HZ) :]
    lead = -len(sound) % (2 * _TAP_SAMPLES)
    lead = lead if len(sound) + lead <= _WINDOW_S * RATE_HZ else 0
    sound = np.pad(sound, (lead, 0))
    sound = sound[len(sound) % (2 * _TAP_SAMPLES) :]
    return np.ascontiguousarray(sound, dtype=np.float32), lead / RATE_HZ


class EmbeddedTranscriber:
    """Whole channels: speech is found first, then decoded stretch by stretch."""

    def __init__(
        self, *, rate_hz: int = 8000, model: str = "id-phone", state: str = "general", hints: Sequence[str] = ()
    ) -> None:
        self._rate_hz = rate_hz
        self._model = acoustic_model(model)
        self._graph = graph_for(state, tuple(hints))

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
