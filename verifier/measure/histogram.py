"""Distributions as the guest counts them: buckets that are at most 1/128 of their values wide."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

SUB_BITS = 7
BUCKETS = (64 - SUB_BITS + 1) << SUB_BITS


def bucket_of(value: int) -> int:
    """The bucket that counts this value."""
    shift = max(value.bit_length() - SUB_BITS - 1, 0)
    return (shift << SUB_BITS) + (value >> shift)


def highest_in(bucket: int) -> int:
    """The largest value that this bucket counts."""
    if bucket < 2 << SUB_BITS:
        return bucket
    shift = (bucket >> SUB_BITS) - 1
    return ((bucket - (shift << SUB_BITS) + 1) << shift) - 1


@dataclass(frozen=True)
class Histogram:
    """`buckets`: pairs of a bucket and how many values it has counted, by bucket."""

    count: int = 0
    sum: int = 0
    max: int = 0
    buckets: tuple[tuple[int, int], ...] = ()
    open: int = 0
    """How many of the values had no end yet when counting ended: what they are is how far they went."""

    def percentile(self, percent: float) -> int:
        """A value that this part of the values do not exceed: the upper end of its bucket, at most the largest."""
        if not self.count:
            raise ValueError("nothing was counted")
        wanted = max(1, -(-self.count * round(percent * 1000) // 100_000))
        sums = list(accumulate(count for _, count in self.buckets))
        return min(highest_in(self.buckets[bisect_left(sums, wanted)][0]), self.max)

    @property
    def mean(self) -> float:
        """Exact, not from the buckets."""
        return self.sum / self.count if self.count else 0.0


def merged(parts: Iterable[Histogram]) -> Histogram:
    """All values of several."""
    counts: Counter[int] = Counter()
    count = total = largest = unfinished = 0
    for part in parts:
        count, total, largest = count + part.count, total + part.sum, max(largest, part.max)
        unfinished += part.open
        counts.update(dict(part.buckets))
    return Histogram(count, total, largest, tuple(sorted(counts.items())), unfinished)
