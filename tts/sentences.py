"""A text in sentences: each is spoken, and remembered, by itself."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)")
_ABBREVIATED = re.compile(
    r"(?i)(?:^|[\s(])(?:bpk|bp|sdri?|tn|ny|nn|dr|drs|ir|prof|yth|jl|jln|gg|no|nr|tgl|pkl|hlm|hal|tel[ep]?|tlp|rek|kab|kec|kel|prov|mis|rp|mr|mrs|ms|st|dept|approx|[a-z]|[a-z]\.[a-z])\.$"
)


def sentences_of(text: str) -> list[str]:
    """The sentences of ``text``; a dot inside a number or after an abbreviation ("Bpk. Budi", "No. 12") ends none."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match[0] == "." and _ABBREVIATED.search(text[start : match.end()]):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]
