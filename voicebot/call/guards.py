"""What no script can switch off: checked on every wording at the moment it would be spoken.

A wording is looked at with its blanks taken out: what fills them comes from the ledger and the agreed promise alone, so that a
sum, a day or a threat can only be in the script's own words, where it has no place.
"""

from __future__ import annotations

import re

from voicebot.core.script import Script
from voicebot.core.script_checks import plain_words, reveals_debt

_MONTHS = (
    "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|"
    "january|february|march|may|june|july|august|october|december"
)
_COUNT = (
    r"(\d[\d.,]*|se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|puluh|ratus|one|two|five|ten|hundred|half a)"
)
_FIGURES = re.compile(
    rf"\b(rp|idr)\s?\d|\b{_COUNT} ?(ribu|juta|miliar|rupiah|thousand|million)\b|\b\d{{1,2}} ({_MONTHS})\b|\b({_MONTHS}) \d{{1,2}}\b|"
    rf"\btanggal {_COUNT}\b|\b\d{{1,2}}/\d{{1,2}}\b"
)
_THREATS = re.compile(
    r"\b(polisi|penjara|dipenjara|pidana|tangkap|ditangkap|sita|disita|menyita|tarik paksa|gerebek|sebarkan|disebarkan|permalukan|"
    r"mempermalukan|ancam|awas|hajar|datangi (rumah|kantor)|viralkan|malu|tuntut|menuntut|jemput paksa|"
    r"police|jail|prison|arrest\w*|seiz\w*|repossess\w*|lawsuit|sue|expose|shame\w*|or else|regret)\b"
)


def breached_guard(script: Script, party: str, wording: str) -> str | None:
    """The name of the guard that forbids to say ``wording`` (blanks not yet filled) to ``party``, or None."""
    if party != "right_party" and reveals_debt(script, wording):
        return "debt_before_verification"
    plain = plain_words(wording)
    if _THREATS.search(plain):
        return "threat"
    if _FIGURES.search(plain):
        return "figure_not_from_ledger"
    return None
