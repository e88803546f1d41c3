"""``santun talk`` in a terminal: type what the customer says, read what the bot answers and, when asked, why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from nlu.explain import explain
from nlu.parse import as_json
from nlu.understanding import Understanding
from voicebot.call.dialogue import Decision, HungUp, ScriptPolicy, Silence
from voicebot.core.engines import make_interpreter
from voicebot.core.rules import load_rules
from voicebot.core.script import load_script
from voicebot.simulate.talk import account_of, result_of

_HELP = (
    "Type what the customer says. Enter alone is silence; ? shows how the last answer was understood, ?? why; Ctrl-D hangs up."
)
_ACCOUNTS: dict[str, dict[str, Any]] = {
    "id": {"name": "Budi Santoso", "principal_due_idr": 1_250_000, "dpd": 5, "product": "pinjaman multiguna"},
    "en": {"name": "Budi Santoso", "principal_due_idr": 1_250_000, "dpd": 5, "product": "personal loan"},
}


def converse(script_name: str, *, now: datetime, explained: bool = False, options: dict[str, bool] | None = None) -> None:
    """Talk until one side ends the call; ``explained`` shows after every answer how it was understood, and the rule followed."""
    console = Console()
    script = load_script(script_name)
    policy = ScriptPolicy(
        script,
        account_of(_ACCOUNTS[script.language], script.language, now),
        now=now,
        rules=load_rules(),
        options=options,
        translation=load_script(script.translation) if script.translation is not None else None,
    )
    console.print(f"[dim]{script.reference}: {script.title}. {_HELP}[/dim]")
    decision = policy.open()
    heard: Understanding | None = None
    answered = decision
    while True:
        _show(console, decision, explained=explained)
        if decision.ends:
            break
        text = _read(console, heard, answered, now)
        if text is None:
            decision = policy.reply(decision.state, HungUp())
            continue
        heard = make_interpreter(decision.state.language).interpret(text, asked=decision.asked, now=now) if text else None
        if explained and heard is not None:
            _show_understood(console, heard)
        answered = decision
        decision = policy.reply(decision.state, heard or Silence())
    _show_result(console, decision)


def _read(console: Console, heard: Understanding | None, answered: Decision, now: datetime) -> str | None:
    """The next thing said; answers questions about the last one, said to ``answered``, on the way. None: hung up."""
    while True:
        try:
            text = console.input("[bold green]you[/bold green]  ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return None
        if text not in ("?", "??"):
            return text
        if heard is None:
            console.print("[dim]nothing has been said yet[/dim]")
        elif text == "?":
            _show_understood(console, heard)
        else:
            for line in explain(heard.text, language=answered.state.language, asked=answered.asked, now=now):
                console.print(line, style="dim", markup=False)


def _show(console: Console, decision: Decision, *, explained: bool) -> None:
    if explained:
        console.print(f"     [dim]{' → '.join(decision.path)}   because {decision.because}[/dim]")
    if decision.say:
        console.print("[bold cyan]bot[/bold cyan]  ", end="")
        console.print(decision.say, markup=False, highlight=False)


def _show_understood(console: Console, heard: Understanding) -> None:
    values = {name: value for name, value in as_json(heard)["entities"].items() if value}
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    topics = f"  ({', '.join(heard.topics)})" if heard.topics else ""
    console.print(f"     [dim]{' + '.join(heard.intents)} {heard.confidence:.0%}{topics}  {told}[/dim]")


def _show_result(console: Console, decision: Decision) -> None:
    table = Table(show_header=False, box=None)
    result = result_of(decision, "answered", [])
    for key in ("outcome", "promise", "dispute_reason", "callback_time", "guards"):
        if result[key]:
            table.add_row(f"[bold]{key}[/bold]", str(result[key]))
    table.add_row("[bold]party[/bold]", decision.state.party)
    console.print(table)
