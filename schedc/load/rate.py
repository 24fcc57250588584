"""How often promises may be broken before a policy is taken back: at a rate, never by one event."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from schedc.load.errors import LoadError

DEFAULT = "10/s"
WINDOW = 5.0
"""Seconds over which it is counted."""
_FORM = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)/s")


def parse(text: str) -> float:
    """`10/s` as a number a second; `LoadError` for what is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise LoadError(f"--broken-at-most {text}: this is no rate", f"write it like {DEFAULT}")
    return float(found[1])


@dataclass
class Judge:
    """Sees the counters again and again, and says which promise has been broken more often than `at_most` a second."""

    at_most: float
    _seen: deque[tuple[float, tuple[int, ...]]] = field(default_factory=deque)

    def too_often(self, now: float, broken: Sequence[int]) -> int | None:
        """`now` in seconds, `broken` how often each promise was since the start; the index of the first promise that
        is over the rate."""
        self._seen.append((now, tuple(broken)))
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW:
            self._seen.popleft()
        before = self._seen[0][1]
        allowed = max(1.0, self.at_most * WINDOW)
        return next((at for at, count in enumerate(broken) if count - before[at] > allowed), None)
