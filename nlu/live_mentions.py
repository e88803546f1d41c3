"""Which of several days or times holds: rejected ones fall, corrections put the last, alternatives and instalments the first."""

from __future__ import annotations

import re
from typing import Protocol

from nlu.rewording import Words

_STOPS = {",", "tapi", "but", "maksud", "maksudnya", "melainkan", "eh", "?", "·"}
_FILLERS = r"(?:ini|itu|mah|kan|nya|saya|aku|gue|i|sih|deh|iya|ya|siang|sore|malam|pagi|masih|bank|juga|kayaknya|lagi|wah)"
_JOINED = r"(?:tapi|but|kalau|if|asal|habis|abis|bar|pas|setelah|sebelum|sekalian|mumpung|sambil|bayar\w*|transfer\w*|lunas\w*|kirim|setor|bisa|boleh|mau)"
_DENIED_DIRECTLY = re.compile(
    r"\b(?:bukan|bukang|jangan|not|dudu|sanes|udu|lain|bukannya|except|kecuali|selain)"
    r"(?: (?:di|pada|tanggal|hari|on|the|by|at|untuk|yang|pas|jam|kalau|sebelum|ji|mi|pi|ka|ko|in))*$"
    r"|(?<!kalau )(?<!paling )\btidak(?: (?:hari|pas|jam|usah|perlu))?$|\b(?:(?:saya|gue|aku|sa) kira|kirain|i thought|that's a|that is a|what's|what is)$"
)
_DENIED_BY_VERB = re.compile(
    r"\b(?:tidak|belum|jangan) (?:\w+ )?(?:bilang|janji|bisa|sanggup|ngomong|pernah|mau|mungkin|akan|berani)(?: \w+){0,3}$"
    r"|\b(?:(?:tidak|jangan) (?:(?:usah|perlu|akan) )?(?:nunggu|tunggu|menunggu|ngenteni|sampai))(?: \w+){0,2}$"
    r"|\b(?:cannot|did not (?:say|promise)|will not|do not|unable to|never said|no way|instead of|rather than|daripada|dibanding)(?: \w+){0,4}$"
    r"|\b(?:tidak|belum) jadi(?: \w+)?$"
    r"|\bjatuh tempo\w*(?: \w+){0,2}$|\btemponya(?: \w+)?$|\bdue(?: \w+){0,2}$"
)
_WITHIN = re.compile(r"\b(?:lewat|lebih|melewati|past|beyond|later|mundur)\b")
_BLOCKED_AFTER = re.compile(
    rf"^(?:{_FILLERS} )*(?:(?!{_JOINED}\b)\w+ )?(?:(?:tidak|belum) (?:bisa|sanggup|mungkin|ada|jadi|cair|gajian|punya|masuk|dulu|sempat\w*)|"
    r"(?:is|will|does|do) not|cannot|libur|tutup|prei|closed|penuh(?= (?:jadwal|kerja|acara|antri|bank))|kejauhan|kelamaan|kemepetan|kecepatan)\b"
)
_CORRECTION = re.compile(
    r"\b(?:eh|ehh|maksud\w*|salah\w*|ralat|jadinya|jadi|sori|sorry|maaf|mending|bukan|mean|meant|actually|instead|make (?:it|that)|"
    r"rather|scratch|wait|better|no|nomor|kelamaan|kecepatan|kecepetan|ganti|diganti|malah|koreksi|keliru|kliru|astaga|ding|tunggu|eits|oh|"
    r"second thought|say|tidak|ngga|aduh|waduh|ampun|mundur|dimundurin|digeser|geser|tapi|but|jangan|yaudah|yasudah|iya sudah)\b"
)
_REASON = re.compile(
    r"\b(?:soal\w*|karena|gara|baru (?:ingat|inget)|because|since|cause|kan(?! ,)|mah|kalau hari)\b(?! \w+ jadi)"
)
_TRAILING = re.compile(r"^(?:(?:maksud\w*|deng|ding|i mean)(?: (?:saya|gue|aku|ku))?(?: ,|$)|(?:bisa|boleh) tidak)")
_SHARED = re.compile(
    r"\b(?:sisa\w*|sesa\w*|rest|remainder|separuh\w*|setengah\w*|separo\w*|kedua|second|terus|seterusnya|lalu|then|half|ke?kurang\w*|liyane)\b"
)
_LATER_SHARE = re.compile(
    r"\b(?:sisa\w*|sesa\w*|ke?kurang\w*|liyane|rest|remainder|kedua|second half|balance|other half|ditambah\w*)\b|\blagi(?: pas| di| in)?$"
)
_REST_AFTER = re.compile(r"^(?:\w+ )?sisa\w*(?: nya)?(?: ,|$)")
_EXPLAINS = re.compile(
    r"^(?:(?:saya|aku|gue|i|kulo|itu|kan) )*(?:masih|lagi|ada (?:acara|kondangan|ujian|meeting|rapat)|i'm|am (?:in|at|on|away)|kondangan|rewang|libur)\b"
)
_JOINING = set(
    "atau ato apa opo po sampai hingga or to and dan sama karo dengan kalau tidak nek ampe - , paling telat mungkin iya ya bisa".split()
)
_OFFERS = set("atau ato apa opo po sampai hingga or to and dan sama karo dengan ampe".split())
_CHOICE = set("aja saja deh wae ae bae mawon weh we dah lah jo ja ajah ajalah".split())
_PAYS = re.compile(
    r"^(?:(?:saya|aku|gue|ku|tak|i|beta|sa|kita|ambo|abdi|kula|will|pasti|langsung|baru|akan|i'll) )*(?:bayar\w*|transfer\w*|lunas\w*|setor\w*|kirim\w*|pay|settle)\b"
)


