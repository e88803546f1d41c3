"""Who has picked up: a person, a voicemail box, an operator's announcement, a fax, a line that still rings, or nobody yet?

Pure and streaming: frames, speech or not, and the words understood so far go in, verdicts come out. What it does wrong has a
price, and the prices differ. A person is never kept waiting nor hung up on in silence: whatever is unclear counts as a person,
who then hears no more than the question who is speaking. A machine taken for a person is noticed later by its words or its
beep, so the judge goes on listening after its first verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voicebot.call.audio import FRAME_S
from voicebot.call.machine_words import AnsweringModel, WordEvidence, answering_model
from voicebot.call.rhythm import Rhythm, Timing
from voicebot.call.tones import Tone, ToneDetector, Tones

Answered = Literal["human", "voicemail", "announcement", "busy", "fax", "ringback", "silence"]
MACHINES: tuple[Answered, ...] = ("voicemail", "announcement", "busy", "fax")

_GREETING_S = 0.8
"""A beep after at least so much speech is a voicemail's."""
_OFFER_ODDS = 1.0
"""An announcement becomes a voicemail box when its words lean that way by so much."""
_LATE_ODDS = 4.0
"""Log odds of the last words alone, from which a call taken for a person's is a machine's after all."""
_LATE_GREETING_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringLimits:
    """Seconds and beliefs at which the judge decides."""

    hello_wait_s: float = 1.5
    """Without a word for so long, the bot speaks first."""
    ring_pause_s: float = 5.0
    """The same after a ringback tone: longer than the 4 s between two of them."""
    music_s: float = 8.0
    """Until then music is waited out; after that somebody may listen in a room with a radio."""
    sure_pause_s: float = 0.36
    pause_s: float = 0.6
    unsure_pause_s: float = 0.9
    """After so much silence a person is assumed: the surer the words, the sooner."""
    stale_words_s: float = 1.0
    """In a noisy room speech seems never to end: a person has finished when no new word comes for so long."""
    monologue_s: float = 6.0
    sure_human: float = 0.15
    sure_machine: float = 0.95
    sure_s: float = 0.5
    """Words must look like a machine's for so long while they still go on: one partial hypothesis may err."""
    unsure_machine: float = 0.8
    lean: float = 0.0
    """Added to the log odds of a machine: shifts the operating point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who answers, how sure that is (0–1), what tells so, and when it was told."""

    answered: Answered
    confidence: float
    reason: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLast:
    """The latest utterance: when it began, how long it lasted, the silence since, and its words' log odds of a machine."""

    began_s: float
    length_s: float
    quiet_s: float
    odds: float


