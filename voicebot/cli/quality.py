"""``santun score``: judge recordings and transcripts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from voicebot.cli.engines import OUTPUT
from voicebot.cli.output import write_lines


class Side(StrEnum):
    """A channel of a stereo recording."""

    left = "left"
    right = "right"


def register(app: typer.Typer) -> None:
    """Add these commands to ``santun``."""
    app.command()(score)


def score(
    inputs: list[Path] = typer.Argument(..., help="Audio files, folders of them, or transcripts (.jsonl)."),
    scorecard: Path | None = typer.Option(None, "--scorecard", help="Scorecard YAML; default: collections_v1."),
    customer_channel: Side = typer.Option(Side.right, "--customer-channel", help="Where stereo has the customer."),
    script: str = typer.Option("payment_reminder", "--script", help="Call script (name or file) to judge by."),
    output: Path | None = OUTPUT,
) -> None:
    """Score calls: checklist with quotes, auto-fails, empathy, sentiment, outcome, personal data, measures."""
    from analytics.pipeline import score_inputs

    results = score_inputs(inputs, scorecard=scorecard, customer_channel=customer_channel.value, script=script)
    raise typer.Exit(write_lines(results, output))
