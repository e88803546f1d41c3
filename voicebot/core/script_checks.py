"""What cannot work in a call script, found before a call: broken references, dead ends, and words of the debt too early."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlu.understanding import CONTEXTS, INTENTS
from voicebot.core.errors import ScriptError
from voicebot.core.script import Answer, Script, Step, load_script

_BLANK = re.compile(r"\{([^{}]*)\}")


def check_files(paths: Sequence[Path]) -> tuple[list[str], bool]:
    """One report line a script, and whether all are sound."""
    lines: list[str] = []
    sound = True
    for path in paths:
        try:
            script = load_script(path)
        except ScriptError as error:
            lines.append(str(error))
            sound = False
        else:
            lines.append(f"{path}: {script.reference} is sound ({len(script.steps)} steps)")
    return lines, sound


def problems_of(script: Script) -> list[str]:
    """Everything that cannot work, in reading order."""
    checks = (_references, _words, _blanks, _dead_ends, _reachable, _silent_loops, _early_debt, _rules)
    return [problem for check in checks for problem in check(script)]


def blanks_in(text: str) -> set[str]:
    """Names of the blanks in a wording."""
    return set(_BLANK.findall(text))


def reveals_debt(script: Script, wording: str) -> bool:
    """Whether a wording gives the debt away: a debt blank, or a debt word outside the other blanks."""
    if any(script.blanks[name].debt for name in blanks_in(wording) if name in script.blanks):
        return True
    plain = _BLANK.sub(" ", wording).lower()
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in script.debt_words)


def step_wordings(step: Step) -> list[str]:
    """Everything a step may say by itself."""
    fallbacks = [fallback.say for fallback in (step.unclear, step.silence) if fallback and fallback.say]
    return [text for text in (step.say, step.say_again, *fallbacks) if text]


def _edges(script: Script, name: str, *, anywhere: bool = True) -> Iterator[tuple[str, Answer | None]]:
    step = script.steps[name]
    for answer in step.answers:
        yield answer.to, answer
    if step.answers and anywhere:
        for answer in script.anywhere:
            yield answer.to, answer
    for fallback in (step.unclear, step.silence):
        if fallback is not None:
            yield fallback.to, None
    if step.then is not None:
        yield step.then, None


def _references(script: Script) -> Iterator[str]:
    if script.first not in script.steps:
        yield f"first: there is no step {script.first!r}"
    if script.voicemail is not None and script.voicemail not in script.steps:
        yield f"voicemail: there is no step {script.voicemail!r}"
    for name in script.steps:
        for target, _ in _edges(script, name):
            if target not in script.steps:
                yield f"steps.{name}: leads to the unknown step {target!r}"


def _words(script: Script) -> Iterator[str]:
    for name, step in script.steps.items():
        if step.asks is not None and step.asks not in CONTEXTS:
            yield f"steps.{name}.asks: {step.asks!r} is none of {', '.join(CONTEXTS)}"
        for answer in step.answers:
            yield from (f"steps.{name}: there is no intent {i!r}" for i in answer.when if i not in INTENTS)
    for answer in script.anywhere:
        yield from (f"anywhere: there is no intent {intent!r}" for intent in answer.when if intent not in INTENTS)


def _blanks(script: Script) -> Iterator[str]:
    used: set[str] = set()
    for place, text in script.wordings:
        names = blanks_in(text)
        used |= names
        yield from (f"{place}: nobody fills the blank {{{name}}}" for name in sorted(names - script.blanks.keys()))


def _dead_ends(script: Script) -> Iterator[str]:
    for name, step in script.steps.items():
        ways = sum((bool(step.answers), step.then is not None, step.ends))
        if ways == 0:
            yield f"steps.{name}: neither listens (answers), leads on (then) nor ends"
        elif ways > 1:
            yield f"steps.{name}: must do one of: listen (answers), lead on (then), end (ends)"
        if step.answers and (step.silence is None or step.unclear is None):
            yield f"steps.{name}: listens, so it needs both `silence` and `unclear`"
        if step.ends and not step.say:
            yield f"steps.{name}: ends without a word"
        for answer in step.answers:
            untaken = set(answer.needs) - set(answer.takes)
            if untaken:
                yield f"steps.{name}: an answer needs {', '.join(sorted(untaken))} but does not take it"


def _reachable(script: Script) -> Iterator[str]:
    seen = {script.first, *([script.voicemail] if script.voicemail else [])}
    waiting = list(seen)
    while waiting:
        name = waiting.pop()
        if name not in script.steps:
            continue
        for target, _ in _edges(script, name):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    yield from (f"steps.{name}: no way leads here" for name in script.steps if name not in seen)


def _silent_loops(script: Script) -> Iterator[str]:
    for name in script.steps:
        place, passed = name, {name}
        while (following := script.steps[place].then) is not None and following in script.steps:
            if following in passed:
                yield f"steps.{name}: leads in a circle without ever listening"
                break
            passed.add(following)
            place = following


def _early_debt(script: Script) -> Iterator[str]:
    """Follow every way with the party known so far; ``anywhere`` is left out because the policy takes it only where safe."""
    seen: set[tuple[str, str]] = set()
    waiting = [(script.first, "unverified")]
    reported: set[str] = set()
    while waiting:
        name, party = waiting.pop()
        if (name, party) in seen or name not in script.steps:
            continue
        seen.add((name, party))
        step = script.steps[name]
        party = step.party or party
        if party != "right_party" and name not in reported and any(reveals_debt(script, text) for text in step_wordings(step)):
            reported.add(name)
            yield f"steps.{name}: may speak of the debt before the right party is verified"
        for target, answer in _edges(script, name, anywhere=False):
            if answer is not None and answer.say and party != "right_party" and reveals_debt(script, answer.say):
                yield f"steps.{name}: an answer speaks of the debt before the right party is verified"
            waiting.append((target, (answer.party if answer else None) or party))


def _rules(script: Script) -> Iterator[str]:
    for name, rule in script.rules.items():
        for act in (rule.act, rule.other):
            if act is not None and act not in script.evidence:
                yield f"rules.{name}: there is no evidence {act!r}"
        if (rule.other is None) == (rule.kind in ("before", "only_after")):
            yield f"rules.{name}: {rule.kind} {'needs' if rule.other is None else 'takes no'} `other`"
