"""Personal data in transcripts, written and spoken: spans with types, and the text without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.recording import Turn

_DIGIT_WORD = r"(?:nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)"
_NAME = r"[A-Za-z][\w'.-]+(?:\s+[A-Z][\w'-]+){0,3}"
_LOWER_NAME = r"[a-z][\w']+(?: [a-z][\w']+)?"
_STOP = {
    "saya", "sendiri", "ini", "itu", "ya", "iya", "yang", "ada", "dari", "di", "ke", "dan", "tidak", "bukan", "mau", "bisa", "sudah", "akan", "apa",
    "kami", "anda", "bapak", "ibu", "pak", "bu", "mohon", "maaf", "terima", "baik", "dengan", "untuk", "jatuh", "atau", "apakah", "boleh", "kapan",
    "silakan", "sekarang", "besok", "nanti", "harus", "selamat", "benar", "betul", "juga", "memang", "lagi", "masih", "belum", "punya", "bayar", "catat", "mengerti",
    "istrinya", "suaminya", "anaknya", "guru", "rt", "rw", "kos", "camat", "lurah", "haji", "asisten", "cuma", "hanya", "tahu", "minta", "kira", "sebesar", "atas", "pada", "mengenai", "tentang", "kalau", "kenapa", "mengapa", "dapat", "ingin", "perlu", "mengalami",
    "tagihan", "pinjaman", "cicilan", "angsuran", "kredit", "motor", "mobil", "kartu", "yth", "tanggal", "hari", "telepon", "rumah", "kantor",
}  # fmt: skip
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("NIK", re.compile(r"(?<!\d)\d{16}(?!\d)(?=(?:.*)?)")),
    ("CARD", re.compile(r"(?<!\d)\d{4}(?:[ -]\d{4}){3}(?!\d)")),
    ("PHONE", re.compile(r"(?<!\d)(?:\+?62|0)8\d(?:[ -]?\d){7,10}(?!\d)")),
    ("OTP", re.compile(r"(?<=otp )\d{4,8}|(?<=OTP )\d{4,8}|(?<=kode )\d{4,8}")),
    ("DOB", re.compile(r"(?:(?<=lahir )|(?<=lahir tanggal ))\d{1,2}[\s/-](?:\d{1,2}|[A-Za-z]+)[\s/-]\d{2,4}", re.I)),
    ("ACCOUNT", re.compile(r"(?<!\d)\d{9,20}(?!\d)")),
    ("PLATE", re.compile(r"\b[A-Z]{1,2} \d{1,4} [A-Z]{1,3}\b")),
    (
        "ADDRESS",
        re.compile(r"\b(?:jalan|jl\.?|gang|gg\.?|perumahan|komplek)\s+[A-Za-z][\w.]*(?:\s+[\w.]+){0,5}?(?=[,.?!]|$)", re.I),
    ),
    ("PHONE", re.compile(rf"\b(?:nol|kosong)\s+delapan(?:\s+{_DIGIT_WORD}){{6,11}}\b", re.I)),
    ("ACCOUNT", re.compile(rf"\b{_DIGIT_WORD}(?:\s+{_DIGIT_WORD}){{8,19}}\b", re.I)),
    ("PARTIAL_NUM", re.compile(rf"\b{_DIGIT_WORD}(?:\s+{_DIGIT_WORD}){{3,7}}\b", re.I)),
)
_ADDRESSED = re.compile(rf"\b(?:[Bb]apak|[Ii]bu|[Pp]ak|[Bb]u|[Mm]as|[Mm]bak|[Ss]audara|[Ss]audari)\s+({_NAME}|{_LOWER_NAME})")
_NAMED = re.compile(rf"\b(?:nama saya|atas nama|bernama|namanya)\s+({_NAME}|{_LOWER_NAME})", re.I)
_SELF = re.compile(rf"\b(?:[Ss]aya|[Pp]erkenalkan|dengan saya)\s+([A-Z][\w'-]+|{_LOWER_NAME})(?=\s+(?:dari|asisten))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pii:
    """One span of personal data; offsets are in the turn's text."""

    turn: int
    type: str
    text: str
    start: int
    end: int


def find_pii(turns: Sequence[Turn]) -> list[Pii]:
    """Every span, none overlapping another, in order."""
    return [found for turn in turns for found in _in_turn(turn)]


def _in_turn(turn: Turn) -> list[Pii]:
    taken: list[Pii] = []

    def add(kind: str, start: int, end: int) -> None:
        if end > start and all(end <= other.start or start >= other.end for other in taken):
            taken.append(Pii(turn=turn.index, type=kind, text=turn.text[start:end], start=start, end=end))

    for kind, wording in _PATTERNS:
        for match in wording.finditer(turn.text):
            add(kind, match.start(), match.end())
    agent_name = _SELF.search(turn.text) if turn.speaker == "agent" else None
    if agent_name and agent_name[1].lower() not in _STOP:
        add("AGENT_NAME", agent_name.start(1), agent_name.end(1))
    for wording in (_ADDRESSED, _NAMED):
        for match in wording.finditer(turn.text):
            end = _name_end(match[1])
            if end:
                add("NAME", match.start(1), match.start(1) + end)
    return sorted(taken, key=lambda pii: pii.start)


def _name_end(text: str) -> int:
    """Length of the leading words that can be a name; recognizers write no capitals, so there a second word counts too."""
    end = 0
    no_capitals = text == text.lower()
    for match in re.finditer(r"[\w'.-]+", text):
        if (
            match[0].lower().strip(".") in _STOP
            or any(c.isdigit() for c in match[0])
            or (end and not match[0][0].isupper() and not no_capitals)
        ):
            break
        end = match.end()
    return end


def redacted(turn: Turn, spans: Sequence[Pii]) -> str:
    """The turn's text with every span replaced by its type."""
    text = turn.text
    for pii in sorted((p for p in spans if p.turn == turn.index), key=lambda p: p.start, reverse=True):
        text = f"{text[: pii.start]}[{pii.type}]{text[pii.end :]}"
    return text
