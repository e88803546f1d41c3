"""Which of Whisper's texts are believed."""

from __future__ import annotations

import pytest

from asr.whisper_guard import MAX_HINTS_LETTERS, is_believable, prompt_from


@pytest.mark.parametrize(
    ("text", "log_probability", "no_speech", "believed"),
    [
        ("Saya sudah bayar kemarin lewat transfer bank.", -0.3, 0.02, True),
        ("Saya sudah bayar.", -0.3, 0.9, True),  # sure of the words: the other doubt does not count
        ("Terima kasih telah menonton!", -1.4, 0.8, False),  # what Whisper writes over silence
        ("Saya sudah bayar.", -1.4, 0.3, True),  # unsure, but somebody spoke
        ("terima kasih " * 20, -0.1, 0.0, False),  # a loop
        ("nol delapan satu dua tiga empat lima enam", -0.2, 0.0, True),
        ("iya iya iya", -0.2, 0.0, True),
        ("", 0.0, 0.0, True),
    ],
)
def test_text_is_believed_by_what_the_model_says_of_it(
    text: str, log_probability: float, no_speech: float, believed: bool
) -> None:
    assert is_believable(text, mean_log_probability=log_probability, no_speech_probability=no_speech) is believed


def test_a_prompt_holds_whole_phrases_up_to_what_the_model_takes() -> None:
    assert prompt_from(()) == ""
    assert prompt_from(("Zulkifli", "Siti Aminah")) == "Zulkifli, Siti Aminah"
    long = prompt_from(tuple(f"nama{number:04}" for number in range(500)))
    assert len(long) <= MAX_HINTS_LETTERS
    assert long.endswith(tuple(f"nama{number:04}" for number in range(500)))
