"""Who has picked up: people and machines that the training of the weights never saw. ``python -m tests.bench.answering``.

People: recorded "halo" and greetings (where recordings lie beside the checkout; measured only), turns of a recorded call-centre
call in English (no recognizer: timing alone), and synthetic people with held-out texts. Machines are synthetic: held-out texts,
speakers, beeps and seeds (``answering_heldout/``). No recording of an Indonesian voicemail box or announcement was to be had.
"""

from __future__ import annotations

import argparse
import csv
import pickle
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from asr.audio_file import read_audio
from asr.vad import speech_spans
from models.recipes.answering import scenes, speakers
from models.recipes.answering.__main__ import Job, scene_of
from models.recipes.answering.scenes import Scene, Tape
from models.recipes.answering.speakers import LINE_HZ, trimmed
from models.recipes.answering.trace import HeardTones, Trace, replay, trace
from tests.bench.answering_texts import held_out_texts
from voicebot.call.answering import MACHINES, AnsweringJudge, AnsweringLimits, Verdict
from voicebot.call.machine_words import answering_model, sounds_like_machine

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_RECORDED = ("halo", "halo selamat pagi", "halo selamat siang", "halo selamat malam")
_THEN = (
    "ada yang bisa saya bantu",
    "ada yang bisa dibantu",
    "anda dimana",
    "bisa saya bantu",
    "kenapa tidak masuk kantor",
    "ada",
)
_SEED = 90_000
_OLD_MONOLOGUE_S = 5.0
LEANS = (-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the judge said of a scene."""

    scene: Scene
    first: Verdict | None
    """The first verdict on which the bot acts: a person or a machine."""
    last: Verdict | None
    told: tuple[str, ...] = ()
    """Every verdict in order."""

    @property
    def is_machine(self) -> bool:
        """By the first verdict."""
        return self.first is not None and self.first.answered in MACHINES

    @property
    def delay_s(self) -> float:
        """From the end of the words before the first verdict to the verdict."""
        assert self.first is not None
        at_s = self.first.at_s
        ends = [end for start, end in self.scene.spoken if end <= at_s]
        speaking = any(start < at_s < end for start, end in self.scene.spoken)
        return 0.0 if speaking or not ends else at_s - max(ends)


# Scenes ------------------------------------------------------------------------------------------------------------
def jobs(copies: int) -> list[Job]:
    """Synthetic people and machines."""
    return [
        Job(kind=kind, source=text, text=text, seed=_SEED + 1000 * copy + number)
        for copy in range(copies)
        for number, (kind, text) in enumerate(held_out_texts("id"))
    ]


def recorded_people() -> Iterator[Scene]:
    """Every recorded greeting, alone and with a further phrase, in a quiet or a noisy place."""
    folder = SHARED / "speech" / "indspeech"
    if not (folder / "manifest.tsv").is_file():
        return
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["path"].startswith("phrases")]
    by_text = {(row["speaker"], row["text"].strip().lower()): folder / row["path"] for row in rows}
    cafe = SHARED / "noise" / "ambient" / "coffee-shop.wav"
    noise = _unit(read_audio(cafe, rate_hz=LINE_HZ)[0].mean(axis=0)) if cafe.is_file() else None
    for number, ((speaker, text), path) in enumerate(sorted(by_text.items())):
        if text not in _RECORDED:
            continue
        chance, dice = random.Random(_SEED + number), np.random.default_rng(_SEED + number)
        further = chance.choice(_THEN)
        for group, parts in (("recorded greeting", [path]), ("recorded, longer", [path, by_text.get((speaker, further))])):
            waves = [trimmed(read_audio(part, rate_hz=LINE_HZ)[0].mean(axis=0)) for part in parts if part is not None]
            tape = scenes.person(waves, [","] * len(waves), chance)
            if len(parts) == 1 and chance.random() < 0.2:
                group, tape = "recorded, behind ringback", scenes.ringing(chance, then=tape)
            is_noisy = noise is not None and chance.random() < 0.5
            bed = _longer(noise, dice) if noise is not None and is_noisy else None
            wave = scenes.over_line(tape.wave(), dice, room=True, noise=bed, snr_db=(8, 30))
            yield Scene(
                kind="human",
                language="id",
                text=text if len(waves) == 1 else f"{text}, {further}",
                speaker=speaker,
                wave=wave,
                spoken=tuple(tape.spoken),
                group=f"{group}, café" if is_noisy else group,
            )


def _longer(noise: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    return np.resize(np.roll(noise, int(dice.integers(len(noise)))), 60 * LINE_HZ)


def call_centre_people() -> Iterator[Scene]:
    """Turns of up to 6 s of an English call, as if each were somebody's first words."""
    for path in sorted((SHARED / "calls_en").glob("*.wav")):
        wave = read_audio(path, rate_hz=LINE_HZ)[0].mean(axis=0).astype(np.float32)
        hush = wave[np.argsort(np.abs(wave))[: 8 * LINE_HZ]]
        dice = np.random.default_rng(_SEED)
        for start, end in speech_spans(wave, LINE_HZ, pause_s=1.0, pad_s=0.0, max_s=60):
            if not 0.3 <= (end - start) / LINE_HZ <= 6.0:
                continue
            tape = Tape()
            tape.sound(dice.permutation(hush)[: LINE_HZ // 2])
            tape.speech(wave[start:end])
            tape.sound(dice.permutation(hush)[: 4 * LINE_HZ])
            yield Scene(
                kind="human", language="en", text="", speaker=path.stem, wave=tape.wave(), spoken=tuple(tape.spoken),
                group="call centre, no words",
            )  # fmt: skip


def wordless_scenes(count: int) -> Iterator[Scene]:
    """Fax, ringback, ringback and then a person, busy, music, an empty line."""
    for number in range(count):
        chance, dice = random.Random(_SEED + number), np.random.default_rng(_SEED + number)
        silent = Tape()
        silent.pause(6.0)
        busy = Tape()
        pulse_s = chance.choice([0.25, 0.5])
        busy.pause(chance.uniform(0.1, 1.0))
        for _ in range(6):
            busy.sound(scenes.tone([425.0], pulse_s, 0.1))
            busy.pause(pulse_s)
        tapes = {
            "fax": scenes.fax(chance), "ringback": scenes.ringing(chance), "busy": busy, "silence": silent,
            "music": scenes.music(chance),
        }  # fmt: skip
        for kind, tape in tapes.items():
            wave = scenes.over_line(tape.wave(), dice, snr_db=(15, 40))
            yield Scene(kind=kind, language="id", text="", speaker="", wave=wave)


def _unit(wave: np.ndarray) -> np.ndarray:
    return (wave / (np.sqrt(np.mean(np.square(wave))) + 1e-9)).astype(np.float64)


# Hearing and judging -----------------------------------------------------------------------------------------------
def held_out_traces(*, copies: int, work: Path | None = None) -> list[Trace]:
    """Everything as heard; kept in ``work`` when given."""
    kept = work / f"held_out_{copies}.pkl" if work is not None else None
    if kept is not None and kept.is_file():
        return pickle.loads(kept.read_bytes())
    made: list[Job | Scene] = [*jobs(copies), *recorded_people(), *call_centre_people(), *wordless_scenes(4 * copies)]
    random.Random(1).shuffle(made)
    with ProcessPoolExecutor(2) as pool:
        found = [each for part in pool.map(_hear_all, (made[0::2], made[1::2])) for each in part]
    if kept is not None:
        kept.write_bytes(pickle.dumps(found))
    return found


def _hear_all(made: Sequence[Job | Scene]) -> list[Trace]:
    from models.recipes.answering.hearing import ForgetfulRecognizer

    recognizer = ForgetfulRecognizer(frozenset())
    say = speakers.Speakers()
    found: list[Trace] = []
    for each in made:
        scene = scene_of(each, speakers.HELD_OUT, say) if isinstance(each, Job) else each
        if scene is not None:
            scene = scene if scene.group else replace(scene, group=f"synthetic {scene.kind}")
            found.append(trace(scene, recognizer if scene.language == "id" else None, state="greeting"))
    return found


def judge(traced: Trace, tones: HeardTones, *, lean: float = 0.0, until_first: bool = False) -> Judged:
    """Let a judge hear it, to the end or until it first acts."""
    limits = AnsweringLimits(lean=lean)
    one = AnsweringJudge(language=traced.scene.language, limits=limits, tones=tones.rewind())
    first = last = None
    told: list[str] = []
    for _, verdict in replay(traced, one):
        if verdict is not None:
            last = verdict
            told.append(verdict.answered)
            if first is None and verdict.answered in ("human", *MACHINES):
                first = verdict
                if until_first:
                    break
    return Judged(scene=traced.scene, first=first, last=last, told=tuple(told))


def by_old_rules(traced: Trace) -> bool:
    """Whether phrases alone, or 5 s of speech without a pause, would have said machine at the first pause."""
    began_s = 0.0
    for number, chance in enumerate(traced.chances):
        now_s = number * 0.02
        if chance >= 0.5:
            began_s = began_s or now_s
        told = [text for frame, text, final in traced.words if final and frame <= number]
        if told:
            return sounds_like_machine(told[0])
        if began_s and now_s - began_s > _OLD_MONOLOGUE_S:
            return True
    return False


def main() -> None:
    """Print everything that the card tells."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.answering")
    parser.add_argument("--work", type=Path, help="folder to keep what was heard")
    parser.add_argument("--copies", type=int, default=4, help="voices a held-out text")
    parser.add_argument("--misses", action="store_true", help="print every wrong verdict")
    options = parser.parse_args()
    traces = held_out_traces(copies=options.copies, work=options.work)
    heard = [(each, HeardTones(each.scene)) for each in traces]
    judged = [judge(each, tones) for each, tones in heard]
    print_groups(judged)
    for language in ("id", "en"):
        print(f"texts as written, words alone, {language}: {right_by_words(language)}")
    people = [(t, tones) for t, tones in heard if t.scene.kind == "human" and t.scene.language == "id"]
    machines = [(t, tones) for t, tones in heard if t.scene.kind in ("voicemail", "announcement")]
    print("\noperating points (people right, machines right at the first verdict):")
    for lean in LEANS:
        human = np.mean([not judge(*each, lean=lean, until_first=True).is_machine for each in people])
        machine = np.mean([judge(*each, lean=lean, until_first=True).is_machine for each in machines])
        print(f"  lean {lean:+d}: {human:.3f} {machine:.3f}")
    old_human = np.mean([not by_old_rules(t) for t, _ in people])
    old_machine = np.mean([by_old_rules(t) for t, _ in machines])
    print(f"  phrases and length alone: {old_human:.3f} {old_machine:.3f}")
    if options.misses:
        words = {id(t.scene): t.final_text for t in traces}
        for each in judged:
            if each.scene.kind in ("human", "voicemail", "announcement") and each.is_machine != (each.scene.kind != "human"):
                verdict = each.first
                told = (
                    f"{verdict.answered} {verdict.confidence} {verdict.reason} at {verdict.at_s:.2f}" if verdict else "nothing"
                )
                print(
                    f"{each.scene.group} | {each.scene.speaker} | {each.scene.text}\n   {told}; heard: {words[id(each.scene)]}"
                )


def print_groups(judged: Sequence[Judged]) -> None:
    """A line a group: how many, right at first, right in the end, delays."""
    for group in sorted({each.scene.group for each in judged}):
        part = [each for each in judged if each.scene.group == group]
        kind = part[0].scene.kind
        if kind in ("human", "voicemail", "announcement"):
            right = [each.is_machine == (kind != "human") for each in part]
            final = [(each.last is not None and each.last.answered in MACHINES) == (kind != "human") for each in part]
            exact = [each.last is not None and each.last.answered == kind for each in part]
            delays = [each.delay_s for each in part if each.first is not None]
            p50, p95 = np.percentile(delays, (50, 95)) if delays else (0.0, 0.0)
            print(
                f"{group}: n {len(part)}, right at first {np.mean(right):.3f}, in the end {np.mean(final):.3f}, of its kind "
                f"{np.mean(exact):.3f}, verdict after {p50:.2f}/{p95:.2f} s (p50/p95)"
            )
        else:
            told = [" → ".join(each.told) or "nothing" for each in part]
            print(f"{group}: n {len(part)}, " + ", ".join(f"{kind} {told.count(kind)}" for kind in sorted(set(told))))


def right_by_words(language: str) -> dict[str, float]:
    """Share of held-out texts, as written, whose words alone speak for the right side."""
    words = answering_model().words[language]
    found: dict[str, list[bool]] = {}
    for kind, text in held_out_texts(language):
        found.setdefault("people" if kind == "human" else "machines", []).append(
            (words.evidence(text).machine > 0) == (kind != "human")
        )
    return {side: float(np.mean(right)) for side, right in found.items()}


if __name__ == "__main__":
    main()
