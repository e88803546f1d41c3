"""What is measured. Calls run over the loopback line with the real engines; the customers' sound is rendered beforehand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import numpy as np

from asr.embedded import EmbeddedTranscriber
from asr.error_rate import error_rate
from tests.bench import intelligibility as listeners
from tests.bench import turn_taking as turns
from tests.bench import understanding as quality
from tests.bench.adaptation import learning_curve
from tests.virtual_time import InPlace, run_virtually
from tts.espeak import EspeakVoice
from voicebot.call.audio import to_line
from voicebot.call.dialogue import CallAccount, ScriptPolicy
from voicebot.call.events import BargedIn, CallEvent, CallResult
from voicebot.call.session import Engines, Session
from voicebot.call.transports.loopback import LoopbackLine, LoopbackTransport
from voicebot.core.engines import make_detector, make_interpreter, make_recognizer, make_voice
from voicebot.core.money import Rupiah
from voicebot.core.rules import load_rules
from voicebot.core.script import load_script
from voicebot.simulate.aloud import can_be_spoken, is_in_vocabulary, speak
from voicebot.simulate.converse import play_customer
from voicebot.simulate.coverage import read_conversations, run_conversation
from voicebot.simulate.persona import Persona, load_personas, shipped_personas

CONVERSATIONS = Path(__file__).resolve().parents[1] / "conversations"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
PEOPLE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "speech" / "indspeech"
SENTENCES = (
    "iya saya sendiri",
    "saya bayar lima ratus ribu tanggal dua puluh lima",
    "saya tidak pernah meminjam",
    "sudah saya bayar kemarin lewat indomaret",
    "nanti telepon lagi jam tiga sore",
    "satu juta dua ratus ribu rupiah",
)


class Result(TypedDict):
    """One line of the results."""

    name: str
    value: float
    unit: str
    n: int
    detail: str


def result(name: str, value: float, unit: str, n: int, detail: str = "") -> Result:
    """A line."""
    return {"name": name, "value": round(float(value), 6), "unit": unit, "n": n, "detail": detail}


def percentiles(name: str, values: list[float], unit: str, detail: str = "") -> Iterator[Result]:
    """p50 and p95."""
    for share in (50, 95):
        yield result(f"{name}.p{share}", float(np.percentile(values, share)), unit, len(values), detail)


def calls() -> Iterator[Result]:
    """Voice to voice and its parts, barge-in, false cut-ins: four calls at once, twice."""
    personas = [p for p in load_personas(shipped_personas()).values() if p.picks_up == "answers"]
    cpu_s, began_s = time.process_time(), time.monotonic()
    answered: list[CallResult] = []
    events: list[CallEvent] = []
    for start in range(0, len(personas), 4):
        answered += asyncio.run(_talk(personas[start : start + 4], events))
    cpu_s, spent_s = time.process_time() - cpu_s, time.monotonic() - began_s
    latencies = [turn.latency for call in answered for turn in call.turns if turn.latency is not None]
    yield from percentiles(
        "voice_to_voice_s", [x.total_s for x in latencies], "s", "end of speech to first bot sound, loopback"
    )
    for part in ("endpointing_s", "recognition_s", "deciding_s", "first_speech_s"):
        yield from percentiles(part, [getattr(x, part) for x in latencies], "s")
    cuts = [event for event in events if isinstance(event, BargedIn)]
    yield from percentiles("barge_in_s", [c.after_s for c in cuts if c.after_s] or [0.0], "s", "speech begins to bot silent")
    wanted = sum(u.interrupts_after_s is not None for p in personas for u in p.says)
    bot_turns = sum(turn.speaker == "bot" for call in answered for turn in call.turns)
    yield result(
        "false_cut_in_share", max(0, len(cuts) - wanted) / bot_turns, "share", bot_turns, f"{wanted} interruptions were meant"
    )
    talked_s = sum(call.duration_s for call in answered)
    yield result(
        "call_cpu_share", cpu_s / talked_s, "cores a call", len(answered), f"bot and customer together, {spent_s:.0f} s"
    )
    yield result("calls_per_core", talked_s / cpu_s, "calls", len(answered), "bot and simulated customer together")


async def _talk(personas: list[Persona], events: list[CallEvent]) -> list[CallResult]:
    executor = ThreadPoolExecutor(2)
    script, rules = load_script("payment_reminder"), load_rules()
    account = CallAccount(
        name="Budi Santoso", product="pinjaman", amount_due=Rupiah(1_250_000), due_on=date(2026, 11, 20), va_bank="BCA"
    )
    recognizer = make_recognizer()

    async def one(persona: Persona) -> CallResult:
        def customer(_number: str, line: LoopbackLine) -> object:
            return play_customer(line, persona)

        borrowed = Engines(
            recognizers={"id": recognizer},
            detector=make_detector(),
            interpreters={"id": make_interpreter("id")},
            voices={"id": make_voice()},
            executor=executor,
        )
        policy = ScriptPolicy(script, account, now=NOW, rules=rules)
        async with LoopbackTransport(customer).dial(persona.number, ring_timeout_s=5) as line:  # type: ignore[arg-type]
            return await Session(line, policy, borrowed, now=NOW, watch=events.append).run()

    return list(await asyncio.gather(*(one(persona) for persona in personas)))


def recognition() -> Iterator[Result]:
    """Speed of batch recognition on one thread, and errors on the built-in voice (clean; people are another measurement)."""
    transcriber = EmbeddedTranscriber()
    triples: list[tuple[str, str, str]] = []
    sound_s = spent_s = 0.0
    for variant in ("m3", "f4", "m7", "f2"):
        voice = EspeakVoice(variant=variant)
        for sentence in SENTENCES:
            wave = np.concatenate(list(voice.synthesize(sentence)))
            began_s = time.perf_counter()
            words = transcriber.transcribe(np.pad(wave, 2400))
            spent_s += time.perf_counter() - began_s
            sound_s += len(wave) / 8000
            triples.append((variant, sentence, " ".join(word.text for word in words)))
    yield result(
        "asr_real_time_factor", spent_s / sound_s, "s a second", len(triples), "speech detection, encoder, head and decoder"
    )
    yield result(
        "asr_wer.built_in_voice", error_rate(triples).share, "share", len(triples), "synthetic; says little about people"
    )


def recognition_of_people() -> Iterator[Result]:
    """Word error rates on human recordings, where some lie beside the checkout; ten a speaker and set."""
    if not (PEOPLE / "manifest.tsv").is_file():
        raise LookupError("no human recordings beside the checkout")
    try:
        from models.recipes.id_phone.evaluate import evaluate
    except ImportError as error:
        raise LookupError(f"the recipe's requirements are not installed ({error.name})") from error
    from models.store import find

    for name, told in evaluate(PEOPLE, find("id-phone"), limit_per_speaker=10).items():
        share, _, rest = told.partition(" %")
        yield result(
            f"asr_wer.people: {name}", float(share) / 100, "share", int(rest.split("]")[1].split()[1].rstrip(",")), told
        )


def adaptation() -> Iterator[Result]:
    """What 25, 100 and 400 labelled utterances of some people are worth with others; minutes."""
    for name, rate, detail in learning_curve(PEOPLE):
        yield result(f"adapt_wer.{name}", rate.share, "share", rate.utterances, f"{rate}; {detail}")


def understanding() -> Iterator[Result]:
    """The default interpreter on the held-out passes; ``docs/quality.md`` shows them by slice."""
    found: list[tuple[str, quality.Scores]] = []
    notes: list[str] = []
    for language in ("id", "en"):
        pairs, each_ms = quality.judged(language)
        table = list(quality.rows(language, pairs))
        found += table
        everything = table[0][1]
        error = quality.calibration_error(pairs)
        yield result(
            "nlu_ms" if language == "id" else f"nlu_ms.{language}", each_ms, "ms", len(pairs), "an utterance, one thread"
        )
        yield result(f"nlu_primary_accuracy.{language}", everything.accuracy, "share", len(pairs), "held-out passes")
        yield result(f"nlu_date_exact.{language}", everything.day, "share", len(pairs), "held-out passes")
        yield result(f"nlu_amount_exact.{language}", everything.amount, "share", len(pairs), "held-out passes")
        yield result(f"nlu_calibration_error.{language}", error, "share", len(pairs), "expected, ten bins")
        notes.append(f"{language}: {each_ms:.1f} ms an utterance on one thread; calibration error {error:.3f} (ten bins).  ")
    quality.write_page(found, notes)


def conversations_aloud() -> Iterator[Result]:
    """Every test conversation that can be spoken, in audio over the loopback line (virtual time), against the same in text."""
    conversations = [c for _, c in read_conversations(CONVERSATIONS) if can_be_spoken(c)]
    numbered = list(enumerate(conversations))
    with ProcessPoolExecutor(2) as pool:
        pairs = list(pool.map(_both_ways, numbered, chunksize=8))
    known = [pair for c, pair in zip(conversations, pairs, strict=True) if is_in_vocabulary(c)]
    share = sum(written == spoken for written, spoken in known) / len(known)
    yield result(
        "aloud_same_outcome_share.known_words", share, "share", len(known), "every word in the recognizer's vocabulary"
    )
    same = sum(written == spoken for written, spoken in pairs)
    confused = Counter(f"{w[0]} → {s[0]}" for w, s in pairs if w != s)
    detail = "synthetic voices; differing: " + (", ".join(f"{what} {n}" for what, n in confused.most_common(6)) or "none")
    yield result("aloud_same_outcome_share", same / len(pairs), "share", len(pairs), detail)


def _both_ways(numbered: tuple[int, dict[str, Any]]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Outcome and promise in text, and aloud."""
    number, conversation = numbered
    _, written = run_conversation(conversation)
    spoken = run_virtually(speak(conversation, number=number, executor=InPlace()))
    return (written["outcome"], str(written["promise"])), (spoken.outcome, str(spoken.promise))


