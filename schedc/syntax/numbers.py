"""What a number token says. The lexer takes whatever begins with a digit; what it means is decided here."""

from __future__ import annotations

import re
from fractions import Fraction

from schedc.record import record
from schedc.syntax.limits import MAX_INTEGER_DIGITS

NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
UNITS = (*NANOSECONDS, "%", "hz")

_NUMBER = re.compile(r"(?P<whole>[0-9]+(?:_[0-9]+)*)(?:\.(?P<part>[0-9]+))?(?P<unit>%|[a-z]*)")
_LOOSE = re.compile(r"(?P<digits>[0-9][0-9_]*(?:\.[0-9_]+)?)(?P<unit>[A-Za-z_]+)")
_HEX = re.compile(r"0(?:[xX](?P<x>[0-9A-Fa-f_]+)|[bB](?P<b>[01_]+)|[oO](?P<o>[0-7_]+))(?P<suffix>[uUlL]*)")
_POWER = re.compile(r"(?P<mantissa>[0-9]+(?:\.[0-9]+)?)[eE](?P<exponent>[0-9]{1,2})(?P<unit>[a-z]*)")

# How others write a unit: the one that is meant, how many of it, and whether that is beyond doubt.
_MEANT = {
    "nsec": ("ns", 1, True), "nsecs": ("ns", 1, True), "nanos": ("ns", 1, True), "n": ("ns", 1, False),
    "nanosecond": ("ns", 1, True), "nanoseconds": ("ns", 1, True),
    "usec": ("us", 1, True), "usecs": ("us", 1, True), "micros": ("us", 1, True), "u": ("us", 1, False),
    "microsecond": ("us", 1, True), "microseconds": ("us", 1, True),
    "msec": ("ms", 1, True), "msecs": ("ms", 1, True), "millis": ("ms", 1, True), "m": ("ms", 1, False),
    "millisecond": ("ms", 1, True), "milliseconds": ("ms", 1, True),
    "sec": ("s", 1, True), "secs": ("s", 1, True), "second": ("s", 1, True), "seconds": ("s", 1, True),
    "min": ("s", 60, True), "mins": ("s", 60, True), "minute": ("s", 60, True), "minutes": ("s", 60, True),
    "h": ("s", 3600, True), "hour": ("s", 3600, True), "hours": ("s", 3600, True),
    "khz": ("hz", 1000, True), "mhz": ("hz", 1_000_000, False), "pct": ("%", 1, True),
    "percent": ("%", 1, True),
    "k": ("", 1000, False), "x": ("", 1, False), "f": ("", 1, True), "d": ("", 1, True),
    "ul": ("", 1, True), "ull": ("", 1, True), "l": ("", 1, True), "ll": ("", 1, True),
}  # fmt: skip


@record
class Number:
    """`value` is exact: nanoseconds of a duration, a fraction of one for `%` (5% is 1/20), per second for
    `hz`, else the number itself. `unit` is as written; '' has none."""

    value: Fraction
    unit: str

    @property
    def is_duration(self) -> bool:
        return self.unit in NANOSECONDS

    @property
    def is_whole(self) -> bool:
        return self.value.denominator == 1


@record
class NumberError:
    """Why a text is no number; `instead` is what to write, `certain` if that is what was meant."""

    reason: str
    instead: str = ""
    certain: bool = False


def parse_number(text: str) -> Number | NumberError:
    """The value of a number token such as `5ms`, `1_000`, `1.5`, `75%` or `250hz`."""
    match = _NUMBER.fullmatch(text)
    if match is None or (match["unit"] and match["unit"] not in UNITS):
        return _meant(text)
    whole, part, unit = match["whole"].replace("_", ""), match["part"] or "", match["unit"]
    if len(whole) + len(part) > MAX_INTEGER_DIGITS:
        return NumberError(f"a number has at most {MAX_INTEGER_DIGITS} digits")
    if len(whole) > 1 and whole[0] == "0":
        instead, _ = _checked(re.sub(r"^[0_]+(?=[0-9])", "", text))
        return NumberError("a number does not begin with 0", instead)
    value = Fraction(int(whole + part), 10 ** len(part))
    if unit == "%":
        value /= 100
    elif unit in NANOSECONDS:
        value *= NANOSECONDS[unit]
        if value.denominator != 1:
            return NumberError("a duration is a whole number of nanoseconds")
    return Number(value, unit)


def _meant(text: str) -> NumberError:
    """What a text in another notation says."""
    if len(text) > 4 * MAX_INTEGER_DIGITS:
        return NumberError(f"a number has at most {MAX_INTEGER_DIGITS} digits")
    if match := _HEX.fullmatch(text):
        return _other_base(match)
    if match := _POWER.fullmatch(text):
        value = Fraction(match["mantissa"]) * 10 ** int(match["exponent"])
        return NumberError("numbers are written out", *_checked(_written(value, match["unit"])))
    if match := _LOOSE.fullmatch(text):
        return _unit(match["digits"].strip("_"), match["unit"].strip("_"))
    return NumberError("this is no number: digits, then perhaps one of " + ", ".join(UNITS))


def _other_base(match: re.Match[str]) -> NumberError:
    digits, base = next(
        (d, b) for d, b in ((match["x"], 16), (match["b"], 2), (match["o"], 8)) if d is not None
    )
    digits = digits.replace("_", "")
    value = int(digits, base) if digits else 0
    return NumberError("numbers are decimal", *_checked(str(value)))


def _unit(digits: str, unit: str) -> NumberError:
    if unit in UNITS:  # a stray underscore before it
        return NumberError("the unit follows the digits at once", *_checked(digits + unit))
    if unit.lower() in UNITS:
        return NumberError("units are written small", *_checked(digits + unit.lower()))
    meant = _MEANT.get(unit.lower())
    if meant is None:
        return NumberError(f"`{unit}` is no unit; the units are " + ", ".join(UNITS))
    written, factor, certain = meant
    if unit[0] == "M" and unit != "MHz":  # a capital M is mega elsewhere
        certain = certain and len(unit) > 2
    reason = f"`{unit}` is no unit" if written else f"a number has no suffix `{unit}`"
    instead, fine = _checked(_written(Fraction(digits.replace("_", "")) * factor, written))
    return NumberError(reason, instead, certain and fine)


def _written(value: Fraction, unit: str) -> str:
    """A value as the language writes it; empty if it has no short decimal form."""
    if value.denominator == 1:
        return f"{value.numerator}{unit}"
    for places in range(1, 10):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}{unit}"
    return ""


def _checked(instead: str) -> tuple[str, bool]:
    """Only offer what is itself a number."""
    if instead and isinstance(parse_number(instead), Number):
        return instead, True
    return "", False
