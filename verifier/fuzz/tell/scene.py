"""The machine, the tasks and the events of a story, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schedc.check.literals import show
from schedc.verifier.fuzz.story import Story
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.words import duration, listed, plural
from schedc.verifier.sim.result import Result
from schedc.verifier.sim.scenario import Event, Phase, Scenario, Step, Task

# Tasks of a scenario are numbered from here on.
FIRST_PID = 100
_PHASES = {"pin": "may not migrate from here", "unpin": "may migrate again", "yield": "yields", "exit": "ends"}


def machine(scenario: Scenario) -> str:
    cpus = scenario.cpus
    words = [plural(len(cpus), "CPU")]
    for kind, name in (("core", "core"), ("llc", "cache"), ("node", "node")):
        count = len({getattr(cpu, kind) for cpu in cpus})
        if count > 1 and (kind != "core" or count < len(cpus)):
            words.append(plural(count, name))
    return ", ".join(words)


def clocks(scenario: Scenario) -> Iterator[str]:
    for number, cpu in enumerate(scenario.cpus):
        if cpu.skew:
            yield f"the clock of CPU {number} is {duration(abs(cpu.skew))} {'ahead' if cpu.skew > 0 else 'behind'}"


def tasks(scenario: Scenario, result: Result) -> Iterator[str]:
    weights = {each.pid: each.weight for each in result.tasks}
    for index, task in enumerate(scenario.tasks):
        yield f"{name(scenario, index)}: {'; '.join(_task(scenario, task, weights.get(FIRST_PID + index)))}"


def name(scenario: Scenario, index: int) -> str:
    return f"{scenario.tasks[index].name}[{FIRST_PID + index}]"


def _task(scenario: Scenario, task: Task, weight: int | None) -> Iterator[str]:
    yield _behaviour(scenario, task)
    if task.kthread:
        yield "a kernel thread"
    if task.nice:
        yield f"nice {task.nice}" + (f", weight {weight}" if weight else "")
    if task.cpus is not None:
        yield f"only on {cpus(task.cpus)}"
    if task.cgroup != "/":
        yield f"in {task.cgroup}"
    if task.uid:
        yield f"of user {task.uid}"
    if task.start is None:
        yield "there when it is forked"
    elif task.start:
        yield f"from {duration(task.start)} on"


def _behaviour(scenario: Scenario, task: Task) -> str:
    said = ", ".join(_phase(scenario, phase) for phase in task.phases)
    often = f"{plural(task.repeat, 'time')}, then ends" if task.repeat else "again and again"
    return f"{said}, {often}"


def _phase(scenario: Scenario, phase: Phase) -> str:
    if phase.kind in ("run", "sleep"):
        return f"{phase.kind}s {duration(phase.value)}"
    if phase.kind == "exec":
        return f"becomes the program of {name(scenario, phase.value)}"
    if phase.kind == "fork":
        return f"forks {name(scenario, phase.value)}"
    return _PHASES.get(phase.kind, phase.kind)


def cpus(which: Iterable[int]) -> str:
    wanted = sorted(which)
    return f"CPU{'s' if len(wanted) > 1 else ''} {listed([str(cpu) for cpu in wanted])}"


def events(scenario: Scenario) -> Iterator[str]:
    """At their times, or where the order of all is given in that."""
    if scenario.steps:
        yield from steps(scenario)
        return
    for event in sorted(scenario.events, key=lambda each: each.time):
        yield f"at {duration(event.time)} {_event(scenario, event)}"
    for stop in scenario.stops:
        yield (
            f"a CPU stops for at most {duration(stop.ns)}, others go on: "
            f"the one with access {stop.access} of callbacks to what CPUs share"
        )


def steps(scenario: Scenario) -> Iterator[str]:
    """The order, where it is given, a line each."""
    for number, step in enumerate(scenario.steps, 1):
        yield f"{number}. {_step(scenario, step)}"
    if scenario.steps:
        yield "then nothing more comes from outside: who is runnable runs for 10 ms and sleeps"


def _step(scenario: Scenario, step: Step) -> str:
    match step.kind:
        case "wake" | "start":
            return f"{_anybody(scenario, step.on)} {'wakes up' if step.kind == 'wake' else 'begins'}"
        case "choose":
            return f"CPU {step.on} chooses what it runs, as it was asked to"
        case "done":
            return f"on CPU {step.on} what the task runs is over"
        case "tick":
            return f"a tick of CPU {step.on} ends the slice there"
        case "leave":
            return f"the higher class leaves CPU {step.on}"
        case "offline":
            return f"the policy is told that CPU {step.on} goes off"
        case "push":
            return f"CPU {step.on} sends its task elsewhere"
        case "bypass":
            return f"CPU {step.on} begins to do without the policy, or to ask it again"
        case "timer":
            return "a timer of the policy fires"
        case _:
            listed_first = sorted(scenario.events, key=lambda each: each.kind == "param")
            return _event(scenario, listed_first[step.on]) if step.on < len(listed_first) else f"event {step.on}"


def _anybody(scenario: Scenario, index: int) -> str:
    """Who was forked has no name of its own in the story."""
    return name(scenario, index) if index < len(scenario.tasks) else f"task {FIRST_PID + index}"


def _event(scenario: Scenario, event: Event) -> str:
    match event.kind:
        case "affinity":
            return f"{name(scenario, event.on)} may run on {cpus(event.cpus)} only"
        case "nice":
            return f"{name(scenario, event.on)} gets nice {event.value}"
        case "cgroup":
            return f"{name(scenario, event.on)} moves to {event.group}"
        case "weight":
            return f"the control group {event.group} gets the weight {event.value}"
        case "rmcgroup":
            return f"the control group {event.group} goes, if nobody is in it"
        case "mkcgroup":
            return f"the control group {event.group} is there again"
        case "higher":
            return f"a higher class has CPU {event.on} for {duration(event.value)}"
        case "param":
            return f"the live param {event.group} becomes {event.value}"
        case "bypass":
            return "the kernel begins to schedule without the policy, as when the machine goes to sleep"
        case "resume":
            return "the kernel asks the policy again"
        case "off" | "on":
            return f"CPU {event.on} goes {event.kind}line"
        case _:
            return f"{event.kind} of {event.on}: {event.value}"


def settings(subject: Subject, story: Story) -> Iterator[str]:
    for param in subject.report.params:
        if param.name in story.params:
            yield f"{param.name} is {show(param.type.kind, story.params[param.name])}"
    if story.clock:
        yield f"the clocks of its queues begin at {story.clock}"
