"""Distributions as curves: the value against how many of all values are smaller, in nines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import ceil, floor, log10
from typing import NamedTuple

from schedc.verifier.measure.histogram import Histogram, highest_in

WIDTH, HEIGHT = 720, 284
LEFT, RIGHT, TOP, BOTTOM = 56, 28, 12, 24
# The axis of parts: 0 is half of all values, each further nine is as far as the one before.
PERCENTS = (50.0, 90.0, 99.0, 99.9, 99.99)
_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "us"), (1.0, "ns"))


class Line(NamedTuple):
    """A curve: the scheduler's number, its name, and what an SVG polyline has as points."""

    number: int
    name: str
    points: str


class Tick(NamedTuple):
    """A place on an axis, in pixels, and what it says."""

    at: float
    text: str


class Chart(NamedTuple):
    """What the page draws."""

    title: str
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def chart(title: str, seen: Sequence[tuple[int, str, Histogram]]) -> Chart:
    """The distributions of one thing under several schedulers, which have their numbers; none is empty."""
    curves = [(number, name, list(_steps(histogram))) for number, name, histogram in seen]
    values = [value for _, _, steps in curves for value, _ in steps]
    low, high = floor(log10(min(values))), max(ceil(log10(max(values))), floor(log10(min(values))) + 1)
    nines = max(_nines(100.0 * part) for _, _, steps in curves for _, part in steps)
    shown = [percent for percent in PERCENTS if _nines(percent) <= nines + 0.2]
    most = max(nines, _nines(shown[-1]), 1.0)

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(value) - low) / (high - low)

    def y(part: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _nines(100.0 * part) / most

    lines = [
        Line(number, name, " ".join(f"{x(value):.1f},{y(part):.1f}" for value, part in steps))
        for number, name, steps in curves
    ]
    across = [Tick(round(x(10.0**power), 1), _time(10.0**power)) for power in range(low, high + 1)]
    up = [Tick(round(y(percent / 100), 1), f"{percent:g} %") for percent in shown]
    return Chart(title, tuple(lines), tuple(across), tuple(up))


def _steps(histogram: Histogram) -> Iterable[tuple[float, float]]:
    """Pairs of a value and the part of all that does not exceed it, from the median on; the largest stands half a
    value from all."""
    for (bucket, _), below in zip(
        histogram.buckets, accumulate(count for _, count in histogram.buckets), strict=True
    ):
        part = min(below / histogram.count, 1 - 0.5 / histogram.count)
        if 2 * below >= histogram.count:
            yield float(max(1, min(highest_in(bucket), histogram.max))), part


def _nines(percent: float) -> float:
    """0 at the middle and below, 1 at 95 %, and one more for each tenth of what is left."""
    return max(0.0, -log10((100.0 - percent) / 50.0))


def _time(nanoseconds: float) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if nanoseconds >= size)
    return f"{nanoseconds / size:g} {unit}"
