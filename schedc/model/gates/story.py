"""A broken scenario as a story: the machine, who was there, what happened, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schedc.verifier.sim import Broken, Result, Scenario
from schedc.verifier.sim.result import Line
from schedc.verifier.sim.scenario import Event, Phase, Task

_LINES = 24
_FIRST_PID = 100


def told(scenario: Scenario, result: Result, broken: tuple[Broken, ...]) -> str:
    """Lines for the one who wrote the policy. The end is that of the task that suffered, where one is named; a trace
    that was cut off has no end to show."""
    lines = [f"broken: {each.name}: {each.what}" for each in broken]
    lines += ["", *_machine(scenario), *_tasks(scenario), *_events(scenario)]
    if not result.trace_cut:
        lines += ["", "the last that happened (time, CPU, what, task, numbers):", *_trace(result, broken)]
    return "\n".join(lines)


def _machine(scenario: Scenario) -> Iterator[str]:
    cpus = scenario.cpus
    cores, llcs, nodes = (len({getattr(cpu, kind) for cpu in cpus}) for kind in ("core", "llc", "node"))
    yield f"a machine of {len(cpus)} CPUs, {cores} cores, {llcs} last-level caches, {nodes} nodes"


def _tasks(scenario: Scenario) -> Iterator[str]:
    for index, task in enumerate(scenario.tasks):
        yield f"task {_FIRST_PID + index} ({task.name}): {', '.join(_traits(task))}"


def _traits(task: Task) -> Iterator[str]:
    yield "then ".join(f"{_phase(phase)} " for phase in task.phases).rstrip() + _times(task.repeat)
    if task.start is None:
        yield "made by a fork"
    elif task.start:
        yield f"from {_ms(task.start)} on"
    if task.nice:
        yield f"nice {task.nice}"
    if task.cpus is not None:
        yield f"only on CPUs {', '.join(map(str, sorted(task.cpus)))}"
    if task.kthread:
        yield "a kernel thread"
    if task.cgroup != "/":
        yield f"in {task.cgroup}"
    if task.uid:
        yield f"of user {task.uid}"


def _phase(phase: Phase) -> str:
    if phase.kind in ("run", "sleep"):
        return f"{phase.kind}s {_ms(phase.value)}"
    if phase.kind == "fork":
        return f"forks task {_FIRST_PID + phase.value}"
    return {"yield": "yields", "exit": "exits", "pin": "may not migrate", "unpin": "may migrate"}[phase.kind]


def _times(repeat: int) -> str:
    return f", {repeat} times" if repeat else ", again and again"


def _events(scenario: Scenario) -> Iterator[str]:
    for event in scenario.events:
        yield f"at {_ms(event.time)}: {_event(event)}"


def _event(event: Event) -> str:
    task, cpu = f"task {_FIRST_PID + event.on}", f"CPU {event.on}"
    match event.kind:
        case "affinity":
            return f"{task} may run on CPUs {', '.join(map(str, sorted(event.cpus)))} only"
        case "nice":
            return f"{task} gets nice {event.value}"
        case "cgroup":
            return f"{task} goes to {event.group}"
        case "off":
            return f"{cpu} goes offline"
        case "on":
            return f"{cpu} comes online"
        case "higher":
            return f"a higher class has {cpu} for {_ms(event.value)}"
        case _:
            return f"the live param {event.group} becomes {event.value}"


def _trace(result: Result, broken: tuple[Broken, ...]) -> Iterator[str]:
    named = {int(pid) for each in broken for pid in re.findall(r"\[(\d+)\]", f"{each.what} {result.exit.message}")}
    lines = [line for line in result.trace if line.pid in named] or list(result.trace)
    for line in lines[-_LINES:]:
        yield _line(line)


def _line(line: Line) -> str:
    task = f" task {line.pid}" if line.pid >= 0 else ""
    return f"{_ms(line.time)} CPU {line.cpu} {line.what}{task} {line.a} {line.b}"


def _ms(ns: int) -> str:
    return f"{ns / 1e6:.6g} ms"
