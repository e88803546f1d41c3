"""Relations, payment channels, conditions, yes and no."""

from __future__ import annotations

import pytest

from nlu.channels import payment_channel
from nlu.conditions import conditional
from nlu.normalize import joined, tokenize
from nlu.relations import person_relation
from nlu.wording import yes_or_no


def normal(text: str, language: str = "id") -> str:
    """The normalised text."""
    return joined(tokenize(text, language))


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("saya istrinya", "istri"), ("ini suaminya", "suami"), ("saya anaknya, ibu lagi ke pasar", "anak"), ("bukan, adeknya", "adik"),
        ("kakak saya lagi kerja", "kakak"), ("istri saya lagi di pasar", "istri"), ("saya menantunya, ibu sudah tidur", "menantu"),
        ("gue temen kosnya, orangnya lagi keluar", "teman"), ("saya cuma tetangganya", "tetangga"), ("ini keponakannya", "keponakan"),
        ("saya rekan kerjanya, dia lagi cuti", "rekan kerja"), ("saya cucunya, Mbah lagi tidur", "cucu"), ("ini mertuanya", "mertua"),
        ("saya sepupunya", "sepupu"), ("saya pembantu di sini", "pembantu"), ("ini satpam kantornya", "satpam"), ("saya mantan suaminya", "mantan suami"),
        ("kulo garwane, bapake teng sawah", "istri"), ("abdi salakina", "suami"), ("aku bojone", "istri"), ("inyong anake", "anak"),
        ("abdi rayina", "adik"), ("ambo kamanakannyo", "keponakan"), ("ieu minantuna", "menantu"), ("kulo putune", "cucu"), ("aku kancane", "teman"),
        ("nyokap lagi pengajian, ini anaknya", "anak"), ("ini kakaknya, eh adiknya ding", "adik"),
    ],
)  # fmt: skip
def test_who_answers_or_is_unavailable(text: str, relation: str) -> None:
    assert person_relation(normal(text), "id", {"third_party"}) == relation


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("this is his wife", "istri"), ("I'm her husband, she's out", "suami"), ("no, this is her son, mum can't talk", "anak"),
        ("she's my sister", "saudara"), ("I'm the brother-in-law", "ipar"), ("my boss is in a meeting", "atasan"), ("his flatmate", "teman"),
        ("I'm his granddaughter", "cucu"), ("I'm only the maid, madam is out", "pembantu"), ("I'm his nephew", "keponakan"),
    ],
)  # fmt: skip
def test_who_answers_in_english(text: str, relation: str) -> None:
    assert person_relation(normal(text, "en"), "en", {"third_party"}) == relation


