"""One call, from answer to outcome: a task that listens and a task that talks. Any failure ends both, and the line hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

from asr.engine import SpeechDetector, StreamingRecognizer
from asr.transcript import Hypothesis
from nlu.understanding import Interpreter, Understanding
from tts.engine import Synthesizer
from voicebot.call.answering import HELLO_WAIT_S, MACHINE_PATIENCE_S, MACHINE_PAUSE_S, MONOLOGUE_S, sounds_like_machine
from voicebot.call.audio import FRAME_S, frames_of, to_line
from voicebot.call.dialogue import Decision, HungUp, ScriptPolicy, Silence
from voicebot.call.events import BargedIn, CallResult, Latency, Said, SpokenTurn, Watcher
from voicebot.call.hearing import Heard, Listener
from voicebot.call.transports import Line
from voicebot.call.turns import TurnEvent, TurnTimes
from voicebot.core.errors import CallError
from voicebot.core.logs import get_logger

_CONFIDENT = 0.35
"""Below this belief an answer counts as not understood, except where the bot will read it back."""
_COMPLETE_INTENTS = {"affirm", "deny", "wrong_number", "third_party", "already_paid", "opt_out", "request_human", "deceased"}
log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Everything heavy that a call borrows; what hears, understands and speaks is there once a language."""

    recognizers: Mapping[str, StreamingRecognizer]
    interpreters: Mapping[str, Interpreter]
    voices: Mapping[str, Synthesizer]
    detector: SpeechDetector
    executor: Executor


