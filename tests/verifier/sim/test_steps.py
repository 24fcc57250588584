"""A scenario whose order of events is given: only what is named happens, however late the rest is."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pytest

from schedc import api
from schedc.verifier.sim import Event, Phase, Program, Result, Scenario, SimError, Step, Task, machine, simulate
from schedc.verifier.sim.scenario import MS

NAP = (Phase("run", MS), Phase("sleep", MS))


@cache
def fifo() -> Program:
    return Program.of(api.compile((resources.files("schedc.stdlib_policies") / "fifo.sched").read_text()))


def run(*steps: tuple[str, int], cpus: int = 2, tasks: int = 2, events: tuple[Event, ...] = ()) -> Result:
    named = tuple(Task(NAP, f"t{at}") for at in range(tasks))
    given = tuple(Step(kind, on) for kind, on in steps)
    return simulate(fifo(), Scenario(machine(cpus), named, events, steps=given), trace=True)


def ran(result: Result) -> list[tuple[int, int]]:
    """CPU and task, in their order."""
    return [(line.a, line.pid) for line in result.trace if line.what == "run"]


def test_the_cpu_that_is_named_first_takes_the_first_task() -> None:
    assert ran(run(("choose", 1), ("choose", 0)))[:2] == [(1, 100), (0, 101)]
    assert ran(run(("choose", 0), ("choose", 1)))[:2] == [(0, 100), (1, 101)]


def test_a_run_that_is_over_is_as_long_whatever_others_do_meanwhile() -> None:
    result = run(("choose", 0), ("choose", 1), ("done", 0), ("wake", 0), ("choose", 0), ("done", 0))
    assert result.tasks[0].ran - result.tasks[1].ran == 2 * MS - 10 * MS


def test_what_is_not_possible_is_passed_over() -> None:
    same = run(("wake", 0), ("done", 1), ("leave", 0), ("event", 7), ("choose", 0), ("timer", 3))
    assert ran(same) == ran(run(("choose", 0)))


def test_events_come_where_they_are_named_and_not_at_their_times() -> None:
    off = (Event(0, "off", 1),)
    assert run(("choose", 0), events=off).busy == run(("choose", 0)).busy
    result = run(("event", 0), ("offline", 1), ("choose", 0), ("done", 0), events=off)
    assert [line.a for line in result.trace if line.what == "cpu_dead"] == [1]


@pytest.mark.parametrize("step", [Step("jump"), Step("wake", -1), Step("tick", 1 << 40)])
def test_what_is_no_step_is_refused(step: Step) -> None:
    with pytest.raises(SimError, match="step 0"):
        simulate(fifo(), Scenario(machine(1), (Task(NAP),), steps=(step,)))
