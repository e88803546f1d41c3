"""When a Whisper model's text is not to be believed: it was trained on subtitles and writes some even where nobody speaks.

The thresholds are those of Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), section 4.5.
There they start a decoding at a higher temperature; sampled text has no place in evidence, so here the text is dropped.
"""

from __future__ import annotations

import zlib

NO_SPEECH_PROBABILITY = 0.6
MEAN_LOG_PROBABILITY = -1.0
COMPRESSION_RATIO = 2.4
LONGEST_S = 29.0
"""A little below the 30 s that the models hear at once."""
JOINED_PAUSE_S = 1.5
"""A stretch costs the same however short it is, so that short pauses stay inside."""
MAX_HINTS_LETTERS = 400
"""Of phrases given as a prompt: half of the text context, 224 tokens, at two letters a token."""


def is_believable(text: str, *, mean_log_probability: float, no_speech_probability: float) -> bool:
    """Whether ``text``, decoded without sampling, may be speech that was really there."""
    if no_speech_probability > NO_SPEECH_PROBABILITY and mean_log_probability < MEAN_LOG_PROBABILITY:
        return False
    return compression_ratio(text) <= COMPRESSION_RATIO


def compression_ratio(text: str) -> float:
    """How far zlib shrinks ``text``: high where it repeats itself."""
    raw = text.encode("utf-8")
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def prompt_from(hints: tuple[str, ...]) -> str:
    """Names and phrases as the words that a prompt mentions, cut to what the model's context holds."""
    prompt = ""
    for hint in hints:
        longer = f"{prompt}, {hint}" if prompt else hint
        if len(longer) > MAX_HINTS_LETTERS:
            break
        prompt = longer
    return prompt
