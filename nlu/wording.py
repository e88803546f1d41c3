"""Smaller readings: yes and no, conditions, relations, payment channels."""

from __future__ import annotations

import re

from nlu.channels import payment_channel
from nlu.conditions import conditional
from nlu.relations import person_relation

__all__ = ["conditional", "payment_channel", "person_relation", "yes_or_no"]

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
