"""The sum of money that the speaker means now: what is live of all the figures that are named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlu.normalize import Token, joined
from nlu.numbers import Number, number_at, sum_at
from nlu.relative_sums import RelativeSum, find_relative
from nlu.sum_words import SumWords, sum_words

_MONEY_QUESTIONS = {"ask_payment", "ask_date", "ask_amount", "confirm_promise", "ask_dispute_reason", "closing"}
_PAYS = {"promise_to_pay", "partial_payment", "already_paid"}
_LEAST = 5_000
_LEAST_HELD = 10_000
_HUNDRED = 100
_HUNDRED_THOUSAND = 100_000
_DENIED = 4
_MOST = 10**12
_YEARS = range(1950, 2041)


@dataclass(frozen=True, slots=True)
class Amount:
    """``value`` in rupiah, or None for one relative to the balance; tokens ``start`` to ``end``."""

    value: int | None
    start: int
    end: int


def find_amount(
    tokens: Sequence[Token], language: str, *, asked: str | None, own_figure: bool, intents: Collection[str] = ()
) -> Amount | None:
    """The last sum that still holds, the first of alternatives and instalments.

    ``own_figure`` prefers what the speaker says it should be (disputes). ``intents`` tell what the sum is for.
    """
    words = sum_words(language)
    named = list(_sums(tokens, language, words, asked))
    live = [amount for amount in named if not _is_rejected(tokens, amount, words, contested=own_figure)]
    if intents and not _PAYS & set(intents):
        live = _unpaid(live, tokens, set(intents))
    if own_figure and (len(live) > 1 or len(named) > 1):
        return _own_figure(named, tokens, words)
    chosen = _chosen(live, tokens, words)
    relative = _relative(tokens, language, set(intents))
    if relative is None or (named and not chosen and not relative.full):
        return chosen
    told = Amount(None, relative.start, relative.end)
    if chosen is None:
        return told
    return told if relative.full and _takes_back(tokens[chosen.end : relative.start], words) else chosen


def _relative(tokens: Sequence[Token], language: str, intents: set[str]) -> RelativeSum | None:
    """The relative sum, where one can be meant: who pays a part does not pay all."""
    if intents and not _PAYS & intents:
        return None
    relative = find_relative(tokens, language)
    if relative is None or not relative.full:
        return relative
    paid_off = "already_paid" in intents and tokens[relative.start].text == "lunas"
    return None if paid_off or "partial_payment" in intents else relative


def _sums(tokens: Sequence[Token], language: str, words: SumWords, asked: str | None) -> list[Amount]:
    """Every figure that is money."""
    talk = asked in _MONEY_QUESTIONS or any(token.text in words.paying or token.text in words.asks_paying for token in tokens)
    found: list[Amount] = []
    index = 0
    while index < len(tokens):
        number = number_at(tokens, index, language)
        if number is None or number.value >= _HUNDRED or index == 0 or tokens[index - 1].text not in words.moment_before:
            number = sum_at(tokens, index, language)  # after "tanggal" or "jam", "lima lima puluh ribu" is not 550,000
        if number is None:
            index += 1
            continue
        if (end := _money_end(number, tokens, words, talk=talk)) is not None:
            found.append(Amount(number.value, number.start, end))
        index = number.end
    return found


def _money_end(number: Number, tokens: Sequence[Token], words: SumWords, *, talk: bool) -> int | None:
    """The token after the sum, its currency included; None when the number is no money."""
    before = tokens[number.start - 1].text if number.start else ""
    after = tokens[number.end].text if number.end < len(tokens) else ""
    end = number.end + (1 if after in words.currency else 0)
    if not _LEAST <= number.value <= _MOST:
        return None
    if before in words.currency or after in words.currency:
        return end
    if _counts_something(number, before, tokens, words):
        return None
    if number.value in _YEARS and number.value % 100:
        return None
    if number.implied:
        return end if talk and _is_sum_like(number, before, tokens, words) else None
    if number.scaled:
        return end
    return end if number.literal and _is_round(tokens[number.start].text, number.value) else None


def _counts_something(number: Number, before: str, tokens: Sequence[Token], words: SumWords) -> bool:
    """A number of things, a label, or (below a hundred) a day or an hour."""
    after = [token.text for token in tokens[number.end : number.end + 2]] + ["", ""]
    if after[0] in words.counted_after or (before in words.label_before and not number.scaled):
        return True
    if after[0] == "hari":
        return after[1] not in words.weekdays
    small = number.value < (_HUNDRED_THOUSAND if number.implied else _HUNDRED)
    return small and (before in words.moment_before or after[0] in words.moment_after)


def _is_sum_like(number: Number, before: str, tokens: Sequence[Token], words: SumWords) -> bool:
    """Bare hundreds; tens only right after a word of paying ("cicil lima puluh")."""
    if number.literal and tokens[number.start].text.startswith("0"):
        return False
    if number.value >= _HUNDRED_THOUSAND:
        return number.value % (5_000 if number.literal else 1_000) == 0
    return number.value >= 40_000 and number.value % 10_000 == 0 and before in words.paying


def _is_round(text: str, value: int) -> bool:
    """Digits written as a sum is: grouped, or in hundreds, and not as long as an account number."""
    return value >= 1000 and not text.startswith("0") and ("." in text or "," in text or (value % 100 == 0 and len(text) < 10))


def _before(tokens: Sequence[Token], amount: Amount) -> list[str]:
    """The words before a sum, back to the comma."""
    words = [token.text for token in tokens[max(0, amount.start - 5) : amount.start]]
    return words[len(words) - words[::-1].index(",") :] if "," in words else words


def _after(tokens: Sequence[Token], amount: Amount) -> str:
    return "".join(f" {token.text}" for token in tokens[amount.end : amount.end + 6])


def _is_rejected(tokens: Sequence[Token], amount: Amount, words: SumWords, *, contested: bool) -> bool:
    """Said only to be denied ("bukan lima ratus", "sejuta nggak bisa"), or earned and not paid; a contested sum may be wondered at."""
    before = _before(tokens, amount)
    text = "".join(f"{word} " for word in before)
    if before and before[-1] in words.rejecting_before:
        return True
    if words.rejecting_phrases.search(text):
        return True
    if contested:
        return False
    if words.earning_before.search(text) and not words.paying & set(before):
        return True
    return words.rejected_after.match(_after(tokens, amount)) is not None


def _unpaid(live: list[Amount], tokens: Sequence[Token], intents: set[str]) -> list[Amount]:
    """Who only tells of hardship names a sum when they hold it; who never borrowed has no sum of their own."""
    if intents & {"dispute_not_mine"}:
        return []
    if "hardship" not in intents:
        return live
    text = joined(tokens)
    holds = any(word in text.split() for word in ("tinggal", "kari", "sisa", "pegang", "got", "have"))
    return [amount for amount in live if holds and (amount.value or 0) >= _LEAST_HELD]


def _chosen(live: list[Amount], tokens: Sequence[Token], words: SumWords) -> Amount | None:
    """The last one; the first of those that are alternatives or come later."""
    if not live:
        return None
    chosen = live[-1]
    for earlier, later in reversed(list(pairwise(live))):
        if chosen == later and _comes_first(tokens, earlier, later, words):
            chosen = earlier
    return chosen


def _comes_first(tokens: Sequence[Token], earlier: Amount, later: Amount, words: SumWords) -> bool:
    between = [token.text for token in tokens[earlier.end : later.start]]
    following = tokens[later.end].text if later.end < len(tokens) else ""
    if words.correcting & set(between):
        return False
    return (
        bool(words.choosing & set(between))
        or bool(words.following & {*between, following})
        or bool(between and between[-1] in ("dari", "of", "dan", "and"))
        or not between
    )


def _takes_back(between: Sequence[Token], words: SumWords) -> bool:
    return any(token.text in words.correcting for token in between)


def _own_figure(named: list[Amount], tokens: Sequence[Token], words: SumWords) -> Amount:
    """In a dispute, the figure that the customer holds to be right."""
    scores: list[tuple[int, Amount]] = []
    for place, amount in enumerate(named):
        begin = named[place - 1].end if place else 0
        finish = named[place + 1].start if place + 1 < len(named) else len(tokens)
        before = [token.text for token in tokens[begin : amount.start]]
        after = [token.text for token in tokens[amount.end : min(finish, amount.end + 3)]]
        score = sum(words.dispute_before.get(word, 0) for word in before if word not in words.rejecting_before)
        score -= _DENIED if words.rejecting_before & set(_before(tokens, amount)[-2:]) else 0
        score += sum(words.dispute_after.get(word, 0) for word in after[: 1 + ("itu" in after)])
        if scores and words.correcting & set(before) & {"eh", "ralat", "sorry", "maksudnya", "mean", "sori"} and score >= 0:
            score = max(score, scores[-1][0])
            scores.pop()
        scores.append((score, amount))
    return max(scores, key=lambda each: each[0])[1]
