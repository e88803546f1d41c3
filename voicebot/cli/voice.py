"""``santun voice say | prompts | check``: hear the bot's voice, and record a person's in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from voicebot.cli.engines import Language
from voicebot.cli.output import FAILED
from voicebot.core.errors import InputError

if TYPE_CHECKING:
    from tts.prompt_index import Prompt

voice_app = typer.Typer(help="Hear the bot's voice, and record a person's in its place.", no_args_is_help=True)
RECORDINGS = typer.Option(..., "--recordings", help="Folder of the recordings.", file_okay=False)


def register(app: typer.Typer) -> None:
    """Add these commands to ``santun``."""
    app.add_typer(voice_app, name="voice")


@voice_app.command("say")
def say(
    text: str = typer.Argument(..., help="What to say, as it is written."),
    output: Path = typer.Option(..., "-o", "--output", help="WAV file to write.", dir_okay=False),
    voice: str | None = typer.Option(None, "--voice", help="Such as espeak@m3; default: the one of the settings."),
    language: Language = typer.Option(Language.id, "--lang"),
) -> None:
    """Write TEXT as the bot says it into a WAV file, and show its words."""
    import numpy as np
    import soundfile

    from tts.spoken import to_spoken
    from voicebot.core.engines import make_voice

    made = make_voice(language.value, engine=voice)
    chunks = list(made.synthesize(text))
    if not chunks:
        raise InputError("there is nothing to say in that text")
    soundfile.write(output, np.concatenate(chunks), made.rate_hz, subtype="PCM_16")
    typer.echo(to_spoken(text, language.value))


@voice_app.command("prompts")
def prompts(
    script: str = typer.Argument(..., help="Call script (name or file)."),
    recordings: Path = RECORDINGS,
    words: bool = typer.Option(
        False, "--words", help="Also the single words for amounts and dates (words/WORD.wav), which are optional."
    ),
    write: bool = typer.Option(False, "--write", help="Add what is missing to the folder's index.tsv, the sheet to read from."),
) -> None:
    """Which sentences of SCRIPT still lack a recording; exits with 1 while there are some."""
    from tts.prompt_index import INDEX, WORDS, prompts_for, words_for_values, write_index
    from voicebot.call.prompts import sentences_in
    from voicebot.core.script import load_script
    from voicebot.core.settings import load_settings

    settings = load_settings()
    loaded = load_script(script)
    said = sentences_in(loaded, company=settings.company, bot_name=settings.bot_name, hotline=settings.hotline)
    known = read_known(recordings) if (recordings / INDEX).is_file() else []
    listed = {prompt.sentence for prompt in known}
    new: list[Prompt] = []
    missing: dict[str, Prompt] = {}
    lacking = 0
    for sentence in said:
        needed = prompts_for(sentence.text, sentence.where)
        if sentence.text not in listed:
            new += needed
        else:
            needed = tuple(prompt for prompt in known if prompt.sentence == sentence.text)
        absent = {prompt.file: prompt for prompt in needed if not (recordings / prompt.file).is_file()}
        lacking += bool(absent)
        missing |= absent
    for prompt in missing.values():
        typer.echo(f"{prompt.file}\t{prompt.text}\t{prompt.sentence if prompt.text != prompt.sentence else ''}".rstrip())
    if words:
        for word in words_for_values(loaded.language):
            if not (recordings / WORDS / f"{word}.wav").is_file():
                typer.echo(f"{WORDS}/{word}.wav\t{word}")
    if write:
        write_index(recordings, [*known, *new])
        typer.echo(f"{recordings / INDEX}: {len(new)} lines added", err=True)
    typer.echo(f"{len(said) - lacking} of {len(said)} sentences of {loaded.reference} are recorded", err=True)
    raise typer.Exit(FAILED if lacking else 0)


@voice_app.command("check")
def check(
    recordings: Path = typer.Argument(..., help="Folder of the recordings.", exists=True, file_okay=False),
    language: Language = typer.Option(Language.id, "--lang"),
) -> None:
    """Listen through the recordings: rate, clipping, level, noise, silence, and length against the words."""
    from tts.espeak import EspeakVoice
    from tts.prompt_index import WORDS
    from tts.recording_checks import faults_of

    voice = EspeakVoice(language=language.value)
    texts = {prompt.file: prompt.text for prompt in read_known(recordings)}
    texts |= {f"{WORDS}/{path.name}": path.stem for path in sorted((recordings / WORDS).glob("*.wav"))}
    there = {file: text for file, text in texts.items() if (recordings / file).is_file()}
    faulty = 0
    for file, text in there.items():
        for fault in (faults := faults_of(recordings / file, text, voice)):
            typer.echo(f"{file}: {fault}")
        faulty += bool(faults)
    typer.echo(f"{len(there)} of {len(texts)} recordings are there, {faulty} have faults", err=True)
    raise typer.Exit(FAILED if faulty else 0)


def read_known(recordings: Path) -> list[Prompt]:
    """The folder's index; what is wrong with it is told without a traceback."""
    from tts.engine import VoiceError
    from tts.prompt_index import read_index

    try:
        return read_index(recordings)
    except VoiceError as error:
        raise InputError(str(error)) from error
