"""What no script can switch off: random customers through every script, careless scripts too; and each guard's absence shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.understanding import INTENTS, TOPICS, Entities, Understanding, primary_of
from voicebot.call import dialogue
from voicebot.call.dialogue import MAX_BOT_TURNS, Decision, HungUp, ScriptPolicy, Silence
from voicebot.call.guards import breached_guard
from voicebot.call.slots import Terms
from voicebot.call.wordings import CallAccount, near_day
from voicebot.core.money import Rupiah, format_rupiah
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
    factor="4711",
    promised_amount=Rupiah(800_000),
    promised_on=date(2026, 11, 22),
)
SCRIPTS = {name: load_script(name) for name in shipped_scripts()}
DEBT = re.compile(
    r"(?i)rp\d|\b(pinjaman|tagihan|jatuh tempo|cicilan|angsuran|bayar\w*|pembayaran|utang|tunggakan|8808123|loan|payments?|pay|due|debt)\b"
)
CARELESS = {
    "debt_before_verification": (
        "Tagihan {product} sebesar {amount_due} belum dibayar.", "Your {product} payment of {amount_due} is due."
    ),
    "threat": ("Bila tidak, kami laporkan ke polisi.", "Otherwise the police will come."),
    "figure_not_from_ledger": ("Bayar dua juta rupiah sekarang.", "Pay Rp999.000 by December 24."),
}  # fmt: skip
OFTEN_REACHED = ("greeting", "know_customer", "third_party", "purpose", "ask_payment")
FORBIDDEN = re.compile(r"(?i)polisi|police|dua juta rupiah|Rp999\.000|December 24\b")

MONTHS = "November|Desember|December|Januari|January|Februari|February|Maret|March"

entities = st.builds(
    Entities,
    date=st.none() | st.dates(date(2026, 11, 1), date(2027, 3, 1)),
    amount_idr=st.none() | st.integers(0, 3_000_000),
    amount_text=st.none() | st.sampled_from(["penuh", "setengahnya", "sisanya"]),
    time=st.none() | st.times(time(0), time(23, 59)),
    payment_channel=st.none() | st.sampled_from(["bca", "indomaret"]),
    conditional=st.booleans(),
)
understandings = st.builds(
    lambda intents, topics, text, e: Understanding(
        text=text,
        intents=tuple(i for i in INTENTS if i in intents),
        primary=primary_of(intents),
        confidence=1.0,
        entities=e,
        topics=tuple(t for t in TOPICS if t in topics),
    ),
    st.sets(st.sampled_from(INTENTS), min_size=1, max_size=3),
    st.sets(st.sampled_from(TOPICS), max_size=1),
    st.sampled_from(["x", "empat tujuh satu satu", "satu dua tiga empat", "5"]),
    entities,
)
YES = Understanding(text="iya", intents=("affirm",), primary="affirm", confidence=1.0)
answers = st.lists(st.one_of(understandings, understandings, understandings, st.just(Silence())), max_size=40)
customers = st.one_of(answers, answers.map(lambda rest: [YES, *rest]))
names = st.sampled_from(sorted(SCRIPTS))


@st.composite
def policies(draw: st.DrawFn, careless: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> ScriptPolicy:
    """Any shipped script with any options; a careless one has a wording somewhere that these guards must stop.

    With ``places`` it is there, and the options are the script's own.
    """
    script = SCRIPTS[draw(names)]
    options = {name: draw(st.booleans()) for name in script.options} if not places else {}
    translation = SCRIPTS[script.translation] if script.translation is not None else None
    if careless:
        anywhere = st.one_of(st.sampled_from(OFTEN_REACHED), st.sampled_from(sorted(script.steps)))
        place = draw(st.sampled_from(places) if places else anywhere)
        wording = draw(st.sampled_from([text for guard in careless for text in CARELESS[guard]]))
        step = script.steps[place].model_copy(update={"say": wording, "say_again": None})
        script = script.model_copy(update={"steps": {**script.steps, place: step}})
    return ScriptPolicy(
        script, ACCOUNT, now=NOW, rules=load_rules(), options=options, translation=translation, seed=draw(st.integers(0, 5))
    )


def talk(policy: ScriptPolicy, heard: list[Understanding | Silence]) -> list[Decision]:
    decisions = [policy.open()]
    for answer in [*heard, *[Silence()] * MAX_BOT_TURNS]:
        if decisions[-1].ends:
            break
        decisions.append(policy.reply(decisions[-1].state, answer))
    return decisions


def check(decisions: list[Decision]) -> None:
    for decision in decisions:
        if decision.state.party != "right_party":
            assert not DEBT.search(decision.say), decision.say
        assert not FORBIDDEN.search(decision.say), decision.say
    assert decisions[-1].ends, "every call ends"
    assert len(decisions) <= MAX_BOT_TURNS + 2


@given(policies(), customers)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_customers_through_every_script(policy: ScriptPolicy, heard: list[Understanding | Silence]) -> None:
    decisions = talk(policy, heard)
    check(decisions)
    assert not {"debt_before_verification", "threat", "figure_not_from_ledger"} & set(decisions[-1].state.guards)
    assert all(decision.because for decision in decisions), "every word has its rule"


@given(policies(), customers)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_figure_that_is_said_stands_in_the_ledger_or_was_agreed_on(
    policy: ScriptPolicy, heard: list[Understanding | Silence]
) -> None:
    named = {h.entities.date for h in heard if isinstance(h, Understanding)} - {None}
    for decision in talk(policy, heard):
        slots = decision.state.slots
        sums = {ACCOUNT.amount_due, ACCOUNT.promised_amount, slots.amount}
        for script in SCRIPTS.values():
            terms = Terms.of(script.negotiation, ACCOUNT.amount_due, NOW.date())
            sums |= {terms.minimum, terms.plan_amount}
            named |= {terms.latest, terms.plan_on}
        allowed = {format_rupiah(amount) for amount in sums if amount is not None}
        assert set(re.findall(r"Rp[\d.]*\d", decision.say)) <= allowed, decision.say
        moment = slots.callback_at.date() if slots.callback_at is not None else None
        days = {ACCOUNT.due_on, ACCOUNT.promised_on, slots.date, moment, *named} - {None}
        spoken = {near_day(day, NOW, language) for day in days if day is not None for language in ("id", "en")}
        for found in re.findall(rf"\d{{1,2}} (?:{MONTHS})|(?:{MONTHS}) \d{{1,2}}", decision.say):
            assert any(found in day for day in spoken), decision.say


@given(policies(careless=tuple(CARELESS)), customers)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_careless_script_is_stopped_before_it_speaks(policy: ScriptPolicy, heard: list[Understanding | Silence]) -> None:
    check(talk(policy, heard))


@pytest.mark.parametrize(
    ("guard", "place"),
    [
        ("debt_before_verification", "greeting"),
        ("threat", "greeting"),
        ("threat", "ask_payment"),
        ("figure_not_from_ledger", "ask_payment"),
    ],
)
def test_without_a_guard_the_property_fails(guard: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: one guard taken out, and the test above must notice."""

    def weakened(script: Script, party: str, wording: str) -> str | None:
        found = breached_guard(script, party, wording)
        if found == guard:
            return breached_guard(script, "right_party", wording) if guard == "debt_before_verification" else None
        return found

    monkeypatch.setattr(dialogue, "breached_guard", weakened)

    @given(policies(careless=(guard,), places=(place,)), answers.map(lambda rest: [YES, *rest]))
    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def property_holds(policy: ScriptPolicy, heard: list[Understanding | Silence]) -> None:
        check(talk(policy, heard))

    with pytest.raises(AssertionError):
        property_holds()


