"""Texts of people and machines at the answer that nothing was trained on or chosen by."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "answering_heldout"


def held_out_texts(language: str) -> list[tuple[str, str]]:
    """(kind, text) of one language; kinds are human, voicemail and announcement."""
    lines = (_FOLDER / f"texts_{language}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t", 1) for line in lines if line.strip() and not line.startswith("#")]
    return [(kind, text) for kind, text in rows]
