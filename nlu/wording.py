"""Smaller readings: yes and no, conditions, relations, payment channels."""

from __future__ import annotations

import re

_ADDRESS = r"(pak|bu|mas|mbak|bapak|ibu|kak|sis|bang|neng|gan|dik|sir|ma'am|madam|please)"
_YES = {
    "id": r"(iya|betul|oke|boleh|bisa|silakan|silahkan|benar sekali|tentu|pasti|jelas|mangga|monggo|sudah (betul|oke|iya|sesuai|pas)|saya sendiri|sendiri|dengan saya( sendiri)?|saya orangnya|cocok|sesuai|siap|leres|lanjut|begitu|demikian|ada|insya ?allah|mau|bersedia|sanggup)",
    "en": r"(yes|okay|correct|right|that is (right|correct|me|fine)|speaking|this is (he|she|him|her|me)|exactly|absolutely|of course|fine|i am|it is|indeed|certainly|confirmed|agreed|sounds good|i do|i can|i will)",
}
_NO = {
    "id": r"(tidak|bukan|belum|jangan|salah|kagak|emoh|moal|tidak (bisa|mau|ada|jadi|usah|benar|betul|setuju|sesuai|dulu|perlu|bilang|janji)|bukan (itu|begitu|saya|segitu)|belum (bisa|tentu|ada|tahu|pasti))",
    "en": r"(no|not (really|now|yet|today|sure|exactly|me|correct)|wrong|incorrect|never|that is (not|wrong)|is not|it is not|i am not|i do not|i did not|i cannot|cannot)",
}
_NON_COMMITTAL = {
    "id": r"\b(lihat nanti|nanti (saya )?lihat|gimana nanti|lihat (dulu|nanti|situasi)|(saya )?pikir(kan|in)? dulu|belum tahu|tidak tahu|belum pasti|belum tentu|tidak janji|tidak bisa janji|tidak bilang|tidak pernah (bilang|janji)|kapan kapan|mungkin tidak)\b",
    "en": r"\b(we will see|i will think about it|maybe later|not sure|do not know yet|cannot promise|did not (say|promise)|never (said|promised))\b",
}
_CONDITIONAL = {
    "id": r"\b(kalau|asal|asalkan|begitu|tunggu|nunggu|menunggu|tergantung|seandainya|andai|nek|setelah (gajian|uang|cair|dapat|ada|turun)|habis (gajian|panen|cair)|bila|jika|semisal|misal|misalkan|sampai (uang|gajian|cair|ada))\b",
    "en": r"\b(if|once|when i get|as soon as|depends?|unless|provided|after i get|assuming|waiting)\b",
}
_RELATIONS = {
    "istri": r"istri|wife", "suami": r"suami|husband", "anak": r"anak|son|daughter", "ibu": r"ibunya|mama|mamah|mother|mom|ibu saya|ibu kandung",
    "ayah": r"ayah\w*|bapaknya|papa\w*|father|dad|bapak saya", "kakak": r"kakak\w*|abang\w*", "adik": r"adik\w*|adek\w*|brother|sister",
    "teman": r"teman\w*|temen\w*|kawan\w*|friend", "rekan kerja": r"rekan\w*|colleague|coworker|teman kerja\w*", "tetangga": r"tetangga\w*|neighbou?r",
    "saudara": r"saudara\w*|sodara\w*|cousin|kerabat|sepupu\w*", "orang tua": r"orang ?tua\w*|parents?", "mertua": r"mertua\w*", "paman": r"paman\w*|om\b|uncle",
    "bibi": r"bibi\w*|tante\w*|aunt", "keponakan": r"keponakan\w*|ponakan\w*", "pembantu": r"pembantu\w*|asisten rumah", "atasan": r"atasan\w*|bos\w*|boss", "nenek": r"nenek\w*", "kakek": r"kakek\w*",
}  # fmt: skip
_SPEAKER = re.compile(r"\b(?:saya|ini|dengan|i am|this is) (?:his |her |the |adalah )?(\w+)")
_CHANNELS = {
    "virtual account": r"virtual account|\bva\b", "mobile banking": r"mobile banking|m banking|mbanking|m-banking|brimo|livin|mybca|bca mobile|klik ?bca|internet banking",
    "atm": r"\batm\b", "indomaret": r"indomaret|indomart", "alfamart": r"alfamart|alfamaret|alfamidi", "gopay": r"gopay|go pay", "ovo": r"\bovo\b",
    "dana": r"\b(lewat|via|pakai|pake|ke|dari|aplikasi|saldo) dana\b", "shopeepay": r"shopee ?pay|shopee", "qris": r"\bqris\b", "kantor pos": r"kantor pos",
    "kantor cabang": r"\b(kantor( cabang)?|cabang)\b(?! pos)", "teller": r"teller", "bca": r"\bbca\b", "bri": r"\bbri\b", "bni": r"\bbni\b", "mandiri": r"\bmandiri\b",
    "aplikasi": r"\baplikasi\b|\bthe app\b", "autodebet": r"auto ?debe?t|auto ?debit", "tokopedia": r"tokopedia|tokped", "linkaja": r"link ?aja", "permata": r"\bpermata\b",
}  # fmt: skip


