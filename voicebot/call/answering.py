"""Who has picked up: a human, a voicemail box, or the operator's announcement?

A human is never kept waiting for this: a short first utterance followed by a pause is one. Words decide first, length second
(people say "halo, selamat pagi" in under two seconds; announcements talk on).
"""

from __future__ import annotations

import re

MONOLOGUE_S = 5.0
"""A first utterance longer than this is a machine, whatever was understood."""
HELLO_WAIT_S = 1.5
"""How long to wait for the callee's first word before speaking."""
MACHINE_PAUSE_S = 1.2
"""Silence after a machine's announcement (its beep included) before a message is left."""
MACHINE_PATIENCE_S = 20.0
"""A machine that talks on for longer gets no message."""

_MACHINE = re.compile(
    r"\b(tinggalkan pesan|meninggalkan pesan|pesan anda|setelah nada|nada berikut|nada bip|bunyi bip|kotak suara|mailbox|voice ?mail|"
    r"nomor yang anda (tuju|hubungi)(?! (ini|itu) (bukan|sudah ganti))|tidak dapat dihubungi|sedang tidak aktif|di luar jangkauan|sedang sibuk silakan|"
    r"(tidak|belum) (bisa|dapat) (menjawab|menerima|mengangkat) (telepon|panggilan)( anda)?( saat ini| sekarang)?[ ,.]*(silakan|mohon|tinggal|coba|harap|setelah)|(tinggalin|tinggalkan) pesan\w*|coba beberapa saat lagi|"
    r"leave (me )?a message|after the (tone|beep)|the (number|person) you (have )?(dialed|are calling|called)|cannot take your call|not available to take)\b",
    re.IGNORECASE,
)


def sounds_like_machine(text: str) -> bool:
    """Whether the words are those of a voicemail box or an announcement."""
    return _MACHINE.search(text) is not None


def is_machine(text: str, *, speech_s: float) -> bool:
    """Whether the first utterance came from a machine."""
    return sounds_like_machine(text) or speech_s > MONOLOGUE_S
