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
from voicebot.call.audio import FRAME_S, AudioFrame, frames_of, to_engine, to_line
from voicebot.call.dialogue import Decision, HungUp, ScriptPolicy, Silence, wished_language
from voicebot.call.echo import SentFrames
from voicebot.call.events import BargedIn, CallResult, Latency, Said, SpokenTurn, Watcher, WentOn
from voicebot.call.hangover import ending_of, hangover_s
from voicebot.call.hearing import CONFIDENT, Heard, Listener
from voicebot.call.languages import LanguageRecognizer
from voicebot.call.machine_words import sounds_like_machine
from voicebot.call.pickup import Pickup
from voicebot.call.transports import Line
from voicebot.call.turns import TurnEvent, TurnTimes, Words, words_of
from voicebot.core.errors import CallError
from voicebot.core.logs import get_logger

_NO_SOUND_S = 3.0
_MOST_RESUMED = 2
"""Times that the bot takes up the same words again after it was stopped by what said nothing."""
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
        self._hears = "greeting"
        self._turns: list[SpokenTurn] = []
        self._answers: asyncio.Queue[Heard | Silence | HungUp | str] = asyncio.Queue()
        self._interrupted = asyncio.Event()
        self._talking = False
        self._question: Decision | None = None
        self._withdrawn = False
        self._cut_at: tuple[int, bool] | None = None
        self._machine = False
        self._pickup: Pickup | None = None
        self._hung_up_by = "bot"
        self._times = times or TurnTimes()
        sent = SentFrames(line.rate_hz)
        line.tap(sent)
        offered = {language: engines.recognizers[language] for language in policy.languages if language in engines.recognizers}
        recognizer = LanguageRecognizer(offered, lambda: self._language, self._wished_language)
        self._listener = Listener(
            lambda: recognizer,
            engines.detector,
            self._times,
            engines.executor,
            graph=lambda: self._hears,
            hints=tuple(hints),
            hangover_s=self._hangover_s,
            sent=sent,
        )

    async def run(self) -> CallResult:
        """Talk until the end; never raises for anything the customer does."""
        decision = self._policy.open()
        self._language = decision.state.language
        self._pickup = Pickup(self._line.rate_hz, self._language)
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
            elif event is TurnEvent.WENT_ON:
                self._withdraw()
            elif event is TurnEvent.SILENCE:
                self._answers.put_nowait(Silence())
            elif event is TurnEvent.ANSWER_ENDED:
                await self._pass_on()
            await self._judge_pickup(frame)
        self._hung_up_by = "customer"
        self._answers.put_nowait(HungUp())
        self._interrupted.set()

    async def _judge_pickup(self, frame: AudioFrame) -> None:
        """Who answers: before the first words, and as long as the party may yet prove to be a machine."""
        pickup, now_s = self._pickup, self._listener.now_s
        if pickup is None or not pickup.is_open:
            return
        verdict = pickup.hear(
            to_engine(frame.samples),
            now_s,
            is_speech=now_s - self._listener.turns.last_speech_s < 2 * FRAME_S,
            words=self._listener.partial.text,
        )
        if verdict is not None:
            log.info("pickup_judged", answered=verdict.answered, confidence=verdict.confidence, reason=verdict.reason)
            if pickup.is_machine and not self._machine and (self._talking or self._question is not None):
                self._interrupt(now_s)
                self._answers.put_nowait(Silence())  # wakes the talking half, which asks the pickup first
            elif not pickup.is_machine and self._listener.turns.speech_began_s is not None:
                await self._pass_on()  # a noisy place, where speech seems never to end
                self._listener.turns.forget()
        elif pickup.ends_message(now_s):
            self._interrupt(now_s)

    async def _pass_on(self) -> None:
        heard = await self._listener.finish()
        if heard is not None:
            if self._pickup is not None:
                self._pickup.settle(heard.hypothesis.text, self._listener.now_s)
            self._answers.put_nowait(heard)

    def _interrupt(self, at_s: float) -> None:
        if self._talking:
            self._line.stop_playing()
            self._interrupted.set()
            began_s = self._listener.turns.speech_began_s
            self._watch(BargedIn(at_s, at_s - began_s if began_s is not None else 0.0))

    def _withdraw(self) -> None:
        """The answer goes on: the reply to its first part is taken back, and the question stands as it stood."""
        if self._question is None:
            return
        self._withdrawn = True
        self._ask(self._question)
        self._watch(WentOn(self._listener.now_s, self._talking))
        if self._talking:
            self._line.stop_playing()
            self._interrupted.set()

    def _ask(self, decision: Decision) -> None:
        self._asked, self._hears, self._language = decision.asked, decision.hears, decision.state.language
        if self._pickup is not None and decision.state.party != "unverified":
            self._pickup.close()

    def _hangover_s(self, partial: Hypothesis) -> float:
        """How much silence ends the answer as it stands."""
        times = self._times
        if not self._turns:
            return times.complete_endpoint_s  # the callee's "halo": nothing more is expected before we speak
        understood = self._interpreter.interpret(partial.text, asked=self._asked, now=self._now)
        sure = partial.confidence >= CONFIDENT
        return hangover_s(
            ending_of(understood, asked=self._asked, hears=self._hears, language=self._language, sure=sure),
            complete_s=times.complete_endpoint_s,
            usual_s=times.endpoint_s,
            unfinished_s=times.unfinished_endpoint_s,
        )

    # Talking -----------------------------------------------------------------------------------------------------
    async def _talk(self, decision: Decision) -> Decision:
        opening = await self._first_words()
        if isinstance(opening, HungUp):
            return self._policy.reply(decision.state, opening)
        if self._machine and (left := await self._leave_message(decision)) is not None:
            return left
        latency_from: Heard | None = opening if isinstance(opening, Heard) else None
        resumed = told = 0
        while True:
            await self._say(decision, latency_from, skipping=self._cut_at[0] if resumed and self._cut_at else 0)
            if self._withdrawn and self._question is not None:
                decision = self._question
                del self._turns[told:]
            elif decision.ends:
                await self._leave(decision)
                return decision
            latency_from = None
            self._question, self._withdrawn, told = decision, False, len(self._turns)
            answer = await self._answers.get()
            if self._is_machine(decision, answer):
                if (left := await self._leave_message(decision)) is not None:
                    return left
                continue
            if isinstance(answer, Heard) and resumed < _MOST_RESUMED and self._says_nothing(answer):
                self._remember(answer, answer.hypothesis.text, self._step, ())
                resumed += 1
                continue
            resumed = 0
            if isinstance(answer, Heard):
                decision = self._policy.reply(decision.state, self._understand(answer))
                latency_from = answer
            elif isinstance(answer, str):
                decision = self._policy.reply(decision.state, self._press(answer))
            else:
                decision = self._policy.reply(decision.state, answer)
                if isinstance(answer, HungUp):
                    return decision

    def _is_machine(self, decision: Decision, answer: Heard | Silence | HungUp | str) -> bool:
        """Whether it was a machine all along; once the party has said who they are, no more is asked."""
        if decision.state.party != "unverified" or self._pickup is None:
            return False
        if isinstance(answer, Heard) and sounds_like_machine(answer.hypothesis.text):
            self._pickup.tell_machine(self._listener.now_s)
        self._machine = self._pickup.is_machine
        if self._machine and isinstance(answer, Heard):
            self._remember(answer, answer.hypothesis.text, self._step, ())
        return self._machine

    async def _leave_message(self, decision: Decision) -> Decision | None:
        """At the right moment the script's message, which holds no word of the debt; None: a person has come to the line."""
        assert self._pickup is not None
        self._question, self._withdrawn = None, False
        message = self._policy.voicemail()
        moment = self._pickup.message_moment(self._listener.now_s)
        while (cue := moment.cue(self._listener.now_s)) != "person":
            gone = self._hung_up_by == "customer"
            if gone or cue == "give up" or (cue == "speak" and message is None):
                return replace(decision, ends=True)
            if cue == "speak" and message is not None:
                await self._say(message, None)
                if not self._pickup.ends_message(self._listener.now_s):
                    await self._leave(message)
                    return replace(decision, ends=True)
            await asyncio.sleep(FRAME_S)
        self._machine = False
        self._pickup.person_after_all()
        return None

    async def _first_words(self) -> Heard | HungUp | str | None:
        """Wait for the callee's "halo", but not long; a machine is told from a person. None: nothing was said."""
        assert self._pickup is not None
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        heard: Heard | None = None
        while (opening := self._pickup.opening(self._listener.now_s)) is None or not self._answers.empty():
            if not self._answers.empty():
                answer = self._answers.get_nowait()
                if isinstance(answer, HungUp | str):
                    return answer
                if isinstance(answer, Heard):
                    heard = answer
                    self._remember(answer, answer.hypothesis.text, "", ())
                continue
            if self._listener.now_s == 0.0 and loop.time() - began_s > _NO_SOUND_S:
                return None  # no sound at all arrives, so there is nothing to judge
            await asyncio.sleep(FRAME_S)
        self._machine = opening in ("machine", "nobody")
        return heard

    def _says_nothing(self, heard: Heard) -> bool:
        """Whether what stopped the bot was a noise, or a "ya" before its question: then it goes on where it was."""
        if self._cut_at is None:
            return False
        words = words_of(heard.hypothesis.text) if heard.hypothesis.confidence >= CONFIDENT else Words.NONE
        in_last_sentence = self._cut_at[1]
        return words is Words.NONE or (words is Words.AGREEING and not in_last_sentence)

    def _understand(self, heard: Heard) -> Understanding:
        text = heard.hypothesis.text if heard.hypothesis.confidence >= CONFIDENT else ""
        understood = self._interpreter.interpret(text, asked=self._asked, now=self._now)
        self._remember(heard, heard.hypothesis.text, self._step, understood.intents)
        return understood

    def _wished_language(self, text: str) -> str | None:
        return wished_language(self._interpreter.interpret(text, asked=self._asked, now=self._now))

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

    async def _say(self, decision: Decision, answered: Heard | None, *, skipping: int = 0) -> None:
        """Speak sentence by sentence, the first ``skipping`` left out; stops within a frame when interrupted."""
        self._cut_at = None
        if self._withdrawn:
            return
        self._ask(decision)
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
        turns = self._listener.turns
        replies = answered is not None and self._question is not None
        turns.bot_starts(start_s, may_barge_in=decision.barge_in and not decision.ends, may_go_on=replies)
        chunks = self._engines.voices[self._language].synthesize(decision.say)
        sentence = -1
        while not self._interrupted.is_set():
            wave = await loop.run_in_executor(self._engines.executor, next, chunks, None)
            if wave is None:
                break
            sentence += 1
            if sentence < skipping:
                continue
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
        if self._interrupted.is_set():
            is_last = await loop.run_in_executor(self._engines.executor, next, chunks, None) is None
            self._cut_at = (max(sentence, 0), is_last)
        if not self._withdrawn:
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
        if turns.bot_stops(self._listener.now_s, patience_s=decision.wait_s) is TurnEvent.ANSWER_ENDED:
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
        unanswered = self._pickup.disposition if self._machine and self._pickup is not None else ""
        return CallResult(
            disposition=unanswered or ("dropped" if dropped else "answered"),
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
