"""Numbers of things that are named digit by digit (telephones, accounts, contracts, codes), and addresses."""

from __future__ import annotations

import re

from tts.spoken.digits import named, spoken_digits
from tts.spoken.letters import spelled, spoken_address, spoken_code
from tts.spoken.scan import Rule, rule

_PLUS = {"id": "plus", "en": "plus"}
_LONG_DIGITS = 9
"""Groups of digits with this many in all are no range and no two numbers."""
_BETWEEN = r"(?:\s+(?:anda|bapak|ibu|saya|kami|kita|ini|tersebut|adalah|yaitu|di|ke|pada|dengan|nomor|no|bca|bri|bni|bsi|btn|mandiri|permata|cimb|your|is|the|at|us|back|me|to|on|our|number|no\.?|account))*\s*[:#.]?\s*$"
_CODES = r"(?:rekening|rek|va|virtual account|kontrak|perjanjian|kode(?: [a-z]+)?|otp|pin|nik|ktp|npwp|telepon|telpon|telp|tlp|hp|ponsel|wa|whatsapp|hubungi|menghubungi|menelepon|call center|hotline|referensi|ref|polis|pelanggan|nasabah|pesanan|invoice|tagihan nomor|transaksi|id|resi|tekan|contract|agreement|code|phone|mobile|call|calling|reach|dial|reference|customer|order|policy|ending in|ends in|berakhiran|akhiran|angka terakhir|digit terakhir|press)(?:nya)?"
_AFTER_CODES = re.compile(rf"(?i)\b{_CODES}{_BETWEEN}")
_AFTER_NUMBER = re.compile(r"(?i)\b(?:nomor|no|number|nr)\s*[.:#]?\s*$")
_COUNTED = re.compile(
    r"(?i)\s*(?:hari|minggu|bulan|tahun|jam|menit|detik|kali|x\b|rupiah|orang|persen|%|juta|jt|ribu|rb|times|days?|weeks?|months?|years?|hours?|minutes?|percent|thousand|million)"
)
_SHORT_NUMBER = 4
"""A "nomor 12" is a house, a "nomor 4321" a code."""
_NO_PLATE = {
    "RT",
    "RW",
    "KM",
    "NO",
    "JL",
    "PT",
    "CV",
    "KE",
    "TH",
    "DI",
    "ID",
    "IN",
    "AT",
    "ON",
    "BY",
    "TO",
    "OF",
    "MR",
    "MS",
    "AM",
    "PM",
    "I",
    "A",
}


def rules(language: str) -> list[Rule]:
    """In the order in which they are tried."""
    say = _Numbers(language)
    edge = r"(?<![\w.,/@-])"
    return [
        rule("word", r"(?<![\w.@])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", say.address),
        rule("word", r"(?<![\w@])(?:https?://|www\.)[^\s,;)\"']+[^\s,;)\"'.!?]", say.address),
        rule("word", r"(?<![\w@.])(?:[a-z][a-z0-9-]*\.)+(?:com|co\.id|id|go\.id|net|org|io|ly|me|app|info)\b(?:/[\w./?=&%-]*[\w/])?", say.address),
        rule("digits", r"\+\d{1,3}(?:[\s.-]?\(?\d{2,5}\)?){2,5}(?![\w]|[.,]\d)", say.international),
        rule("digits", rf"{edge}\(0\d{{2,3}}\)\s*\d{{3,4}}[\s-]?\d{{3,5}}(?![\w]|[.,]\d)", say.digits),
        rule("digits", rf"{edge}0\d(?:[\s-]?\d){{5,13}}(?![\w/]|[.,]\d)", say.grouped),
        rule("digits", rf"{edge}\d{{2,6}}(?:[ -]\d{{2,6}}){{1,6}}(?![\w/]|[.,]\d)", say.grouped),
        rule("digits", rf"{edge}\d{{2,}}(?![\w/]|[.,-]\d)", say.cued),
        rule("digits", r"(?<=[*x•])\d{2,6}(?![\w/])", say.digits),
    ]  # fmt: skip


def code_rules(language: str) -> list[Rule]:
    """Mixed letters and digits; tried after everything that is written with both (amounts, units, ordinals)."""
    say = _Numbers(language)
    return [
        rule("digits", r"(?<![\w./-])(?-i:[A-Z]{1,2}) \d{1,4} (?-i:[A-Z]{1,3})\b(?![\w-])", say.plate),
        rule("digits", r"(?<![\w./-])(?=(?-i:[A-Z0-9/.-]*[A-Z]))(?=[A-Za-z/.-]*\d)(?-i:[A-Z0-9]+(?:[-/.][A-Z0-9]+)*)(?![\w])", say.code),
        rule("digits", r"(?<![\w./-])(?:[a-z]+\d+|\d+[a-z]+)(?:[-]?[a-z0-9]+)*(?![\w])", say.code),
    ]  # fmt: skip


class _Numbers:
    """How matches of the rules above are said."""

    def __init__(self, language: str) -> None:
        self._language = language

    def address(self, match: re.Match[str]) -> str | None:
        """Sign by sign."""
        return spoken_address(match[0], self._language)

    def digits(self, match: re.Match[str]) -> str | None:
        """By name, in groups."""
        return spoken_digits(match[0], self._language)

    def international(self, match: re.Match[str]) -> str | None:
        """The plus is said."""
        return f"{_PLUS[self._language]} {self._international_digits(match[0])}"

    def _international_digits(self, text: str) -> str:
        if re.fullmatch(r"\+62\d+", text):
            return f"{named('62', self._language)}, {spoken_digits(text[3:], self._language)}"
        return spoken_digits(text, self._language)

    def grouped(self, match: re.Match[str]) -> str | None:
        """Several groups: one number when there are many digits, or when a word before says so."""
        digits = re.sub(r"\D", "", match[0])
        short = len(digits) < _LONG_DIGITS and not match[0].startswith("0")
        if short and not _is_backward_pair(match[0]) and not _is_code_place(match, len(digits)):
            return None
        return spoken_digits(match[0], self._language)

    def cued(self, match: re.Match[str]) -> str | None:
        """A bare number after a word that says what it is the number of."""
        if not _is_code_place(match, len(match[0])) or _COUNTED.match(match.string, match.end()):
            return None
        return spoken_digits(match[0], self._language)

    def plate(self, match: re.Match[str]) -> str | None:
        """A car's number, such as ``B 1234 XYZ``."""
        first, digits, last = match[0].split(" ")
        if first in _NO_PLATE or last in _NO_PLATE:
            return None
        return f"{spelled(first, self._language)}, {named(digits, self._language)}, {spelled(last, self._language)}"

    def code(self, match: re.Match[str]) -> str | None:
        """Letters by name, digits by name."""
        if not re.search(r"[A-Za-z]", match[0]):
            return None
        return spoken_code(match[0], self._language)


def _is_backward_pair(text: str) -> bool:
    """``1500-888``: a hyphen between numbers that are no range, since the second is not larger."""
    pair = text.split("-")
    return len(pair) == 2 and all(len(number) >= 3 and number.isdigit() for number in pair) and int(pair[0]) >= int(pair[1])


def _is_code_place(match: re.Match[str], count: int) -> bool:
    before = match.string[max(0, match.start() - 60) : match.start()]
    if _AFTER_CODES.search(before):
        return True
    return count >= _SHORT_NUMBER and _AFTER_NUMBER.search(before) is not None
