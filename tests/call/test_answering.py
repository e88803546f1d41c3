"""Who has picked up: the judge fed with speech, words and tones at given times. Weights here are simple and fixed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.call.test_tones import FRAME, RATE_HZ, Wave, silence, tone
from voicebot.call.answering import AnsweringJudge, Verdict
from voicebot.call.machine_words import AnsweringModel, MachineWords
from voicebot.call.voicemail import Cue, MessageMoment

WORDS = MachineWords(
    weights={
        "halo": (-2.0, -2.0), "siapa": (-3.0, -3.0), "pesan": (4.0, 1.0), "nada": (4.0, 1.0), "tuju": (1.0, 4.0),
        "jangkauan": (1.0, 4.0), "maaf": (0.5, 0.5),
    },
    bias=(-0.5, -0.5),
)  # fmt: skip
MODEL = AnsweringModel(words={"id": WORDS}, timing={"words": 1.0, "speech_s": 0.4, "quiet_s": -0.5}, bias=-1.5)


class Line:
    """What comes over a line, written down in order."""

    def __init__(self) -> None:
        self.wave: list[Wave] = []
        self.speech: list[bool] = []
        self.words: list[tuple[float, str, bool]] = []

    @property
    def now_s(self) -> float:
        return len(self.speech) * 0.02

    def quiet(self, seconds: float) -> Line:
        return self._add(silence(seconds), False)

    def says(self, seconds: float, words: str = "", *, delay_s: float = 0.2, final: bool = True) -> Line:
        """Speech, which the detector hears and the tone detector does not; its words come a little later."""
        end_s = self.now_s + seconds
        self._add((np.random.default_rng(1).standard_normal(round(seconds * RATE_HZ)) * 0.05).astype(np.float32), True)
        if words:
            self.words.append((end_s + delay_s, words, final))
        return self

    def sounds(self, hz: float, seconds: float) -> Line:
        return self._add(tone(hz, seconds), True)  # detectors take tones for speech often enough

    def _add(self, wave: Wave, is_speech: bool) -> Line:
        frames = round(len(wave) / FRAME)
        self.wave.append(wave[: frames * FRAME])
        self.speech += [is_speech] * frames
        return self

    def verdicts(self, judge: AnsweringJudge | None = None, moment: list[tuple[float, Cue]] | None = None) -> list[Verdict]:
        judge = judge or AnsweringJudge(model=MODEL)
        waiting: MessageMoment | None = None
        wave = np.concatenate(self.wave)
        told = sorted(self.words)
        found: list[Verdict] = []
        for number, is_speech in enumerate(self.speech):
            now_s = (number + 1) * 0.02
            while told and told[0][0] <= now_s:
                _, words, final = told.pop(0)
                judge.understand(words, now_s, final=final)
            verdict = judge.hear(wave[number * FRAME : (number + 1) * FRAME], number * 0.02, is_speech=is_speech)
            if verdict is not None:
                found.append(verdict)
                if verdict.answered in ("voicemail", "announcement") and waiting is None:
                    waiting = MessageMoment(judge, now_s)
            if waiting is not None and moment is not None:
                cue = waiting.cue(now_s)
                if cue != "wait" and (not moment or moment[-1][1] != cue or cue == "speak"):
                    moment.append((now_s, cue))
        return found


def test_a_halo_is_a_person_within_a_second_of_its_end() -> None:
    (verdict,) = Line().quiet(0.5).says(0.5, "halo").quiet(3.0).verdicts()
    assert verdict.answered == "human"
    assert verdict.at_s - 1.0 <= 0.45


def test_words_that_nobody_understood_are_a_person_too() -> None:
    (verdict,) = Line().quiet(0.3).says(0.6).quiet(3.0).verdicts()
    assert verdict.answered == "human"
    assert verdict.at_s - 0.9 <= 0.65


def test_a_long_winded_person_is_a_person_when_they_pause() -> None:
    line = Line().quiet(0.3).says(3.5, "halo siapa ini kok saya tidak kenal").quiet(3.0)
    (verdict,) = line.verdicts()
    assert (verdict.answered, verdict.at_s - 3.8 <= 1.0) == ("human", True)


def test_a_noisy_household_does_not_keep_a_person_waiting() -> None:
    """The detector hears speech without end; no new word comes."""
    (verdict,) = Line().quiet(0.3).says(0.8, "halo siapa").says(6.0).verdicts()
    assert verdict.answered == "human"
    assert verdict.at_s - 1.1 <= 1.7


def test_an_announcement_is_told_while_it_still_talks() -> None:
    line = Line().quiet(0.3).says(2.5, "nomor yang anda tuju", final=False).says(3.0, "di luar jangkauan").quiet(2.0)
    (verdict,) = line.verdicts()
    assert verdict.answered == "announcement"
    assert verdict.at_s < 5.9


def test_an_announcement_that_offers_a_box_becomes_a_voicemail() -> None:
    line = Line().quiet(0.3).says(2.5, "nomor yang anda tuju").quiet(0.5).says(2.0, "pesan setelah nada").quiet(1.0)
    assert [v.answered for v in line.verdicts()] == ["announcement", "voicemail"]


def test_a_beep_after_words_is_a_voicemail_whatever_the_words() -> None:
    verdicts = Line().quiet(0.3).says(2.0, "maaf").quiet(0.2).sounds(1000.0, 0.4).quiet(1.0).verdicts()
    assert [v.answered for v in verdicts] == ["voicemail"]


def test_a_box_taken_for_a_person_is_noticed_by_its_later_words() -> None:
    line = Line().quiet(0.3).says(0.5, "halo").quiet(0.9).says(2.0, "maaf tinggalkan pesan setelah nada").quiet(1.0)
    assert [v.answered for v in line.verdicts()] == ["human", "voicemail"]


def test_a_beep_near_a_person_changes_nothing() -> None:
    line = Line().quiet(0.3).says(0.9, "halo siapa").quiet(1.0).sounds(800.0, 0.2).quiet(1.0).says(0.6, "halo").quiet(1.0)
    assert [v.answered for v in line.verdicts()] == ["human"]


def test_an_empty_line_lets_the_bot_speak_first() -> None:
    (verdict,) = Line().quiet(4.0).verdicts()
    assert (verdict.answered, verdict.at_s) == ("silence", pytest.approx(1.5, abs=0.05))


def test_a_person_who_answers_late_is_still_a_person() -> None:
    assert [v.answered for v in Line().quiet(2.0).says(0.5, "halo").quiet(2.0).verdicts()] == ["silence", "human"]


def test_ringback_after_the_answer_is_waited_out() -> None:
    line = Line().quiet(0.2).sounds(425.0, 1.0).quiet(4.0).sounds(425.0, 1.0).quiet(1.0).says(0.5, "halo").quiet(2.0)
    assert [v.answered for v in line.verdicts()] == ["ringback", "human"]


def test_special_information_tones_are_an_announcement() -> None:
    line = Line().quiet(0.3).sounds(950.0, 0.33).sounds(1400.0, 0.33).sounds(1800.0, 0.33).quiet(1.0)
    assert [v.answered for v in line.verdicts()] == ["announcement"]


def test_fax_and_busy_are_told_apart() -> None:
    assert Line().quiet(0.5).sounds(2100.0, 3.0).verdicts()[-1].answered == "fax"
    busy = Line().quiet(0.3)
    for _ in range(4):
        busy.sounds(425.0, 0.5).quiet(0.5)
    assert busy.verdicts()[-1].answered == "busy"


# The message -------------------------------------------------------------------------------------------------------
def cues(line: Line) -> list[tuple[float, Cue]]:
    found: list[tuple[float, Cue]] = []
    line.verdicts(moment=found)
    return found


def test_the_message_begins_within_half_a_second_of_the_beep() -> None:
    line = Line().quiet(0.3).says(3.0, "tinggalkan pesan setelah nada").quiet(0.8).sounds(1000.0, 0.5)
    beep_ended_s = line.now_s
    at_s, cue = cues(line.quiet(1.0))[0]
    assert cue == "speak"
    assert 0.1 <= at_s - beep_ended_s <= 0.5


def test_without_a_beep_the_message_begins_after_a_silence() -> None:
    line = Line().quiet(0.3).says(3.0, "tinggalkan pesan setelah nada")
    ended_s = line.now_s
    at_s, cue = cues(line.quiet(4.0))[0]
    assert cue == "speak"
    assert at_s - ended_s == pytest.approx(1.8, abs=0.1)


def test_a_second_beep_starts_the_message_anew() -> None:
    line = Line().quiet(0.3).says(3.0, "tinggalkan pesan setelah nada").quiet(0.5).sounds(1000.0, 0.3).quiet(1.2)
    found = cues(line.sounds(1000.0, 0.3).quiet(1.0))
    assert [cue for _, cue in found].count("speak") == 2


def test_nothing_is_said_while_a_beep_sounds() -> None:
    line = Line().quiet(0.3).says(3.0, "tinggalkan pesan setelah nada").quiet(1.7).sounds(1000.0, 1.5)
    beep_ended_s = line.now_s
    assert cues(line.quiet(1.0))[0][0] >= beep_ended_s


def test_a_person_who_picks_up_behind_the_greeting_gets_a_conversation() -> None:
    line = Line().quiet(0.3).says(3.0, "tinggalkan pesan setelah nada").quiet(0.9).says(0.6, "halo siapa").quiet(1.5)
    assert cues(line)[0][1] == "person"


def test_a_mere_announcement_gets_no_message() -> None:
    line = Line().quiet(0.3).says(3.0, "nomor yang anda tuju di luar jangkauan").quiet(3.0)
    assert cues(line)[0][1] == "give up"
