"""Stories that the library does not stand yet. Each is strict: who mends the policy or the lowering finds it here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schedc.verifier.sim import Event, Phase, Program, Scenario, Task, broken, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND, US

HOG = (Phase("run", 10 * MS),)
END, TIMEOUT = 5 * SECOND, 2 * SECOND


def holds(program: Program, scenario: Scenario) -> bool:
    return broken(simulate(program, scenario), scenario, grace=None) == ()


@pytest.mark.xfail(strict=True, reason="a task that may not migrate waits in the local queue behind an infinite slice")
def test_an_infinite_slice_lets_a_pinned_section_run(library: Callable[..., Program]) -> None:
    section = (Phase("pin"), Phase("run", 50 * US), Phase("unpin"))
    tasks = (Task(HOG, "a"), Task(HOG, "b"), Task(section, "pinned"))
    assert holds(library("central"), Scenario(machine(2, smt=2), tasks, end=END, timeout=TIMEOUT))


@pytest.mark.xfail(strict=True, reason="orphaned queues are looked into by who dispatches, and an idle CPU does not")
def test_a_boss_that_goes_off_is_replaced(library: Callable[..., Program]) -> None:
    """Of the tasks that wake within 10 ms only the first is rescued, unless another comes later."""
    once = (Phase("run", MS),)
    tasks = (Task(once, "a", start=20 * MS, repeat=1), Task(once, "b", start=22 * MS, repeat=1))
    events = (Event(MS, "off", 0),)
    assert holds(library("central"), Scenario(machine(2), tasks, events, end=END, timeout=TIMEOUT))


@pytest.mark.xfail(strict=True, reason="`lead` is debt in virtual time: a heavy neighbour takes 87 times as long for it")
def test_a_light_task_beside_a_heavy_one_keeps_the_promise(library: Callable[..., Program]) -> None:
    """fair promises 10 s; for nice 19 beside nice -20 it is 43 s, and the kernel's watchdog may bark."""
    tasks = (Task(HOG, "heavy", nice=-20), Task(HOG, "light", nice=19))
    result = simulate(library("fair"), Scenario(machine(1), tasks, end=60 * SECOND))
    assert max(task.worst_wait for task in result.tasks) <= 10 * SECOND
