"""Stories of tasks on one CPU, for the kernel and for the simulator.

Whatever takes the kernel time that the simulator does not know is kept away from what decides: no step ends near
another one, near a tick, or near the end of a slice. So nothing changes where all is a little earlier or later.
"""

from __future__ import annotations

from itertools import accumulate

from schedc.verifier.sim import Event, Phase, Scenario, Task, machine
from schedc.verifier.sim.scenario import MS, SECOND

Steps = tuple[str, ...]
BEGIN, STAGGER = 50 * MS, MS
LITTLE = 300_000
"""More than all that the kernel does itself in one story, in ns."""
HOG = (f"run:{50 * MS}",)
NAPS = (f"run:{3 * MS}", f"sleep:{7 * MS}") * 6
YIELDS = (f"run:{3 * MS}", "yield", f"run:{3 * MS}", "yield", f"run:{3 * MS}")
FORKS = (f"run:{2 * MS}", f"fork:{9 * MS}", f"run:{2 * MS}", f"sleep:{60 * MS}", f"run:{2 * MS}")

STORIES: dict[str, tuple[Steps, ...]] = {
    "runs once": ((f"run:{2 * MS}",),),
    "naps": (NAPS,),
    "yields": (YIELDS,),
    "changes its nice level": ((f"run:{5 * MS}", "nice:5", f"run:{5 * MS}"),),
    "forks": (FORKS,),
    "runs longer than its slice": (HOG,),
    "two hogs": (HOG, HOG),
    "two that nap": (NAPS, (f"run:{4 * MS}", f"sleep:{17 * MS}") * 3),
    "a hog beside one that naps": (HOG, NAPS),
    "a hog beside one that yields": (HOG, YIELDS),
    "a hog beside one that forks": (HOG, FORKS),
    "one ends while the other waits": ((f"run:{5 * MS}",), (f"run:{5 * MS}",)),
}
ORDERS = {"first in first out": 0, "virtual time": 1, "the CPU's own queue": 2}


def scenario(tasks: tuple[Steps, ...], later: int = 0, stagger: int = STAGGER) -> Scenario:
    """The same for the simulator. Who forks does so with a template; a change of nice is an event in its run.

    `later` is by how many ns all of it stands otherwise to the ticks.
    """
    made, children, events = [], [], []
    for number, steps in enumerate(tasks):
        phases, begin = [], BEGIN + later + number * stagger
        for at, (what, value) in zip(_begins(steps), map(_split, steps), strict=True):
            if what == "fork":
                phases.append(Phase("fork", len(tasks) + len(children)))
                children.append(Task((Phase("run", value),), "story", start=None, repeat=1))
            elif what == "nice":
                events.append(Event(begin + at, "nice", number, value))
            else:
                phases.append(Phase(what, value))
        made.append(Task(_joined(phases), "story", start=begin, repeat=1))
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
