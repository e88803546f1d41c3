"""Make ``id.tsv``: the words whose e espeak-ng reads wrongly, with the phonemes they should have.

``python -m tts.lexicon.build LEXICON [FREQUENCIES]``. LEXICON is Bookbot's Indonesian pronunciation lexicon (Apache-2.0;
``word<TAB>p h o n e m e s`` a line, several lines a word), FREQUENCIES a list of ``word count`` that decides which words are
common enough to be worth an entry; nothing of it is kept.

Indonesian writes two vowels with one letter: é ("besok") and the schwa ê ("sebelum"). espeak-ng guesses é wherever the stress
falls, so "dengan", "enam" and "besar" come out wrong. The lexicon merges two sources of which one writes a schwa for every e:
its word counts only where both agree, and ``reviewed_id.txt`` (checked by hand) outranks it. A schwa is never stressed in a
penult, so the stress moves on to the last syllable, as in "enAM".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tts.espeak import phonemes

_FOLDER = Path(__file__).parent
_MOST_FREQUENT = 20_000
_CLITICS = ("nya", "lah", "kah", "ku", "mu")
_FULL, _SCHWA = "é", "ê"
_VOWEL = re.compile(r"([',]*)(aI|aU|OI|oI|@|E|I|U|O|a|e|i|o|u)")
_SOUND_OF_E = {"@": _SCHWA, "E": _FULL, "e": _FULL}


def main() -> None:
    """Write ``id.tsv``."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    wanted = dict(_agreed(_pronunciations(Path(sys.argv[1])), _frequent(Path(sys.argv[2])) if len(sys.argv) > 2 else None))
    wanted |= dict(reviewed())
    wanted |= {word + clitic: marks for word, marks in wanted.items() for clitic in _CLITICS if word + clitic not in wanted}
    entries = {word: fixed for word, marks in wanted.items() if (fixed := corrected(word, marks)) is not None}
    lines = ["# Made by tts/lexicon/build.py; do not edit. word<TAB>espeak-ng phonemes. See NOTICE for the origin."]
    lines += [f"{word}\t{sounds}" for word, sounds in sorted(entries.items())]
    (_FOLDER / "id.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(entries)} of {len(wanted)} words are read wrongly")  # noqa: T201 - a program to run by hand


def reviewed() -> Iterator[tuple[str, str]]:
    """(word, its e's in order as é and ê) of the words that were checked by hand."""
    for line in (_FOLDER / "reviewed_id.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for marked in line.split():
                yield plain(marked), "".join(letter for letter in marked if letter in (_FULL, _SCHWA))


def plain(marked: str) -> str:
    """The word as it is written."""
    return marked.replace(_FULL, "e").replace(_SCHWA, "e")


def _pronunciations(path: Path) -> Mapping[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, sounds = line.partition("\t")
        if sounds.strip():
            found.setdefault(word.strip(), []).append(sounds.split())
    return found


def _frequent(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines[:_MOST_FREQUENT] if line.strip()}


def _agreed(lexicon: Mapping[str, list[list[str]]], frequent: Iterable[str] | None) -> Iterator[tuple[str, str]]:
    """Words on whose e's the sources agree."""
    for word in lexicon if frequent is None else sorted(set(lexicon) & set(frequent)):
        readings = ["".join({"ə": _SCHWA, "e": _FULL}.get(sound, "") for sound in sounds) for sounds in lexicon[word]]
        if word.isalpha() and len(readings) > 1 and len(set(readings)) == 1 and len(readings[0]) == word.count("e"):
            yield word, readings[0]


def corrected(word: str, marks: str) -> str | None:
    """espeak-ng's phonemes with these e's; None where it reads them so already, or where its reading does not line up."""
    read = phonemes(word)
    # A vowel letter has one sound each, or two letters a diphthong; e is never part of one.
    at = [match for match in _VOWEL.finditer(read) if match[2] in _SOUND_OF_E]
    if len(at) != len(marks) or "".join(_SOUND_OF_E[match[2]] for match in at) == marks:
        return None
    for match, mark in zip(reversed(at), reversed(marks), strict=True):
        sound = match[2] if _SOUND_OF_E[match[2]] == mark else {_FULL: "E", _SCHWA: "@"}[mark]
        read = read[: match.start(2)] + sound + read[match.end(2) :]
    return _stress_moved(read)


def _stress_moved(read: str) -> str:
    """No stress on a schwa: the main one goes to the next vowel, a weak one is dropped."""
    vowels = list(_VOWEL.finditer(read))
    for index, match in enumerate(vowels):
        if match[2] != "@" or not match[1]:
            continue
        without = read[: match.start(1)] + read[match.end(1) :]
        if "'" in match[1] and index + 1 < len(vowels):
            place = vowels[index + 1].start(2) - len(match[1])
            moved = without[:place] + "'" + without[place:]
            return _stress_moved(moved)
        return read if "'" in match[1] else _stress_moved(without)
    return read


if __name__ == "__main__":
    main()
