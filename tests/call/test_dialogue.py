"""The policy never speaks of the debt to anyone but the verified customer, always ends, and takes only usable values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.understanding import INTENTS, Entities, Understanding, primary_of
from tts.espeak import EspeakVoice
from voicebot.call.dialogue import MAX_BOT_TURNS, Decision, HungUp, ScriptPolicy, Silence, contract_outcome
from voicebot.call.slots import Slots, Terms
from voicebot.call.wordings import CallAccount, fill_blanks
from voicebot.core.errors import ScriptError
from voicebot.core.money import Rupiah
from voicebot.core.rules import load_rules
from voicebot.core.script import Script, load_script, shipped_scripts

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
ACCOUNT = CallAccount(
    name="Budi Santoso",
    product="pinjaman multiguna",
    amount_due=Rupiah(1_250_000),
    due_on=date(2026, 11, 20),
    va_bank="BCA",
    va_number="8808123",
)
SCRIPTS = {language: load_script(name) for language, name in (("id", "payment_reminder"), ("en", "payment_reminder_en"))}
DEBT = (
    "1.250.000",
    "pinjaman",
    "tagihan",
    "jatuh tempo",
    "cicilan",
    "bayar",
    "8808123",
    "20 November",
    "loan",
    "payment",
    "due",
)

entities = st.builds(
    Entities,
    date=st.none() | st.dates(date(2026, 11, 1), date(2027, 3, 1)),
    amount_idr=st.none() | st.integers(0, 3_000_000),
    amount_text=st.none() | st.sampled_from(["penuh", "setengahnya", "sisanya"]),
    time=st.none() | st.times(time(0), time(23, 59)),
    conditional=st.booleans(),
)
understandings = st.builds(
    lambda intents, e: Understanding(
        text="x", intents=tuple(i for i in INTENTS if i in intents), primary=primary_of(intents), confidence=1.0, entities=e
    ),
    st.sets(st.sampled_from(INTENTS), min_size=1, max_size=3),
    entities,
)
heards = st.one_of(understandings, st.just(Silence()), st.just(Silence()))


def policy(script: Script = SCRIPTS["id"], account: CallAccount = ACCOUNT) -> ScriptPolicy:
    return ScriptPolicy(script, account, now=NOW, rules=load_rules())


def said(*intents: str, **values: object) -> Understanding:
    ordered = tuple(i for i in INTENTS if i in intents)
    return Understanding(text="…", intents=ordered, primary=primary_of(intents), confidence=1.0, entities=Entities(**values))  # type: ignore[arg-type]


def run(*answers: Understanding | Silence | HungUp) -> Decision:
    talk = policy()
    decision = talk.open()
    for answer in answers:
        decision = talk.reply(decision.state, answer)
    return decision


@given(st.lists(heards, max_size=60), st.sampled_from(["id", "en"]))
@settings(max_examples=300, deadline=None)
def test_no_word_of_the_debt_before_the_right_party_whatever_is_said(
    answers: list[Understanding | Silence], language: str
) -> None:
    talk = policy(SCRIPTS[language])
    decision = talk.open()
    turns = 0
    for answer in [*answers, *[Silence()] * MAX_BOT_TURNS]:
        if decision.state.party != "right_party":
            assert not any(word.lower() in decision.say.lower() for word in DEBT), decision.say
        if decision.ends:
            break
        decision = talk.reply(decision.state, answer)
        turns += 1
    assert decision.ends, "every call ends"
    assert turns <= MAX_BOT_TURNS + 1


@given(st.lists(understandings, max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_promise_is_never_invented_never_past_and_never_above_what_is_due(answers: list[Understanding]) -> None:
    talk = policy()
    decision = talk.open()
    named_days = {a.entities.date for a in answers}
    for answer in answers:
        if decision.ends:
            break
        decision = talk.reply(decision.state, answer)
    promise = decision.state.promise
    if promise is not None:
        assert NOW.date() <= promise.due_on <= NOW.date() + timedelta(days=30)
        assert 0 < promise.amount <= ACCOUNT.amount_due
        assert promise.due_on in named_days


def test_a_script_that_speaks_of_the_debt_too_early_is_stopped_by_the_policy() -> None:
    script = SCRIPTS["id"]
    greeting = script.steps["greeting"].model_copy(update={"say": "Tagihan {product} sebesar {amount_due}. Apakah ini {name}?"})
    careless = script.model_copy(update={"steps": {**script.steps, "greeting": greeting}})
    decision = policy(careless).open()
    assert decision.ends
    assert decision.state.guards == ("debt_before_verification",)
    assert "agihan" not in decision.say


@pytest.mark.parametrize("intent", ["deceased", "opt_out", "wrong_number", "third_party"])
def test_after_what_ends_the_matter_the_debt_is_not_mentioned_again(intent: str) -> None:
    decision = run(said("affirm"), said(intent), Silence())
    assert decision.ends
    assert not any(word in decision.say.lower() for word in ("tagihan", "rp", "bayar"))


def test_full_half_and_corrected_values() -> None:
    full = run(
        said("affirm"),
        said("promise_to_pay", date=date(2026, 11, 28)),
        said("promise_to_pay", amount_text="penuh"),
        said("affirm"),
    )
    assert full.state.outcome == "promise_to_pay"
    assert full.state.promise is not None
    assert full.state.promise.amount == 1_250_000
    half = run(said("affirm"), said("partial_payment", date=date(2026, 11, 28), amount_text="setengahnya"), said("affirm"))
    assert half.state.outcome == "partial_promise"
    corrected = run(
        said("affirm"),
        said("promise_to_pay", date=date(2026, 11, 25), amount_idr=500_000),
        said("promise_to_pay", "deny", date=date(2026, 11, 27)),
        said("affirm"),
    )
    assert corrected.state.promise is not None
    assert corrected.state.promise.due_on == date(2026, 11, 27)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2027, 2, 1)])
def test_a_day_in_the_past_or_too_far_is_asked_again(day: date) -> None:
    decision = run(said("affirm"), said("affirm"), said("promise_to_pay", date=day))
    assert decision.state.slots.date is None
    assert decision.asked == "ask_date"


def test_a_call_back_is_moved_into_permitted_hours_and_read_back() -> None:
    decision = run(said("affirm"), said("request_callback", date=date(2026, 11, 29), time=time(21, 0)))
    assert decision.state.outcome == "callback"
    assert decision.state.slots.callback_at is not None
    assert decision.state.slots.callback_at.weekday() == 0
    assert "08.00" in decision.say


def test_hanging_up_keeps_a_confirmed_promise_and_otherwise_says_so() -> None:
    assert run(said("affirm"), HungUp()).state.outcome == "hung_up"


def test_a_dispute_is_asked_about_once_and_never_pressed() -> None:
    decision = run(said("affirm"), said("dispute_amount"), said("out_of_scope"))
    assert decision.ends
    assert decision.state.outcome == "dispute"
    assert decision.state.dispute_kind == "dispute_amount"


@pytest.mark.parametrize(
    ("columns", "view"),
    [
        (("voicemail", "unverified", None), "voicemail"),
        (("answered", "right_party", "partial_promise"), "promise_to_pay"),
        (("answered", "third_party", None), "third_party"),
        (("answered", "third_party", "deceased"), "deceased"),
        (("answered", "right_party", "complaint"), "dispute"),
        (("answered", "unverified", "hung_up"), "no_resolution"),
    ],
)
def test_the_one_column_view_of_the_three_columns(columns: tuple[str, str, str | None], view: str) -> None:
    assert contract_outcome(*columns) == view


def with_factor(*answers: Understanding | Silence) -> Decision:
    talk = ScriptPolicy(
        SCRIPTS["id"], replace(ACCOUNT, factor="4711"), now=NOW, rules=load_rules(), options={"second_factor": True}
    )
    decision = talk.open()
    for answer in answers:
        decision = talk.reply(decision.state, answer)
    return decision


@pytest.mark.parametrize("digits", ["empat tujuh satu satu", "4711", "4 7 1 1", "eh empat tujuh satu satu ya"])
def test_the_second_factor_opens_the_debt(digits: str) -> None:
    decision = with_factor(said("affirm"), replace(said("out_of_scope"), text=digits))
    assert decision.state.party == "right_party"
    assert "1.250.000" in decision.say


def test_three_wrong_factors_end_politely_without_a_word_of_the_debt() -> None:
    wrong = replace(said("promise_to_pay", amount_idr=1234), text="satu dua tiga empat")
    decision = with_factor(said("affirm"), wrong, wrong)
    assert not decision.ends
    decision = with_factor(said("affirm"), wrong, wrong, wrong)
    assert decision.ends
    assert decision.state.party == "unverified"
    assert not any(word.lower() in decision.say.lower() for word in DEBT)


def test_the_message_for_a_voicemail_holds_no_word_of_the_debt() -> None:
    for script in SCRIPTS.values():
        message = policy(script).voicemail()
        assert message is not None
        assert ACCOUNT.name in message.say
        assert not any(word.lower() in message.say.lower() for word in DEBT)


def test_who_asks_to_hold_on_is_waited_for() -> None:
    decision = run(said("affirm"), replace(said("out_of_scope"), topics=("hold_on",)))
    assert decision.wait_s == 30
    assert decision.asked == "ask_payment"


def test_a_guess_verifies_nobody_and_opens_no_dispute() -> None:
    decision = run(replace(said("affirm"), confidence=0.5))
    assert decision.state.party == "unverified"
    assert decision.state.step == "greeting"
    decision = run(said("affirm"), replace(said("dispute_other"), confidence=0.3))
    assert decision.state.outcome is None


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ScriptError, match="staffed"):
        ScriptPolicy(SCRIPTS["id"], ACCOUNT, now=NOW, rules=load_rules(), options={"stafed": True})


def test_a_staffed_line_transfers_and_an_unstaffed_one_asks_when_to_call() -> None:
    for staffed, step in ((True, "human_handover"), (False, "human_callback")):
        talk = ScriptPolicy(SCRIPTS["id"], ACCOUNT, now=NOW, rules=load_rules(), options={"staffed": staffed})
        decision = talk.reply(talk.open().state, said("request_human"))
        assert decision.state.step == step
        assert decision.hands_over is staffed


def test_each_call_uses_one_of_the_wordings_and_always_the_same() -> None:
    def purpose(seed: int) -> str:
        talk = ScriptPolicy(SCRIPTS["id"], ACCOUNT, now=NOW, rules=load_rules(), seed=seed)
        return talk.reply(talk.open().state, said("affirm")).say

    assert purpose(0) == purpose(2) != purpose(1)
    assert all("1.250.000" in purpose(seed) and "20 November" in purpose(seed) for seed in range(4))


def test_turns_are_short_when_spoken() -> None:
    """At most twelve seconds, by the voice that speaks them."""
    voices = {"id": EspeakVoice(language="id"), "en": EspeakVoice(language="en")}
    terms = Terms.of(SCRIPTS["id"].negotiation, ACCOUNT.amount_due, NOW.date())
    account = replace(ACCOUNT, promised_amount=Rupiah(800_000), promised_on=date(2026, 11, 22), hotline="1500123")
    for name in shipped_scripts():
        script = load_script(name)
        for place, wording in script.wordings:
            said_text = fill_blanks(wording, account, Slots(), terms, NOW, script.language)
            voice = voices[script.language]
            length_s = sum(len(wave) for wave in voice.synthesize(said_text)) / voice.rate_hz
            assert length_s <= 12.0, f"{name} {place}: {length_s:.1f} s"
