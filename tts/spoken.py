"""Written text → the words people say: amounts, dates, times, telephone and account numbers, abbreviations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

from num2words import num2words

_MONTHS = {
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_WEEKDAYS = {
    "id": ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_DIGITS = {
    "id": ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}
_SCALES = {
    "id": {"rb": 10**3, "ribu": 10**3, "jt": 10**6, "juta": 10**6, "miliar": 10**9, "m": 10**9},
    "en": {"k": 10**3, "thousand": 10**3, "million": 10**6, "jt": 10**6, "billion": 10**9},
}
_ABBREVIATIONS = {
    "id": {
        "tgl": "tanggal", "no": "nomor", "bpk": "bapak", "sdr": "saudara", "sdri": "saudari", "rek": "rekening",
        "jl": "jalan", "va": "ve a", "atm": "a te em", "bca": "be ce a", "bri": "be er i", "bni": "be en i",
        "btn": "be te en", "bsi": "be es i", "cimb": "si i em be", "ovo": "ofo", "pt": "pe te", "slik": "slik",
        "ojk": "o je ka", "wib": "waktu Indonesia barat", "wita": "waktu Indonesia tengah",
        "wit": "waktu Indonesia timur", "dp": "de pe", "ktp": "ka te pe", "sms": "es em es", "otp": "o te pe",
        "jan": "Januari", "feb": "Februari", "agt": "Agustus", "sep": "September", "okt": "Oktober", "nov": "November",
        "des": "Desember", "dll": "dan lain-lain", "yg": "yang", "rp": "rupiah", "idr": "rupiah",
    },
    "en": {"no": "number", "va": "V A", "rp": "rupiah", "idr": "rupiah", "mr": "mister", "mrs": "missis"},
}  # fmt: skip
_NUMBER = r"\d{1,3}(?:[.]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_MAX_SPOKEN_AS_NUMBER = 10**13


def spoken_number(number: int, language: str = "id") -> str:
    """``number`` in words."""
    words = str(num2words(number, lang=language))
    return words.replace("-", " ").replace(",", "")


def spoken_amount(amount: int, language: str = "id") -> str:
    """Such as ``satu juta dua ratus lima puluh ribu rupiah``."""
    return f"{spoken_number(amount, language)} rupiah"


def spoken_date(day: date, language: str = "id", *, weekday: bool = False) -> str:
    """Such as ``dua puluh lima Desember dua ribu dua puluh enam``."""
    name = f"{_WEEKDAYS[language][day.weekday()]}, " if weekday else ""
    month = _MONTHS[language][day.month - 1]
    if language == "en":
        return f"{name}{month} {_ordinal_en(day.day)}, {spoken_number(day.year, language)}"
    return f"{name}{spoken_number(day.day)} {month} {spoken_number(day.year)}"


def spoken_time(moment: time, language: str = "id") -> str:
    """Such as ``pukul lima belas tiga puluh``."""
    hour, minute = spoken_number(moment.hour, language), moment.minute
    if language == "en":
        return (
            f"{hour} {spoken_number(minute, language) if minute >= 10 else 'o ' + spoken_number(minute, language)}"
            if minute
            else f"{hour} o'clock"
        )
    return f"pukul {hour}" + (f" {'nol ' if minute < 10 else ''}{spoken_number(minute)}" if minute else "")


def spoken_digits(text: str, language: str = "id") -> str:
    """Every digit by its name, in groups as written; anything else is a pause."""
    groups = [" ".join(_DIGITS[language][int(digit)] for digit in group) for group in re.findall(r"[0-9]+", text)]
    return ", ".join(_split_long(group) for group in groups)


def _split_long(group: str) -> str:
    digits = group.split()
    return ", ".join(" ".join(digits[start : start + 4]) for start in range(0, len(digits), 4))


def to_spoken(text: str, language: str = "id") -> str:
    """``text`` with nothing left that a voice reads wrongly; no digit remains."""
    for pattern, replace in _RULES[language]:
        text = pattern.sub(replace, text)
    text = _spell_abbreviations(text, language)
    return re.sub(r"\d", lambda match: f" {_DIGITS[language][_digit_value(match[0])]} ", text)


def _digit_value(character: str) -> int:
    import unicodedata

    return int(unicodedata.digit(character))


def _ordinal_en(number: int) -> str:
    return str(num2words(number, lang="en", to="ordinal")).replace("-", " ")


def _value(text: str) -> tuple[int, str]:
    """(whole part, decimals) of a number with Indonesian separators."""
    whole, _, decimals = text.replace(".", "").partition(",")
    return int(whole), decimals


def _number_words(text: str, language: str) -> str:
    """A written number: its value in words, or digit by digit when it is a code."""
    whole, decimals = _value(text)
    is_code = "." not in text and (len(text.partition(",")[0]) > 7 or (text.startswith("0") and len(text) > 1))
    if is_code or whole >= _MAX_SPOKEN_AS_NUMBER:
        return spoken_digits(text, language)
    words = spoken_number(whole, language)
    if decimals and decimals.strip("0"):
        comma = "point" if language == "en" else "koma"
        words += f" {comma} " + " ".join(_DIGITS[language][int(digit)] for digit in decimals)
    return words


def _rules_for(language: str) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
    scales = _SCALES[language]
    scale_names = "|".join(sorted(scales, key=len, reverse=True))

    def amount(match: re.Match[str]) -> str:
        whole, decimals = _value(match["number"])
        scale = scales.get((match["scale"] or "").lower(), 1)
        value = whole * scale
        if decimals and scale > 1:
            value += int(decimals[:6].ljust(6, "0")) * scale // 10**6
        return f"{spoken_number(value, language) if value < 10**15 else spoken_digits(str(value), language)} rupiah"

    def scaled(match: re.Match[str]) -> str:
        return amount(match).removesuffix(" rupiah")

    def iso_date(match: re.Match[str]) -> str:
        return _date_words(int(match["year"]), int(match["month"]), int(match["day"]), match[0], language)

    def clock(match: re.Match[str]) -> str:
        hour, minute = int(match["hour"]), int(match["minute"])
        words = spoken_time(time(hour, minute), language)
        return words

    def percent(match: re.Match[str]) -> str:
        return f"{_number_words(match['number'], language)} {'percent' if language == 'en' else 'persen'}"

    def ordinal(match: re.Match[str]) -> str:
        return f"ke{spoken_number(int(match['number']))}" if int(match["number"]) > 1 else "pertama"

    def phone(match: re.Match[str]) -> str:
        return spoken_digits(match[0], language)

    def bare(match: re.Match[str]) -> str:
        return _number_words(match["number"], language)

    flags = re.IGNORECASE
    rules: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        (rf"(?:rp|idr)\.?\s*(?P<number>{_NUMBER})(?:,-)?(?:\s*(?P<scale>{scale_names})\b)?(?:\s*rupiah)?", amount),
        (r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b", iso_date),
        (r"\b(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})\b", iso_date),
        (r"\b(?:pukul\s+|jam\s+)?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)\b(?![.,]?\d)", clock),
        (r"(?:\+62|\b0)(?:[\s-]?\d){8,13}\b", phone),
        (rf"(?P<number>{_NUMBER})\s*%", percent),
        (rf"\b(?P<number>{_NUMBER})\s*(?P<scale>{scale_names})\b", scaled),
        (rf"(?P<number>{_NUMBER})", bare),
    ]
    if language == "id":
        rules.insert(6, (r"\bke-(?P<number>\d{1,4})\b", ordinal))
    return [(re.compile(pattern, flags | re.ASCII), replace) for pattern, replace in rules]


def _date_words(year: int, month: int, day: int, written: str, language: str) -> str:
    try:
        return spoken_date(date(year, month, day), language)
    except ValueError:
        return spoken_digits(written, language)


def _spell_abbreviations(text: str, language: str) -> str:
    known = _ABBREVIATIONS[language]

    def replace(match: re.Match[str]) -> str:
        word = match["word"]
        spoken = known.get(word.lower())
        is_name = word[0].isupper() and not word.isupper() and word.lower() in ("no", "des", "wit")
        return match[0] if spoken is None or is_name else spoken

    return (
        re.sub(r"\b(?P<word>[A-Za-z]{2,5})\b\.?(?=\s|$|[,;:!?])", replace, text)
        if language == "en"
        else re.sub(r"\b(?P<word>[A-Za-z]{2,5})\b(?:\.(?=\s+[a-z0-9]))?", replace, text)
    )


_RULES = {language: _rules_for(language) for language in ("id", "en")}