def yes_or_no(text: str, language: str, asked: str | None) -> str | None:
    """``affirm`` or ``deny`` when the utterance answers a yes/no question, by a leading word or in whole."""
    filler = rf"((eh|hm+|oh|ah|nah|anu|,|\?|halo|{_ADDRESS}|uh|um|well|sorry|maaf|selamat (pagi|siang|sore|malam)) )*"
    if (
        language == "id"
        and re.search(r"^(iya )?halo( \w+)?$|^(iya )?(ada apa|siapa|dari mana|kenapa)\b", text)
        and asked != "confirm_promise"
    ):
        return None
    if re.search(_NON_COMMITTAL[language], text):
        return "deny"
    if re.match(rf"{filler}{_NO[language]}\b", text + " "):
        whole = re.fullmatch(
            rf"{filler}{_NO[language]}( ({_NO[language]}|saya|{_ADDRESS}|itu|kok|dong|ah|,|\?|deh|sih|sekarang|begitu|dulu|ya|iya))*",
            text,
        )
        yes_no_question = asked in ("greeting_identity", "confirm_promise", "ask_payment", None)
        if (
            whole
            or (asked == "confirm_promise")
            or (asked == "greeting_identity" and re.match(rf"{filler}(bukan|tidak|no)\b", text))
        ):
            return "deny"
        return "deny" if yes_no_question and re.match(rf"{filler}(tidak|bukan|no) ,", text) else None
    if re.match(rf"{filler}{_YES[language]}\b", text + " "):
        if language == "id" and re.match(
            rf"{filler}(bisa|boleh|ada|mau) (\w+ )*(apa|tidak|berapa|siapa|lewat|via|ulang\w*|bicara|dibantu|cicil|minta|keringanan)",
            text,
        ):
            return None
        if (
            language == "id"
            and re.match(rf"{filler}(mau|ada|bisa|boleh) ", text)
            and not re.match(rf"{filler}(mau|bisa|boleh|ada) ({_ADDRESS}|iya|kok|dong|saja)\b", text)
        ):
            return None
        return "affirm"
    return None


def conditional(text: str, language: str) -> bool:
    """Whether what is said hangs on something else, by wording."""
    return re.search(_CONDITIONAL[language], text) is not None


def person_relation(text: str, language: str, intents: set[str]) -> str | None:
    """Who is speaking, or was named, in Indonesian; the speaker's own relation first."""
    if match := _SPEAKER.search(text):
        for name, pattern in _RELATIONS.items():
            if re.fullmatch(pattern, match[1]) or re.fullmatch(pattern, match[1].removesuffix("nya")):
                return name
    for name, pattern in _RELATIONS.items():
        if re.search(rf"\b({pattern})(nya)?\b", text):
            return name
    return None


def payment_channel(text: str) -> str | None:
    """The named channel; "transfer" alone is none."""
    for name, pattern in _CHANNELS.items():
        if re.search(pattern, text):
            return name
    return None
