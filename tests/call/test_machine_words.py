"""The words of machines: telltale phrases, and the shipped weights on texts that training never saw."""

from __future__ import annotations

import numpy as np
import pytest

from asr.domain_text import sentences
from asr.greeting_text import greeting_corpus
from asr.pronunciation import normalize
from tests.bench.answering_texts import held_out_texts
from voicebot.call.machine_words import answering_model, grams, sounds_like_machine


def odds(text: str, language: str = "id") -> float:
    return answering_model().words[language].evidence(text).machine


@pytest.mark.parametrize(
    "text",
    [
        "silakan tinggalkan pesan setelah nada berikut",
        "nomor yang anda tuju sedang tidak aktif",
        "please leave a message after the tone",
    ],
)
def test_telltale_phrases_are_certain(text: str) -> None:
    assert sounds_like_machine(text)


@pytest.mark.parametrize("text", ["nomor yang anda hubungi itu bukan punya saya", "halo siapa ini", "saya sedang sibuk"])
def test_people_may_use_some_of_the_same_words(text: str) -> None:
    assert not sounds_like_machine(text)


def test_words_and_pairs_are_counted_from_the_beginning() -> None:
    assert list(grams("Halo, siapa?")) == ["halo", "siapa", "^ halo", "halo siapa"]


def test_held_out_texts_are_in_no_list_that_trains() -> None:
    known = {sentence for sentence, _ in greeting_corpus()}
    held_out = {normalize(text) for kind, text in held_out_texts("id") if kind != "human"}
    assert not held_out & known


def test_the_weights_tell_unseen_texts_apart() -> None:
    told = [(kind != "human", odds(text) > 0) for kind, text in held_out_texts("id")]
    assert np.mean([machine == said for machine, said in told if not machine]) >= 0.95
    assert np.mean([machine == said for machine, said in told if machine]) >= 0.85


def test_what_customers_say_later_is_hardly_ever_a_machines() -> None:
    """A call that was taken for a person's is cut short only by words with log odds of 4."""
    said = sentences("customers_id")
    taken = [text for text in said if odds(text) >= 4.0 or sounds_like_machine(text)]
    assert len(taken) / len(said) <= 0.002, taken[:10]


def test_a_language_without_weights_knows_nothing() -> None:
    assert "jv" not in answering_model().words


def test_an_announcement_may_offer_a_voicemail_box() -> None:
    model = answering_model().words["id"]
    announced = model.evidence("nomor yang anda tuju sedang tidak aktif atau berada di luar jangkauan")
    offered = model.evidence("nomor yang anda tuju tidak menjawab silakan tinggalkan pesan suara setelah nada")
    assert announced.announcement > announced.voicemail
    assert offered.voicemail > offered.announcement
