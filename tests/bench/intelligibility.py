"""Are the built-in voice's amounts and dates heard right? Two recognizers listen over the telephone, told to expect nothing else.

PocketSphinx with its US English model, an Indonesian dictionary in its phones and an exact grammar (JSGF): it never heard a voice
of ours, and is a poor listener to Indonesian. ``id-phone`` with a trigram graph of amounts and dates: a better listener, which
counts as independent only with a head that was not trained on the voice under test. Such a head's folder is named by the
variable ``SANTUN_BENCH_HEAD``; the row tells what the head that was used was trained on. Both are synthetic figures: people
listening are the measure, and none have been asked.
"""

from __future__ import annotations

import io
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from asr.error_rate import error_rate
from tts.engine import Synthesizer
from tts.espeak import EspeakVoice
from tts.spoken import spoken_amount, spoken_date, spoken_number
from tts.spoken.days import MONTHS

AMOUNTS, DATES = 120, 60
HEAD = "SANTUN_BENCH_HEAD"
_SEED = 4
_LINE_HZ, _MODEL_HZ = 8000, 16000
_GRAPH_SENTENCES = 30_000
_GRAMMAR = """#JSGF V1.0;
grammar sums;
<unit> = satu | <more>;
<more> = dua | tiga | empat | lima | enam | tujuh | delapan | sembilan;
<below_hundred> = <unit> | sepuluh | sebelas | <more> belas | <more> puluh [<unit>];
<below_thousand> = <below_hundred> | (seratus | <more> ratus) [<below_hundred>];
<thousands> = seribu | <below_thousand> ribu;
<amount> = [<below_thousand> miliar] [<below_thousand> juta] [<thousands>] [<below_thousand>] rupiah;
<month> = januari | februari | maret | april | mei | juni | juli | agustus | september | oktober | november | desember;
<day> = <unit> | sepuluh | sebelas | <more> belas | dua puluh [<unit>] | tiga puluh [satu];
<date> = <day> <month> [dua ribu dua puluh [<unit>]];
public <said> = <amount> | <date>;
"""
_WORDS = (
    "satu dua tiga êmpat lima ênam tujuh dêlapan sêmbilan sêpuluh sêbêlas bêlas puluh sêratus ratus sêribu ribu juta miliar rupiah "
    "januari fébruari marêt april méi juni juli agustus séptémbêr oktobêr novémbêr désémbêr"
).split()
"""With é and ê told apart, as the dictionary needs."""
_PHONES = dict(
    zip(
        "aiuéêobdfghjklmnprstv",
        "AA IY UW EH AH AO B D F G HH JH K L M N P R S T V".split(),
        strict=True,
    )
)
"""One reading a word: of 1, 4 and 16 readings (lax vowels, dropped h) one was heard right most often, 47, 45 and 34 %."""


def sentences() -> list[tuple[str, str]]:
    """(as it is written, its words): sums that people owe, and days near now, some with their year."""
    chance = random.Random(_SEED)
    sums = [round(10 ** chance.uniform(4.3, 8), -3) for _ in range(AMOUNTS)]
    found = [(f"Rp{amount:,.0f}".replace(",", "."), spoken_amount(int(amount))) for amount in sums]
    for number in range(DATES):
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(730))
        words = spoken_date(day) if number % 2 else f"{spoken_number(day.day)} {MONTHS['id'][day.month - 1]}"
        found.append((f"{day.day} {MONTHS['id'][day.month - 1]}{f' {day.year}' if number % 2 else ''}", words))
    return [(written, words.lower()) for written, words in found]


