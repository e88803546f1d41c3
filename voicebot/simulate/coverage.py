"""Flow coverage: which steps and repair branches of the shipped scripts a set of test conversations visits.

Scripts that extend one another, and translations, share their steps; a step counts once, under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import yaml

from voicebot.call.dialogue import Decision, ScriptPolicy
from voicebot.core.errors import InputError
from voicebot.core.rules import load_rules
from voicebot.core.script import Script, load_script
from voicebot.simulate.talk import account_of, now_of, replay_decisions

TEST_NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
TEST_ACCOUNTS: dict[str, dict[str, Any]] = {
    "id": {"name": "Budi Santoso", "principal_due_idr": 1_250_000, "due_date": "2026-11-20", "dpd": 4, "product": "pinjaman"},
    "en": {"name": "Budi Santoso", "principal_due_idr": 1_250_000, "due_date": "2026-11-20", "dpd": 4, "product": "loan"},
}
_load = cache(load_script)
_REASON = re.compile(r"(?P<where>\w+): (?P<what>\w+)(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Coverage:
    """``missed`` are the units that no conversation visits."""

    units: frozenset[str]
    missed: frozenset[str]

    @property
    def share(self) -> float:
        """Visited units among all."""
        return 1 - len(self.missed) / max(1, len(self.units))


def read_conversations(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file, conversation) of every YAML file in ``folder``. Raises ``InputError`` naming a file that is not usable."""
    for path in sorted(folder.glob("*.yaml")):
        try:
            loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, OSError) as error:
            raise InputError(f"{path} cannot be read: {error}") from error
        if not isinstance(loaded, list):
            raise InputError(f"{path} must be a list of conversations")
        language = "en" if path.stem.endswith("en") else "id"
        for conversation in cast("list[dict[str, Any]]", loaded):
            yield path.stem, {"lang": language, **conversation}


def run_conversation(conversation: dict[str, Any]) -> tuple[list[Decision], dict[str, Any]]:
    """Replay one test conversation: ``lang``, ``turns``, and optionally ``script``, ``options``, ``account``."""
    record = {"lang": conversation["lang"], "account": account_fields(conversation), "turns": conversation["turns"]}
    return replay_decisions(record, _scripts(conversation), TEST_NOW, options=conversation.get("options"))


def policy_of(conversation: dict[str, Any]) -> tuple[ScriptPolicy, datetime]:
    """The policy that a test conversation meets, without its translation, and the local time."""
    fields = account_fields(conversation)
    language = conversation["lang"]
    now = now_of(fields, TEST_NOW)
    script = _scripts(conversation)[language]
    options = conversation.get("options")
    return ScriptPolicy(script, account_of(fields, language, now), now=now, rules=load_rules(), options=options), now


def account_fields(conversation: dict[str, Any]) -> dict[str, Any]:
    """The conversation's account, on top of the usual one."""
    return {**TEST_ACCOUNTS[conversation["lang"]], **conversation.get("account", {})}


def _scripts(conversation: dict[str, Any]) -> dict[str, Script]:
    default = {"id": "payment_reminder", "en": "payment_reminder_en"}[conversation["lang"]]
    first = _load(conversation.get("script", default))
    scripts = {first.language: first}
    if first.translation is not None:
        other = _load(first.translation)
        scripts[other.language] = other
    return scripts


def units_of(script: Script) -> Iterator[str]:
    """Everything of a script that conversations can visit."""
    for name, step in script.steps.items():
        yield f"step {name}"
        if step.answers:
            yield f"unclear {name}"
            yield f"silence {name}"
    for name in script.digressions:
        yield f"digression {name}"
        yield f"digression {name}, too often"
    for answer in script.anywhere:
        yield f"anywhere {answer.to}"


def visited_by(decisions: Iterable[Decision], script: Script) -> Iterator[str]:
    """The units that a conversation has visited."""
    for decision in decisions:
        yield from (f"step {name}" for name in decision.path)
        yield f"step {decision.state.step}"
        for reason in decision.because.split(", then "):
            match = _REASON.match(reason)
            if match is None:
                continue
            where, what = match["where"], match["what"]
            if what in ("unclear", "silence"):
                yield f"{what} {where}"
            elif where == "digression":
                yield f"digression {what}{', too often' if 'too often' in match['rest'] else ''}"
            elif where == "anywhere":
                yield from (f"anywhere {answer.to}" for answer in script.anywhere if what in answer.when)


def coverage(scripts: Sequence[Script], conversations: Iterable[dict[str, Any]]) -> Coverage:
    """What ``conversations`` visit of ``scripts``."""
    units = frozenset(unit for script in scripts for unit in units_of(script))
    visited: set[str] = set()
    for conversation in conversations:
        decisions, _ = run_conversation(conversation)
        visited.update(unit for script in scripts for unit in visited_by(decisions, script))
    return Coverage(units, units - visited)
