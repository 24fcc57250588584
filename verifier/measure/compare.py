"""Paired comparisons: the same seeds under two schedulers, medians of differences and ratios, exact intervals.

An interval for a median is between two of the sorted values: how often the true median lies outside follows from
the binomial distribution, whatever the values' own distribution is. Nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

CONFIDENCE = 0.95
FEWEST = 6
"""Pairs that an interval of that confidence takes."""


@dataclass(frozen=True)
class Interval:
    """`low` and `high` are None where there are too few values."""

    median: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Comparison:
    """One figure of two schedulers. `ratio` is None where the base has a 0."""

    pairs: int
    base: float
    """Its median."""
    mine: float
    difference: Interval
    ratio: Interval | None

    @property
    def word(self) -> str:
        """more, less, or same where the interval has both; unknown without an interval."""
        low, high = self.difference.low, self.difference.high
        if low is None or high is None:
            return "unknown"
        if low > 0:
            return "more"
        return "less" if high < 0 else "same"


def cut(count: int, confidence: float = CONFIDENCE) -> int:
    """How many of the sorted values lie outside at each end; -1: too few values for any interval."""
    outside, tail = -1, 0.0
    for below in range(count // 2):
        tail += comb(count, below) / 2**count
        if 1 - 2 * tail < confidence:
            break
        outside = below
    return outside


def coverage(count: int) -> float:
    """How sure the interval is: at least CONFIDENCE; 0 where there is none."""
    outside = cut(count)
    return 1 - 2 * sum(comb(count, below) for below in range(outside + 1)) / 2**count if outside >= 0 else 0.0


def interval(values: Sequence[float]) -> Interval:
    """The median and where it surely is."""
    outside = cut(len(values))
    if outside < 0:
        return Interval(median(values), None, None)
    ordered = sorted(values)
    return Interval(median(values), ordered[outside], ordered[-1 - outside])


def compare(base: Sequence[float], mine: Sequence[float]) -> Comparison:
    """Values of the same seeds, in the same order; at least one."""
    pairs = list(zip(base, mine, strict=True))
    ratios = None if any(not one for one, _ in pairs) else interval([other / one for one, other in pairs])
    return Comparison(len(pairs), median(base), median(mine), interval([b - a for a, b in pairs]), ratios)
