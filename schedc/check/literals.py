"""Number literals with their units, and values as people write them."""

from __future__ import annotations

from fractions import Fraction

from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s2_types as messages
from schedc.syntax import ast
from schedc.syntax.numbers import NANOSECONDS, Number, NumberError, parse_number
from schedc.typed import tree as t
from schedc.types.kinds import (
    ERROR,
    RATE_ONE,
    RATIO_ONE,
    U64_MAX,
    Kind,
    Type,
)


def check_number(node: ast.NumberLit, diagnostics: Diagnostics) -> t.Expr:
    """A literal in the representation of the kind that its unit says."""
    number = parse_number(node.text)
    if isinstance(number, NumberError):
        diagnostics.add(messages.bad_number(node.span, node.text, number.reason, number.instead, number.certain))
        return t.Lit(node.span, ERROR, 0)
    kind, value = _represent(number, node.text)
    if value > U64_MAX:
        diagnostics.add(messages.bad_number(node.span, node.text, "it does not fit 64 bits"))
        value = U64_MAX
    return t.Lit(node.span, Type(kind), value)


def _represent(number: Number, text: str) -> tuple[Kind, int]:
    if number.is_duration:
        return Kind.DURATION, int(number.value)
    if number.unit == "hz":
        return Kind.RATE, round(number.value * RATE_ONE)
    if number.unit == "%" or "." in text:
        return Kind.RATIO, round(number.value * RATIO_ONE)
    return Kind.COUNT, int(number.value)


def show(kind: Kind, value: int) -> str:
    """A value in the representation of a kind, as one would write it."""
    if kind in (Kind.DURATION, Kind.DIFFERENCE, Kind.TIME, Kind.VTIME):
        return duration_text(value)
    if kind is Kind.RATIO:
        return f"{float(Fraction(value * 100, RATIO_ONE)):g}%"
    if kind is Kind.RATE:
        return f"{float(Fraction(value, RATE_ONE)):g}hz"
    if kind is Kind.BOOL:
        return "true" if value else "false"
    return str(value)


def duration_text(nanoseconds: int) -> str:
    """`5ms`, `1500us`, `-20ms`: exact, in the largest unit that gives a whole number; nothing is `0ms`."""
    if not nanoseconds:
        return "0ms"
    for unit in ("s", "ms", "us"):
        if nanoseconds % NANOSECONDS[unit] == 0:
            return f"{nanoseconds // NANOSECONDS[unit]}{unit}"
    return f"{nanoseconds}ns"


def with_unit(text: str, kind: Kind) -> tuple[str, bool]:
    """What a bare whole number may mean as a value of a kind, and whether that is beyond doubt; "" where nothing is
    likely. C counts nanoseconds: 5000000 is 5ms. A ratio of 50 may be 50%, or fifty times as much."""
    digits = text.removeprefix("-").strip()
    number = parse_number(digits)
    if isinstance(number, NumberError):
        return "", False
    value = int(number.value)
    if kind is Kind.RATIO:
        return (f"{digits}.0", True) if value <= 1 else (f"{digits}%", False)
    if kind is Kind.RATE:
        return f"{digits}hz", False
    if 0 < value < 1000:
        return "", False
    return text[: len(text) - len(digits)] + (duration_text(value) if value else "0ms"), True
