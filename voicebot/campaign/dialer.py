"""Takes planned attempts and keeps this process's lines busy: claim, commit, dial, talk, store. At most one call an attempt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import sessionmaker

from tts.engine import Synthesizer
from voicebot.call.dialogue import CallAccount, ScriptPolicy
from voicebot.call.events import CallEvent, CallResult, Said
from voicebot.call.prompts import fixed_texts
from voicebot.call.recorder import Journal, Recorder
from voicebot.call.session import Engines, Session
from voicebot.call.transports import Line, Transport
from voicebot.call.turns import TurnTimes
from voicebot.campaign.contact_rules import may_call
from voicebot.campaign.ledger import call_account
from voicebot.core import engines
from voicebot.core.clock import local_time, now_utc
from voicebot.core.errors import CallError, CallNotAnswered
from voicebot.core.logs import get_logger
from voicebot.core.rules import load_rules
from voicebot.core.script import Script, load_script
from voicebot.core.settings import Settings
from voicebot.core.store.attempts import (
    LEASE_S,
    claim,
    end_attempt,
    end_lease,
    interrupt_orphans,
    mark_talking,
    next_claimable,
    put_off,
    renew_lease,
)
from voicebot.core.store.calls import NewCall, NewTurn, save_call
from voicebot.core.tables import CallAttempt

_IDLE_S = 0.5
_LEASE_EVERY_S = 3.0
log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A claimed attempt, all that a call needs; the database is not asked again until it is over."""

    attempt_id: int
    number: str
    script: str
    rules: str
    zone: str
    account: CallAccount
    options: Mapping[str, bool]


LiveWatcher = Callable[[Assignment, CallEvent | CallResult | str], None]


