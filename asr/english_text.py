"""What English-speaking customers say in collection calls, as text: the {classes} of ``asr/phrases/*_en.txt`` filled at random.

Words are lower-case letters and apostrophes; numbers are written out as they are said.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from num2words import num2words

from asr.domain_text import BANKS, COMPANIES, NAMES

DIGITS = ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FOREIGN_NAMES = tuple(
    "james john david michael robert daniel thomas peter paul mark george kevin brian alan simon craig liam tom joseph carlos mary sarah "
    "linda susan emma emily olivia grace diane rebecca margaret laura anna julia maria elizabeth smith jones brown taylor wilson walker "
    "clark lewis young king wright green baker hill cooper kim lee tan lim chen wang wong ng singh kumar nair sharma khan ahmed hassan "
    "fatima aisha omar ali cruz santos reyes garcia mendoza nguyen park".split()
)
_CHANNELS = (
    "virtual account", "mobile banking", "internet banking", "the bank app", "the app", "bank transfer", "transfer", "cash", "credit card",
    "debit card", "the atm", "indomaret", "alfamart", "gopay", "ovo", "dana", "shopeepay", "the branch", "the counter", "the store",
    "the post office", "auto debit", "the website",
)  # fmt: skip
_PRODUCTS = (
    "loan", "personal loan", "credit card", "motorbike loan", "motorcycle loan", "car loan", "phone instalment", "instalment", "installment",
    "online loan", "paylater", "business loan", "mortgage", "account", "bill",
)  # fmt: skip
_PARTS = ("morning", "afternoon", "evening", "night")
_FIGURES = re.compile(r"\d+")
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}\b)")


def number_words(number: int) -> str:
    """``number`` as it is said, without "and"."""
    return re.sub(r" and |[-,]", " ", str(num2words(number, lang="en"))).replace("  ", " ")


def ordinal_words(number: int) -> str:
    """ "thirty first"."""
    return str(num2words(number, lang="en", to="ordinal")).replace("-", " ")


def normalize(text: str) -> str:
    """Lower-case words of letters and apostrophes with single blanks; figures are read as numbers, other signs fall away."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("\u2019", "'")).encode("ascii", "ignore").decode()
    plain = _FIGURES.sub(lambda match: _read(match[0]), _THOUSANDS.sub("", plain.replace("%", " percent ")))
    return " ".join(word for word in (each.strip("'") for each in re.sub(r"[^a-z']+", " ", plain).split()) if word)


def _read(figures: str) -> str:
    """Long figures and those with a leading zero are read digit by digit."""
    if len(figures) > 7 or (len(figures) > 1 and figures[0] == "0"):
        return " " + " ".join(number_words(int(figure)) for figure in figures) + " "
    return f" {number_words(int(figures))} "


