"""Whether a scenario can be: the core is given none that it would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.scenario import (
    GROUP_EVENTS,
    MACHINE_EVENTS,
    MAX_CPUS,
    MAX_PHASES,
    MAX_SKEW,
    MAX_STEPS,
    MAX_STOPS,
    MAX_TASKS,
    US,
    Event,
    Phase,
    Scenario,
    Stop,
    Task,
)  # fmt: skip

_PHASES = frozenset({"run", "sleep", "yield", "fork", "exec", "exit", "pin", "unpin"})
_TASK_EVENTS = frozenset({"affinity", "nice", "cgroup"})
_STEPS = frozenset({"wake", "start", "choose", "done", "tick", "leave", "offline", "push", "bypass", "timer", "event"})
_CPU_EVENTS = frozenset({"off", "on", "higher"})
_EVENTS = _TASK_EVENTS | _CPU_EVENTS | GROUP_EVENTS | MACHINE_EVENTS | {"param"}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,15}")
_PARAM = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,50}")
_LONGEST = 10**15


def check(scenario: Scenario) -> None:
    """`SimError` with what is wrong, and where."""
    cpus = len(scenario.cpus)
    _need(1 <= cpus <= MAX_CPUS, f"a machine has 1 to {MAX_CPUS} CPUs, not {cpus}")
    for kind in ("core", "llc", "node"):
        used = {getattr(cpu, kind) for cpu in scenario.cpus}
        _need(used == set(range(len(used))), f"the numbers of {kind}s go from 0 on, and each is used")
    for number, cpu in enumerate(scenario.cpus):
        _need(abs(cpu.skew) <= MAX_SKEW, f"the clock of CPU {number} is more than 1 s from the time")
    _need(len(scenario.tasks) <= MAX_TASKS, f"more than {MAX_TASKS} tasks")
    _need(0 < scenario.end <= _LONGEST, "the end is no time after the beginning")
    _need(0 <= scenario.timeout <= _LONGEST, "the timeout is no time")
    _need(0 <= scenario.seed < 1 << 62, "the seed is no number below 2^62")
    for index, task in enumerate(scenario.tasks):
        _task(scenario, task, f"task {index} ({task.name})")
    for index, event in enumerate(scenario.events):
        _event(scenario, event, f"event {index} ({event.kind})")
    _need(len(scenario.steps) <= MAX_STEPS, f"more than {MAX_STEPS} steps")
    for index, step in enumerate(scenario.steps):
        _need(step.kind in _STEPS, f"step {index}: no step is called {step.kind}")
        _need(0 <= step.on < MAX_TASKS, f"step {index} ({step.kind}): there is no number {step.on}")
    _stops(scenario.stops)
    _need(not (scenario.steps and scenario.stops), "steps that are given take no time, so that none can stop")


def _stops(stops: tuple[Stop, ...]) -> None:
    _need(len(stops) <= MAX_STOPS, f"more than {MAX_STOPS} stops")
    last = 0
    for index, stop in enumerate(stops):
        _need(last < stop.access < 1 << 62, f"stop {index}: the number of an access is behind that of the stop before")
        _need(0 <= stop.ns <= _LONGEST, f"stop {index} has no length")
        last = stop.access


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SimError(f"no such scenario: {otherwise}")


def _cpus(scenario: Scenario, cpus: Iterable[int], where: str) -> None:
    wanted = set(cpus)
    _need(bool(wanted), f"{where} may run nowhere")
    _need(wanted <= set(range(len(scenario.cpus))), f"{where} names a CPU that is not there")


def _task(scenario: Scenario, task: Task, where: str) -> None:
    _need(bool(_NAME.fullmatch(task.name)), f"{where}: a name has 1 to 15 letters, digits, `_`, `.` or `-`")
    _need(-20 <= task.nice <= 19, f"{where}: nice levels are -20 to 19")
    _need(0 <= task.uid < 1 << 32, f"{where}: no user has the id {task.uid}")
    _need(task.start is None or 0 <= task.start <= _LONGEST, f"{where} starts at no time")
    _need(task.repeat >= 0, f"{where} repeats less than never")
    _need(task.cgroup.startswith("/"), f"{where}: a control group's path begins with /")
    _need(1 <= len(task.phases) <= MAX_PHASES, f"{where} has no phases, or more than {MAX_PHASES}")
    if task.cpus is not None:
        _cpus(scenario, task.cpus, where)
    for phase in task.phases:
        _phase(scenario, phase, where)
    _need(sum(_times(task.phases)) >= US, f"{where} goes through its phases in less than 1 us")


def _phase(scenario: Scenario, phase: Phase, where: str) -> None:
    _need(phase.kind in _PHASES, f"{where}: no phase is called {phase.kind}")
    most = len(scenario.tasks) - 1 if phase.kind in ("fork", "exec") else _LONGEST
    _need(0 <= phase.value <= most, f"{where}: {phase.kind} cannot have the value {phase.value}")


def _times(phases: Iterable[Phase]) -> Iterator[int]:
    """How long each takes, until the task goes on with another one's."""
    for phase in phases:
        if phase.kind == "exec":
            return
        yield {"run": phase.value, "sleep": phase.value, "yield": US}.get(phase.kind, 0)


def _event(scenario: Scenario, event: Event, where: str) -> None:
    _need(event.kind in _EVENTS, f"{where}: nothing is called so")
    _need(0 <= event.time <= _LONGEST, f"{where} is at no time")
    if event.kind == "param":
        _need(bool(_PARAM.fullmatch(event.group)), f"{where}: no param is called {event.group}")
        _need(-(1 << 63) <= event.value < 1 << 64, f"{where}: {event.value} does not fit 64 bits")
        return
    if event.kind in GROUP_EVENTS:
        _need(event.group.startswith("/"), f"{where}: a control group's path begins with /")
        _need(event.kind != "weight" or 1 <= event.value <= 10_000, f"{where}: weights are 1 to 10000")
    if event.kind in (GROUP_EVENTS | MACHINE_EVENTS) - _TASK_EVENTS:
        return
    of = scenario.tasks if event.kind in _TASK_EVENTS else scenario.cpus
    _need(0 <= event.on < len(of), f"{where}: there is no number {event.on}")
    if event.kind == "affinity":
        _cpus(scenario, event.cpus, where)
    elif event.kind == "nice":
        _need(-20 <= event.value <= 19, f"{where}: nice levels are -20 to 19")
    elif event.kind == "higher":
        _need(0 <= event.value <= _LONGEST, f"{where}: {event.value} is no time")