class Dialer:
    """One worker process's lines."""

    def __init__(
        self,
        sessions: sessionmaker[DatabaseSession],
        transport: Transport,
        settings: Settings,
        *,
        worker_id: str,
        lines: int,
        watch: LiveWatcher = lambda assignment, event: None,
    ) -> None:
        self._sessions = sessions
        self._transport = transport
        self._settings = settings
        self._worker_id = worker_id
        self._lines = lines
        self._watch = watch
        self._executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="engine")
        self._stopping = asyncio.Event()
        self._calls: set[asyncio.Task[None]] = set()

    def drain(self) -> None:
        """Finish the calls at hand and take no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Dial until :meth:`drain`."""
        await asyncio.to_thread(self._renew)
        calls = self._calls
        leasing = asyncio.create_task(self._keep_lease())
        try:
            while not self._stopping.is_set():
                assignment = None
                if len(calls) < self._lines:
                    assignment = await asyncio.to_thread(self._claim_next)
                if assignment is not None:
                    task = asyncio.create_task(self._carry(assignment))
                    calls.add(task)
                    task.add_done_callback(calls.discard)
                    continue
                try:
                    await asyncio.wait_for(self._stopping.wait(), _IDLE_S)
                except TimeoutError:
                    continue
            if calls:
                await asyncio.gather(*calls, return_exceptions=True)
        finally:
            leasing.cancel()
            await asyncio.to_thread(self._leave)
            self._executor.shutdown(wait=False)

    # Claiming ----------------------------------------------------------------------------------------------------
    def _claim_next(self) -> Assignment | None:
        """Claim and commit the next attempt that the rules allow now; those they forbid are put off."""
        with self._sessions.begin() as session:
            for _ in range(20):
                now = now_utc()
                attempt = next_claimable(session, now=now)
                if attempt is None:
                    return None
                rules = load_rules(attempt.campaign.rules)
                permission = may_call(session, attempt.person, attempt.account, attempt.number, now=now, rules=rules)
                if not permission.allowed:
                    put_off(session, attempt, until=permission.next_at, reason=f"{permission.rule}: {permission.reason}")
                    log.info("attempt_put_off", attempt_id=attempt.id, rule=permission.rule)
                    session.flush()
                    continue
                if claim(session, attempt, worker_id=self._worker_id, now=now):
                    return self._assignment(attempt)
        return None

    def _assignment(self, attempt: CallAttempt) -> Assignment:
        account, person = attempt.account, attempt.person
        return Assignment(
            attempt_id=attempt.id,
            number=attempt.number,
            script=attempt.campaign.script,
            rules=attempt.campaign.rules,
            zone=person.zone,
            account=call_account(account, person, self._settings),
            options=attempt.campaign.options,
        )

    async def _keep_lease(self) -> None:
        renewed_s = time.monotonic()
        while True:
            await asyncio.sleep(_LEASE_EVERY_S)
            try:
                await asyncio.to_thread(self._renew)
                renewed_s = time.monotonic()
            except Exception as error:  # the next round tries again
                log.warning("lease_not_renewed", reason=type(error).__name__)
            if time.monotonic() - renewed_s > LEASE_S - _LEASE_EVERY_S:
                self._abandon()

    def _abandon(self) -> None:
        """Hang up before the lease runs out: from then on another worker may call these people."""
        for task in self._calls:
            log.error("call_abandoned", reason="the database has been away for too long")
            task.cancel()

    def _renew(self) -> None:
        with self._sessions.begin() as session:
            renew_lease(session, self._worker_id, lines=self._lines)
            for attempt_id in interrupt_orphans(session, now=now_utc()):
                log.warning("attempt_interrupted", attempt_id=attempt_id)

    def _leave(self) -> None:
        with self._sessions.begin() as session:
            end_lease(session, self._worker_id)

    # Calling -----------------------------------------------------------------------------------------------------
    async def _carry(self, assignment: Assignment) -> None:
        """One call; whatever happens its attempt ends, and nothing is dialed again here."""
        started_at = now_utc()
        stem = self._settings.recordings_dir / f"{started_at:%Y/%m/%d}" / f"attempt-{assignment.attempt_id}"
        journal = Journal(stem.with_suffix(".journal.jsonl"))
        journal.write("dialing", durable=True, attempt_id=assignment.attempt_id, at=started_at)
        log.info("call_dialing", attempt_id=assignment.attempt_id, pii_number=assignment.number)
        try:
            new = await self._dial(assignment, started_at, stem.with_suffix(".wav"), journal)
        except CallNotAnswered as error:
            new = _unanswered(assignment, error.disposition, started_at)
        except Exception as error:
            log.error(
                "call_failed",
                attempt_id=assignment.attempt_id,
                reason=str(error) if isinstance(error, CallError) else type(error).__name__,
            )
            new = _unanswered(assignment, "failed", started_at)
        journal.write("ended", durable=True, disposition=new.disposition, outcome=new.outcome, at=new.ended_at)
        journal.close()
        await self._store(new)
        log.info("call_stored", attempt_id=assignment.attempt_id, disposition=new.disposition, outcome=new.outcome)

    async def _dial(self, assignment: Assignment, started_at: datetime, path: Path, journal: Journal) -> NewCall:
        settings = self._settings
        self._watch(assignment, "dialing")
        try:
            async with self._transport.dial(assignment.number, ring_timeout_s=settings.sip.ring_timeout_s) as line:
                answered_at = now_utc()
                with Recorder(path, rate_hz=line.rate_hz) as recorder:
                    line.tap(recorder)
                    await asyncio.to_thread(self._mark_talking, assignment.attempt_id)
                    journal.write("answered", durable=True, at=answered_at)

                    def watch(event: CallEvent) -> None:
                        if isinstance(event, Said):
                            turn = event.turn
                            journal.write("said", speaker=turn.speaker, text=turn.text, step=turn.step, start_s=turn.start_s)
                        self._watch(assignment, event)

                    result = await self._session(assignment, line, watch).run()
                new = _answered(assignment, result, started_at, answered_at)
        except CallNotAnswered as error:
            self._watch(assignment, error.disposition)
            raise
        self._watch(assignment, result)
        if recorder.error is not None:
            log.error("recording_incomplete", attempt_id=assignment.attempt_id, reason=recorder.error)
        relative = path.relative_to(settings.recordings_dir)
        return _with_recording(new, str(relative), recorder.duration_s)

    def _session(self, assignment: Assignment, line: Line, watch: Callable[[CallEvent], None]) -> Session:
        settings, account = self._settings, assignment.account
        now = local_time(assignment.zone)
        script = load_script(assignment.script)
        recognizers = engines.make_recognizers(settings.engines.recognizer)
        translation = load_script(script.translation) if script.translation is not None else None
        if translation is not None and translation.language not in recognizers:
            translation = None  # a language that we could not hear is not offered
        policy = ScriptPolicy(
            script,
            account,
            now=now,
            rules=load_rules(assignment.rules),
            options=self._options(script, assignment),
            translation=translation,
            seed=assignment.attempt_id,
        )
        languages = {script.language, *([translation.language] if translation is not None else [])}
        borrowed = Engines(
            recognizers=recognizers,
            interpreters={language: engines.make_interpreter(language) for language in languages},
            voices={each.language: self._voice(each) for each in (script, translation) if each is not None},
            detector=engines.make_detector(),
            executor=self._executor,
        )
        times = TurnTimes(**settings.turns.model_dump())
        return Session(line, policy, borrowed, now=now, times=times, transfer_to=settings.sip.transfer_to, watch=watch)

    def _voice(self, script: Script) -> Synthesizer:
        """The bot's voice at the script's pace; what the script says to everybody may be kept on disk."""
        lender = {"company": self._settings.company, "bot_name": self._settings.bot_name, "hotline": self._settings.hotline}
        return engines.make_voice(script.language, pace=script.pace, fixed=fixed_texts(script, **lender))

    def _options(self, script: Script, assignment: Assignment) -> dict[str, bool]:
        """The campaign's choices, and whether somebody is there to take over."""
        staffed = {"staffed": True} if self._settings.sip.transfer_to else {}
        return {name: value for name, value in {**assignment.options, **staffed}.items() if name in script.options}

    def _mark_talking(self, attempt_id: int) -> None:
        with self._sessions.begin() as session:
            mark_talking(session, attempt_id)

    async def _store(self, new: NewCall) -> None:
        """Write the call, trying again while the database is away; the journal holds it meanwhile."""
        for wait_s in (0.5, 1, 2, 5, 10, 30):
            try:
                await asyncio.to_thread(self._save, new)
                return
            except Exception as error:
                log.error("call_not_stored_yet", attempt_id=new.attempt_id, reason=type(error).__name__)
                await asyncio.sleep(wait_s)

    def _save(self, new: NewCall) -> None:
        with self._sessions.begin() as session:
            end_attempt(session, new.attempt_id, now=new.ended_at, reason=new.disposition)
            save_call(session, new)


