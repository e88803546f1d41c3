"""What is said in audio comes to the same as the same words in text (virtual time; all conversations: ``make bench``).

The bound is a floor that catches a broken chain, not the goal of nine in ten: what is measured stands in ``make bench``.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.virtual_time import InPlace, run_virtually
from voicebot.simulate.aloud import can_be_spoken, is_in_vocabulary, speak
from voicebot.simulate.coverage import read_conversations, run_conversation

FOLDER = Path(__file__).resolve().parents[1] / "conversations"
COUNT = 40


def test_conversations_aloud_come_to_the_same_as_in_text() -> None:
    conversations = [c for _, c in read_conversations(FOLDER) if can_be_spoken(c) and is_in_vocabulary(c)]
    chosen = random.Random(40).sample(conversations, COUNT)
    differing: list[str] = []
    for number, conversation in enumerate(chosen):
        _, written = run_conversation(conversation)
        spoken = run_virtually(speak(conversation, number=number, executor=InPlace()))
        if (spoken.outcome, spoken.promise) != (written["outcome"], written["promise"]):
            differing.append(
                f"{conversation['id']}: {written['outcome']} {written['promise']} in text, {spoken.outcome} {spoken.promise} aloud; "
                f"said {conversation['turns']}, heard {spoken.heard}"
            )
    print(f"{COUNT - len(differing)} of {COUNT} come to the same\n" + "\n".join(differing))
    assert len(differing) <= 0.3 * COUNT
