"""Whisper and wav2vec 2.0 CTC checkpoints through transformers. The only file here that imports ``torch`` and ``transformers``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.engine import RecognizerError, Waveform
from asr.model_folder import one_of
from asr.transcript import Word
from asr.whisper_guard import JOINED_PAUSE_S, LONGEST_S, is_believable, prompt_from

_TIME_STEP_S = 0.02
_MAX_NEW_TOKENS = 220
_SHORTEST_S = 0.05
"""wav2vec 2.0's first step looks at 25 ms."""
_WORD_START = "\u0120"
"""How byte-level vocabularies write the blank before a word."""


def load_whisper(folder: Path, language: str, threads: int = 1) -> WhisperDecoder:
    """The Whisper checkpoint in ``folder``. Raises ``ValueError`` with what to do."""
    _check(folder, kind="whisper", pattern="whisper", needed=("preprocessor_config.json",))
    _use_threads(threads)
    return WhisperDecoder(folder, language)


def load_ctc(folder: Path, language: str, threads: int = 1) -> CtcDecoder:
    """The CTC checkpoint in ``folder``; it hears the language it was trained on. Raises ``ValueError`` with what to do."""
    del language
    _check(folder, kind="wav2vec2", pattern="ctc", needed=("preprocessor_config.json", "vocab.json"))
    _use_threads(threads)
    return CtcDecoder(folder)


def _use_threads(threads: int) -> None:
    """Of the whole process: PyTorch has no other way. Two threads on cores that are busy can be ten times slower than one."""
    import torch  # pyright: ignore[reportMissingImports] - an extra

    torch.set_num_threads(threads)


def _check(folder: Path, *, kind: str, pattern: str, needed: Sequence[str]) -> None:
    from transformers import AutoConfig  # pyright: ignore[reportMissingImports]

    for name in ("config.json", *needed):
        if not (folder / name).is_file():
            raise ValueError(f"{folder} is no checkpoint for {kind}: it lacks {name}. {_remedy(folder)}")
    if one_of(folder, "*.safetensors", "pytorch_model*.bin") is None:
        raise ValueError(f"{folder} lacks weights (model.safetensors). {_remedy(folder)}")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        raise ValueError(_broken(folder, error)) from error
    names = [config.model_type, *(config.architectures or ())]
    if not any(pattern in name.lower() for name in names):
        raise ValueError(f"the checkpoint in {folder} is made for {' '.join(names)}, not for {kind}")


def _remedy(folder: Path) -> str:
    if (folder / "model.bin").is_file():
        return f"It looks like a model for faster-whisper: write faster-whisper:{folder}."
    return "`santun models list` shows models that `santun models pull NAME` fetches; `hf download NAME` fetches others."


def _broken(folder: Path, error: Exception) -> str:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"the checkpoint in {folder} is incomplete or damaged ({reason}): fetch it anew"


def _load(kind: Any, folder: Path, **options: Any) -> Any:
    try:
        return kind.from_pretrained(folder, local_files_only=True, **options)
    except Exception as error:  # OSError, SafetensorError, RuntimeError, plain Exception from Rust: all mean the same here
        raise ValueError(_broken(folder, error)) from error


def _load_model(kind: Any, folder: Path) -> Any:
    import torch  # pyright: ignore[reportMissingImports] - an extra
    from transformers.utils import logging  # pyright: ignore[reportMissingImports]

    logging.disable_progress_bar()  # bars are for notebooks, not for a worker's log
    logging.set_verbosity_error()  # its advice is for those who call generate(), at every stretch
    model, told = _load(kind, folder, output_loading_info=True)
    if absent := sorted(told["missing_keys"]):
        raise ValueError(f"the checkpoint in {folder} lacks weights ({', '.join(absent[:3])} …): fetch it anew")
    return model.eval().to("cuda" if torch.cuda.is_available() else "cpu")


