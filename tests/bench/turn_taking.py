"""Turn-taking, in virtual time: cut-ins on people's answers, interruptions, backchannels, noises, and echo.

A false cut-in is a reply of the bot that is heard before the answer has ended: the answer was taken for ended in the pause before a
part that still belongs to it, and the bot had begun (60 ms after the endpoint) when that part was noticed. "Not mended" are those
that were not joined with what followed; else the reply was withdrawn and the whole answer understood. Three kinds of answer: "whole"
are recordings as they were spoken; "unfinished" lack something when the pause comes (digits in groups, "tanggal … berapa");
"afterthought" are whole answers that go on all the same ("satu juta … rupiah … terima kasih"), which words cannot tell. The hangover paid is the silence
between the last word and the endpoint, as far as the speech detector tells where words end.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from asr.audio_file import read_audio
from asr.engine import Waveform
from asr.transcript import Hypothesis
from tests.bench.echo_paths import EchoPath, Returning
from tests.bench.line_sounds import SOUNDS, line_sound
from tests.virtual_time import InPlace, run_virtually
from tts.espeak import EspeakVoice
from voicebot.call.audio import FRAME_S, AudioFrame, frames_of, to_engine, to_line
from voicebot.call.events import BargedIn, CallEvent, WentOn
from voicebot.call.hangover import ending_of, hangover_s
from voicebot.call.hearing import CONFIDENT, Listener
from voicebot.call.session import Engines, Session
from voicebot.call.transports.loopback import LoopbackLine, LoopbackTransport
from voicebot.call.turns import TurnEvent, TurnTimes, Words, words_of
from voicebot.core.engines import make_detector, make_interpreter, make_recognizers, make_voice
from voicebot.simulate.coverage import policy_of

Row: TypeAlias = tuple[str, float, str, int, str]
"""name, value, unit, n, detail"""

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
RATE_HZ = 8000
TIMES = TurnTimes()
_REPLY_AFTER_S = 0.06
_QUIET_DB = -62.0
_LOUD = 0.004
_UNFINISHED = (
    ("tidak", "kami segera datang", "greeting_identity", "yes_no"),
    ("kalau", "kami kirim bantuan segera", "ask_payment", "general"),
    ("tanggal", "berapa", "ask_date", "date"),
    ("jam", "berapa", "ask_callback_time", "date"),
)
_AFTERTHOUGHTS = (
    ("baik", "kami kirim bantuan segera", "confirm_promise", "yes_no"),
    ("kami kirim bantuan segera", "terima kasih", "ask_payment", "general"),
    ("harganya satu juta tujuh ratus lima puluh ribu rupiah", "terima kasih", "ask_amount", "amount"),
)
"""First part, second part, question asked, decoding state."""
_LONG_S = 3.5
_GROUPS = 60
INTERRUPTIONS = (
    "jangan telepon saya lagi",
    "tunggu sebentar pak",
    "salah sambung",
    "saya lagi rapat",
    "bukan saya",
    "maaf ini siapa",
)
BACKCHANNELS = ("iya", "he eh", "oke", "hmm", "iya iya")
VOICES = ("m3", "f4", "m7", "f2")
ECHOES = [
    EchoPath(level_db=level, delay_s=delay, rings=rings)
    for rings in (False, True)
    for level in (-20.0, -12.0, -6.0)
    for delay in (0.04, 0.1, 0.2)
]


# People's answers ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer: its parts, the pauses between them, and the question it answers."""

    kind: str
    parts: tuple[Waveform, ...]
    pauses_s: tuple[float, ...]
    asked: str
    hears: str


@dataclass(slots=True)
class Outcome:
    """What became of one answer."""

    too_early: int = 0
    cut_ins: int = 0
    mended: int = 0
    paid_s: float | None = None


def natural_pause_s(chance: random.Random) -> float:
    """Inside an answer: log-normal about 0.4 s, 0.2 to 0.9 s."""
    while True:
        pause_s = chance.lognormvariate(np.log(0.4), 0.4)
        if 0.2 <= pause_s <= 0.9:
            return pause_s


