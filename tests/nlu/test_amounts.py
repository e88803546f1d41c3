"""Sums of money: what is read, which of several is meant, and what is no sum."""

from __future__ import annotations

import pytest

from nlu.amounts import find_amount
from nlu.normalize import span_text, tokenize


def read(
    text: str, language: str = "id", *, asked: str | None = "ask_amount", intents: tuple[str, ...] = ()
) -> tuple[int | None, str]:
    """Value and verbatim words, ``(None, "")`` without a sum."""
    tokens = tokenize(text, language)
    disputed = any(intent.startswith("dispute") for intent in intents)
    found = find_amount(tokens, language, asked=asked, own_figure=disputed, intents=intents)
    return (None, "") if found is None else (found.value, span_text(text, tokens[found.start : found.end]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rp 1.250.000,-", 1_250_000), ("Rp1.250.000", 1_250_000), ("1.250.000", 1_250_000), ("500000", 500_000), ("1,5jt", 1_500_000), ("750k", 750_000),
        ("2jt-an", 2_000_000), ("350 rebu", 350_000), ("500rb aja", 500_000), ("500.000 ribu", 500_000), ("2 juta 300", 2_300_000),
        ("600", 600_000), ("lima ratus", 500_000), ("lima ratusan lah", 500_000), ("seratus lima puluh", 150_000),
        ("sejuta dua ratus", 1_200_000), ("sejuta dua", 1_200_000), ("dua juta tiga", 2_300_000), ("sejuta dua lima puluh", 1_250_000),
        ("sejuta lima puluh", 1_050_000), ("sejuta setengah", 1_500_000), ("dua setengah juta", 2_500_000), ("satu setengah", 1_500_000),
        ("setengah juta", 500_000), ("tiga perempat juta", 750_000), ("satu koma dua", 1_200_000), ("satu koma dua lima juta", 1_250_000),
        ("empat tiga puluh ribu", 430_000), ("tujuh ratus dua lima", 725_000), ("rong atus selawe ewu", 225_000), ("telung atus seket", 350_000),
        ("salapan ratus lima puluh rebu", 950_000), ("ciek juta tigo ratuih", 1_300_000), ("nine hundred ribu", 900_000), ("two point five juta", 2_500_000),
        ("five hundred thousand", 500_000), ("cicil lima puluh dulu", 50_000),
    ],
)  # fmt: skip
def test_indonesian_sums(text: str, value: int) -> None:
    assert read(text)[0] == value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("goceng", 5_000), ("ceban", 10_000), ("noban", 20_000), ("jigo", 25_000), ("goban", 50_000), ("gocap", 50_000), ("cepek", 100_000),
        ("pekgo", 150_000), ("nopek", 200_000), ("gopek", 500_000), ("sejeti", 1_000_000), ("dua jeti", 2_000_000), ("sepuluh ceng", 10_000),
        ("cepek gocap", 150_000), ("sejuta gopek", 1_500_000), ("gopek ribu", 500_000), ("gopeknya", 500_000),
    ],
)  # fmt: skip
def test_slang_sums(word: str, value: int) -> None:
    assert read(f"besok {word} dulu bang")[0] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one million two hundred fifty thousand", 1_250_000), ("one million two", 1_200_000), ("a million two fifty", 1_250_000),
        ("a million and a half", 1_500_000), ("two and a half million", 2_500_000), ("half a million", 500_000), ("three quarters of a million", 750_000),
        ("1.5m", 1_500_000), ("1.2 mil", 1_200_000), ("one point eight", 1_800_000), ("four fifty", 450_000), ("seven fifty k", 750_000),
        ("eight fifty thousand", 850_000), ("seven twenty five", 725_000), ("six hundred", 600_000), ("twelve hundred thousand", 1_200_000),
        ("a couple of hundred thousand", 200_000), ("hundred thousand", 100_000), ("sejuta dua ratus", 1_200_000), ("Rp 500,000", 500_000),
    ],
)  # fmt: skip
def test_english_sums(text: str, value: int) -> None:
    assert read(text, "en")[0] == value


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tanggal 25", "id"), ("jam tiga sore", "id"), ("dua hari lagi", "id"), ("nomor 12", "id"), ("rumah nomor dua ratus", "id"), ("tiga kali", "id"),
        ("25 desember", "id"), ("umur saya enam puluh", "id"), ("hotel seratus kamar, dua ratus orang", "id"), ("seratus persen", "id"),
        ("100% bener", "id"), ("081234567890", "id"), ("tanggal dua puluh lima", "id"), ("sejak tahun 2019", "id"), ("desember 2026", "id"),
        ("tanggal dua lima bulan dua belas dua ribu dua puluh enam", "id"), ("RT 5 RW 12", "id"), ("lima belas menit lagi", "id"),
        ("seratus hari meninggalnya bapak", "id"), ("at half past five", "en"), ("in three weeks", "en"), ("on the 25th", "en"), ("two kids", "en"),
        ("december 2026", "en"), ("room five hundred", "en"), ("a hundred percent", "en"),
    ],
)  # fmt: skip
def test_what_is_no_sum(text: str, language: str) -> None:
    assert read(text, language, asked="ask_payment")[0] is None


