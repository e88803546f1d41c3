"""Moods and manners by transparent word lists (engine ``lexicon-1``): a first version, to be measured against people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.recording import Finding, Recording, Turn

ENGINE = "lexicon-1"
_POSITIVE = re.compile(
    r"\b(terima kasih|makasih|alhamdulillah|syukur\w*|senang|lega|baik (pak|bu|mbak|mas)|siap|oke|sip|mantap|hehe|haha|wah|terbantu|semoga|sama sama)\b",
    re.I,
)
_NEGATIVE = re.compile(
    r"\b(kesal|kesel|marah|kecewa|bohong|penipu\w*|ganggu\w*|mengganggu|terserah|capek|capai|pusing|stres\w*|susah|sulit|sakit|bangkrut|phk|kurang ajar|"
    r"anjing|bangsat|brengsek|goblok|tolol|jangan telepon|tidak mau|nggak mau|salah|keberatan|komplain|kok|malah|aduh|duh|masa|bosan|muak|sebel|takut)\b",
    re.I,
)
_COLD = re.compile(
    r"\b(pokoknya|harus bayar|bayar sekarang|jangan (banyak )?alasan|alasan terus|kapan mau bayar|makanya|masa bodoh|bukan urusan)\b",
    re.I,
)
_EMPATHY = {
    "acknowledges": re.compile(
        r"\b(mengerti|memahami|paham|turut (prihatin|berduka|sedih)|ikut (prihatin|sedih)|prihatin|memang (tidak mudah|berat)|maaf mendengar)\b",
        re.I,
    ),
    "asks_cause": re.compile(r"\b(kendala\w*|kenapa|mengapa|alasan\w*|apa yang terjadi|ada masalah)\b", re.I),
    "wishes_well": re.compile(r"\b(semoga|lekas (sembuh|membaik)|cepat sembuh|sehat selalu|dilancarkan)\b", re.I),
    "offers": re.compile(
        r"\b(kami bantu|bisa (kami )?bantu|keringanan|dicicil|sebagian dulu|restrukturisasi|jadwal\w* ulang|solusi)\b", re.I
    ),
}


def mood(turns: Sequence[Turn]) -> str:
    """neg, neu or pos of some turns together."""
    text = " ".join(turn.text for turn in turns)
    balance = len(_POSITIVE.findall(text)) - len(_NEGATIVE.findall(text))
    return "pos" if balance > 0 else "neg" if balance < 0 else "neu"


def customer_moods(recording: Recording) -> tuple[str, str]:
    """Mood of the first and the last third of the customer's turns."""
    turns = recording.by("customer")
    third = max(1, len(turns) // 3)
    return mood(turns[:third]), mood(turns[-third:])


def agent_mood(recording: Recording, auto_fail: dict[str, Finding]) -> str:
    """The agent's overall tone."""
    if auto_fail:
        return "neg"
    text = " ".join(turn.text for turn in recording.by("agent"))
    if _COLD.search(text):
        return "neg"
    return "pos" if any(_EMPATHY[act].search(text) for act in ("acknowledges", "wishes_well")) else "neu"


def empathy(recording: Recording, auto_fail: dict[str, Finding]) -> int:
    """1–5 by observable acts: acknowledging, asking the cause, wishing well, offering; pressure and faults take away."""
    text = " ".join(turn.text for turn in recording.by("agent"))
    acts = {name for name, wording in _EMPATHY.items() if wording.search(text)}
    if auto_fail.keys() & {"threat", "insult_profanity", "shaming"}:
        return 1
    if auto_fail or _COLD.search(text):
        return 2
    if {"acknowledges", "offers"} <= acts and acts & {"asks_cause", "wishes_well"}:
        return 5
    if "acknowledges" in acts or "wishes_well" in acts:
        return 4
    return 3


def professionalism(checklist: dict[str, Finding], auto_fail: dict[str, Finding]) -> int:
    """1–5: any auto-fail caps it at 2, failed items count as lapses."""
    if auto_fail.keys() & {"insult_profanity", "threat", "personal_account_payment", "asks_otp_or_pin"}:
        return 1
    if auto_fail:
        return 2
    lapses = sum(finding.verdict == "fail" for finding in checklist.values())
    return 5 if lapses == 0 else 4 if lapses <= 2 else 3