class Mention(Protocol):
    """Anything said in the words ``start`` to ``end``."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def is_rejected(words: Words, mention: Mention, since: int = 0) -> bool:
    """Said only to be denied: "bukan besok", "besok tidak bisa", "nggak usah nunggu Sabtu", "Sabtu Minggu bank tutup".

    ``since`` is the end of the mention before: what denied that one does not reach over it.
    """
    if words.text(mention.start - 2, mention.start) in ("eh bukan", "maaf bukan", "bukan bukan", "eh salah"):
        return words.text(mention.end, mention.end + 1) == ","
        # "besok, eh bukan jumat" puts something right; "eh bukan besok, lusa" denies and goes on
    lead = _lead(words, mention.start, since)
    if re.search(r"\b(?:kalau|nek|if) (?:tidak|bukan|not)$", lead):
        return False  # "kalau nggak besok ya lusa" offers both
    if _DENIED_DIRECTLY.search(lead) or (_DENIED_BY_VERB.search(lead) and not _WITHIN.search(lead)):
        return True
    return _BLOCKED_AFTER.match(words.text(mention.end, mention.end + 5)) is not None


def is_later_share(words: Words, mention: Mention) -> bool:
    """Of the rest that follows a first instalment: "sisanya tanggal sepuluh", "the rest on Friday"."""
    lead = _lead(words, mention.start)
    return _LATER_SHARE.search(lead) is not None or _REST_AFTER.match(words.text(mention.end, mention.end + 4)) is not None


def is_recurrent(words: Words, mention: Mention) -> bool:
    """ "tiap tanggal satu", "every Friday"."""
    return words.text(mention.start - 1, mention.start) in ("tiap", "setiap", "saben", "unggal", "every", "each")


def replaces(words: Words, before: Mention, after: Mention, *, shared: bool) -> bool:
    """Whether ``after`` takes the place of ``before``; ``shared`` when the talk is of instalments."""
    between = words.text(before.end, after.start)
    said = set(between.split())
    if said and said <= _JOINING and said & _OFFERS:
        return False
    if is_corrected(words, before, after) or re.search(r"\b(?:mulai|starting|start|dimulai)\b", _lead(words, after.start)):
        return True
    chose, chooses = is_chosen(words, before), is_chosen(words, after)
    if shared or _SHARED.search(between):
        return False
    if chose != chooses:
        return chooses
    if _REASON.search(between) or _EXPLAINS.match(words.text(after.end, after.end + 4)):
        return False
    return not said or not said <= _JOINING


def is_corrected(words: Words, before: Mention, after: Mention) -> bool:
    """ "besok, eh lusa", "Monday, actually Tuesday", "senin depan, selasa maksudnya"."""
    if re.match(r"maksud|deng\b|i mean|instead", words.text(after.end, after.end + 2)):
        return True
    between = _TRAILING.sub("", words.text(before.end, after.start))
    if _REASON.search(between) and not re.search(r"\b(?:eh|maksud\w*|jadi|mending|ganti|jangan)\b", between):
        return False
    if set(between.split()) <= _JOINING and ("tidak" not in between or "kalau" in between):
        return False
    return _CORRECTION.search(between) is not None


def is_chosen(words: Words, mention: Mention) -> bool:
    """Followed by a word that settles on it: "jumat aja", "jumat aku bayar"."""
    after = words.text(mention.end, mention.end + 4)
    clause = after.split(" , ")[0].removeprefix(", ") if not after.startswith(",") else ""
    return bool(set(clause.split()[:2]) & _CHOICE) or _PAYS.match(clause) is not None


def _lead(words: Words, start: int, since: int = 0) -> str:
    """The words of the same clause before ``start``, six at most."""
    lead = [word.text for word in words.words[max(since, start - 6) : start]]
    for index in range(len(lead) - 1, -1, -1):
        if lead[index] in _STOPS:
            return " ".join(lead[index + 1 :])
    return " ".join(lead)