@pytest.mark.parametrize(
    ("text", "intents", "relation"),
    [
        ("itu utang mantan suami saya, mas", {"dispute_not_mine"}, "mantan suami"), ("KTP saya dipakai sepupu saya", {"dispute_fraud"}, "sepupu"),
        ("udah dibayar istri tadi pagi", {"already_paid"}, "istri"), ("suami saya sudah meninggal", {"deceased"}, "suami"),
        ("anak saya yang transfer nanti malam", {"promise_to_pay"}, "anak"), ("kakak saya yang bayar besok", {"promise_to_pay"}, "kakak"),
        ("anak saya masuk rumah sakit", {"hardship"}, None), ("bapak saya baru meninggal, uangnya habis", {"hardship"}, None),
        ("saya antar anak sekolah dulu", {"request_callback"}, None), ("saya bukan istrinya lagi", {"third_party"}, None),
        ("iya pak, besok saya bayar bu", {"promise_to_pay"}, None), ("siap bos", {"affirm"}, None), ("bapak lagi di sawah", {"third_party"}, None),
        ("transfer ke mana mas", {"request_info_how_to_pay"}, None),
    ],
)  # fmt: skip
def test_a_relation_counts_where_it_answers_owes_or_pays(text: str, intents: set[str], relation: str | None) -> None:
    assert person_relation(normal(text), "id", intents) == relation


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("lewat BCA", "bca"), ("via BRI besok", "bri"), ("ke rekening mandiri", "mandiri"), ("pakai BSI", "bsi"), ("lewat m-banking", "mobile banking"),
        ("pake livin", "livin"), ("di indo maret", "indomaret"), ("alfa depan gang", "alfamart"), ("lewat dana ya", "dana"), ("pake gopay", "gopay"),
        ("lewat ovo", "ovo"), ("spay bisa?", "shopeepay"), ("scan qris", "qris"), ("nomor VA-nya berapa", "virtual account"),
        ("ke kantor pos", "kantor pos"), ("setor di teller bank jatim", "teller"), ("saya ke kantor cabang", "kantor cabang"), ("lewat atm", "atm"),
        ("sudah auto debet", "autodebet"), ("agen BRILink", "brilink"), ("lewat aplikasi", "aplikasi"), ("lewat em bengking", "mobile banking"),
        ("di be en i", "bni"), ("lewat man diri", "mandiri"), ("lewat bca, eh mandiri aja", "mandiri"), ("bukan BRI, lewat Mandiri", "mandiri"),
        ("lewat dana ya jangan bca", "dana"), ("pake OVO, eh OVO saya kosong, ShopeePay aja", "shopeepay"), ("teller BRI", "teller"),
        ("transfer besok", None), ("saya masih di kantor", None), ("dana belum cair", None), ("dari dana pensiun", None), ("uangnya ada", None),
        ("saya nggak punya ATM", None), ("dengan bapak siapa", None),
    ],
)  # fmt: skip
def test_payment_channels(text: str, channel: str | None) -> None:
    assert payment_channel(normal(text)) == channel


def test_a_shop_that_is_only_a_place_is_no_channel() -> None:
    assert payment_channel(normal("orangnya lagi ke Indomaret"), {"third_party"}) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kalau gajian turun saya bayar", "id"), ("kalo udah cair", "id"), ("asal dendanya dihapus", "id"), ("begitu uang masuk langsung saya lunasin", "id"),
        ("begitu gajian", "id"), ("nunggu panen", "id"), ("tunggu gajian dulu", "id"), ("tergantung bos", "id"), ("nek wis panen tak bayar", "id"),
        ("upami tos gajihan", "id"), ("lamun geus cair", "id"), ("yen arisan metu", "id"), ("ngenteni kiriman", "id"), ("misal lusa gimana", "id"),
        ("if my salary comes", "en"), ("once I get paid", "en"), ("as soon as it clears", "en"), ("it depends on my boss", "en"), ("unless it rains", "en"),
        ("once allotment masuk", "id"),
    ],
)  # fmt: skip
def test_conditional_wordings(text: str, language: str) -> None:
    assert conditional(normal(text, language), language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("besok saya bayar", "id"), ("kalau soal itu sudah beres", "id"), ("tunggu sebentar", "id"), ("tunggu ya mas", "id"), ("bukan begitu", "id"),
        ("ya begitu lah", "id"), ("nggak usah nunggu besok", "id"), ("siapa lagi kalau bukan saya", "id"), ("habis gajian", "id"), ("jangan asal catat", "id"),
        ("once more please", "en"), ("what if I am", "en"), ("I will pay on Friday", "en"),
    ],
)  # fmt: skip
def test_look_alikes_of_conditions(text: str, language: str) -> None:
    assert not conditional(normal(text, language), language)


def test_nothing_depends_where_it_has_been_paid() -> None:
    assert not conditional(normal("kalau cicilan sih udah lunas"), "id", {"already_paid"})


@pytest.mark.parametrize(
    ("text", "asked", "answer"),
    [
        ("iya betul", "confirm_promise", "affirm"), ("betul pak", "greeting_identity", "affirm"), ("bukan", "greeting_identity", "deny"),
        ("nggak", "ask_payment", "deny"), ("lihat nanti", "ask_payment", "deny"), ("halo siapa ini", "greeting_identity", None),
        ("lusa saja", "ask_date", None),
    ],
)  # fmt: skip
def test_yes_and_no(text: str, asked: str, answer: str | None) -> None:
    assert yes_or_no(normal(text), "id", asked) == answer
