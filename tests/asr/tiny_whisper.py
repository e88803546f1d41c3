"""A Whisper checkpoint small enough to be taught a few sentences inside a test: one layer each side, the real tokens and shapes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asr.engine import Waveform

RATE_HZ = 16000
_VOCABULARY = 51865
_LANGUAGES = 99
_STEPS = 150
_LEARNT = 0.03
"""Loss a token at which the lessons are known by heart."""
_LAST_STAMP = 1500


def byte_letters() -> list[str]:
    """The 256 letters of byte-level vocabularies (GPT-2)."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    shifted = [byte for byte in range(256) if byte not in kept]
    table = {byte: chr(byte) for byte in kept} | {byte: chr(256 + place) for place, byte in enumerate(shifted)}
    return [table[byte] for byte in range(256)]


def save_tokenizer(folder: Path, words: Sequence[str]) -> Any:
    """A tokenizer with a token for each of ``words`` (and all bytes), padded to the size of the multilingual models."""
    from transformers import WhisperTokenizer
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    vocabulary = {letter: number for number, letter in enumerate(byte_letters())}
    merges: list[tuple[str, str]] = []
    for word in words:
        made = "\u0120"
        for letter in word:
            if made + letter not in vocabulary:
                merges.append((made, letter))
                vocabulary[made + letter] = len(vocabulary)
            made += letter
    vocabulary[""] = len(vocabulary)  # OpenAI's multilingual vocabularies hold it, and CTranslate2 tells them by it
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{language}|>" for language in list(LANGUAGES)[:_LANGUAGES])]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    stamps = [f"<|{place * 0.02:.2f}|>" for place in range(_LAST_STAMP + 1)]
    while len(vocabulary) + len(special) + len(stamps) < _VOCABULARY:
        vocabulary[f"unused{len(vocabulary)}"] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(" ".join(pair) for pair in merges), encoding="utf-8")
    tokenizer = WhisperTokenizer(vocab=vocabulary, merges=merges, additional_special_tokens=special[1:])
    tokenizer.add_tokens([*special, *stamps], special_tokens=True)
    tokenizer.save_pretrained(folder)
    return tokenizer


def teach(folder: Path, lessons: Sequence[tuple[Waveform, str, str]], *, seed: int = 0) -> None:
    """Save a checkpoint that writes each wave's Indonesian or English text, with and without time stamps.

    ``lessons`` are (wave at 16 kHz, Indonesian text, English text). Only the decoder learns: the encoder's random view of the
    sound is enough to tell a few waves apart, each also with half a second of silence around it.
    """
    import torch
    from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    tokenizer = save_tokenizer(folder, sorted({word for _, *texts in lessons for text in texts for word in text.split()}))
    start, end, silent = (_number(tokenizer, name) for name in ("startoftranscript", "endoftext", "notimestamps"))
    ends = {"decoder_start_token_id": start, "eos_token_id": end, "bos_token_id": end, "pad_token_id": end}
    sizes = dict.fromkeys(("d_model", "encoder_ffn_dim", "decoder_ffn_dim"), 64)
    heads = dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads"), 2)
    config = WhisperConfig(vocab_size=_VOCABULARY, encoder_layers=1, decoder_layers=1, dropout=0.0, **sizes, **heads, **ends)
    model = WhisperForConditionalGeneration(config)
    extractor = WhisperFeatureExtractor()
    lessons = [*lessons, *((np.pad(wave, RATE_HZ // 2), *texts) for wave, *texts in lessons)]
    encoded = _heard(model, extractor, [wave for wave, *_ in lessons])
    inputs, labels = _written(tokenizer, lessons)
    _learn(model.model.decoder, encoded, inputs, labels)
    model.generation_config = GenerationConfig(
        **ends,
        max_length=448,
        is_multilingual=True,
        lang_to_id={tokenizer.convert_ids_to_tokens(place): place for place in range(start + 1, start + 1 + _LANGUAGES)},
        task_to_id={name: _number(tokenizer, name) for name in ("transcribe", "translate")},
        no_timestamps_token_id=silent,
        prev_sot_token_id=_number(tokenizer, "startofprev"),
        alignment_heads=[[0, 0], [0, 1]],
        suppress_tokens=[],
        begin_suppress_tokens=[],
    )
    model.eval().save_pretrained(folder)
    extractor.save_pretrained(folder)


def _number(tokenizer: Any, name: str) -> int:
    return int(tokenizer.convert_tokens_to_ids(f"<|{name}|>"))


def _heard(model: Any, extractor: Any, waves: Sequence[Waveform]) -> Any:
    """The encoder's states of each wave, twice each: padded with silence, as by transformers, then with zeros, as by faster-whisper."""
    import torch

    with torch.no_grad():  # as loud as the sine positions, or the decoder cannot tell waves apart
        model.model.encoder.conv1.weight *= 10
        model.model.encoder.conv2.weight *= 10
        features = extractor(list(waves), sampling_rate=RATE_HZ, return_tensors="pt").input_features
        zeros = features.clone()
        for place, wave in enumerate(waves):
            zeros[place, :, len(wave) // 160 :] = 0.0
        states = [model.model.encoder(each).last_hidden_state.repeat_interleave(2, 0) for each in (features, zeros)]
    return torch.cat(states)


def _written(tokenizer: Any, lessons: Sequence[tuple[Waveform, str, str]]) -> tuple[Any, Any]:
    """(inputs, labels) of the decoder: both languages without time stamps, as transformers is asked to write here, then with them."""
    import torch

    silent, end = _number(tokenizer, "notimestamps"), _number(tokenizer, "endoftext")
    plain: list[list[int]] = []
    stamped: list[list[int]] = []
    for wave, indonesian, english in lessons:
        last = _number(tokenizer, f"{len(wave) // 320 * 0.02:.2f}")
        for language, text in (("id", indonesian), ("en", english)):
            told = tokenizer.encode(f" {text}", add_special_tokens=False)
            head = [_number(tokenizer, name) for name in ("startoftranscript", language, "transcribe")]
            plain.append([*head, silent, *told, end])
            stamped.append([*head, silent + 1, *told, last, end])
    sequences = plain + stamped
    longest = max(map(len, sequences))
    inputs = torch.tensor([[*each[:-1], *[end] * (longest - len(each))] for each in sequences])
    labels = torch.tensor([[*[-100] * 2, *each[3:], *[-100] * (longest - len(each))] for each in sequences])
    return inputs, labels


def _learn(decoder: Any, encoded: Any, inputs: Any, labels: Any) -> None:
    """Teach the decoder the lessons' tokens; the 51,800 others are ruled out beforehand, not by learning."""
    import torch

    used = torch.unique(torch.cat([inputs.flatten(), labels[labels >= 0]]))
    place_of = torch.full((_VOCABULARY,), -100)
    place_of[used] = torch.arange(len(used))
    goal = torch.where(labels >= 0, place_of[labels.clamp(min=0)], -100)
    with torch.no_grad():
        table = decoder.embed_tokens.weight
        kept = table[used].clone()
        table.zero_()
        table[:, 0] = -3.0
        table[used] = kept
        decoder.layer_norm.bias[0] = 8.0
    optimizer = torch.optim.AdamW(decoder.parameters(), lr=5e-3, weight_decay=0.0)
    for _ in range(_STEPS):
        states = decoder(input_ids=inputs, encoder_hidden_states=encoded, use_cache=False).last_hidden_state
        logits = states @ decoder.embed_tokens.weight[used].T
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), goal.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        if loss.item() < _LEARNT:
            break