def _amount(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.4:
        number = chance.randint(1, 40) * 50_000
    elif kind < 0.6:
        number = chance.randint(1, 20) * 1_000_000 + chance.choice([0, 100, 200, 250, 300, 500, 750, 800]) * 1000
    elif kind < 0.75:
        number = chance.randint(10, 999) * 1000
    elif kind < 0.85:
        number = chance.randint(1, 9) * 1_000_000 + chance.randint(0, 999) * 1000
    else:
        return _round_amount(chance)
    spoken = number_words(number)
    if chance.random() < 0.2:
        spoken = spoken.replace("one million", "a million").replace("one hundred", "a hundred")
    if chance.random() < 0.15:
        spoken = spoken.replace(" hundred ", " hundred and ")
    return spoken + chance.choice(["", "", "", " rupiah"])


def _round_amount(chance: random.Random) -> str:
    tenth = f"{number_words(chance.randint(1, 9))} point {number_words(chance.randint(1, 9))}"
    digit = number_words(chance.randint(1, 9))
    return chance.choice(
        [
            f"{tenth} million",
            f"{tenth} million",
            f"{tenth} five million",
            f"{digit} and a half million",
            f"{digit} million and a half",
            "half a million",
            "a million",
            "one and a half million",
            f"{digit} hundred",
            f"{digit} hundred k",
            f"{digit} mil",
            f"{digit} million plus",
        ]
    )


def _date(chance: random.Random) -> str:
    kind = chance.random()
    day = chance.randint(1, 31)
    month, weekday = chance.choice(MONTHS), chance.choice(WEEKDAYS)
    if kind < 0.25:
        after = chance.choice(["", "", f" of {month}", " of this month", " of next month", " of the month"])
        return f"the {ordinal_words(day)}{after}"
    if kind < 0.45:
        forms = (f"{month} {ordinal_words(day)}", f"{ordinal_words(day)} {month}", f"{ordinal_words(day)} of {month}")
        return chance.choice([*forms, f"{month} the {ordinal_words(day)}", f"{month} {number_words(day)}"])
    if kind < 0.68:
        return chance.choice(["", "", "", "this ", "next ", "this coming "]) + weekday + chance.choice(
            ["", "", "", "", " next week", f" {chance.choice(_PARTS)}", f" the {ordinal_words(day)}"]
        )  # fmt: skip
    if kind < 0.76:
        count = chance.randint(1, 14)
        unit = chance.choice(["day", "week"]) + ("s" if count > 1 else "")
        number = number_words(count)
        return chance.choice(
            [f"in {number} {unit}", f"in {number} {unit} time", f"{number} {unit} from now", f"after {number} {unit}"]
        )
    return chance.choice(_DAYS)


_DAYS = (
    "tomorrow", "tomorrow", "tomorrow", "today", "today", "tonight", "the day after tomorrow", "next week", "next month", "this week",
    "this weekend", "the end of the month", "end of the month", "at the end of the month", "end of this month", "the beginning of next month",
    "early next month", "the middle of the month", "tomorrow morning", "tomorrow afternoon", "tomorrow evening", "this afternoon",
    "this evening", "this morning", "yesterday", "last week", "last month", "last night", "a week from today", "in a week", "in a few days",
    "in a couple of days", "next weekend", "the first", "the first of the month", "by the weekend", "later today", "later tonight",
)  # fmt: skip


def _time(chance: random.Random) -> str:
    hour = number_words(chance.randint(1, 12))
    minutes = chance.choice(["fifteen", "thirty", "forty five", "ten", "twenty"])
    part = chance.choice(["", "", "", " p m", " a m", " in the morning", " in the afternoon", " in the evening", " o'clock"])
    return chance.choice(
        [f"{hour}{part}"] * 5
        + [
            f"{hour} {minutes}",
            f"half past {hour}",
            f"quarter past {hour}",
            f"quarter to {hour}",
            "noon",
            "lunch",
            "lunch time",
            "work",
        ]
    )


def _digits(chance: random.Random) -> str:
    figures = [chance.choice(DIGITS) for _ in range(chance.randint(1, 8))]
    if chance.random() < 0.1:
        place = chance.randrange(len(figures))
        figures[place] = f"{chance.choice(['double', 'triple'])} {figures[place]}"
    return " ".join(figures)


def _name(chance: random.Random) -> str:
    names = NAMES if chance.random() < 0.6 else FOREIGN_NAMES
    return chance.choice(["", "", "", "mister ", "miss ", "pak ", "ibu "]) + " ".join(
        chance.sample(names, chance.choice([1, 1, 2]))
    )


CLASSES: dict[str, Callable[[random.Random], str]] = {
    "amount": _amount,
    "date": _date,
    "time": _time,
    "digits": _digits,
    "name": _name,
    "month": lambda chance: chance.choice(MONTHS),
    "number": lambda chance: number_words(chance.randint(1, 31)),
    "ordinal": lambda chance: ordinal_words(chance.randint(1, 31)),
    "channel": lambda chance: chance.choice(_CHANNELS),
    "bank": lambda chance: chance.choice(BANKS),
    "product": lambda chance: chance.choice(_PRODUCTS),
    "company": lambda chance: chance.choice(COMPANIES),
}
