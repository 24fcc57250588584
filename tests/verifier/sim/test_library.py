"""The library's policies under drawn stories: nothing breaks that must hold of every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.verifier.fuzz import Story
from schedc.verifier.fuzz.draw import THEMES, stories
from schedc.verifier.sim import Cpu, Event, Phase, Program, Scenario, Task, broken, machine, simulate
from schedc.verifier.sim.properties import GRACE
from schedc.verifier.sim.scenario import MS, SECOND, US

# A light task's debt under `fair` is `lead` times the weights beside it: here so short that it fits the timeout.
POLICIES: dict[str, tuple[dict[str, str], int | None]] = {
    "fair": ({"lead": "50ms"}, GRACE),
    "fifo": ({}, None),
    "desk": ({}, GRACE),
    "priority": ({}, GRACE),
    "central": ({}, None),
}


HOG = (Phase("run", 10 * MS),)


def judge(program: Program, grace: int | None, examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.sampled_from(THEMES).flatmap(stories))
    def run(drawn: Story) -> None:
        story = replace(drawn.scenario, end=5 * SECOND, timeout=2 * SECOND)
        # A CPU that has gone looks idle once more, and a kick is lost there: fuzz/test_findings.py has the story.
        own = None if any(event.kind == "off" for event in story.events) else grace
        assert broken(simulate(program, story), story, grace=own) == ()

    run()


@pytest.mark.parametrize("name", POLICIES)
def test_no_story_breaks_it(name: str, library: Callable[..., Program]) -> None:
    params, grace = POLICIES[name]
    judge(library(name, **params), grace, 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
def test_no_story_of_many_breaks_it(name: str, library: Callable[..., Program]) -> None:
    params, grace = POLICIES[name]
    judge(library(name, **params), grace, 2000)


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


def test_an_infinite_slice_lets_a_pinned_section_run(library: Callable[..., Program]) -> None:
    """The kernel puts a task that may not migrate into the local queue, where the policy does not see it."""
    section = (Phase("pin"), Phase("run", 50 * US), Phase("unpin"))
    tasks = (Task(HOG, "a"), Task(HOG, "b"), Task(section, "pinned"))
    story = Scenario(machine(2, smt=2), tasks, end=5 * SECOND, timeout=2 * SECOND)
    assert stands(library("central"), story)


def test_a_boss_that_goes_off_is_replaced(library: Callable[..., Program]) -> None:
    """Who idles does not look into queues unless told, and the one who is told is gone."""
    once = (Phase("run", MS),)
    tasks = (Task(once, "a", start=20 * MS, repeat=1), Task(once, "b", start=22 * MS, repeat=1))
    story = Scenario(machine(2), tasks, (Event(MS, "off", 0),), end=5 * SECOND, timeout=2 * SECOND)
    assert stands(library("central"), story)


def test_a_light_task_beside_a_heavy_one_keeps_the_promise(library: Callable[..., Program]) -> None:
    """And with it the kernel's watchdog stays quiet, which waits for 30 s."""
    tasks = (Task(HOG, "heavy", nice=-20), Task(HOG, "light", nice=19))
    result = simulate(library("fair"), Scenario(machine(1), tasks, end=60 * SECOND))
    assert max(task.worst_wait for task in result.tasks) <= 25 * SECOND


def test_bandwidth_holds_the_background_back_while_others_come_and_go(library: Callable[..., Program]) -> None:
    nap = (Phase("run", MS), Phase("sleep", 4 * MS))
    tasks = (Task(HOG, "miner", nice=10), Task(HOG, "indexer", nice=1), Task(nap, "editor"))
    result = simulate(library("bandwidth", budget="20ms", period="200ms"), Scenario(machine(1), tasks, end=10 * SECOND))
    miner, indexer, editor = (task.ran / (10 * SECOND) for task in result.tasks)
    assert miner == pytest.approx(0.1, abs=0.02)
    assert indexer == pytest.approx(0.1, abs=0.02)
    assert editor == pytest.approx(0.19, abs=0.02)


def test_a_domain_lets_go_of_a_task_that_may_no_longer_run_there(library: Callable[..., Program]) -> None:
    cpus = (Cpu(0, llc=0), Cpu(1, llc=1), Cpu(2, llc=1))
    moved = Task(HOG, "moved", cpus=frozenset({1, 2}))
    others = (Task(HOG, "near", cpus=frozenset({0})), Task(HOG, "a"), Task(HOG, "b"), Task(HOG, "c"))
    away = Event(SECOND, "affinity", 0, cpus=frozenset({0}))
    assert stands(library("rusty"), Scenario(cpus, (moved, *others), (away,), end=6 * SECOND, timeout=2 * SECOND))