def answering() -> Iterator[Result]:
    """People and machines told apart at the answer, on scenes that no training heard; see ``models/cards/answering.md``."""
    try:
        from tests.bench.answering import HeardTones, held_out_traces, judge
    except ImportError as error:
        raise LookupError(f"the recipe's requirements are not installed ({error.name})") from error

    judged = [judge(each, HeardTones(each.scene)) for each in held_out_traces(copies=1)]
    people = [each for each in judged if each.scene.kind == "human"]
    machines = [each for each in judged if each.scene.kind in ("voicemail", "announcement")]
    recorded = [each for each in people if each.scene.group.startswith("recorded")]
    late = np.mean([each.told[-1] not in ("human", "silence", "ringback") if each.told else False for each in machines])
    yield result(
        "answering_right_share.people",
        np.mean([not e.is_machine for e in people]),
        "share",
        len(people),
        "at the first verdict",
    )
    if recorded:
        right = np.mean([not each.is_machine for each in recorded])
        yield result("answering_right_share.recorded_people", right, "share", len(recorded), "at the first verdict")
    right = np.mean([each.is_machine for each in machines])
    yield result("answering_right_share.machines", right, "share", len(machines), "synthetic; at the first verdict")
    yield result(
        "answering_right_share.machines_in_the_end", late, "share", len(machines), "synthetic; by the end of the greeting"
    )
    delays = [each.delay_s for each in people if each.first is not None]
    yield from percentiles("answering_verdict_s", delays, "s", "people: from the end of the greeting to the verdict")