def joined_answers(people: Path, *, seed: int = 5) -> list[Spoken]:
    """Recordings of one speaker joined with pauses: two or three groups of digits, and phrases that go on; and whole ones."""
    with (people / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    chance = random.Random(seed)
    answers: list[Spoken] = []
    digits: dict[str, list[str]] = defaultdict(list)
    phrases: dict[tuple[str, str], str] = {}
    for row in rows:
        if row["path"].startswith("digits/"):
            if 2 <= len(row["text"].split()) <= 4:
                digits[row["speaker"]].append(row["path"])
        else:
            phrases.setdefault((row["speaker"], row["text"]), row["path"])
    speakers = sorted(speaker for speaker, paths in digits.items() if len(paths) >= 3)
    for speaker in chance.sample(speakers, min(_GROUPS, len(speakers))):
        count = chance.choice((2, 3))
        parts = tuple(_trimmed(people / path) for path in chance.sample(digits[speaker], count))
        pauses = tuple(chance.uniform(0.5, 0.9) for _ in range(count - 1))
        answers.append(Spoken("unfinished", parts, pauses, "ask_paid_details", "digits"))
    for speaker in sorted({speaker for speaker, _ in phrases}):
        for kind, pairs in (("unfinished", _UNFINISHED), ("afterthought", _AFTERTHOUGHTS)):
            for first, second, asked, hears in pairs:
                if (speaker, first) in phrases and (speaker, second) in phrases:
                    both = (_trimmed(people / phrases[speaker, first]), _trimmed(people / phrases[speaker, second]))
                    answers.append(Spoken(kind, both, (natural_pause_s(chance),), asked, hears))
    long = [row for row in rows if float(row["duration_s"]) >= _LONG_S]
    for row in chance.sample(long, min(_GROUPS, len(long))):
        is_digits = row["path"].startswith("digits/")
        asked, hears = ("ask_paid_details", "digits") if is_digits else ("ask_payment", "general")
        answers.append(Spoken("whole", (_trimmed(people / row["path"]),), (), asked, hears))
    return answers


def _trimmed(path: Path) -> Waveform:
    """The recording from its first loud 20 ms to its last, so that the pauses are those that were drawn."""
    samples = read_audio(path, rate_hz=RATE_HZ)[0].mean(axis=0).astype(np.float32)
    hop = RATE_HZ // 50
    loud = np.sqrt(np.square(samples[: len(samples) // hop * hop].reshape(-1, hop)).mean(axis=1))
    places = np.flatnonzero(loud > 0.1 * float(np.percentile(loud, 95)))
    return samples[places[0] * hop : (places[-1] + 1) * hop]


async def follow(answer: Spoken) -> Outcome:
    """Listen to an answer as a session does that has asked the question; the bot replies 60 ms after each endpoint."""
    interpreter = make_interpreter("id")

    def judge(partial: Hypothesis) -> float:
        understood = interpreter.interpret(partial.text, asked=answer.asked, now=NOW)
        return hangover_s(
            ending_of(understood, asked=answer.asked, hears=answer.hears, language="id", sure=partial.confidence >= CONFIDENT),
            complete_s=TIMES.complete_endpoint_s,
            usual_s=TIMES.endpoint_s,
            unfinished_s=TIMES.unfinished_endpoint_s,
        )

    recognizer = make_recognizers()["id"]
    listener = Listener(
        lambda: recognizer, make_detector(), TIMES, InPlace(), graph=lambda: answer.hears, hints=(), hangover_s=judge
    )
    listener.turns.bot_starts(0.0, may_barge_in=True)
    listener.turns.bot_stops(0.0)
    line, ends_s = _laid_out(answer)
    outcome, reply_at_s = Outcome(), 0.0
    for frame in frames_of(to_line(line), RATE_HZ):
        event = await listener.hear(frame)
        if event is TurnEvent.ANSWER_ENDED:
            heard = await listener.finish()
            if listener.now_s < ends_s:
                outcome.too_early += 1
            elif heard is not None and outcome.paid_s is None:
                outcome.paid_s = listener.now_s - heard.end_s
            reply_at_s = listener.now_s + _REPLY_AFTER_S
        elif event is TurnEvent.WENT_ON:
            outcome.mended += 1
            reply_at_s = 0.0
            listener.turns.bot_stops(listener.now_s)
        if reply_at_s and listener.now_s >= reply_at_s:
            listener.turns.bot_starts(listener.now_s, may_barge_in=True, may_go_on=True)
            outcome.cut_ins += listener.now_s < ends_s
            reply_at_s = 0.0
    return outcome


def _laid_out(answer: Spoken) -> tuple[Waveform, float]:
    """The line's sound, and the second at which the answer's last part ends."""
    pieces = [np.zeros(RATE_HZ // 2, np.float32)]
    for part, pause_s in zip(answer.parts, (*answer.pauses_s, 2.0), strict=True):
        pieces += [part, np.zeros(int(pause_s * RATE_HZ), np.float32)]
    line = np.concatenate(pieces)
    noise = np.random.default_rng(3).standard_normal(len(line)) * 10 ** (_QUIET_DB / 20)
    return (line + noise).astype(np.float32), len(line) / RATE_HZ - 2.0 - 0.15


def cut_ins(people: Path) -> Iterator[Row]:
    """False cut-ins on human answers with natural pauses."""
    answers = joined_answers(people)
    outcomes = [run_virtually(follow(answer)) for answer in answers]
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for answer, outcome in zip(answers, outcomes, strict=True):
        by_kind[answer.kind].append(outcome)
    for kind, some in by_kind.items():
        share = sum(bool(outcome.cut_ins) for outcome in some) / len(some)
        yield (f"false_cut_in_share.people.{kind}", share, "share", len(some), "the bot heard before the answer had ended")
    cut = sum(bool(outcome.cut_ins) for outcome in outcomes)
    yield ("false_cut_in_share.people", cut / len(outcomes), "share", len(outcomes), "the three kinds together")
    early = sum(bool(outcome.too_early) for outcome in outcomes)
    yield (
        "early_endpoint_share.people",
        early / len(outcomes),
        "share",
        len(outcomes),
        "the same, whether or not the bot was heard",
    )
    lost = sum(outcome.mended < outcome.too_early for outcome in outcomes)
    yield ("false_cut_in_share.people_not_mended", lost / len(outcomes), "share", len(outcomes), "the parts were not joined")
    paid = [outcome.paid_s for outcome in outcomes if outcome.paid_s is not None]
    yield ("hangover_s.people.mean", float(np.mean(paid)), "s", len(paid), "last word, as detected, to endpoint")


# Calls -----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Wire:
    """A tap: how loud each 20 ms was, both ways."""

    came: list[float] = field(default_factory=list[float])
    went: list[float] = field(default_factory=list[float])

    def heard(self, pcm: bytes) -> None:
        """From the customer."""
        self.came.append(_level(pcm))

    def sent(self, pcm: bytes) -> None:
        """To the customer."""
        self.went.append(_level(pcm))


def _level(pcm: bytes) -> float:
    return float(np.abs(to_engine(np.frombuffer(pcm, np.int16))).max())


Customer: TypeAlias = Callable[[int, NDArray[np.int16]], NDArray[np.int16] | None]
"""(frame number, what came) → what goes out; None hangs up."""


async def call(customer: Customer, wire: Wire) -> list[CallEvent]:
    """A call to the shipped script over the loopback line."""

    async def answer(_number: str, line: LoopbackLine) -> None:
        number = 0
        async for frame in line.incoming():
            samples = customer(number, frame.samples)
            if samples is None:
                return
            await line.play(AudioFrame(samples=samples, rate_hz=RATE_HZ, start_s=0.0))
            number += 1

    policy, now = policy_of({"lang": "id"})
    events: list[CallEvent] = []
    engines = Engines(
        recognizers=make_recognizers(),
        interpreters={"id": make_interpreter("id")},
        voices={"id": make_voice("id")},
        detector=make_detector(),
        executor=InPlace(),
    )
    async with LoopbackTransport(answer).dial("1", ring_timeout_s=5) as line:
        line.tap(wire)
        await Session(line, policy, engines, now=now, watch=events.append).run()
    return events


def _noise(chance: np.random.Generator) -> Waveform:
    return (chance.standard_normal(160) * 10 ** (_QUIET_DB / 20)).astype(np.float32)


def speaking_over(wave: Waveform, *, at_s: float, stays_s: float = 3.0) -> Customer:
    """Says ``wave`` from ``at_s`` on, over whatever the bot says, and hangs up some time later."""
    chance = np.random.default_rng(7)
    frames = [frame.samples for frame in frames_of(to_line(wave), RATE_HZ)]
    begins = round(at_s / FRAME_S)

    def step(number: int, _came: NDArray[np.int16]) -> NDArray[np.int16] | None:
        place = number - begins
        if place > len(frames) + stays_s / FRAME_S:
            return None
        quiet = to_line(_noise(chance))
        return quiet + frames[place] if 0 <= place < len(frames) else quiet

    return step


def interruptions() -> Iterator[Row]:
    """How soon the bot is silent on the wire once somebody interrupts it, and how often agreeing stops it."""
    silent_s, recognisable_s, missed, stopped = [], [], 0, 0
    from asr.embedded import EmbeddedTranscriber

    transcriber = EmbeddedTranscriber()
    for voice in VOICES:
        speaker = EspeakVoice(variant=voice)
        for text in INTERRUPTIONS:
            wave = np.concatenate(list(speaker.synthesize(text)))
            wire = Wire()
            events = run_virtually(call(speaking_over(wave, at_s=6.0), wire))
            onset = next(n for n, level in enumerate(wire.came) if n > 250 and level > 10 * _LOUD)
            if not any(isinstance(event, BargedIn) for event in events):
                missed += 1
                continue
            last = next(n for n in range(onset, len(wire.went)) if max(wire.went[n : n + 15], default=0.0) < _LOUD)
            silent_s.append((last - onset) * FRAME_S)
            saying = [w.end_s for w in transcriber.transcribe(np.pad(wave, 2400)) if words_of(w.text) is Words.SAYING]
            recognisable_s.append(silent_s[-1] - (saying[0] - 0.3 if saying else 0.3))
        for text in BACKCHANNELS:
            wave = np.concatenate(list(speaker.synthesize(text)))
            events = run_virtually(call(speaking_over(wave, at_s=6.0, stays_s=1.5), Wire()))
            stopped += any(isinstance(event, BargedIn | WentOn) for event in events)
    count = len(VOICES) * len(INTERRUPTIONS)
    for share in (50, 95):
        yield (
            f"barge_in_s.wire.p{share}",
            float(np.percentile(silent_s, share)),
            "s",
            len(silent_s),
            "first sound to bot silent",
        )
        late = float(np.percentile(recognisable_s, share))
        yield (
            f"barge_in_s.after_first_telling_word.p{share}",
            late,
            "s",
            len(silent_s),
            "end of the first word that is no agreeing",
        )
    yield ("barge_in_missed_share", missed / count, "share", count, "synthetic voices")
    agreed = len(VOICES) * len(BACKCHANNELS)
    yield ("backchannel_stops_bot_share", stopped / agreed, "share", agreed, ", ".join(BACKCHANNELS))


def noises() -> Iterator[Row]:
    """Shares of the bot's utterances that noise interrupted; the sound lies under all of a call that nobody answers."""
    for name in SOUNDS:
        false = spoken = 0
        for seed, level_db in enumerate((-35.0, -25.0, -15.0)):
            sound = to_line(line_sound(name, 30.0, level_db=level_db, seed=seed))
            cuts, utterances = _listening_to(lambda number, _came, sound=sound: sound[number * 160 : (number + 1) * 160])
            false, spoken = false + cuts, spoken + utterances
        yield (f"false_barge_in_share.{name}", false / spoken, "share", spoken, "at -35, -25 and -15 dB of full scale")


def echoes() -> Iterator[Row]:
    """Shares of the bot's utterances that its own voice interrupted."""
    for level in sorted({path.level_db for path in ECHOES}):
        false = spoken = 0
        for path in (path for path in ECHOES if path.level_db == level):
            returning = Returning(path, already_s=FRAME_S)
            chance = np.random.default_rng(9)
            cuts, utterances = _listening_to(
                lambda _n, came, r=returning, c=chance: to_line(r.next(to_engine(came)) + _noise(c))
            )
            false, spoken = false + cuts, spoken + utterances
        yield (f"false_barge_in_share.echo{level:.0f}dB", false / spoken, "share", spoken, "40, 100, 200 ms; plain and ringing")


def _listening_to(sound: Customer) -> tuple[int, int]:
    """(false interruptions, utterances of the bot) in half a minute of a call."""
    wire = Wire()

    def step(number: int, came: NDArray[np.int16]) -> NDArray[np.int16] | None:
        return sound(number, came) if number < 29.5 / FRAME_S else None

    events = run_virtually(call(step, wire))
    cuts = sum(isinstance(event, BargedIn | WentOn) for event in events)
    loud = [n for n, level in enumerate(wire.went) if level > _LOUD]
    return cuts, 1 + sum(later - earlier > 100 for earlier, later in pairwise(loud))