@pytest.mark.parametrize("text", ["lima ratus", "dua ratus lima puluh"])
def test_bare_hundreds_are_thousands_only_where_money_is_talked_of(text: str) -> None:
    assert read(text, asked="greeting_identity")[0] is None
    assert read(f"bayar {text}", asked="greeting_identity")[0] in (500_000, 250_000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("bukan lima ratus ribu, tapi tiga ratus ribu", 300_000), ("lima ratus, eh enam ratus", 600_000), ("tiga ratus, bukan lima ratus", 300_000),
        ("jangan sejuta, lima ratus saja", 500_000), ("lima ratus dari dua juta itu", 500_000), ("nggak sampai sejuta, paling delapan ratus", 800_000),
        ("sejuta kebanyakan, tiga ratus dulu", 300_000), ("lima ratus atau enam ratus", 500_000), ("lima ratus sampe tujuh ratus", 500_000),
        ("dua ratus sekarang, dua ratus lagi minggu depan", 200_000), ("besok tiga ratus, terus lima ratus tanggal lima", 300_000),
        ("tanggal lima lima puluh ribu", 50_000), ("sejuta hari Rabu", 1_000_000), ("empat ratus jam tiga", 400_000), ("lima ratus minggu depan", 500_000),
    ],
)  # fmt: skip
def test_which_of_several_sums_is_meant(text: str, value: int) -> None:
    assert read(text)[0] == value


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("harusnya tujuh ratus, kok ditagih sembilan ratus", "id", 700_000), ("kok jadi dua juta, cicilan saya cuma sejuta", "id", 1_000_000),
        ("bukan dua juta, di perjanjian sejuta delapan", "id", 1_800_000), ("tagihan saya enam ratus, bukan sejuta", "id", 600_000),
        ("naha jadi sajuta, kedahna dalapan ratus", "id", 800_000), ("utangku mung telung atus, kok dadi limang atus", "id", 300_000),
        ("it should be five hundred, not seven hundred", "en", 500_000), ("two million? the statement says one point three", "en", 1_300_000),
    ],
)  # fmt: skip
def test_in_a_dispute_the_customers_own_figure_wins(text: str, language: str, value: int) -> None:
    assert read(text, language, asked="ask_dispute_reason", intents=("dispute_amount",))[0] == value


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("gaji saya cuma tiga ratus ribu", ("hardship",)), ("dua ratus ribu aja nggak ada", ("hardship",)), ("sejuta dari mana", ("hardship",)),
        ("itu utang adik saya, dua juta", ("dispute_not_mine",)), ("jangankan sejuta", ("hardship",)),
    ],
)  # fmt: skip
def test_sums_that_nobody_will_pay(text: str, intents: tuple[str, ...]) -> None:
    assert read(text, intents=intents)[0] is None


def test_hardship_keeps_the_sum_that_is_left() -> None:
    assert read("uang saya tinggal seratus ribu", intents=("hardship",))[0] == 100_000


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("setengahnya dulu", "id", "setengahnya"), ("separo aja", "id", "separo"), ("saparo heula", "id", "saparo"), ("semuanya besok", "id", "semuanya"),
        ("full hari ini", "id", "full"), ("saya lunasin besok", "id", "lunasin"), ("kabeh", "id", "kabeh"), ("sesuai tagihan", "id", "sesuai tagihan"),
        ("sisanya minggu depan", "id", "sisanya"), ("half of it on Friday", "en", "half of it"), ("in full", "en", "in full"),
        ("bukan lima ratus, semuanya aja", "id", "semuanya"), ("tiga ratus, eh lunas aja deh", "id", "lunas"),
    ],
)  # fmt: skip
def test_relative_sums_keep_their_words_and_no_value(text: str, language: str, words: str) -> None:
    assert read(text, language) == (None, words)


@pytest.mark.parametrize(
    "text", ["nggak sanggup full", "jangan semuanya", "kok jadi segitu", "jam setengah lima", "setengah hari"]
)
def test_denied_or_other_halves_are_no_sum(text: str) -> None:
    assert read(text) == (None, "")


def test_a_part_with_the_rest_later_is_the_part() -> None:
    assert read("dua ratus ribu dulu, sisanya bulan depan") == (200_000, "dua ratus ribu")


@pytest.mark.parametrize("text", ["Rp 500.000", "lima ratus ribu rupiah", "sejuta dua ratus", "rong atus ewu", "gopek"])
def test_the_words_of_a_sum_are_verbatim(text: str) -> None:
    assert read(f"besok saya bayar {text} ya")[1].lower() in text.lower()
    assert text.lower().endswith(read(f"besok saya bayar {text} ya")[1].lower())