def over_the_telephone(voice: Synthesizer, text: str) -> NDArray[np.float32]:
    """The voice at 8 kHz after µ-law, a quarter of a second of silence before it."""
    wave = np.pad(np.concatenate(list(voice.synthesize(text))), (_LINE_HZ // 4, 0))
    file = io.BytesIO()
    soundfile.write(file, wave, _LINE_HZ, format="WAV", subtype="ULAW")
    file.seek(0)
    return soundfile.read(file, dtype="float32")[0]


def measured(voice: Synthesizer | None = None, head: Path | None = None) -> Iterator[tuple[str, float, int, str]]:
    """(name, share heard exactly right, how many, how) for each listener, amounts and dates apart."""
    voice = voice or EspeakVoice()
    pairs = sentences()
    waves = [over_the_telephone(voice, written) for written, _ in pairs]
    folder, told = _head(head)
    for listener, hear, how in (
        ("pocketsphinx", _pocketsphinx(), "US English model, exact grammar"),
        ("id_phone", _id_phone(folder), f"trigram of amounts and dates; head trained on: {told}"),
    ):
        heard = [(listener, words, hear(wave)) for wave, (_, words) in zip(waves, pairs, strict=True)]
        for what, part in (("amounts", heard[:AMOUNTS]), ("dates", heard[AMOUNTS:])):
            share = float(np.mean([said == got for _, said, got in part]))
            detail = f"exactly right; {100 * error_rate(part).share:.0f} % of words wrong; synthetic, G.711; {how}"
            yield f"intelligible_share.{what}.{listener}", share, len(part), detail


def _head(folder: Path | None) -> tuple[Path, str]:
    from models.store import find

    folder = folder or (Path(os.environ[HEAD]) if os.environ.get(HEAD) else find("id-phone"))
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return folder, str(description.get("trained_on", "unknown voices"))


def _pocketsphinx() -> Callable[[NDArray[np.float32]], str]:
    try:
        from pocketsphinx import Decoder, get_model_path
    except ImportError as error:
        raise LookupError(f"pocketsphinx is not installed ({error})") from error
    with TemporaryDirectory() as folder:
        dictionary = Path(folder) / "id.dict"
        dictionary.write_text("\n".join(_pronunciations()) + "\n", encoding="utf-8")
        grammar = Path(folder) / "sums.gram"
        grammar.write_text(_GRAMMAR, encoding="utf-8")
        decoder: Any = Decoder(
            hmm=get_model_path("en-us/en-us"), dict=str(dictionary), jsgf=str(grammar), loglevel="FATAL", bestpath=False
        )

    def hear(wave: NDArray[np.float32]) -> str:
        sound = soxr.resample(wave, _LINE_HZ, _MODEL_HZ)
        decoder.start_utt()
        decoder.process_raw((sound * 32767).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return best.hypstr if best else ""

    return hear


def _pronunciations() -> Iterator[str]:
    """Dictionary lines."""
    for marked in _WORDS:
        word = marked.replace("é", "e").replace("ê", "e")
        yield f"{word} {' '.join(_PHONES[letter] for letter in marked)}"


def _id_phone(folder: Path) -> Callable[[NDArray[np.float32]], str]:
    from asr.embedded import AcousticModel, transcribe_window
    from asr.graphs import compile_graph
    from asr.language_model import trigrams

    model = AcousticModel(folder)
    graph = compile_graph(trigrams((text, 1.0) for text in _expected()), garbage=False)

    def hear(wave: NDArray[np.float32]) -> str:
        return " ".join(word.text for word in transcribe_window(model, wave, _LINE_HZ, graph, start_s=0.0).words)

    return hear


def _expected() -> Sequence[str]:
    chance = random.Random(_SEED + 1)
    sums = [spoken_amount(int(round(10 ** chance.uniform(3, 9.5), -3)) or 1000) for _ in range(_GRAPH_SENTENCES)]
    days = [date(2026, 1, 1) + timedelta(days=chance.randrange(1460)) for _ in range(_GRAPH_SENTENCES // 3)]
    dates = [words for day in days for words in (spoken_date(day), f"{spoken_number(day.day)} {MONTHS['id'][day.month - 1]}")]
    return [text.lower() for text in (*sums, *dates)]
