"""Numbers as docs/language.md says they are, whatever 64 bits make of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.types.kinds import RATE_ONE, RATIO_ONE, S64_MAX, U64_MAX, Kind
from schedc.verifier.interpret.numbers import compared, distance, operation

words = st.integers(0, U64_MAX)
law = settings(max_examples=200, derandomize=True, deadline=None)
COUNT, DURATION, RATIO, RATE = Kind.COUNT, Kind.DURATION, Kind.RATIO, Kind.RATE


@pytest.mark.parametrize(
    ("operator", "result", "left", "right", "value"),
    [
        ("-", DURATION, (DURATION, 1), (DURATION, 5), 0),
        ("+", COUNT, (COUNT, U64_MAX), (COUNT, 1), U64_MAX),
        ("*", COUNT, (COUNT, U64_MAX), (COUNT, 2), U64_MAX),
        ("*", DURATION, (DURATION, 1001), (RATIO, RATIO_ONE // 2), 500),
        ("/", DURATION, (DURATION, 1001), (RATIO, RATIO_ONE // 2), 2002),
        ("/", RATIO, (Kind.WEIGHT, 1), (Kind.WEIGHT, 2), RATIO_ONE // 2),
        ("*", COUNT, (RATE, 3 * RATE_ONE), (DURATION, 2_000_000_000), 6),
        ("/", RATE, (COUNT, 6), (DURATION, 2_000_000_000), 3 * RATE_ONE),
        ("-", Kind.DIFFERENCE, (Kind.DIFFERENCE, -S64_MAX), (Kind.DIFFERENCE, 1), -S64_MAX),
        ("/", Kind.DIFFERENCE, (Kind.DIFFERENCE, -7), (COUNT, 2), -3),
        ("-", Kind.DIFFERENCE, (Kind.VTIME, 1), (Kind.VTIME, U64_MAX), 2),
        ("-", Kind.VTIME, (Kind.VTIME, 1), (DURATION, 2), U64_MAX),
    ],
)
def test_an_operation_has_the_value_that_the_page_says(
    operator: str, result: Kind, left: tuple[Kind, int], right: tuple[Kind, int], value: int
) -> None:
    assert operation(operator, result, left, right) == value


@given(words, st.integers(-S64_MAX, S64_MAX))
@law
def test_virtual_time_is_compared_by_the_shorter_way(at: int, ahead: int) -> None:
    assert distance((at + ahead) % (U64_MAX + 1), at) == ahead
    assert compared("<", Kind.VTIME, at, (at + ahead) % (U64_MAX + 1)) == (ahead > 0)


@given(words, words)
@law
def test_sums_and_products_stay_words(a: int, b: int) -> None:
    for operator in "+-*":
        assert 0 <= operation(operator, COUNT, (COUNT, a), (COUNT, b)) <= U64_MAX