class AnsweringJudge:
    """One call's judge; feed it until the party is verified or the call ends."""

    def __init__(
        self,
        rate_hz: int = 8000,
        *,
        language: str = "id",
        limits: AnsweringLimits | None = None,
        model: AnsweringModel | None = None,
        tones: Tones | None = None,
    ) -> None:
        self._limits = limits or AnsweringLimits()
        self._model = model or answering_model()
        self._language = language
        self._tones = tones or ToneDetector(rate_hz)
        self._rhythm = Rhythm()
        self._settled: list[str] = []
        self._partial = ""
        self._words_changed_s = 0.0
        self._known: tuple[str, WordEvidence] = ("", WordEvidence())
        self._wait_from_s = 0.0
        self._told_silence = False
        self._sure_since_s: float | None = None
        self.verdict: Verdict | None = None
        """The latest."""
        self.beep_ended_s: float | None = None

    @property
    def text(self) -> str:
        """All words so far."""
        return " ".join([*self._settled, self._partial]).strip()

    @property
    def is_tone_sounding(self) -> bool:
        """Whether a beep or any other tone is on the line right now."""
        return self._tones.sounding_since_s() is not None

    def quiet_since_s(self) -> float:
        """When the last speech or tone ended; 0 when there was none."""
        return max(self._rhythm.last_s, self.beep_ended_s or 0.0, self._wait_from_s)

    def said_last(self, now_s: float) -> SaidLast | None:
        """The latest utterance, once words of it are known."""
        began_s = self._rhythm.utterance_began_s
        words = self._partial or (self._settled[-1] if self._settled else "")
        if began_s is None or not words or self._words_changed_s < began_s:
            return None
        last_s = self._rhythm.last_s
        return SaidLast(began_s=began_s, length_s=last_s - began_s, quiet_s=now_s - last_s, odds=self._evidence(words).machine)

    def understand(self, words: str, at_s: float, *, final: bool = False) -> None:
        """The words of the utterance in progress, replacing what was told of it before; ``final`` settles them."""
        if words != self._partial:
            self._partial = words
            self._words_changed_s = at_s
        if final and self._partial:
            self._settled.append(self._partial)
            self._partial = ""

    def conclude_machine(self, now_s: float) -> None:
        """Somebody else is certain of a machine; of which kind, the words tell."""
        if self.verdict is None or self.verdict.answered not in MACHINES:
            self.verdict = self._machine(0.95, "telltale words", now_s)

    def start_over(self) -> None:
        """A person has come to the line behind a machine: forget the machine's words."""
        self._settled, self._partial = [], ""
        self.verdict = Verdict(
            answered="human", confidence=0.9, reason="picked up behind a machine", at_s=self._words_changed_s
        )

    def hear(self, samples: NDArray[np.float32], start_s: float, *, is_speech: bool) -> Verdict | None:
        """Take the next 20 ms and what the speech detector made of them; returns a verdict when there is a new one."""
        now_s = start_s + FRAME_S
        tone = self._tones.hear(samples, start_s)
        in_tone = self.is_tone_sounding
        self._rhythm.hear(now_s, is_speech and not in_tone)
        found = self._by_tone(tone, now_s) if tone is not None else None
        if found is None and not in_tone:
            found = self._by_speech(now_s)
        known = self.verdict
        if found is None or (known is not None and (known.answered == found.answered or not _overrules(found, known))):
            return None
        self.verdict = found
        return found

    def machine_belief(self, now_s: float) -> float:
        """Probability of a machine from words and timing."""
        odds = self.log_odds(self._rhythm.timing(now_s)) + self._limits.lean
        return 1.0 / (1.0 + math.exp(-odds))

    def log_odds(self, timing: Timing) -> float:
        """Log odds of a machine; see the card for the weights."""
        features = features_of(timing, self._evidence(self.text), bool(self.text))
        return self._model.bias + sum(weight * features[name] for name, weight in self._model.timing.items())

    def _evidence(self, text: str) -> WordEvidence:
        if text != self._known[0]:
            words = self._model.words.get(self._language)
            self._known = (text, words.evidence(text) if words is not None and text else WordEvidence())
        return self._known[1]

    def _by_tone(self, tone: Tone, now_s: float) -> Verdict | None:
        def told(answered: Answered, confidence: float, reason: str) -> Verdict:
            return Verdict(answered=answered, confidence=confidence, reason=reason, at_s=now_s)

        if tone.kind == "key":
            return None
        if tone.kind == "fax":
            return told("fax", 0.99, f"fax tone at {tone.hz:.0f} Hz")
        if tone.kind == "sit":
            self._wait_from_s = now_s
            return told("announcement", 0.97, "special information tones")
        if tone.kind in ("busy", "dial"):
            return told("busy", 0.97, f"{tone.kind} tone")
        timing = self._rhythm.timing(now_s)
        if timing.speech_s < _GREETING_S:
            self._wait_from_s = now_s
            return told("ringback", 0.9, "the line rings on") if tone.kind == "ringback" else None
        # After words a long tone at 425 Hz is a beep too.
        self.beep_ended_s = tone.end_s
        if self.verdict is not None and self.verdict.answered == "human":  # a person's microwave beeps as well
            is_box = self._evidence(self.text).machine > 0 or timing.longest_run_s >= _LATE_GREETING_S
            return told("voicemail", 0.8, "beep after what was taken for a person") if is_box else None
        return told("voicemail", 0.9, f"beep of {tone.end_s - tone.start_s:.2f} s at {tone.hz:.0f} Hz after speech")

    def _by_speech(self, now_s: float) -> Verdict | None:
        limits = self._limits
        timing = self._rhythm.timing(now_s)
        if timing.speech_s == 0.0:
            return self._by_silence(now_s)
        if self.verdict is not None and self.verdict.answered == "human":
            return self._late(now_s)
        belief = self.machine_belief(now_s)
        has_words = bool(self.text)
        if not has_words or belief < limits.sure_machine:
            self._sure_since_s = None
        elif self._sure_since_s is None:
            self._sure_since_s = now_s
        elif now_s - self._sure_since_s >= limits.sure_s:
            return self._machine(belief, "words", now_s)
        if timing.quiet_s >= limits.unsure_pause_s:
            if belief < limits.unsure_machine:
                return self._human(belief, "silence", now_s)
            return self._machine(belief, "words and length", now_s)
        if timing.quiet_s >= limits.pause_s and belief < 0.5:
            return self._human(belief, "short greeting, then silence", now_s)
        if has_words and belief < limits.sure_human:
            if timing.quiet_s >= limits.sure_pause_s:
                return self._human(belief, "a person's words, then silence", now_s)
            if now_s - self._words_changed_s >= limits.stale_words_s:
                return self._human(belief, "no further words", now_s)
        if timing.since_began_s >= limits.monologue_s:
            if belief < limits.unsure_machine:
                return self._human(belief, "talks on", now_s)
            return self._machine(belief, "talks on", now_s)
        return None

    def _by_silence(self, now_s: float) -> Verdict | None:
        rings = self.verdict is not None and self.verdict.answered == "ringback"
        wait_s = self._limits.ring_pause_s if rings else self._limits.hello_wait_s
        if self._told_silence or self._rhythm.is_starting or now_s - self._wait_from_s < wait_s:
            return None
        if self._tones.is_musical and now_s <= self._limits.music_s:
            return Verdict(answered="ringback", confidence=0.7, reason="music", at_s=now_s)
        self._told_silence = True
        return Verdict(answered="silence", confidence=0.9, reason="nobody speaks", at_s=now_s)

    def _late(self, now_s: float) -> Verdict | None:
        last = " ".join([*self._settled[-2:], self._partial]).strip()
        evidence = self._evidence(last)
        if evidence.machine < _LATE_ODDS:
            return None
        return self._machine(1.0 / (1.0 + math.exp(-evidence.machine)), "later words", now_s)

    def _human(self, belief: float, reason: str, now_s: float) -> Verdict:
        return Verdict(answered="human", confidence=round(1 - belief, 3), reason=reason, at_s=now_s)

    def _machine(self, belief: float, reason: str, now_s: float) -> Verdict:
        evidence = self._evidence(self.text)
        margin = _OFFER_ODDS if self.verdict is not None else 0.0
        kind: Answered = "voicemail" if evidence.voicemail - evidence.announcement >= margin else "announcement"
        return Verdict(answered=kind, confidence=round(belief, 3), reason=reason, at_s=now_s)


def _overrules(new: Verdict, known: Verdict) -> bool:
    """Machines are recognised late, never taken back by a pause; an announcement may yet offer a voicemail box."""
    if known.answered in ("silence", "ringback"):
        return True
    if known.answered == "announcement":
        return new.answered == "voicemail"
    return known.answered == "human" and new.answered in MACHINES


def features_of(timing: Timing, words: WordEvidence, has_words: bool) -> dict[str, float]:
    """What the weights weigh."""
    return {
        "words": max(-8.0, min(8.0, words.machine)) if has_words else 0.0,
        "no_words": 0.0 if has_words else 1.0,
        "speech_s": min(timing.speech_s, 8.0),
        "longest_run_s": min(timing.longest_run_s, 5.0),
        "pauses": float(min(timing.pauses, 4)),
        "quiet_s": min(timing.quiet_s, 1.0),
    }
