"""The index of a folder of recorded prompts (``index.tsv``), which is also the sheet that the speaker reads from.

A line is one recording: ``file``, ``text`` (what is read), ``sentence`` (the template it belongs to) and ``where`` (for the reader).
A sentence without blanks has one line; one with blanks, such as ``Jumlahnya {amount_due}, jatuh tempo {due_on}.``, has a line for
each stretch of words between them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.engine import VoiceError
from tts.spoken import spoken_number
from tts.spoken.days import MONTHS, WEEKDAYS, ordinal_en

INDEX = "index.tsv"
WORDS = "words"
"""The folder of single words for amounts and dates: ``words/juta.wav``."""
_COLUMNS = ("file", "text", "sentence", "where")
_BLANK = re.compile(r"\{([a-z_]+)\}")
_SLUG_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Prompt:
    """One recording to make or made."""

    file: str
    text: str
    sentence: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: words to be recorded, or (``blank`` is its name) a value that differs from call to call."""

    text: str
    blank: str = ""


def parts_of(sentence: str) -> tuple[Part, ...]:
    """The stretches of a template; signs without a letter (", ", ".") are no part."""
    found: list[Part] = []
    for index, piece in enumerate(_BLANK.split(sentence)):
        if index % 2:
            found.append(Part(text="", blank=piece))
        elif any(character.isalnum() for character in piece):
            found.append(Part(text=piece.strip()))
    return tuple(found)


def prompts_for(sentence: str, where: str = "") -> tuple[Prompt, ...]:
    """The recordings that a sentence needs, with the files they go into."""
    parts = parts_of(sentence)
    return tuple(
        Prompt(file=_file_name(part.text, index == 0, index == len(parts) - 1), text=part.text, sentence=sentence, where=where)
        for index, part in enumerate(parts)
        if not part.blank
    )


def _file_name(text: str, begins: bool, ends: bool) -> str:
    """The same for the same words in the same place of a sentence, since the melody is the same too."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_SLUG_CHARACTERS].strip("-")
    digest = hashlib.blake2b(f"{text}\0{begins}\0{ends}".encode(), digest_size=3).hexdigest()
    return f"{slug}-{digest}.wav"


def read_index(folder: Path) -> list[Prompt]:
    """The lines of ``index.tsv``. Raises :class:`VoiceError` naming the line and what to do."""
    path = folder / INDEX
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise VoiceError(
            f"{path} cannot be read ({type(error).__name__}): make it with `santun voice prompts SCRIPT --recordings {folder} --write`"
        ) from error
    rows = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    if missing := [column for column in _COLUMNS[:3] if column not in (rows.fieldnames or ())]:
        raise VoiceError(
            f"{path} lacks the columns {', '.join(missing)}; its first line must be {' '.join(_COLUMNS)}, with tabs between"
        )
    found: list[Prompt] = []
    for number, row in enumerate(rows, 2):
        file, words, sentence = (str(row[column] or "").strip() for column in _COLUMNS[:3])
        if not file and not words:
            continue
        place = Path(file)
        if not file or not words or not sentence:
            raise VoiceError(f"{path}, line {number}: file, text and sentence must all be given")
        if place.is_absolute() or ".." in place.parts:
            raise VoiceError(f"{path}, line {number}: {file!r} must be a file inside {folder}")
        found.append(Prompt(file=file, text=words, sentence=sentence, where=str(row.get("where") or "").strip()))
    return found


def write_index(folder: Path, prompts: Iterable[Prompt]) -> Path:
    """Write ``index.tsv`` whole, in place of the one that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(_COLUMNS)]
    lines += ["\t".join(re.sub(r"\s+", " ", value) for value in (p.file, p.text, p.sentence, p.where)) for p in prompts]
    path = folder / INDEX
    partial = path.with_suffix(".part")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def words_for_values(language: str) -> tuple[str, ...]:
    """The single words that amounts, dates, times and digits are made of, each to be recorded as ``words/WORD.wav``."""
    numbers = [*range(101), 200, 1000, 2000, 10**6, 10**9]
    said = [spoken_number(number, language) for number in numbers] + ["rupiah", *MONTHS[language], *WEEKDAYS[language]]
    said += ["pukul"] if language == "id" else [ordinal_en(day) for day in range(1, 32)] + ["a", "p", "m", "o", "o'clock"]
    return tuple(dict.fromkeys(word.lower() for words in said for word in words.split()))


def by_sentence(prompts: Sequence[Prompt]) -> dict[str, list[Prompt]]:
    """Lines by the sentence that they belong to, in their order."""
    found: dict[str, list[Prompt]] = {}
    for prompt in prompts:
        found.setdefault(prompt.sentence, []).append(prompt)
    return found
