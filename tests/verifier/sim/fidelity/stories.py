"""Stories of tasks on one CPU, for the kernel and for the simulator.

Whatever takes the kernel time that the simulator does not know is kept away from what decides: no step ends near
another one, near a tick, or near the end of a slice.
"""

from __future__ import annotations

from itertools import accumulate

from schedc.verifier.sim import Event, Phase, Scenario, Task, machine
from schedc.verifier.sim.scenario import MS, SECOND

Steps = tuple[str, ...]
BEGIN, STAGGER = 50 * MS, MS
NAPS = (f"run:{3 * MS}", f"sleep:{7 * MS}") * 6

STORIES: dict[str, tuple[Steps, ...]] = {
    "runs once": ((f"run:{2 * MS}",),),
    "naps": (NAPS,),
    "yields": ((f"run:{3 * MS}", "yield", f"run:{3 * MS}", "yield", f"run:{3 * MS}"),),
    "changes its nice level": ((f"run:{5 * MS}", "nice:5", f"run:{5 * MS}"),),
    "forks": ((f"run:{2 * MS}", f"fork:{9 * MS}", f"run:{2 * MS}", f"sleep:{60 * MS}", f"run:{2 * MS}"),),
}
LAST: tuple[Steps, ...] = ((f"run:{MS}",),)
"""A story that nobody looks at: what a task's end leaves to be done is written down later than the runner is told."""
ORDERS = {"first in first out": 0, "virtual time": 1, "the CPU's own queue": 2}


def scenario(tasks: tuple[Steps, ...]) -> Scenario:
    """The same for the simulator. Who forks does so with a template; a change of nice is an event in its run."""
    made, children, events = [], [], []
    for number, steps in enumerate(tasks):
        phases = []
        for at, (what, value) in zip(_begins(steps), map(_split, steps), strict=True):
            if what == "fork":
                phases.append(Phase("fork", len(tasks) + len(children)))
                children.append(Task((Phase("run", value),), "story", start=None, repeat=1))
            elif what == "nice":
                events.append(Event(BEGIN + number * STAGGER + at, "nice", number, value))
            else:
                phases.append(Phase(what, value))
        made.append(Task(_joined(phases), "story", start=BEGIN + number * STAGGER, repeat=1))
    return Scenario(machine(1), (*made, *children), tuple(events), SECOND, 10 * SECOND)


def _split(step: str) -> tuple[str, int]:
    what, _, value = step.partition(":")
    return what, int(value or 0)


def _begins(steps: Steps) -> list[int]:
    """When each step begins if nothing holds the task up."""
    spans = [value if what in ("run", "sleep") else 0 for what, value in map(_split, steps)]
    return [0, *accumulate(spans)][:-1]


def _joined(phases: list[Phase]) -> tuple[Phase, ...]:
    """Runs without anything between them are one."""
    found: list[Phase] = []
    for phase in phases:
        if found and found[-1].kind == phase.kind == "run":
            found[-1] = Phase("run", found[-1].value + phase.value)
        else:
            found.append(phase)
    return tuple(found)
