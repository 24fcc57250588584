"""Random stories, until one is found under which something breaks."""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from schedc.verifier.sim import Scenario
from schedc.verifier.sim.stories import stories

_MOST = 100_000


class _Enough(Exception):
    """Something broke, or the time is up."""


def first_broken(breaks: Callable[[Scenario], bool], *, own: bool, seconds: float, number: int = 1) -> Scenario | None:
    """The first story that breaks something, None if none did in time; `number` is the draw's seed.

    seconds: of processor time, with that of the processes that were waited for.

    own: with tasks that go to their CPU's own queue past the policy.
    """
    until = sum(os.times()[:4]) + seconds
    found: list[Scenario | None] = []

    @seed(number)
    @settings(
        max_examples=_MOST, phases=[Phase.generate], database=None, deadline=None, derandomize=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(stories(own))
    def draw(story: Scenario) -> None:
        if not found and sum(os.times()[:4]) > until:
            found.append(None)
        if not found and breaks(story):
            found.append(story)
        if found:
            raise _Enough

    try:
        draw()
    except _Enough:
        return found[0]
    return None