class WhisperDecoder:
    """Decodes stretches of speech; thread-safe, one caller after the other."""

    rate_hz = 16000
    longest_s = LONGEST_S
    joined_pause_s = JOINED_PAUSE_S

    def __init__(self, folder: Path, language: str) -> None:
        import torch  # pyright: ignore[reportMissingImports] - an extra
        from transformers import AutoTokenizer, WhisperFeatureExtractor, WhisperForConditionalGeneration  # pyright: ignore[reportMissingImports]

        self._torch = torch
        self._features = _load(WhisperFeatureExtractor, folder)
        self._tokenizer = _load(AutoTokenizer, folder)
        self._model = _load_model(WhisperForConditionalGeneration, folder)
        config = self._model.generation_config
        self._choice: dict[str, Any] = {}
        if getattr(config, "is_multilingual", True):
            if f"<|{language}|>" not in (getattr(config, "lang_to_id", None) or {}):
                raise ValueError(f"{folder} does not say how it is told the language (generation_config.json): fetch it anew")
            self._choice = {"language": language, "task": "transcribe"}
        elif language != "en":
            raise ValueError(f"the model in {folder} hears English only; take a multilingual one")
        if getattr(config, "alignment_heads", None) is None:
            config.alignment_heads = _upper_heads(self._model.config)
        self._start = int(self._model.config.decoder_start_token_id)
        self._end = int(self._model.config.eos_token_id)
        self._no_speech = next(
            (token for name in ("<|nospeech|>", "<|nocaptions|>") if (token := self._token(name)) is not None), None
        )
        self._lock = threading.Lock()

    def _token(self, name: str) -> int | None:
        found = self._tokenizer.convert_tokens_to_ids(name)
        return None if found is None or found == self._tokenizer.unk_token_id else int(found)

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        """The words of at most 29 s of speech."""
        with self._lock, self._torch.inference_mode():
            try:
                return self._decode(samples, prompt_from(tuple(hints)))
            except RuntimeError as error:
                raise RecognizerError(f"whisper failed on {len(samples) / self.rate_hz:.1f} s of sound: {error}") from error

    def _decode(self, samples: Waveform, prompt: str) -> tuple[Word, ...]:
        torch = self._torch
        made = self._features(samples, sampling_rate=self.rate_hz, return_tensors="pt", return_attention_mask=True)
        features = made.input_features.to(self._model.device)
        prompt_ids = self._tokenizer.get_prompt_ids(prompt, return_tensors="pt").to(features.device) if prompt else None
        out = self._model.generate(
            features,
            attention_mask=made.attention_mask.to(features.device),
            **self._choice,
            prompt_ids=prompt_ids,
            return_timestamps=False,
            return_token_timestamps=True,
            return_dict_in_generate=True,
            force_unique_generate_call=True,
            condition_on_prev_tokens=False,
            num_beams=1,
            do_sample=False,
            max_new_tokens=_MAX_NEW_TOKENS,
        )
        count = len(out["scores"])
        written = out["sequences"][0, -count:]
        times_s: NDArray[np.float64] = out["token_timestamps"][0, -count:].double().cpu().numpy()
        scores = torch.stack([step[0] for step in out["scores"]]).float().log_softmax(-1)
        log_probs: NDArray[np.float64] = scores.gather(1, written[:, None])[:, 0].double().cpu().numpy()
        tokens: list[int] = written.tolist()
        text = self._tokenizer.decode(tokens, skip_special_tokens=True)
        if not is_believable(
            text, mean_log_probability=float(log_probs.mean()), no_speech_probability=self._no_speech_probability(features)
        ):
            return ()
        return self._words(tokens, times_s, log_probs)

    def _no_speech_probability(self, features: Any) -> float:
        """Of the token that means nobody speaks, as the first after the start of the transcript."""
        if self._no_speech is None:
            return 0.0
        start = self._torch.tensor([[self._start]], device=features.device)
        logits = self._model(input_features=features, decoder_input_ids=start).logits
        return float(logits[0, 0].float().softmax(-1)[self._no_speech])

    def _words(self, tokens: Sequence[int], times_s: NDArray[np.float64], log_probs: NDArray[np.float64]) -> tuple[Word, ...]:
        """Tokens joined to words: a word begins at each token with a blank in front (true of Indonesian and English)."""
        pieces = self._tokenizer.convert_ids_to_tokens(list(tokens))
        text_end = next((place for place, token in enumerate(tokens) if token == self._end), len(tokens))
        starts = [p for p in range(text_end) if p == 0 or pieces[p].startswith(_WORD_START)]
        words: list[Word] = []
        for first, after in zip(starts, [*starts[1:], text_end], strict=False):
            text = self._tokenizer.decode(list(tokens[first:after]), skip_special_tokens=True).strip()
            if text:
                end_s = times_s[after] if after < len(times_s) else times_s[-1]
                confidence = float(np.exp(log_probs[first:after].mean()))
                start_s = float(times_s[first])
                words.append(
                    Word(text=text, start_s=start_s, end_s=max(float(end_s), start_s + _TIME_STEP_S), confidence=confidence)
                )
        return tuple(words)


