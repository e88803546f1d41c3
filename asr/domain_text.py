"""What collection calls hold, as text: sentences with {classes} filled at random.

Feeds the language models of the decoding graphs, and the recipe that trains ``id-phone``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from num2words import num2words

_FOLDER = Path(__file__).parent / "phrases"

DIGITS = ("nol", "kosong", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
MONTHS = (
    ["januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november", "desember"]
)  # fmt: skip
_CHANNELS = [
    "virtual account",
    "mobile banking",
    "m banking",
    "atm",
    "indomaret",
    "alfamart",
    "aplikasi",
    "teller",
    "gopay",
    "ovo",
    "dana",
    "shopeepay",
    "kantor cabang",
    "transfer bank",
    "bca",
    "bri",
    "bni",
    "mandiri",
    "permata",
]
BANKS = ("bca", "bri", "bni", "mandiri", "permata", "cimb")
_PRODUCTS = [
    "pinjaman",
    "pinjaman multiguna",
    "kartu kredit",
    "cicilan motor",
    "kredit motor",
    "kredit mobil",
    "pinjaman online",
    "paylater",
    "kredit elektronik",
    "angsuran",
    "pembiayaan",
    "modal usaha",
]
COMPANIES = ("santun finance", "dana sejahtera", "bina karya finance", "mitra usaha", "artha multi finance")
NAMES = [
    "andi",
    "budi",
    "dewi",
    "siti",
    "sari",
    "rina",
    "agus",
    "bambang",
    "eko",
    "tri",
    "wahyu",
    "putri",
    "ayu",
    "rudi",
    "hendra",
    "yanti",
    "fitri",
    "nur",
    "ahmad",
    "muhammad",
    "maria",
    "yohanes",
    "joko",
    "slamet",
    "santoso",
    "wijaya",
    "lestari",
    "rahayu",
    "hidayat",
    "saputra",
    "kurniawan",
    "setiawan",
    "susanto",
    "ratna",
    "indah",
    "made",
    "ketut",
    "wayan",
    "nyoman",
    "yusuf",
    "ibrahim",
    "fatimah",
    "aisyah",
    "asep",
    "ujang",
    "dedi",
    "iwan",
    "hartono",
    "permata",
    "utami",
    "anggraini",
    "simanjuntak",
    "nasution",
    "siregar",
    "lubis",
    "tanaka",
    "halim",
    "gunawan",
    "teguh",
    "sinta",
    "rahmat",
    "bayu",
    "dian",
    "lina",
    "mega",
    "tono",
    "wati",
]


def number_words(number: int) -> str:
    """``number`` as Indonesians say it."""
    return str(num2words(number, lang="id")).replace("-", " ")


def _amount(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.35:
        number = chance.randint(1, 99) * 50_000
    elif kind < 0.6:
        number = chance.randint(1, 20) * 1_000_000 + chance.choice([0, 100, 200, 250, 300, 500, 750, 800]) * 1000
    elif kind < 0.8:
        number = chance.randint(50, 999) * 1000
    else:
        number = chance.randint(1, 9) * 1_000_000 + chance.randint(0, 999) * 1000 + chance.choice([0, 0, 500])
    spoken = number_words(number)
    if chance.random() < 0.08:
        spoken = chance.choice(["satu setengah juta", "dua setengah juta", "setengah juta", "sejuta", "dua juta lebih"])
    elif chance.random() < 0.1:
        spoken = spoken.replace("satu juta", "sejuta")
    return spoken + chance.choice(["", "", " rupiah"])


def _date(chance: random.Random) -> str:
    kind = chance.random()
    day = number_words(chance.randint(1, 31))
    if kind < 0.3:
        return f"tanggal {day}" + chance.choice(["", "", f" {chance.choice(MONTHS)}", " bulan depan", " bulan ini"])
    if kind < 0.42:
        year = chance.choice(["", "", " dua ribu dua puluh enam", " dua ribu dua puluh tujuh"])
        return f"{day} {chance.choice(MONTHS)}{year}"
    if kind < 0.6:
        return chance.choice(["", "hari "]) + chance.choice(WEEKDAYS) + chance.choice(["", "", " depan", " ini", " besok"])
    if kind < 0.66:
        return f"{chance.choice(WEEKDAYS)} tanggal {day}"
    if kind < 0.72:
        return f"{number_words(chance.randint(2, 10))} {chance.choice(['hari', 'minggu'])} lagi"
    return chance.choice(
        [
            "besok",
            "besok",
            "lusa",
            "hari ini",
            "minggu depan",
            "bulan depan",
            "akhir bulan",
            "awal bulan",
            "akhir minggu",
            "besok pagi",
            "besok siang",
            "besok sore",
            "nanti sore",
            "nanti malam",
            "nanti siang",
            "minggu ini",
            "kemarin",
            "tadi pagi",
            "pertengahan bulan",
        ]
    )


def _time(chance: random.Random) -> str:
    part = chance.choice(["", " pagi", " siang", " sore", " malam", " tepat"])
    half = "setengah " if chance.random() < 0.2 else ""
    word = chance.choice(["jam", "jam", "pukul"])
    return chance.choice(
        [f"{word} {half}{number_words(chance.randint(1, 12))}{part}"] * 5
        + ["nanti sore", "nanti siang", "besok pagi", "nanti malam", "siang", "sore", "habis maghrib", "setelah makan siang"]
    )


def _digits(chance: random.Random) -> str:
    return " ".join(chance.choice(DIGITS) for _ in range(chance.randint(1, 8)))


def _name(chance: random.Random) -> str:
    return " ".join(chance.sample(NAMES, chance.choice([1, 1, 2])))


CLASSES: dict[str, Callable[[random.Random], str]] = {
    "amount": _amount,
    "date": _date,
    "time": _time,
    "digits": _digits,
    "name": _name,
    "number": lambda chance: number_words(chance.randint(1, 90)),
    "channel": lambda chance: chance.choice(_CHANNELS),
    "bank": lambda chance: chance.choice(BANKS),
    "product": lambda chance: chance.choice(_PRODUCTS),
    "company": lambda chance: chance.choice(COMPANIES),
}


@cache
def sentences(name: str = "general_id") -> tuple[str, ...]:
    """The sentences of one list, classes not yet filled."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def fill(sentence: str, chance: random.Random, classes: Mapping[str, Callable[[random.Random], str]] = CLASSES) -> str:
    """``sentence`` with every {class} replaced by a value."""
    while "{" in sentence:
        before, rest = sentence.split("{", 1)
        name, after = rest.split("}", 1)
        sentence = before + classes[name](chance) + after
    return sentence


def samples(count: int, chance: random.Random, name: str = "general_id") -> Iterator[str]:
    """``count`` filled sentences."""
    known = sentences(name)
    for _ in range(count):
        yield fill(chance.choice(known), chance)
