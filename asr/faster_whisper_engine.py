"""Whisper through faster-whisper (CTranslate2): the fast way on a CPU. The only file that imports ``faster_whisper``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from asr.engine import RecognizerError, Waveform
from asr.model_folder import one_of
from asr.transcript import Word
from asr.whisper_guard import (
    COMPRESSION_RATIO,
    JOINED_PAUSE_S,
    LONGEST_S,
    MEAN_LOG_PROBABILITY,
    NO_SPEECH_PROBABILITY,
    is_believable,
    prompt_from,
)

_BEAM_SIZE = 5


def load(folder: Path, language: str, threads: int = 1) -> FasterWhisperDecoder:
    """The model in ``folder``. Raises ``ValueError`` with what to do."""
    for needed in ("model.bin", "config.json", "tokenizer.json"):
        if not (folder / needed).is_file():
            raise ValueError(f"{folder} is no Whisper model for faster-whisper: it lacks {needed}. {_remedy(folder)}")
    return FasterWhisperDecoder(folder, language, threads)


def _remedy(folder: Path) -> str:
    if one_of(folder, "*.safetensors", "pytorch_model*.bin"):
        return f"It looks like a checkpoint for transformers: write whisper:{folder}, or convert it (docs/models.md)."
    return "`santun models list` shows models that `santun models pull NAME` fetches; docs/models.md tells how to convert one."


class FasterWhisperDecoder:
    """Decodes stretches of speech; thread-safe (CTranslate2 queues callers, one after the other).

    Words come with times and probabilities from cross-attention. No sampling, no text of the stretch before: both make
    the text depend on more than the sound.
    """

    rate_hz = 16000
    longest_s = LONGEST_S
    joined_pause_s = JOINED_PAUSE_S

    def __init__(self, folder: Path, language: str, threads: int) -> None:
        from faster_whisper import WhisperModel  # pyright: ignore[reportMissingImports] - an extra

        try:
            self.model = WhisperModel(str(folder), device="auto", cpu_threads=threads, local_files_only=True)
        except Exception as error:  # RuntimeError from CTranslate2, plain Exception from tokenizers: all mean the same here
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ValueError(f"the model in {folder} cannot be loaded ({reason}): fetch or convert it anew") from error
        if not self.model.model.is_multilingual and language != "en":
            raise ValueError(f"the model in {folder} hears English only; take a multilingual one")
        self._language = language

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        """The words of at most 29 s of speech."""
        try:
            segments, _ = self.model.transcribe(
                samples,
                language=self._language,
                task="transcribe",
                beam_size=_BEAM_SIZE,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                no_speech_threshold=NO_SPEECH_PROBABILITY,
                log_prob_threshold=MEAN_LOG_PROBABILITY,
                compression_ratio_threshold=COMPRESSION_RATIO,
                hotwords=prompt_from(tuple(hints)) or None,
                vad_filter=False,  # speech was found before
            )
            return tuple(
                Word(
                    text=word.word.strip(), start_s=float(word.start), end_s=float(word.end), confidence=float(word.probability)
                )
                for segment in segments
                if is_believable(
                    segment.text, mean_log_probability=segment.avg_logprob, no_speech_probability=segment.no_speech_prob
                )
                for word in segment.words or ()
                if word.word.strip()
            )
        except RuntimeError as error:
            raise RecognizerError(f"faster-whisper failed on {len(samples) / self.rate_hz:.1f} s of sound: {error}") from error
