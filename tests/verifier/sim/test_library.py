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
# `central` has tasks that bypass the policy behind infinite slices: test_findings.py has what happens to those.
POLICIES: dict[str, tuple[dict[str, str], bool, int | None]] = {
    "fair": ({"lead": "50ms"}, True, GRACE),
    "fifo": ({}, True, None),
    "desk": ({}, True, GRACE),
    "priority": ({}, True, GRACE),
    "central": ({}, False, None),
}


HOG = (Phase("run", 10 * MS),)


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


def stands(program: Program, story: Scenario) -> bool:
    return broken(simulate(program, story), story, grace=None) == ()


def test_aging_lets_the_first_layer_run_too(library: Callable[..., Program]) -> None:
    """Slices of 4 ms, the tick's, are as long as desk's patience: if age always came first, nothing else would."""
    tasks = (Task(HOG, "input", nice=-5), Task(HOG, "a"), Task(HOG, "b"))
    assert stands(library("desk"), Scenario(machine(1), tasks, end=5 * SECOND, timeout=2 * SECOND))


def test_a_long_slice_does_not_starve_the_high_level(library: Callable[..., Program]) -> None:
    """Nor where they are longer, which the params' ranges allow."""
    tasks = (Task(HOG, "high", nice=-5), Task(HOG, "a"), Task(HOG, "b"))
    assert stands(library("priority", slice="30ms"), Scenario(machine(1), tasks, end=5 * SECOND, timeout=2 * SECOND))


def test_an_infinite_slice_lets_the_kernels_own_run(library: Callable[..., Program]) -> None:
    one = frozenset({1})
    work = (Phase("run", MS), Phase("sleep", 10 * MS))
    hog = Task(HOG, "hog", cpus=one)
    tasks = (hog, Task(work, "kworker", cpus=one, kthread=True))
    story = Scenario(machine(2), tasks, end=5 * SECOND, timeout=2 * SECOND)
    assert stands(library("central"), story)
