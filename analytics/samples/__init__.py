"""Sample calls of human agents, all invented: rendered to stereo sound for the demo and the tests.

``python -m analytics.samples FOLDER`` writes a WAV (agent left, customer right) and its JSON file a call.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from asr.audio_file import write_wav
from tts.espeak import EspeakVoice

RATE_HZ = 8000
_PAUSE_S = 0.5
_NOISE = 0.002


def render_samples(folder: Path) -> Path:
    """Write every sample into ``folder`` (made if missing) and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        call: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        write_wav(folder / f"{path.stem}.wav", render(call), RATE_HZ)
        details = {key: value for key, value in call.items() if key not in ("turns", "voices")}
        (folder / f"{path.stem}.json").write_text(
            json.dumps({**details, "channel_map": ["agent", "customer"]}, ensure_ascii=False, default=str), encoding="utf-8"
        )
    return folder


def render(call: dict[str, Any]) -> NDArray[np.float32]:
    """Both channels of a dialogue, shape (2, n); a turn may begin ``overlap_s`` before the last one ends."""
    voices = {
        speaker: EspeakVoice(variant=call["voices"][speaker], rate_hz=RATE_HZ, rate_wpm=165 if speaker == "agent" else 155)
        for speaker in ("agent", "customer")
    }
    placed: list[tuple[int, int, NDArray[np.float32]]] = []
    at = int(_PAUSE_S * RATE_HZ)
    for turn in call["turns"]:
        wave = np.concatenate(list(voices[turn["speaker"]].synthesize(turn["text"])))
        at = max(0, at - int(turn.get("overlap_s", 0.0) * RATE_HZ))
        placed.append((0 if turn["speaker"] == "agent" else 1, at, wave))
        at += len(wave) + int(turn.get("pause_s", _PAUSE_S) * RATE_HZ)
    both = np.random.default_rng(0).standard_normal((2, at + RATE_HZ)).astype(np.float32) * _NOISE
    for channel, start, wave in placed:
        both[channel, start : start + len(wave)] += wave
    return np.clip(both, -1, 1)