def speech() -> Iterator[Result]:
    """Time to the first sound of a sentence not yet remembered."""
    voice = EspeakVoice()
    next(voice.synthesize("halo"))
    times: list[float] = []
    for number in range(100):
        began_s = time.perf_counter()
        next(voice.synthesize(f"Tagihan Anda sebesar Rp{number}.250.000 jatuh tempo hari ini."))
        times.append(time.perf_counter() - began_s)
    yield from percentiles("tts_first_audio_s", times, "s")
    assert to_line(np.zeros(1, np.float32)).dtype == np.int16


def intelligibility() -> Iterator[Result]:
    """Amounts and dates of the built-in voice, heard back by two recognizers that expect nothing else."""
    for name, share, count, detail in listeners.measured():
        yield result(name, share, "share", count, detail)


def analytics() -> Iterator[Result]:
    """Hours of calls scored in an hour on one core, beside the recognizer alone."""
    from analytics.pipeline import score_inputs
    from analytics.samples import render_samples

    with TemporaryDirectory() as folder:
        samples = render_samples(Path(folder))
        list(score_inputs([samples]))
        cpu_s = time.process_time()
        reports = list(score_inputs([samples]))
        cpu_s = time.process_time() - cpu_s
    sound_s = sum(report["measures"]["duration_s"] for report in reports)
    yield result("analytics_speed", sound_s / cpu_s, "audio hours an hour a core", len(reports), "whole pipeline, two channels")


def web() -> Iterator[Result]:
    """The first page of recordings with 100,000 of them."""
    from fastapi.testclient import TestClient
    from sqlalchemy import text

    from voicebot.core.database import make_engine
    from voicebot.core.embedded_postgres import embedded_server
    from voicebot.core.schema import migrate
    from voicebot.core.settings import Settings
    from voicebot.web.app import make_app

    with TemporaryDirectory() as folder, embedded_server(Path(folder), fast=True) as url:
        engine = make_engine(url)
        migrate(engine)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO recordings (path, source, channels, duration_s, agent_id, team, status, details, recorded_at) "
                    "SELECT 'r/' || n, 'human', '[\"agent\", \"customer\"]', 60, 'a' || n % 50, 't', 'scored', '{}', now() - n * interval '1 minute' "
                    "FROM generate_series(1, 100000) n"
                )
            )
            connection.execute(text("ANALYZE recordings"))
        settings = Settings(data_dir=Path(folder))  # pyright: ignore[reportCallIssue]
        times: list[float] = []
        with TestClient(make_app(settings, url)) as client:
            client.post("/setup", data={"email": "a@b.c", "password": "long enough for this"})
            for _ in range(30):
                began_s = time.perf_counter()
                assert client.get("/recordings").status_code == 200
                times.append(1000 * (time.perf_counter() - began_s))
        engine.dispose()
    yield from percentiles("web_list_ms", times[1:], "ms", "first page of 100,000 recordings")


def turn_taking() -> Iterator[Result]:
    """Cut-ins, interruptions, backchannels, noise and echo, in virtual time."""
    for measure in (turns.interruptions, turns.noises, turns.echoes):
        yield from (result(*row) for row in measure())
    if (PEOPLE / "manifest.tsv").is_file():
        yield from (result(*row) for row in turns.cut_ins(PEOPLE))


ALL = (
    understanding,
    conversations_aloud,
    turn_taking,
    answering,
    speech,
    intelligibility,
    recognition,
    recognition_of_people,
    adaptation,
    analytics,
    web,
    calls,
)
