"""What cannot work in a call script, found before a call: broken references, dead ends, and words of the debt too early."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlu.understanding import INTENTS, QUESTIONS, TOPICS
from voicebot.core.errors import ScriptError
from voicebot.core.script import NOTICES, Answer, Otherwise, Script, load_script

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


def plain_words(wording: str) -> str:
    """The wording in lower case without its blanks."""
    return _BLANK.sub(" ", wording).lower()


def reveals_debt(script: Script, wording: str) -> bool:
    """Whether a wording gives the debt away: a debt blank, or a debt word outside the other blanks."""
    if any(script.blanks[name].debt for name in blanks_in(wording) if name in script.blanks):
        return True
    plain = plain_words(wording)
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in script.debt_words)


def _edges(script: Script, name: str, *, anywhere: bool = True) -> Iterator[tuple[str, Answer | Otherwise | None]]:
    step = script.steps[name]
    for answer in step.answers:
        yield answer.to, answer
    if step.answers and anywhere:
        for answer in script.anywhere:
            yield answer.to, answer
        for digression in script.digressions.values():
            yield digression.to, None
    for fallback in (step.unclear, step.silence):
        if fallback is not None:
            yield fallback.to, None
    if step.otherwise is not None:
        yield step.otherwise.to, step.otherwise
    for target in step.missing.values():
        yield target, None
    if step.then is not None:
        yield step.then, None


def _references(script: Script) -> Iterator[str]:
    if script.first not in script.steps:
        yield f"first: there is no step {script.first!r}"
    if script.voicemail is not None and script.voicemail not in script.steps:
        yield f"voicemail: there is no step {script.voicemail!r}"
    for name, step in script.steps.items():
        for target, _ in _edges(script, name):
            if target not in script.steps:
                yield f"steps.{name}: leads to the unknown step {target!r}"
        if step.option is not None and step.option not in script.options:
            yield f"steps.{name}.option: the script has no option {step.option!r}"
        if (step.option is None) != (step.otherwise is None):
            yield f"steps.{name}: `option` and `otherwise` belong together"
    used = {step.option for step in script.steps.values()}
    yield from (f"options.{option}: no step uses it" for option in script.options if option not in used)


def _words(script: Script) -> Iterator[str]:
    known = {*INTENTS, *TOPICS, *NOTICES}
    for name, step in script.steps.items():
        if step.asks is not None and step.asks not in QUESTIONS:
            yield f"steps.{name}.asks: {step.asks!r} is none of {', '.join(QUESTIONS)}"
        for answer in step.answers:
            yield from (f"steps.{name}: there is no intent, topic or notice {i!r}" for i in answer.when if i not in known)
    for answer in script.anywhere:
        yield from (f"anywhere: there is no intent, topic or notice {i!r}" for i in answer.when if i not in known)
    for name, digression in script.digressions.items():
        yield from (f"digressions.{name}: there is no intent, topic or notice {i!r}" for i in digression.when if i not in known)


def _blanks(script: Script) -> Iterator[str]:
    used: set[str] = set()
    for place, text in script.wordings:
        names = blanks_in(text)
        used |= names
        yield from (f"{place}: nobody fills the blank {{{name}}}" for name in sorted(names - script.blanks.keys()))


def _dead_ends(script: Script) -> Iterator[str]:
    for name, step in script.steps.items():
        ways = sum((bool(step.answers), step.then is not None and not step.fills, step.ends))
        if ways == 0:
            yield f"steps.{name}: neither listens (answers), leads on (then) nor ends"
        elif ways > 1:
            yield f"steps.{name}: must do one of: listen (answers), lead on (then), end (ends)"
        if step.fills and not (step.answers and step.then):
            yield f"steps.{name}: has `fills`, so it needs `answers` and `then`, where it leads once they are known"
        if step.answers and (step.silence is None or step.unclear is None):
            yield f"steps.{name}: listens, so it needs both `silence` and `unclear`"
        if step.ends and not step.say:
            yield f"steps.{name}: ends without a word"
        for answer in step.answers:
            untaken = (set(answer.needs) | set(answer.names)) - set(answer.takes)
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
        if party != "right_party" and name not in reported and any(reveals_debt(script, text) for text in step.spoken):
            reported.add(name)
            yield f"steps.{name}: may speak of the debt before the right party is verified"
        for target, answer in _edges(script, name, anywhere=False):
            waiting.append((target, (answer.party if answer else None) or party))
    for name, digression in script.digressions.items():
        if reveals_debt(script, digression.spoken_to("unverified")):
            yield f"digressions.{name}: speaks of the debt before the right party is verified; give it a `before_verified`"


def _rules(script: Script) -> Iterator[str]:
    for name, rule in script.rules.items():
        for act in (rule.act, rule.other):
            if act is not None and act not in script.evidence:
                yield f"rules.{name}: there is no evidence {act!r}"
        if (rule.other is None) == (rule.kind in ("before", "only_after")):
            yield f"rules.{name}: {rule.kind} {'needs' if rule.other is None else 'takes no'} `other`"