def _upper_heads(config: Any) -> list[list[int]]:
    """Where a checkpoint does not say which heads align text with sound: those of the decoder's upper half."""
    layers, heads = int(config.decoder_layers), int(config.decoder_attention_heads)
    return [[layer, head] for layer in range(layers // 2, layers) for head in range(heads)]


class CtcDecoder:
    """Decodes stretches of speech without a language model: the likeliest letter of each step; thread-safe."""

    longest_s = 20.0
    joined_pause_s = 0.0

    def __init__(self, folder: Path) -> None:
        import torch  # pyright: ignore[reportMissingImports] - an extra
        from transformers import AutoFeatureExtractor, AutoModelForCTC, Wav2Vec2CTCTokenizer  # pyright: ignore[reportMissingImports]

        self._torch = torch
        self._features = _load(AutoFeatureExtractor, folder)
        self._tokenizer = _load(Wav2Vec2CTCTokenizer, folder)
        self._model = _load_model(AutoModelForCTC, folder)
        self._step_s = float(self._model.config.inputs_to_logits_ratio) / self.rate_hz
        if len(self._tokenizer) < int(self._model.config.vocab_size):
            raise ValueError(f"the vocabulary in {folder} is smaller than the model's output: fetch the checkpoint anew")

    @property
    def rate_hz(self) -> int:
        """Samples a second that the checkpoint was trained on."""
        return int(self._features.sampling_rate)

    def decode(self, samples: Waveform, *, hints: Sequence[str] = ()) -> tuple[Word, ...]:
        """The words of one stretch."""
        del hints
        if len(samples) < _SHORTEST_S * self.rate_hz:
            return ()
        made = self._features(samples, sampling_rate=self.rate_hz, return_tensors="pt").to(self._model.device)
        with self._torch.inference_mode():
            try:
                logits = self._model(**made).logits[0]
            except RuntimeError as error:
                raise RecognizerError(f"wav2vec2 failed on {len(samples) / self.rate_hz:.1f} s of sound: {error}") from error
        chances: NDArray[np.float32] = logits.float().softmax(-1).cpu().numpy()
        return self._words(chances.argmax(-1), chances.max(-1))

    def _words(self, best: NDArray[np.int64], chances: NDArray[np.float32]) -> tuple[Word, ...]:
        blank, mark = int(self._tokenizer.pad_token_id), int(self._tokenizer.word_delimiter_token_id)
        special = {*self._tokenizer.all_special_ids} - {mark}
        words: list[Word] = []
        letters: list[int] = []
        steps: list[int] = []

        def close() -> None:
            text = "".join(self._tokenizer.convert_ids_to_tokens(letters)).strip()
            if text:
                words.append(
                    Word(
                        text=text,
                        start_s=round(steps[0] * self._step_s, 3),
                        end_s=round((steps[-1] + 1) * self._step_s, 3),
                        confidence=round(float(chances[steps].mean()), 3),
                    )
                )
            letters.clear()
            steps.clear()

        before = blank
        for step, token in enumerate(best.tolist()):
            if token == mark:
                close()
            elif token != blank and token not in special:
                steps.append(step)
                if token != before:
                    letters.append(token)
            before = token
        close()
        return tuple(words)
