"""A limit is never passed: a call that could pass it is not made."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedc.model.budget import LEAST_OUTPUT, Ledger, Limits, OverBudget, Price
from schedc.model.talk import Prompt, Turn, Usage

PRICE = Price(Decimal(4), Decimal(5), Decimal("0.2"), Decimal(20))
PROMPT = Prompt("s" * 3000, (Turn("user", "u" * 1000),))


def ledger(tokens: int | None = None, money: str | None = None, price: Price | None = PRICE, seconds: float = 60) -> Ledger:
    return Ledger(Limits(3, seconds, tokens, Decimal(money) if money else None), price, clock=lambda: 0.0)


def test_a_call_costs_what_the_table_says() -> None:
    book = ledger()
    cost = book.charge(Usage(input=1000, cache_written=2000, cache_read=10_000, output=500))
    assert cost == book.money == Decimal("0.026")
    assert book.to_json()["money_usd"] == "0.026"


def test_money_without_a_price_is_refused() -> None:
    with pytest.raises(OverBudget, match="needs the model's prices"):
        ledger(money="1", price=None)


def test_the_answer_is_as_long_as_the_rest_allows() -> None:
    assert ledger().allowed(PROMPT, 16_000) == 16_000
    assert ledger(tokens=10_000).allowed(PROMPT, 16_000) == 10_000 - 4064
    assert ledger(money="0.10").allowed(PROMPT, 16_000) == (100_000 - 4064 * 5) // 20


@pytest.mark.parametrize("book", [ledger(tokens=4000 + LEAST_OUTPUT), ledger(money="0.03")])
def test_too_little_for_an_answer_is_no_call(book: Ledger) -> None:
    with pytest.raises(OverBudget, match="the next call could pass the limit"):
        book.allowed(PROMPT, 16_000)


def test_the_prompt_of_the_next_call_is_known_from_the_last() -> None:
    book = ledger()
    book.charge(Usage(input=900, output=100), PROMPT)
    longer = Prompt(PROMPT.system, (*PROMPT.turns, Turn("assistant", "a" * 400), Turn("user", "u" * 50)))
    assert book.prompt_tokens(longer) == 1000 + 50 + 3 * 64


def test_a_prompt_longer_than_its_price_is_for() -> None:
    short = Price(Decimal(1), Decimal(1), Decimal(1), Decimal(1), prompt_limit=2000)
    with pytest.raises(OverBudget, match="longer than 2000 tokens"):
        ledger(money="1", price=short).allowed(PROMPT, 1000)


def test_attempts_and_time_end() -> None:
    book = ledger()
    assert [book.begin_attempt() for _ in range(3)] == [1, 2, 3]
    with pytest.raises(OverBudget, match="all 3 attempts"):
        book.begin_attempt()
    times = iter([0.0, 61.0])
    late = Ledger(Limits(1, 60, None, None), None, clock=lambda: next(times, 61.0))
    with pytest.raises(OverBudget, match="time"):
        late.allowed(PROMPT, 100)


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 16_000), st.booleans()), max_size=12), st.integers(1, 99))
def test_no_sequence_of_calls_passes_a_limit(calls: list[tuple[int, int, bool]], cents: int) -> None:
    """Whatever a call takes up to what it was allowed, or is not known to have taken."""
    book = ledger(tokens=60_000, money=f"{cents / 100:.2f}")
    assert book.limits.tokens is not None and book.limits.money is not None
    for read, written, known in calls:
        try:
            allowed = book.allowed(PROMPT, 16_000)
        except OverBudget:
            break
        taken = Usage(cache_written=read, output=min(written, allowed))
        book.charge(taken if known else book.worst(PROMPT, allowed))
        assert book.usage.total <= book.limits.tokens
        assert book.money <= book.limits.money
