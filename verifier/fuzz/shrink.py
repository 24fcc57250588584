"""From a story that breaks a property to a short one that breaks the same: fewer stops, tasks, events and CPUs,
rounder times.

Hypothesis shrinks the choices that a story was drawn with. Here the story itself is made smaller, because a task that
is left out renumbers what events and forks speak of, and because stories from files have no choices to shrink.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from schedc.verifier.fuzz.story import Story
from schedc.verifier.sim.scenario import MS, SECOND, US, Cpu, Event, Phase, Scenario, Step, Stop, Task

Breaks = Callable[[Story], bool]
Simpler = Callable[[Story], Iterator[Story]]
_DRAWN = re.compile(r"t\d+")
_MOST_RUNS = 600
# Stops are few when they have been shrunk; then more of them, but earlier ones, are tried again.
_FEW, _MOST_STOPS = 8, 2048
_ROUND = (10 * MS, MS)
# Phases that name another task.
_OF_OTHERS = ("fork", "exec")


def shrink(story: Story, breaks: Breaks) -> Story:
    """`breaks` says whether a story breaks the property still. Deterministic, and ended after some hundred tries."""
    left = _MOST_RUNS
    before = None
    while story != before:
        before = story
        for simpler in _SIMPLER:
            story, left = _as_far_as_it_goes(story, simpler, breaks, left)
    return story


def _as_far_as_it_goes(story: Story, simpler: Simpler, breaks: Breaks, left: int) -> tuple[Story, int]:
    """By one kind of simpler stories only: what others are worth is tried when nothing more comes of it."""
    while True:
        for candidate in simpler(story):
            if not left:
                return story, 0
            left -= 1
            if not breaks(candidate):
                continue
            few, left = _with_few_stops(candidate, len(story.scenario.stops), breaks, left)
            if few:
                story = few
                break
        else:
            return story, left


def _with_few_stops(story: Story, before: int, breaks: Breaks, left: int) -> tuple[Story | None, int]:
    """Many early stops in the place of few are no gain, unless they come down to few again."""
    if len(story.scenario.stops) <= before:
        return story, left
    tries = min(left, _MOST_RUNS // 4)
    story, rest = _as_far_as_it_goes(story, _without_stops, breaks, tries)
    return (story if len(story.scenario.stops) <= _FEW else None), left - tries + rest


def numbered(story: Story) -> Story:
    """With the names of drawn tasks in their order, where some have gone."""
    tasks = tuple(
        replace(task, name=f"t{at}") if _DRAWN.fullmatch(task.name) else task
        for at, task in enumerate(story.scenario.tasks)
    )
    return replace(story, scenario=replace(story.scenario, tasks=tasks))


def _shorter(story: Story) -> Iterator[Story]:
    yield from (replace(story, scenario=one) for one in _shorter_end(story.scenario))


def _fewer(story: Story) -> Iterator[Story]:
    for each in _fewer_tasks, _fewer_events, _fewer_cpus:
        for one in each(story.scenario):
            yield from (replace(story, scenario=other) for other in (one, *_stopped_anew(one)))


def _without_stops(story: Story) -> Iterator[Story]:
    yield from (replace(story, scenario=one) for one in _fewer_stops(story.scenario))


def _with_earlier_stops(story: Story) -> Iterator[Story]:
    yield from (replace(story, scenario=one) for one in _stopped_anew(story.scenario))


def _usual_settings(story: Story) -> Iterator[Story]:
    if story.clock:
        yield replace(story, clock=0)
    for name in story.params:
        yield replace(story, params={other: value for other, value in story.params.items() if other != name})
    if story.scenario.seed != 1:
        yield replace(story, scenario=replace(story.scenario, seed=1))


def _plainer(story: Story) -> Iterator[Story]:
    for each in _plainer_tasks, _plainer_events, _closer_clocks, _fewer_steps:
        yield from (replace(story, scenario=one) for one in each(story.scenario))


# What takes the most away comes first.
_SIMPLER: tuple[Simpler, ...] = (_without_stops, _shorter, _fewer, _with_earlier_stops, _usual_settings, _plainer)


def _shorter_end(scenario: Scenario) -> Iterator[Scenario]:
    for end in () if scenario.steps else (scenario.end // 8, scenario.end // 2, scenario.end * 3 // 4):
        rounded = max(10 * MS, end - end % (10 * MS))
        if rounded < scenario.end:
            yield replace(scenario, end=rounded)


# ---- less of it


def _fewer_stops(scenario: Scenario) -> Iterator[Scenario]:
    """None, then without each half, each quarter, and so on."""
    stops = scenario.stops
    if stops:
        yield replace(scenario, stops=())
    size = len(stops) // 2
    while size:
        for at in range(0, len(stops), size):
            yield replace(scenario, stops=stops[:at] + stops[at + size :])
        size //= 2


def _stopped_anew(scenario: Scenario) -> Iterator[Scenario]:
    """In a smaller scenario other accesses have the number of the one that mattered: it stops at each of the first."""
    if not scenario.stops or len(scenario.stops) > _FEW:
        return
    last = scenario.stops[-1]
    for most in (_MOST_STOPS // 8, _MOST_STOPS):
        if last.access > most:
            yield replace(scenario, stops=tuple(Stop(access, min(last.ns, 20 * US)) for access in range(1, most + 1)))


def _fewer_steps(scenario: Scenario) -> Iterator[Scenario]:
    for gone in range(len(scenario.steps)):
        yield replace(scenario, steps=scenario.steps[:gone] + scenario.steps[gone + 1 :])


def _fewer_tasks(scenario: Scenario) -> Iterator[Scenario]:
    count = len(scenario.tasks)
    if count > 3:
        yield _keep(scenario, list(range(count // 2)))
        yield _keep(scenario, list(range(count // 2, count)))
    for gone in range(count if count > 1 else 0):
        yield _keep(scenario, [index for index in range(count) if index != gone])


def _keep(scenario: Scenario, kept: list[int]) -> Scenario:
    """With these tasks only; what was said of the others goes with them."""
    number = {old: new for new, old in enumerate(kept)}
    tasks = tuple(_renumbered(scenario.tasks[old], number) for old in kept)
    events = tuple(
        replace(event, on=number[event.on]) if event.kind in ("affinity", "nice", "cgroup") else event
        for event in scenario.events
        if event.kind not in ("affinity", "nice", "cgroup") or event.on in number
    )
    steps = tuple(_renumbered_steps(scenario.steps, number))
    return replace(scenario, tasks=tasks, events=events, steps=steps)


def _renumbered_steps(steps: tuple[Step, ...], number: dict[int, int]) -> Iterator[Step]:
    """Those that are no event of another task."""
    for step in steps:
        if step.kind not in ("wake", "start"):
            yield step
        elif step.on in number:
            yield replace(step, on=number[step.on])


def _renumbered(task: Task, number: dict[int, int]) -> Task:
    phases = tuple(
        replace(phase, value=number[phase.value]) if phase.kind in _OF_OTHERS else phase
        for phase in task.phases
        if phase.kind not in _OF_OTHERS or phase.value in number
    )
    return replace(task, phases=phases)


def _fewer_events(scenario: Scenario) -> Iterator[Scenario]:
    if len(scenario.events) > 1:
        yield replace(scenario, events=())
    for gone in range(len(scenario.events)):
        yield replace(scenario, events=scenario.events[:gone] + scenario.events[gone + 1 :])


def _fewer_cpus(scenario: Scenario) -> Iterator[Scenario]:
    count = len(scenario.cpus)
    for fewer in dict.fromkeys((1, 2, count // 2, count - 1)):
        if 0 < fewer < count:
            yield _on(scenario, scenario.cpus[:fewer])
    if any(cpu.skew for cpu in scenario.cpus):
        yield _on(scenario, tuple(replace(cpu, skew=0) for cpu in scenario.cpus))
    flat = tuple(Cpu(index, skew=cpu.skew) for index, cpu in enumerate(scenario.cpus))
    if flat != scenario.cpus:
        yield _on(scenario, flat)


def _closer_clocks(scenario: Scenario) -> Iterator[Scenario]:
    """Without the difference of one CPU, then with rounder ones."""
    for index, cpu in enumerate(scenario.cpus):
        for skew in _closer(cpu.skew):
            closer = replace(cpu, skew=skew)
            yield replace(scenario, cpus=(*scenario.cpus[:index], closer, *scenario.cpus[index + 1 :]))


def _closer(skew: int) -> Iterator[int]:
    sign = -1 if skew < 0 else 1
    yield from dict.fromkeys(sign * ns for ns in (0, US, MS) if ns < abs(skew))


def _on(scenario: Scenario, cpus: tuple[Cpu, ...]) -> Scenario:
    """On a smaller machine, whose tasks and events know no other CPUs."""
    there = frozenset(range(len(cpus)))
    tasks = tuple(replace(task, cpus=(task.cpus & there) or there if task.cpus else None) for task in scenario.tasks)
    events = tuple(
        replace(event, cpus=(event.cpus & there) or there) if event.kind == "affinity" else event
        for event in scenario.events
        if event.kind not in ("off", "on", "higher") or event.on in there
    )
    return replace(scenario, cpus=cpus, tasks=tasks, events=events)


# ---- plainer


def _plainer_tasks(scenario: Scenario) -> Iterator[Scenario]:
    for index, task in enumerate(scenario.tasks):
        for plainer in _plainer_task(task):
            yield replace(scenario, tasks=(*scenario.tasks[:index], plainer, *scenario.tasks[index + 1 :]))


def _plainer_task(task: Task) -> Iterator[Task]:
    usual = Task(task.phases)
    for name in ("nice", "cpus", "kthread", "uid", "cgroup", "repeat"):
        if getattr(task, name) != getattr(usual, name):
            yield replace(task, **{name: getattr(usual, name)})
    if task.start:
        yield replace(task, start=0)
    for at in range(len(task.phases)):
        fewer = task.phases[:at] + task.phases[at + 1 :]
        # Who only yields or sleeps is not simpler than who runs, and takes longer to simulate.
        if any(phase.kind == "run" for phase in fewer):
            yield replace(task, phases=fewer)
    for at, phase in enumerate(task.phases):
        for rounder in _rounder(phase.value) if phase.kind in ("run", "sleep") else ():
            yield replace(task, phases=(*task.phases[:at], Phase(phase.kind, rounder), *task.phases[at + 1 :]))


def _plainer_events(scenario: Scenario) -> Iterator[Scenario]:
    for index, event in enumerate(scenario.events):
        for plainer in _plainer_event(event):
            yield replace(scenario, events=(*scenario.events[:index], plainer, *scenario.events[index + 1 :]))


def _plainer_event(event: Event) -> Iterator[Event]:
    for time in _rounder(event.time):
        if time < event.time:
            yield replace(event, time=time)
    if event.kind == "higher":
        yield from (replace(event, value=value) for value in _rounder(event.value) if value < event.value)


def _rounder(ns: int) -> Iterator[int]:
    """Of the round times those that are rounder than this one, so that no step leads back."""
    for value in _ROUND:
        if value == ns:
            return
        yield value
    for size in (SECOND, 100 * MS, 10 * MS, MS):
        if ns % size and ns > size:
            yield ns - ns % size
