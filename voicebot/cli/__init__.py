"""The ``santun`` command.

Every command writes results to ``-o FILE`` or standard output and progress to standard error, and exits with 0 (done),
1 (some inputs failed; the rest is written, each failure a line with ``"error"``) or 2 (wrong use).
"""

from __future__ import annotations

import sys

import typer

from voicebot import __version__
from voicebot.core.errors import SantunError

app = typer.Typer(
    name="santun",
    help="Santun: AI voice bot and speech analytics for early-stage collections.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"santun {__version__}")
        raise typer.Exit


@app.callback()
def santun(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    """Santun: AI voice bot and speech analytics for early-stage collections."""


def main() -> None:
    """Run ``santun``; what Santun itself reports is printed without a traceback."""
    from voicebot.cli import adapt, engines, models, operations, quality, voice

    for part in (engines, models, voice, adapt, quality, operations):
        part.register(app)
    try:
        app()
    except SantunError as error:
        typer.echo(f"santun: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
