from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedc.syntax.numbers import UNITS, Number, NumberError, parse_number


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0", 0, ""), ("1_000", 1000, ""), ("1.5", Fraction(3, 2), ""), ("5ns", 5, "ns"),
        ("250us", 250_000, "us"),
        ("5ms", 5_000_000, "ms"), ("1.5ms", 1_500_000, "ms"), ("2s", 2_000_000_000, "s"),
        ("5%", Fraction(1, 20), "%"),
        ("12.5%", Fraction(1, 8), "%"), ("100hz", 100, "hz"), ("9" * 20, int("9" * 20), ""),
    ],
)  # fmt: skip
def test_numbers(text: str, value: Fraction, unit: str) -> None:
    assert parse_number(text) == Number(Fraction(value), unit)


@pytest.mark.parametrize(
    ("text", "instead", "certain"),
    [
        ("5msec", "5ms", True), ("5sec", "5s", True), ("5min", "300s", True), ("5m", "5ms", False),
        ("1e6", "1000000", True), ("2.5e3us", "2500us", True), ("0x10", "16", True), ("0b101", "5", True),
        ("5MS", "5ms", True), ("5_ms", "5ms", True), ("10UL", "10", True), ("1.5f", "1.5", True),
        ("007", "7", False), ("1khz", "1000hz", True), ("5days", "", False), ("1__0", "", False),
        ("1_", "", False),
        ("9" * 21, "", False), ("0.5ns", "", False), ("9" * 5000, "", False), ("1e99", "", False),
    ],
)  # fmt: skip
def test_what_is_no_number_says_what_to_write(text: str, instead: str, certain: bool) -> None:
    error = parse_number(text)
    assert isinstance(error, NumberError)
    assert (error.instead, error.certain) == (instead, certain)


@given(st.from_regex(r"\A[0-9][0-9A-Za-z_]{0,30}(\.[0-9][0-9A-Za-z_]{0,30})?%?\Z"))
def test_every_number_token_is_a_number_or_says_why_not(text: str) -> None:
    result = parse_number(text)
    if isinstance(result, NumberError):
        assert result.reason
        assert not result.instead or isinstance(parse_number(result.instead), Number)


@given(st.integers(0, 10**15), st.sampled_from(["", *UNITS]))
def test_written_numbers_are_read_back(value: int, unit: str) -> None:
    number = parse_number(f"{value}{unit}")
    assert isinstance(number, Number) and number.unit == unit