def _unanswered(assignment: Assignment, disposition: str, started_at: datetime) -> NewCall:
    return NewCall(
        attempt_id=assignment.attempt_id,
        script=load_script(assignment.script).reference,
        disposition=disposition,
        started_at=started_at,
        ended_at=now_utc(),
    )


def _answered(assignment: Assignment, result: CallResult, started_at: datetime, answered_at: datetime) -> NewCall:
    promise, slots = result.promise, result.slots
    return NewCall(
        attempt_id=assignment.attempt_id,
        script=load_script(assignment.script).reference,
        disposition=result.disposition,
        party=result.party,
        outcome=result.outcome,
        guards=result.guards,
        started_at=started_at,
        answered_at=answered_at,
        ended_at=now_utc(),
        hung_up_by=result.hung_up_by,
        turns=[
            NewTurn(
                speaker=turn.speaker,
                text=turn.text,
                start_s=turn.start_s,
                end_s=turn.end_s,
                step=turn.step,
                because=turn.because,
                intents=turn.intents,
                confidence=turn.confidence,
                voice_to_voice_s=turn.latency.total_s if turn.latency else None,
            )
            for turn in result.turns
        ],
        promise_amount=promise.amount if promise else None,
        promised_on=promise.due_on if promise else None,
        promise_channel=promise.channel if promise else "",
        promise_conditional=promise.conditional if promise else False,
        dispute_kind=result.dispute_kind,
        dispute_reason=slots.reason,
        callback_at=slots.callback_at,
        callback_quote=slots.callback_quote,
        opt_out_quote=next((turn.text for turn in reversed(result.turns) if turn.speaker == "customer"), ""),
    )


def _with_recording(new: NewCall, path: str, duration_s: float) -> NewCall:
    from dataclasses import replace

    return replace(new, recording_path=path, recording_duration_s=duration_s)
