"""Where decisions come from. The first of several is the simplest, so that what is shrunk is simple."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Choices:
    """Decisions over a function that gives a number from 0 up to, and without, its argument."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self._below = below

    def below(self, limit: int) -> int:
        return self._below(limit) if limit > 1 else 0

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True so often; a shrunk decision is False."""
        return self.below(100) >= 100 - percent

    def some(self, items: Sequence[Item], percent: int) -> list[Item]:
        """Each item so often, in their order."""
        return [item for item in items if self.chance(percent)]


def seeded(seed: int) -> Choices:
    """The same decisions for the same seed."""
    return Choices(random.Random(seed).randrange)