def test_without_the_limit_of_turns_a_call_might_never_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "MAX_BOT_TURNS", 10**9)
    monkeypatch.setattr(dialogue, "MAX_FAILURES", 10**9)
    monkeypatch.setattr(dialogue, "MAX_REPEATS", 10**9)
    policy = ScriptPolicy(SCRIPTS["payment_reminder"], ACCOUNT, now=NOW, rules=load_rules())
    yes = Understanding(text="iya", intents=("affirm",), primary="affirm", confidence=1.0)
    decision = policy.reply(policy.open().state, yes)
    for number in range(200):
        other = Entities(date=NOW.date() + timedelta(days=1 + number % 2), amount_idr=500_000)
        change = Understanding(text="x", intents=("promise_to_pay",), primary="promise_to_pay", confidence=1.0, entities=other)
        decision = policy.reply(decision.state, change)
    assert not decision.ends


def test_a_hang_up_ends_it_at_any_point() -> None:
    policy = ScriptPolicy(SCRIPTS["payment_reminder"], ACCOUNT, now=NOW, rules=load_rules())
    decision = policy.reply(policy.open().state, HungUp())
    assert decision.ends
    assert decision.state.outcome == "hung_up"


def test_nobody_is_verified_by_a_second_factor_that_the_ledger_lacks() -> None:
    policy = ScriptPolicy(
        SCRIPTS["payment_reminder"], replace(ACCOUNT, factor=""), now=NOW, rules=load_rules(), options={"second_factor": True}
    )
    yes = Understanding(text="", intents=("affirm",), primary="affirm", confidence=1.0)
    decision = policy.open()
    while not decision.ends:
        decision = policy.reply(decision.state, yes)
        assert decision.state.party == "unverified"
