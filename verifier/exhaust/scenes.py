"""Small machines and what may happen on them. Times do not matter: each scene is gone through in all orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from schedc.typed import tree as t
from schedc.verifier.fuzz.draw.tasks import GROUPS
from schedc.verifier.sim.scenario import MS, SECOND, Cpu, Event, Phase, Scenario, Task, machine

MAX_CPUS, MAX_TASKS = 3, 4
# Longer than anything that is looked at, and less than a run goes on for when all steps are taken.
_TIMEOUT = 3 * SECOND
_RUN, _SLEEP, _YIELD = Phase("run", MS), Phase("sleep", MS), Phase("yield")
_PIN, _UNPIN = Phase("pin"), Phase("unpin")
_NAP = (_RUN, _SLEEP)
_NICES = (0, 5, -5, 19)


@dataclass(frozen=True)
class Scene:
    """`title` says what is special in it."""

    title: str
    scenario: Scenario


def scenes(cpus: int, tasks: int, params: Sequence[t.Param] = ()) -> Iterator[Scene]:
    """For every machine of up to that many CPUs, and with up to that many tasks; `params`: those of the policy."""
    for shape in _shapes(cpus):
        for title, make in _CASTS.items():
            scene = Scene(title, make(shape, tasks))
            if len(scene.scenario.tasks) <= tasks and _is_whole(scene.scenario):
                yield scene
        yield from _with_params(shape, tasks, params)


def _shapes(cpus: int) -> Iterator[tuple[Cpu, ...]]:
    """Of one cache, of two that are nodes as well, and of two threads of a core."""
    for count in range(1, cpus + 1):
        yield machine(count)
        if count > 1:
            yield machine(count, per_llc=(count + 1) // 2, per_node=(count + 1) // 2)
            yield machine(count, smt=2, per_llc=count)


def _is_whole(scenario: Scenario) -> bool:
    """A machine of one CPU has none to lose."""
    return len(scenario.cpus) > 1 or not any(event.kind == "off" for event in scenario.events)


def _scenario(cpus: tuple[Cpu, ...], tasks: Sequence[Task], events: Sequence[Event] = ()) -> Scenario:
    named = tuple(replace(task, name=f"t{at}") for at, task in enumerate(tasks))
    return Scenario(cpus, named, tuple(events), timeout=_TIMEOUT)


def _fill(special: Sequence[Task], count: int) -> list[Task]:
    """Those, and tasks that run and sleep, each of a weight of its own."""
    return [*special, *(Task(_NAP, nice=_NICES[at]) for at in range(count - len(special)))]


def _naps(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    return _scenario(cpus, _fill((), tasks))


def _yields(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    return _scenario(cpus, _fill([Task((_RUN, _YIELD, _RUN, _SLEEP))], tasks))


def _lives(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    """One forks and ends, its child ends as well, and the others stay."""
    child = Task((_RUN,), start=None, repeat=1)
    parent = Task((_RUN, Phase("fork", 1), _RUN, _SLEEP), repeat=1)
    return _scenario(cpus, _fill([parent, child], tasks))


def _bound(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    last = len(cpus) - 1
    others = frozenset(range(1, last + 1)) if last > 1 else frozenset({0})
    special = [Task(_NAP, cpus=frozenset({last})), Task(_NAP, cpus=others)]
    flips = [Event(0, "affinity", 0, cpus=frozenset({0})), Event(0, "affinity", 0, cpus=frozenset(range(last + 1)))]
    return _scenario(cpus, _fill(special[:tasks], tasks), flips)


def _own(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    last = frozenset({len(cpus) - 1})
    special = [Task((_RUN, _PIN, _RUN, _SLEEP, _UNPIN, _RUN)), Task(_NAP, kthread=True, cpus=last)]
    return _scenario(cpus, _fill(special[:tasks], tasks))


def _off_and_on(cpus: tuple[Cpu, ...]) -> list[Event]:
    return [Event(0, "off", len(cpus) - 1), Event(0, "on", len(cpus) - 1)]


def _hotplug(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    return _scenario(cpus, _fill((), tasks), _off_and_on(cpus))


def _lost_home(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    """The CPU that goes off is the only one of some."""
    last = frozenset({len(cpus) - 1})
    special = [Task(_NAP, cpus=last), Task(_NAP, kthread=True, cpus=last)]
    return _scenario(cpus, _fill(special[:tasks], tasks), _off_and_on(cpus))


def _higher(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    return _scenario(cpus, _fill((), tasks), [Event(0, "higher", 0, 100 * SECOND)])


def _bypass(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    return _scenario(cpus, _fill((), tasks), [Event(0, "bypass"), Event(0, "resume")])


def _changes(cpus: tuple[Cpu, ...], tasks: int) -> Scenario:
    """In groups and of users of their own; one moves, and becomes heavier."""
    every = [replace(task, cgroup=GROUPS[at % len(GROUPS)], uid=at % 2) for at, task in enumerate(_fill((), tasks))]
    return _scenario(cpus, every, [Event(0, "cgroup", 0, group=GROUPS[-1]), Event(0, "nice", 0, -20)])


_CASTS: dict[str, Callable[[tuple[Cpu, ...], int], Scenario]] = {
    "tasks run and sleep": _naps,
    "one yields": _yields,
    "one forks, two end": _lives,
    "some may run on some CPUs only, which changes": _bound,
    "a kernel thread, and one that may not migrate for a while": _own,
    "a CPU goes off and comes back": _hotplug,
    "a CPU that some cannot do without goes off and comes back": _lost_home,
    "a higher class takes a CPU": _higher,
    "the kernel does without the policy for a while": _bypass,
    "one gets another group and another weight": _changes,
}


def _with_params(cpus: tuple[Cpu, ...], tasks: int, params: Sequence[t.Param]) -> Iterator[Scene]:
    """Live params go to both ends of their ranges."""
    live = [param for param in params if param.live]
    events = [
        Event(0, "param", group=param.name, value=value)
        for param in live for value in (param.range.low, param.range.high)
    ]  # fmt: skip
    if live:
        yield Scene("live params change", _scenario(cpus, _fill((), tasks), events))
