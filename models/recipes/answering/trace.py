"""A scene as the call hears it: the speech detector's windows and the words as they come, once, so that judges can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr.engine import StreamingRecognizer
from asr.vad import SileroDetector
from models.recipes.answering.scenes import Scene
from models.recipes.answering.speakers import LINE_HZ, Wave
from voicebot.call.answering import AnsweringJudge, Verdict
from voicebot.call.audio import FRAME_S
from voicebot.call.tones import Tone, ToneDetector

_FRAME = round(FRAME_S * LINE_HZ)
_LEAD_IN_FRAMES = 15
_ATTACK_WINDOWS = 2
_UTTERANCE_ENDS_S = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """``chances`` by 20 ms frame; ``words`` as (frame, text, final)."""

    scene: Scene
    chances: tuple[float, ...]
    words: tuple[tuple[int, str, bool], ...]

    @property
    def final_text(self) -> str:
        """Everything that was understood."""
        return " ".join(text for _, text, final in self.words if final)


def trace(scene: Scene, recognizer: StreamingRecognizer | None, *, state: str, partial_every_s: float = 0.16) -> Trace:
    """Hear a scene through; without a recognizer there are no words. As ``voicebot.call.hearing`` does."""
    detector = SileroDetector(LINE_HZ)
    frames = _frames_of(scene)
    window = np.zeros(0, np.float32)
    chances: list[float] = []
    words: list[tuple[int, str, bool]] = []
    chance, loud, hearing, unfed, last_s = 0.0, 0, None, [], 0.0
    for number, frame in enumerate(frames):
        now_s = (number + 1) * FRAME_S
        window = np.concatenate([window, frame])
        while len(window) >= detector.window_samples:
            chance = detector.probability(window[: detector.window_samples])
            window = window[detector.window_samples :]
            loud = loud + 1 if chance >= 0.5 else 0
            last_s = now_s if chance >= 0.5 else last_s
        chances.append(round(chance, 3))
        if recognizer is None:
            continue
        if hearing is None:
            if loud >= _ATTACK_WINDOWS:
                hearing, unfed = recognizer.listen(state=state), list(frames[max(0, number - _LEAD_IN_FRAMES) : number + 1])
            continue
        unfed.append(frame)
        if now_s - last_s >= _UTTERANCE_ENDS_S:
            hearing.feed(np.concatenate(unfed))
            words.append((number, hearing.finish().text, True))
            hearing = None
        elif len(unfed) * FRAME_S >= partial_every_s:
            text = hearing.feed(np.concatenate(unfed)).text
            unfed = []
            words.append((number, text, False))
    if hearing is not None:
        words.append((len(frames) - 1, hearing.finish().text, True))
    return Trace(scene=scene, chances=tuple(chances), words=tuple(words))


class HeardTones:
    """A scene's tones, found once, for many judges."""

    def __init__(self, scene: Scene) -> None:
        detector = ToneDetector(LINE_HZ)
        self._frames: list[tuple[Tone | None, float | None, bool]] = []
        for number, frame in enumerate(_frames_of(scene)):
            told = detector.hear(frame, number * FRAME_S)
            self._frames.append((told, detector.sounding_since_s(), detector.is_musical))
        self._place = -1

    def rewind(self) -> HeardTones:
        """Begin again."""
        self._place = -1
        return self

    @property
    def is_musical(self) -> bool:
        """As of the frame last heard."""
        return self._frames[self._place][2]

    def sounding_since_s(self) -> float | None:
        """As of the frame last heard."""
        return self._frames[self._place][1]

    def hear(self, samples: Wave, start_s: float) -> Tone | None:
        """The next frame's."""
        self._place += 1
        return self._frames[self._place][0]


def replay(traced: Trace, judge: AnsweringJudge) -> Iterator[tuple[float, Verdict | None]]:
    """(time, new verdict) frame by frame."""
    told = iter(traced.words)
    following = next(told, None)
    for number, frame in enumerate(_frames_of(traced.scene)):
        now_s = (number + 1) * FRAME_S
        verdict = judge.hear(frame, number * FRAME_S, is_speech=traced.chances[number] >= 0.5)
        while following is not None and following[0] <= number:
            judge.understand(following[1], now_s, final=following[2])
            following = next(told, None)
        yield now_s, verdict


def _frames_of(scene: Scene) -> NDArray[np.float32]:
    wave = np.pad(scene.wave, (0, -len(scene.wave) % _FRAME)).astype(np.float32)
    return wave.reshape(-1, _FRAME)
