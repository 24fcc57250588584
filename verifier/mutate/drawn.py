"""Random stories, until one is found under which something breaks."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from schedc.verifier.fuzz import Story
from schedc.verifier.fuzz.draw import THEMES, each_story
from schedc.verifier.sim import Scenario
from schedc.verifier.sim.scenario import SECOND

# A story is long enough for the watchdog to see a task that was left waiting from the last event on.
END, TIMEOUT = 5 * SECOND, 2 * SECOND
_MOST = 100_000
_BY_THE_POLICY = tuple(replace(theme, crowd=replace(theme.crowd, own=0)) for theme in THEMES)


class _Enough(Exception):
    """Something broke, or the time is up."""


def first_broken(breaks: Callable[[Scenario], bool], *, own: bool, seconds: float, number: int = 1) -> Scenario | None:
    """The first story that breaks something, None if none did in time; `number` is the draw's seed.

    seconds: of processor time, with that of the processes that were waited for.

    own: with tasks that go to their CPU's own queue past the policy.
    """
    until = sum(os.times()[:4]) + seconds
    found: list[Scenario | None] = []

    def take(story: Story) -> None:
        scenario = watched(story.scenario)
        if not found and sum(os.times()[:4]) > until:
            found.append(None)
        if not found and breaks(scenario):
            found.append(scenario)
        if found:
            raise _Enough

    try:
        each_story(THEMES if own else _BY_THE_POLICY, (), number, _MOST, take)
    except _Enough:
        return found[0]
    return None


def watched(scenario: Scenario) -> Scenario:
    return replace(scenario, end=END, timeout=TIMEOUT)
