"""A wav2vec 2.0 CTC checkpoint small enough to be taught a few sentences inside a test: the real shapes, one layer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from asr.engine import Waveform

RATE_HZ = 16000
_STEPS = 200
_LEARNT = 0.2
"""Loss a letter, over all lessons, at which they are known by heart."""


def teach(folder: Path, lessons: Sequence[tuple[Waveform, str]], *, seed: int = 0) -> None:
    """Save a checkpoint that spells each wave's text; ``lessons`` are (wave at 16 kHz, text)."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    letters = ["<pad>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz"]
    (folder / "vocab.json").write_text(json.dumps({letter: place for place, letter in enumerate(letters)}), encoding="utf-8")
    tokenizer = Wav2Vec2CTCTokenizer(str(folder / "vocab.json"), pad_token="<pad>", bos_token=None, eos_token=None)
    extractor = Wav2Vec2FeatureExtractor(sampling_rate=RATE_HZ, do_normalize=True, return_attention_mask=False)
    config = Wav2Vec2Config(
        vocab_size=len(letters),
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        conv_dim=(32,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        pad_token_id=0,
        ctc_zero_infinity=True,
        apply_spec_augment=False,
        **dict.fromkeys(("hidden_dropout", "attention_dropout", "feat_proj_dropout", "final_dropout", "layerdrop"), 0.0),
    )
    model = Wav2Vec2ForCTC(config)
    inputs = [extractor(wave, sampling_rate=RATE_HZ, return_tensors="pt").input_values for wave, _ in lessons]
    labels = [torch.tensor([tokenizer.convert_tokens_to_ids(list(text.replace(" ", "|")))]) for _, text in lessons]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)
    for _ in range(_STEPS):
        loss = sum(model(values, labels=label).loss / label.numel() for values, label in zip(inputs, labels, strict=True))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if loss.item() < _LEARNT:
            break
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    extractor.save_pretrained(folder)
