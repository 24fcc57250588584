"""Values for params from outside the policy: `slice=3ms`, in the representation that the program holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from schedc.check.literals import show
from schedc.syntax.numbers import NumberError, parse_number
from schedc.typed import tree as t
from schedc.types.kinds import RATE_ONE, RATIO_ONE, Kind

_TIMES = frozenset({Kind.DURATION, Kind.DIFFERENCE, Kind.TIME, Kind.VTIME})
_WORDS = {"true": 1, "false": 0}


class BadSetting(Exception):
    """A value that a param cannot have; the text stands alone."""


def split(words: Iterable[str]) -> dict[str, str]:
    """`name=value` words; a later one replaces an earlier one."""
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise BadSetting(f"`{word}` is not of the form NAME=VALUE, such as slice=3ms")
        pairs[name.strip()] = value.strip()
    return pairs


def settings(params: Iterable[t.Param], wanted: Mapping[str, str]) -> dict[str, int]:
    """The program's variables for the wanted values. Names that no param has are left to the caller."""
    found = {param.name: param for param in params}
    return {
        variable(found[name]): _in_range(found[name], text) for name, text in wanted.items() if name in found
    }


def variable(param: t.Param) -> str:
    """What the program calls the param."""
    return f"{'live' if param.live else 'param'}_{param.name}"


def _in_range(param: t.Param, text: str) -> int:
    kind, (low, high) = param.type.kind, (param.range.low, param.range.high)
    if text == "none" and param.type.optional:
        return -1
    value = _value(param, text)
    if kind is not Kind.BOOL and not low <= value <= high:
        raise BadSetting(f"{param.name}={text}: not in {show(kind, low)}..{show(kind, high)}")
    return value


def _value(param: t.Param, text: str) -> int:
    """In the representation of the param's kind."""
    kind = param.type.kind
    if kind is Kind.BOOL:
        if text not in _WORDS:
            raise BadSetting(f"{param.name}={text}: a bool is true or false")
        return _WORDS[text]
    sign = -1 if text.startswith("-") else 1
    number = parse_number(text.removeprefix("-"))
    if isinstance(number, NumberError):
        instead = f"; perhaps {number.instead}" if number.instead else ""
        raise BadSetting(f"{param.name}={text}: {number.reason}{instead}")
    value = sign * number.value * _scale(kind, number.unit)
    if not _fits(kind, number.unit):
        raise BadSetting(f"{param.name}={text}: a {kind.value} is written like {show(kind, param.default)}")
    if kind not in (Kind.RATIO, Kind.RATE) and value.denominator != 1:
        raise BadSetting(f"{param.name}={text}: a {kind.value} is a whole number")
    return round(value)


def _scale(kind: Kind, unit: str) -> Fraction:
    if kind is Kind.RATIO:
        return Fraction(RATIO_ONE)
    return Fraction(RATE_ONE if unit == "hz" else 1)


def _fits(kind: Kind, unit: str) -> bool:
    """Whether a number with that unit can be meant."""
    if kind in _TIMES:
        return unit in ("ns", "us", "ms", "s")
    if kind is Kind.RATE:
        return unit == "hz"
    return unit == "" or (unit == "%" and kind is Kind.RATIO)
