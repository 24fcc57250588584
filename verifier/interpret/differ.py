"""One policy, one story: the compiled C runs it in the simulator, then the interpreter goes through the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schedc.verifier.fuzz.story import Story
from schedc.verifier.interpret.errors import InterpretError
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.mirror import Mirror
from schedc.verifier.interpret.policy import SUBSTITUTE, PolicyRun
from schedc.verifier.interpret.recording import Call, calls
from schedc.verifier.interpret.replay import Differs, Replay
from schedc.verifier.interpret.subject import Subject
from schedc.verifier.sim.run import told

_BY_TASK = frozenset({"runnable", "quiescent", "tick"})
_REDECIDE = frozenset({"set_weight"})
_OF_GROUP = frozenset({"cgroup_init", "cgroup_exit", "cgroup_set_weight"})


@dataclass(frozen=True)
class Disagreement:
    """Where the two part: the callback by its number, name, task and time (ns), the policy's line, both decisions."""

    callback: int
    name: str
    pid: int
    time: int
    line: int
    interpreted: str
    compiled: str

    def __str__(self) -> str:
        where = f"line {self.line}, in callback {self.callback} ({self.name} of {self.pid} at {self.time} ns)"
        return f"{where}: the interpreter: {self.interpreted}; the compiled policy: {self.compiled}"


@dataclass(frozen=True)
class Compared:
    """How many callbacks agreed, with how many decisions; and the first that did not."""

    callbacks: int
    decisions: int
    disagreement: Disagreement | None


def compare(subject: Subject, story: Story) -> Compared:
    """`SimError` if the story cannot be simulated."""
    text = told(subject.program_for(story), story.scenario)
    recorded = list(calls(text))
    if not recorded:
        raise InterpretError(f"the run of {subject.name} recorded nothing")
    return replayed(subject, story, recorded)


def replayed(subject: Subject, story: Story, recorded: Iterable[Call]) -> Compared:
    """The interpreter's way through a recording, up to the first disagreement."""
    kernel = Replay(subject.memory.plan, story.scenario.cpus, story.scenario.groups(), story.params)
    run = PolicyRun(subject.proven, kernel, story.clock)
    mirror = Mirror(subject.memory, run.memory, kernel.number)
    decisions = number = 0
    for number, call in enumerate(recorded):
        task = kernel.begin(call)
        try:
            result = _callback(run, kernel, call, task)
            kernel.end()
            _same_result(kernel, task, call, result)
            mirror.check(call)
        except Differs as differs:
            return Compared(number, decisions, _disagreement(run, number, call, differs))
        decisions += len(call.steps) + (call.name == "select_cpu")
    return Compared(number + 1, decisions, None)


def _of_group(run: PolicyRun, call: Call, path: str) -> None:
    if call.name == "cgroup_exit":
        run.cgroup_exit(path)
    elif call.name == "cgroup_init":
        run.cgroup_init(path, call.b)
    else:
        run.cgroup_set_weight(path, call.b)


def _callback(run: PolicyRun, kernel: Replay, call: Call, task: Task | None) -> int:
    """Each callback of the kernel's is one event of the policy's."""
    if call.name == "dispatch":
        run.dispatch(call.a, task)
    elif call.name in ("cpu_online", "cpu_offline"):
        getattr(run, call.name)(call.a)
    elif call.name == "timer":
        run.timer(call.a)
    elif call.name == "init":
        run.init()
    elif call.name in _OF_GROUP:
        _of_group(run, call, kernel.group(call.a))
    elif task is None:
        raise InterpretError(f"no callback is called {call.name}")
    elif call.name == "select_cpu":
        return run.select_cpu(task, call.a)
    elif call.name == "enqueue":
        run.enqueue(task, call.a)
    elif call.name in _BY_TASK:
        run.other(call.name, task, call.a)
    elif call.name in _REDECIDE:
        run.redecide(task)
    else:
        getattr(run, call.name)(task)
    return 0


def _same_result(kernel: Replay, task: Task | None, call: Call, result: int) -> None:
    if result == call.result:
        return
    if result == SUBSTITUTE and task is not None:
        possible = (task.allowed & kernel.active) or {min(kernel.online)}
        if call.result in possible or call.result == min(kernel.online):
            return
        raise Differs(f"returns one of {sorted(possible)}", f"returns {call.result}")
    raise Differs(f"returns {result}", f"returns {call.result}")


def _disagreement(run: PolicyRun, number: int, call: Call, differs: Differs) -> Disagreement:
    return Disagreement(
        number, call.name, call.pid, call.now, run.place(), differs.interpreted, differs.compiled
    )  # fmt: skip
