"""How it sounded (librosa): loudness and pitch of each speaker. No emotion is read from sound alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.recording import Audio

_FRAME_S = 0.064
_SPEECH_DB = -45.0


def loudness(audio: Audio) -> dict[str, Any]:
    """Median level and its spread (dBFS, over 64 ms frames above -45 dBFS) of each known speaker."""
    import librosa

    found: dict[str, Any] = {}
    for channel in audio.channels:
        if channel.speaker == "unknown":
            continue
        frame = int(channel.rate_hz * _FRAME_S)
        level = librosa.amplitude_to_db(
            librosa.feature.rms(y=channel.samples, frame_length=frame, hop_length=frame // 2)[0], ref=1.0, top_db=None
        )
        speech = level[level > _SPEECH_DB]
        if len(speech):
            found[f"{channel.speaker}_level_db"] = round(float(np.median(speech)), 1)
            found[f"{channel.speaker}_level_spread_db"] = round(float(np.percentile(speech, 90) - np.percentile(speech, 10)), 1)
    return found
