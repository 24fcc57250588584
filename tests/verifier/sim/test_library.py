"""The library's policies under drawn stories: nothing breaks that must hold of every run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from schedc.verifier.sim import Phase, Program, Scenario, Task, broken, machine, simulate
from schedc.verifier.sim.properties import GRACE
from schedc.verifier.sim.scenario import MS, SECOND
from schedc.verifier.sim.stories import stories

# A light task's debt under `fair` is `lead` times the weights beside it: here so short that it fits the timeout.
# The patience of `desk` and `priority` is longer here than what their own slices and the kernel's for the tasks that
# bypass them last: test_findings.py has what happens otherwise, and what happens to those tasks under `central`.
POLICIES: dict[str, tuple[dict[str, str], bool, int | None]] = {
    "fair": ({"lead": "50ms"}, True, GRACE),
    "fifo": ({}, True, None),
    "desk": ({"patience": "50ms"}, True, GRACE),
    "priority": ({"patience": "50ms", "patience_low": "100ms"}, True, GRACE),
    "central": ({}, False, None),
}


def judge(program: Program, own: bool, grace: int | None, examples: int) -> None:
    @settings(max_examples=examples)
    @given(stories(own))
    def run(story: Scenario) -> None:
        assert broken(simulate(program, story), story, grace=grace) == ()

    run()


@pytest.mark.parametrize("name", POLICIES)
def test_no_story_breaks_it(name: str, library: Callable[..., Program]) -> None:
    params, own, grace = POLICIES[name]
    judge(library(name, **params), own, grace, 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
def test_no_story_of_many_breaks_it(name: str, library: Callable[..., Program]) -> None:
    params, own, grace = POLICIES[name]
    judge(library(name, **params), own, grace, 2000)


def test_an_infinite_slice_lets_the_kernels_own_run(library: Callable[..., Program]) -> None:
    one = frozenset({1})
    work = (Phase("run", MS), Phase("sleep", 10 * MS))
    hog = Task((Phase("run", 10 * MS),), "hog", cpus=one)
    tasks = (hog, Task(work, "kworker", cpus=one, kthread=True))
    story = Scenario(machine(2), tasks, end=5 * SECOND, timeout=2 * SECOND)
    assert broken(simulate(library("central"), story), story, grace=None) == ()
