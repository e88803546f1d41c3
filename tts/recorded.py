"""A person's recordings as the bot's voice: fixed sentences are played, the blanks in others are spoken in between.

A blank is made of recorded words where there are some for all of it (amounts and dates, ``words/*.wav``), else the voice beneath
speaks it; so does it any sentence that has no recording. Everything is brought to one level and to the line's rate.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tts.engine import Synthesizer, VoiceError, Waveform
from tts.loudness import PAUSE_S, faded_in, faded_out, levelled, trimmed
from tts.prompt_index import INDEX, WORDS, Part, by_sentence, parts_of, read_index
from tts.sentences import sentences_of
from tts.splice import spliced
from tts.spoken import to_spoken

_BENEATH = "beneath.txt"
_BEFORE_BLANK_S = 0.06
"""A listener gets a moment to be ready for what differs."""
_AFTER_COMMA_S = 0.15


@dataclass(frozen=True, slots=True)
class _Template:
    """A sentence with its recordings; ``pattern`` has a group for each blank."""

    parts: tuple[Part, ...]
    files: tuple[Path, ...]
    pattern: re.Pattern[str]
    fixed_characters: int


class RecordedVoice:
    """Recordings in ``folder`` (see ``tts.prompt_index``), and a voice for everything else; thread-safe.

    Raises :class:`VoiceError` where the folder's index cannot be used.
    """

    def __init__(self, folder: Path, *, beneath: Synthesizer, language: str = "id") -> None:
        self._folder = folder
        self._beneath = beneath
        self._language = language
        self._templates = sorted(self._read(), key=lambda template: -template.fixed_characters)
        self._words = {path.stem.lower(): path for path in sorted((folder / WORDS).glob("*.wav"))}

    @property
    def rate_hz(self) -> int:
        """Samples a second of the chunks."""
        return self._beneath.rate_hz

    @cached_property
    def key(self) -> str:
        """Names everything that changes the sound; for caches. A recording made anew is another one."""
        files = sorted({*(file for t in self._templates for file in t.files), *self._words.values(), self._folder / INDEX})
        told = "\n".join(f"{file}\t{file.stat().st_size}\t{file.stat().st_mtime_ns}" for file in files)
        digest = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
        return f"recorded/{digest}/{self.rate_hz}/{getattr(self._beneath, 'key', type(self._beneath).__name__)}"

    def synthesize(self, text: str) -> Iterator[Waveform]:
        """Speak ``text``, a chunk for each sentence."""
        for sentence in sentences_of(text):
            wave = self._recorded(" ".join(sentence.split()))
            if wave is None:
                yield from self._beneath.synthesize(sentence)
            elif len(wave):
                yield np.pad(wave, (0, int(PAUSE_S * self.rate_hz)))

    def has(self, sentence: str) -> bool:
        """Whether a filled sentence is played from recordings."""
        return self._matching(" ".join(sentence.split())) is not None

    def _read(self) -> Iterator[_Template]:
        for sentence, prompts in by_sentence(read_index(self._folder)).items():
            parts = parts_of(sentence)
            wanted = [part.text for part in parts if not part.blank]
            if wanted != [prompt.text for prompt in prompts]:
                raise VoiceError(
                    f"{self._folder / INDEX}: the lines of the sentence {sentence!r} must be, in this order: {' | '.join(wanted)}"
                )
            files = tuple(self._folder / prompt.file for prompt in prompts)
            if all(file.is_file() for file in files):
                yield _Template(parts, files, _pattern(sentence), sum(map(len, wanted)))

    def _matching(self, sentence: str) -> tuple[_Template, tuple[str, ...]] | None:
        for template in self._templates:
            match = template.pattern.fullmatch(sentence)
            if match is not None:
                return template, match.groups()
        return None

    def _recorded(self, sentence: str) -> Waveform | None:
        found = self._matching(sentence)
        if found is None:
            return None
        template, values = found
        files, blanks = iter(template.files), iter(values)
        pieces: list[Waveform] = []
        gaps_s: list[float] = []
        before = ""
        for part in template.parts:
            piece = self._blank(next(blanks)) if part.blank else _sound(next(files), self.rate_hz)
            if piece is None:  # a file that is no sound: the whole sentence in one voice
                return None
            if not len(piece):
                continue
            if pieces:
                gaps_s.append(_AFTER_COMMA_S if before.endswith((",", ":", ";")) else _BEFORE_BLANK_S)
            pieces.append(piece)
            before = part.text
        whole = spliced(pieces, self.rate_hz, gaps_s=gaps_s)
        return faded_out(faded_in(whole, self.rate_hz), self.rate_hz)

    def _blank(self, value: str) -> Waveform:
        words = re.findall(r"[\w'-]+", to_spoken(value, self._language).lower())
        sounds = [_sound(self._words[word], self.rate_hz) for word in words if word in self._words]
        usable = [sound for sound in sounds if sound is not None]
        if words and len(usable) == len(words):
            return spliced(usable, self.rate_hz)
        chunks = list(self._beneath.synthesize(value))
        return levelled(trimmed(np.concatenate(chunks), self.rate_hz), self.rate_hz) if chunks else np.zeros(0, np.float32)


def voice_beneath(folder: Path) -> str:
    """The voice that ``beneath.txt`` in the folder names for what has no recording; empty where there is no such file."""
    path = folder / _BENEATH
    name = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if name.startswith("recorded"):
        raise VoiceError(f"{path} must name a voice that can say anything, such as espeak or piper:MODEL")
    return name


def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"\{[a-z_]+\}", " ".join(sentence.split()))
    return re.compile("(.+?)".join(re.escape(piece) for piece in pieces))


@lru_cache(maxsize=1024)
def _sound(path: Path, rate_hz: int) -> Waveform | None:
    """A recording as it goes on the line; None where the file is no sound."""
    try:
        samples, found_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        return None
    wave = soxr.resample(samples.mean(axis=1), found_hz, rate_hz).astype(np.float32)
    wave = levelled(trimmed(wave, rate_hz), rate_hz)
    return wave if len(wave) else None