class Session:
    """Carries one answered line to its end."""

    def __init__(
        self,
        line: Line,
        policy: ScriptPolicy,
        engines: Engines,
        *,
        now: datetime,
        times: TurnTimes | None = None,
        hints: Sequence[str] = (),
        transfer_to: str = "",
        watch: Watcher = lambda event: None,
    ) -> None:
        self._line = line
        self._policy = policy
        self._engines = engines
        self._now = now
        self._transfer_to = transfer_to
        self._watch = watch
        self._language = ""
        self._asked: str | None = "greeting_identity"
        self._hears = "yes_no"
        self._turns: list[SpokenTurn] = []
        self._answers: asyncio.Queue[Heard | Silence | HungUp | str] = asyncio.Queue()
        self._interrupted = asyncio.Event()
        self._talking = False
        self._machine = False
        self._hung_up_by = "bot"
        self._listener = Listener(
            lambda: engines.recognizers[self._language],
            engines.detector,
            times or TurnTimes(),
            engines.executor,
            graph=lambda: self._hears,
            hints=tuple(hints),
            is_complete=self._is_complete,
        )

    async def run(self) -> CallResult:
        """Talk until the end; never raises for anything the customer does."""
        decision = self._policy.open()
        self._language = decision.state.language
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self._listen())
                decision = await tasks.create_task(self._talk(decision))
                listening.cancel()
        except* CallError as errors:
            log.warning("call_broke", reason=str(errors.exceptions[0]))
            self._hung_up_by = "line"
        return self._result(decision)

    # Listening ---------------------------------------------------------------------------------------------------
    async def _listen(self) -> None:
        async for frame in self._line.incoming():
            event = await self._listener.hear(frame)
            if keys := self._line.take_keys():
                self._interrupt(self._listener.now_s)
                self._answers.put_nowait(keys)
            if event is TurnEvent.BARGED_IN:
                self._interrupt(self._listener.now_s)
            elif event is TurnEvent.SILENCE:
                self._answers.put_nowait(Silence())
            elif event is TurnEvent.ANSWER_ENDED:
                await self._pass_on()
            began_s = self._listener.turns.speech_began_s
            if not self._turns and began_s is not None and self._listener.now_s - began_s > MONOLOGUE_S:
                self._machine = True
                await self._pass_on()
        self._hung_up_by = "customer"
        self._answers.put_nowait(HungUp())
        self._interrupted.set()

    async def _pass_on(self) -> None:
        heard = await self._listener.finish()
        if heard is not None:
            self._answers.put_nowait(heard)

    def _interrupt(self, at_s: float) -> None:
        if self._talking:
            self._line.stop_playing()
            self._interrupted.set()
            began_s = self._listener.turns.speech_began_s
            self._watch(BargedIn(at_s, at_s - began_s if began_s is not None else 0.0))

    def _is_complete(self, partial: Hypothesis) -> bool:
        """Whether the words so far answer the question by themselves."""
        if not partial.words or partial.confidence < _CONFIDENT:
            return False
        understood = self._interpreter.interpret(partial.text, asked=self._asked, now=self._now)
        if understood.primary in _COMPLETE_INTENTS:
            return self._hears == "yes_no" or understood.primary not in ("affirm", "deny")
        if not self._turns:
            return True  # the callee's "halo": nothing more is expected before we speak
        # A sum may go on after a pause ("satu juta … dua ratus ribu"); a day does not.
        return understood.entities.date is not None and self._hears in ("date", "general")

    # Talking -----------------------------------------------------------------------------------------------------
    async def _talk(self, decision: Decision) -> Decision:
        opening = await self._first_words()
        if isinstance(opening, HungUp):
            return self._policy.reply(decision.state, opening)
        if self._machine:
            return await self._leave_message(decision)
        latency_from: Heard | None = opening if isinstance(opening, Heard) else None
        while True:
            await self._say(decision, latency_from)
            if decision.ends:
                await self._leave(decision)
                return decision
            latency_from = None
            answer = await self._answers.get()
            if isinstance(answer, Heard):
                understood = self._understand(answer)
                if decision.state.party == "unverified" and sounds_like_machine(understood.text):
                    self._machine = True
                    return await self._leave_message(decision)
                decision = self._policy.reply(decision.state, understood)
                latency_from = answer
            elif isinstance(answer, str):
                decision = self._policy.reply(decision.state, self._press(answer))
            else:
                decision = self._policy.reply(decision.state, answer)
                if isinstance(answer, HungUp):
                    return decision

    async def _leave_message(self, decision: Decision) -> Decision:
        """After the machine has said its piece: the script's message, which holds no word of the debt."""
        message = self._policy.voicemail()
        if message is None:
            return decision
        waited_from_s = self._listener.now_s
        while self._listener.now_s - max(self._listener.turns.last_speech_s, waited_from_s) < MACHINE_PAUSE_S:
            if self._hung_up_by == "customer" or self._listener.now_s - waited_from_s > MACHINE_PATIENCE_S:
                return decision
            await asyncio.sleep(FRAME_S)
        await self._say(message, None)
        await self._leave(message)
        return replace(decision, ends=True)

    async def _first_words(self) -> Heard | Silence | HungUp | str | None:
        """Wait for the callee's "halo", but not long; decides between human and machine."""
        try:
            first = await asyncio.wait_for(self._answers.get(), HELLO_WAIT_S)
        except TimeoutError:
            if self._listener.turns.speech_began_s is None:
                return None
            first = await self._answers.get()
        if isinstance(first, Heard):
            text = first.hypothesis.text
            self._machine = self._machine or sounds_like_machine(text)
            self._remember(first, text, "", ())
        return first

    def _understand(self, heard: Heard) -> Understanding:
        text = heard.hypothesis.text if heard.hypothesis.confidence >= _CONFIDENT else ""
        understood = self._interpreter.interpret(text, asked=self._asked, now=self._now)
        self._remember(heard, heard.hypothesis.text, self._step, understood.intents)
        return understood

    def _press(self, keys: str) -> Understanding:
        understood = self._interpreter.interpret(keys, asked=self._asked, now=self._now)
        at_s = self._listener.now_s
        turn = SpokenTurn(
            speaker="customer", text=f"[{keys}]", step=self._step, start_s=at_s, end_s=at_s, intents=understood.intents
        )
        self._turns.append(turn)
        self._watch(Said(turn))
        return understood

    @property
    def _interpreter(self) -> Interpreter:
        return self._engines.interpreters[self._language]

    @property
    def _step(self) -> str:
        return next((turn.step for turn in reversed(self._turns) if turn.speaker == "bot"), "")

    def _remember(self, heard: Heard, text: str, step: str, intents: tuple[str, ...]) -> None:
        turn = SpokenTurn(
            speaker="customer",
            text=text,
            step=step,
            start_s=round(heard.start_s, 2),
            end_s=round(heard.end_s, 2),
            intents=intents,
            confidence=heard.hypothesis.confidence,
        )
        self._turns.append(turn)
        self._watch(Said(turn))

    async def _say(self, decision: Decision, answered: Heard | None) -> None:
        """Speak sentence by sentence; stops within a frame when interrupted."""
        self._asked, self._hears, self._language = decision.asked, decision.hears, decision.state.language
        self._interrupted.clear()
        while not self._answers.empty() and not decision.ends:
            stale = self._answers.get_nowait()
            if isinstance(stale, HungUp):
                self._answers.put_nowait(stale)
                return
        loop = asyncio.get_running_loop()
        decided_s = loop.time()
        start_s = self._listener.now_s
        latency: Latency | None = None
        self._talking = True
        self._listener.turns.bot_starts(may_barge_in=decision.barge_in and not decision.ends)
        chunks = self._engines.voices[self._language].synthesize(decision.say)
        while not self._interrupted.is_set():
            wave = await loop.run_in_executor(self._engines.executor, next, chunks, None)
            if wave is None:
                break
            if answered is not None and latency is None:
                latency = _latency(answered, decided_s, loop.time())
            for frame in frames_of(to_line(wave), self._line.rate_hz):
                await self._line.play(frame)
                if self._interrupted.is_set():
                    self._line.stop_playing()
                    break
        while self._line.queued_s > 0 and not self._interrupted.is_set():
            await asyncio.sleep(FRAME_S)
        self._talking = False
        turn = SpokenTurn(
            speaker="bot",
            text=decision.say,
            step=decision.state.step,
            start_s=round(start_s, 2),
            end_s=round(self._listener.now_s, 2),
            because=decision.because,
            latency=latency,
        )
        self._turns.append(turn)
        self._watch(Said(turn))
        if self._listener.turns.bot_stops(self._listener.now_s, patience_s=decision.wait_s) is TurnEvent.ANSWER_ENDED:
            await self._pass_on()

    async def _leave(self, decision: Decision) -> None:
        """Hand over where wished and possible, else let the last words reach the customer and hang up."""
        if decision.hands_over and self._transfer_to:
            try:
                await self._line.transfer(self._transfer_to)
            except CallError as error:
                log.warning("transfer_failed", reason=str(error))
        await asyncio.sleep(0.2)

    def _result(self, decision: Decision) -> CallResult:
        state = decision.state
        if self._hung_up_by == "customer" and not state.finished:
            state = self._policy.reply(state, HungUp()).state
        dropped = self._hung_up_by == "line"
        return CallResult(
            disposition="voicemail" if self._machine else "dropped" if dropped else "answered",
            party=state.party,
            outcome=None if self._machine else state.outcome,
            promise=state.promise,
            slots=state.slots,
            dispute_kind=state.dispute_kind,
            guards=state.guards,
            turns=tuple(self._turns),
            duration_s=round(self._listener.now_s, 2),
            hung_up_by=self._hung_up_by,
            transfer_wanted=decision.hands_over,
        )


def _latency(answered: Heard, decided_s: float, sounding_s: float) -> Latency:
    return Latency(
        endpointing_s=round(answered.endpoint_loop_s - answered.speech_ended_loop_s, 4),
        recognition_s=round(answered.recognized_loop_s - answered.endpoint_loop_s, 4),
        deciding_s=round(decided_s - answered.recognized_loop_s, 4),
        first_speech_s=round(sounding_s - decided_s, 4),
    )
