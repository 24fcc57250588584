"""The fields of a table in a workload file: words, numbers, durations and distributions, each within its bounds.

What is not understood is refused, at its line: a misspelt key that is ignored would measure something else.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from schedc.syntax.numbers import NumberError, parse_number
from schedc.verifier.measure.errors import MeasureError
from schedc.verifier.measure.places import places
from schedc.verifier.measure.workload import MS, SECOND, Draw


class Fields:
    """One file, and the place in it that is being read."""

    def __init__(self, file: str, text: str, tree: dict[str, Any]) -> None:
        self.file = file
        self.tree = tree
        self.places = places(text)
        self.values: dict[str, Any] = tree
        self.at = ("", 0)
        self.subject = ""

    def refusal(self, key: str, message: str, hint: str = "") -> MeasureError:
        line = self.places.get((*self.at, key)) or self.places.get((*self.at, "")) or 1
        return MeasureError(f"{self.subject}{message}", hint, f"{self.file}:{line}")

    def known(self, names: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in names:
                near = get_close_matches(key, names, 1)
                hint = f"perhaps `{near[0]}`" if near else f"there are: {', '.join(names)}"
                raise self.refusal(key, f"there is no key `{key}` here", hint)

    def text(self, key: str, otherwise: str | None, fits: Callable[[str], bool], what: str) -> str:
        value = self.values.get(key, otherwise)
        if value is None:
            raise self.refusal("", f"`{key}` is missing", f"it is {what}")
        if not isinstance(value, str) or (key in self.values and not fits(value)):
            raise self.refusal(key, f"`{key}` is {shown(value)}", f"it is {what}")
        return value

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.refusal(key, f"`{key}` is {shown(value)}", "it is true or false")
        return value

    def whole(self, key: str, otherwise: int, low: int, high: int) -> int:
        value = self.values.get(key, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refusal(key, f"`{key}` is {shown(value)}", f"it is a whole number from {low} to {high}")
        return value

    def span(self, key: str, otherwise: int, low: int, high: int) -> int:
        """A duration of the workload itself: in whole ms where it is that long."""
        if key not in self.values:
            return otherwise
        value = self.duration(key, self.values[key])
        if not low <= value <= high or (key in ("time", "warmup") and value % MS):
            rule = f"from {_time(low)} to {_time(high)}" + (", in whole ms" if low in (0, MS) else "")
            raise self.refusal(key, f"`{key}` is {shown(self.values[key])}", f"it is {rule}")
        return value

    def duration(self, key: str, value: object) -> int:
        number = parse_number(value) if isinstance(value, str) else None
        if number is None:
            raise self.refusal(key, f"`{key}` is {shown(value)}", 'a time is written like "5ms"')
        if isinstance(number, NumberError):
            instead = f'perhaps "{number.instead}"' if number.instead else 'a time is written like "5ms"'
            raise self.refusal(key, f"`{key}` is {shown(value)}: {number.reason}", instead)
        if not number.is_duration or not number.is_whole:
            raise self.refusal(key, f"`{key}` is {shown(value)}", 'a time is written like "5ms", in whole ns')
        return int(number.value)

    def draw(self, key: str) -> Draw | None:
        """A distribution, where the key is there."""
        return self.bounded(key, self.shape(key, self.values[key])) if key in self.values else None

    def shape(self, key: str, value: object) -> Draw:
        """A time, or a table with one of the shapes."""
        if isinstance(value, str):
            return Draw("constant", self.duration(key, value))
        forms = '"2ms", {exponential = "2ms"}, {uniform = ["1ms", "3ms"]} or {bimodal = ["1ms", "9ms"], second = "5%"}'
        match value:
            case {"exponential": mean, **rest} if not rest:
                return Draw("exponential", self.duration(key, mean))
            case {"uniform": [low, high], **rest} if not rest:
                draw = Draw("uniform", self.duration(key, low), self.duration(key, high))
                if draw.a > draw.b:
                    raise self.refusal(key, f"`{key}` has its ends the wrong way round", "the lower one is first")
                return draw
            case {"bimodal": [first, second], "second": part, **rest} if not rest:
                ends = self.duration(key, first), self.duration(key, second)
                return Draw("bimodal", *ends, self.per_mille(key, part))
        raise self.refusal(key, f"`{key}` is {shown(value)}", f"write {forms}")

    def bounded(self, key: str, draw: Draw) -> Draw:
        if max(draw.a, draw.b) > 60 * SECOND:
            raise self.refusal(key, f"`{key}` is longer than a minute", "a run is short")
        return draw

    def per_mille(self, key: str, part: object) -> int:
        number = parse_number(part) if isinstance(part, str) else None
        if number is None or isinstance(number, NumberError) or number.unit != "%" or not 0 <= number.value <= 1:
            raise self.refusal(key, f"`{key}` has second = {shown(part)}", 'it is a part such as "5%"')
        thousandths = number.value * 1000
        if thousandths.denominator != 1:
            raise self.refusal(key, f"`{key}` has second = {shown(part)}", "it is a multiple of 0.1%")
        return int(thousandths)


def shown(value: object) -> str:
    """A value as it is quoted in a message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _time(ns: int) -> str:
    for unit, size in (("s", SECOND), ("ms", MS), ("us", 1000)):
        if ns and ns % size == 0:
            return f"{ns // size}{unit}"
    return f"{ns}ns"
