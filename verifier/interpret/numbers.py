"""Numbers and units: exact integers, then what 64 bits can hold (docs/language.md, "Numbers and units")."""

from __future__ import annotations

from schedc.types.kinds import SIGNED, Interval, Kind

WORD = 1 << 64
# How many steps of the representation make one: of a ratio, an event a second, a second.
_ONE = {Kind.RATIO: 1 << 20, Kind.RATE: 1 << 10, Kind.DURATION: 10**9, Kind.DIFFERENCE: 10**9, Kind.TIME: 10**9}


def saturated(kind: Kind, exact: int) -> int:
    """The nearest value that the kind has; virtual time is modular instead."""
    if kind is Kind.VTIME:
        return exact % WORD
    if kind in SIGNED:
        return max(-(WORD // 2 - 1), min(exact, WORD // 2 - 1))
    return max(0, min(exact, WORD - 1))


def truncated(dividend: int, divisor: int) -> int:
    """A quotient without what is behind its point."""
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def distance(later: int, earlier: int) -> int:
    """How far one virtual time is ahead of another: the shorter way round."""
    return (later - earlier + WORD // 2) % WORD - WORD // 2


def operation(operator: str, result: Kind, left: tuple[Kind, int], right: tuple[Kind, int]) -> int:
    """`left operator right` in the representation of its result."""
    (left_kind, a), (right_kind, b) = left, right
    if left_kind is right_kind is Kind.VTIME:
        return distance(a, b)
    match operator:
        case "+":
            exact = a + b
        case "-":
            exact = a - b
        case "*":
            exact = truncated(a * b * _one(result), _one(left_kind) * _one(right_kind))
        case "/":
            exact = truncated(a * _one(right_kind) * _one(result), b * _one(left_kind))
        case _:
            exact = a - b * truncated(a, b)
    return saturated(result, exact)


def _one(kind: Kind) -> int:
    return _ONE.get(kind, 1)


def into_range(kind: Kind, value: int, range_: Interval) -> int:
    """The nearest value of a declared range; only numbers that have an order have ranges."""
    return value if kind is Kind.VTIME else max(range_.low, min(value, range_.high))


def compared(operator: str, kind: Kind, left: object, right: object) -> bool:
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    assert isinstance(left, int) and isinstance(right, int)
    ahead = distance(left, right) if kind is Kind.VTIME else left - right
    return {"<": ahead < 0, "<=": ahead <= 0, ">": ahead > 0, ">=": ahead >= 0}[operator]
