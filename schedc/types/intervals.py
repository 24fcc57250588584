"""Arithmetic on intervals: what range a result has, and whether a 64-bit operation could leave its range.

`exact` is the mathematical result; an operation whose exact interval fits the kind's representation is
emitted plain, any other one saturates.
"""

from __future__ import annotations

from schedc.types.kinds import (
    NS_PER_SECOND,
    RATE_ONE,
    RATIO_ONE,
    S64_MAX,
    S64_MIN,
    SIGNED,
    U64_MAX,
    Interval,
    Kind,
)

WORD = Interval(0, U64_MAX)
SIGNED_WORD = Interval(S64_MIN + 1, S64_MAX)


def word(kind: Kind) -> Interval:
    """The representable values of a kind."""
    return SIGNED_WORD if kind in SIGNED else WORD


def add(a: Interval, b: Interval) -> Interval:
    return Interval(a.low + b.low, a.high + b.high)


def subtract(a: Interval, b: Interval) -> Interval:
    return Interval(a.low - b.high, a.high - b.low)


def multiply(a: Interval, b: Interval) -> Interval:
    products = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(products), max(products))


def divide(a: Interval, b: Interval) -> Interval:
    """Truncating division; `b` must not hold 0."""
    quotients = [truncate(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(quotients), max(quotients))


def remainder(a: Interval, b: Interval) -> Interval:
    return Interval(0, min(a.high, b.high - 1))


def truncate(x: int, y: int) -> int:
    quotient = abs(x) // abs(y)
    return quotient if (x >= 0) == (y > 0) else -quotient


def minimum(a: Interval, b: Interval) -> Interval:
    return Interval(min(a.low, b.low), min(a.high, b.high))


def maximum(a: Interval, b: Interval) -> Interval:
    return Interval(max(a.low, b.low), max(a.high, b.high))


# Fixed-point products and quotients: (operator, left, right) -> (multiplier, divisor) of the plain integer
# result. A ratio times a duration is their product over RATIO_ONE, and so on.
SCALES: dict[tuple[str, Kind, Kind], tuple[int, int]] = {}


def _scale(operator: str, left: Kind, right: Kind, multiplier: int, divisor: int, both: bool = True) -> None:
    SCALES[operator, left, right] = (multiplier, divisor)
    if both and operator == "*":
        SCALES[operator, right, left] = (multiplier, divisor)


for _kind in (Kind.RATIO, Kind.COUNT, Kind.WEIGHT, Kind.RATE, Kind.DURATION):
    _scale("*", _kind, Kind.RATIO, 1, RATIO_ONE)
_scale("*", Kind.RATE, Kind.DURATION, 1, RATE_ONE * NS_PER_SECOND)
_scale("/", Kind.COUNT, Kind.RATIO, RATIO_ONE, 1)
_scale("/", Kind.DURATION, Kind.RATIO, RATIO_ONE, 1)
_scale("/", Kind.RATIO, Kind.RATIO, RATIO_ONE, 1)
_scale("/", Kind.WEIGHT, Kind.WEIGHT, RATIO_ONE, 1)
_scale("/", Kind.RATE, Kind.RATE, RATIO_ONE, 1)
_scale("/", Kind.COUNT, Kind.DURATION, RATE_ONE * NS_PER_SECOND, 1)


def operands(operator: str, left: Kind, right: Kind, a: Interval, b: Interval) -> Interval:
    """The exact result of a binary operation in the representation of its result."""
    multiplier, divisor = SCALES.get((operator, left, right), (1, 1))
    match operator:
        case "+":
            return add(a, b)
        case "-":
            return subtract(a, b)
        case "*":
            exact = multiply(a, b)
            return Interval(truncate(exact.low, divisor), truncate(exact.high, divisor))
        case "/":
            return divide(Interval(a.low * multiplier, a.high * multiplier), b)
        case _:
            return remainder(a, b)


def intermediate_fits(operator: str, left: Kind, right: Kind, a: Interval, b: Interval) -> bool:
    """True if the product before a fixed-point division still fits 64 bits."""
    multiplier, _ = SCALES.get((operator, left, right), (1, 1))
    if operator == "*":
        return multiply(a, b).high <= U64_MAX and multiply(a, b).low >= S64_MIN
    return a.high * multiplier <= U64_MAX
