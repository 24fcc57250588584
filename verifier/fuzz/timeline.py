"""A story's run as the kernel's tracer would have written it, for the timeline that Perfetto opens."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from schedc.verifier.fuzz.run import Judged
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.tell.queues import Queues
from schedc.verifier.sim.result import Line
from schedc.verifier.timeline import Guest

_IDLE, _HIGHER = 0, 1
_EVENTS = frozenset({"affinity", "nice", "cgroup", "cpu_down", "cpu_dead", "cpu_up", "fork", "exec", "dead", "held"})
_EVENTS |= {"bypass", "resume"}


def guest(subject: Subject, judged: Judged) -> Guest:
    """Of a run with its trace."""
    return Guest(f"{subject.name}: {judged.story.broken or 'a story'}", "\n".join(_Writer(subject, judged).lines()))


class _Writer:
    def __init__(self, subject: Subject, judged: Judged) -> None:
        self.queues = Queues(subject.proven.policy)
        self.trace = judged.result.trace
        self.names = {_IDLE: "idle", _HIGHER: "higher-class"}
        self.names |= {task.pid: task.name for task in judged.result.tasks}
        self.next = self._left_at()
        self.current: dict[int, int] = {}

    def lines(self) -> Iterator[str]:
        for at, line in enumerate(self.trace):
            said = self._event(at, line)
            if said:
                yield f"sim-{max(line.pid, 0)} [{line.cpu:03}] ..... {_seconds(line.time)}: {said}"

    def _event(self, at: int, line: Line) -> str:
        match line.what:
            case "run":
                return self._switch(at, line.a, line.pid)
            case "idle":
                return self._switch(at, line.a, _IDLE)
            case "higher":
                return self._switch(at, line.a, _HIGHER)
            case "wake":
                return f"sched_wakeup: comm={self._name(line.pid)} pid={line.pid} prio=120 target_cpu={line.cpu:03}"
            case "insert":
                return f"insert: {self._name(line.pid)} into {self.queues.name(line.a)}{_where(line)}"
            case "kick":
                return f"kick: CPU {line.a}{_where(line)}"
            case _:
                whom = self._name(line.pid) if line.pid >= 0 else str(line.a)
                return f"{line.what}: {whom}" if line.what in _EVENTS else ""

    def _name(self, pid: int) -> str:
        return self.names.get(pid, "task")

    def _switch(self, at: int, cpu: int, to: int) -> str:
        before = self.current.get(cpu, _IDLE)
        self.current[cpu] = to
        state = "S" if self._sleeps(before, at) else "R"
        return (
            f"sched_switch: prev_comm={self._name(before)} prev_pid={before} prev_prio=120 prev_state={state} ==> "
            f"next_comm={self._name(to)} next_pid={to} next_prio={50 if to == _HIGHER else 120}"
        )

    def _left_at(self) -> dict[int, list[tuple[int, bool]]]:
        """For each task what it does next at each place of the trace that is its own: True is a wakeup."""
        found: dict[int, list[tuple[int, bool]]] = {}
        for at, line in enumerate(self.trace):
            if line.what in ("wake", "run", "enqueue"):
                found.setdefault(line.pid, []).append((at, line.what == "wake"))
        return found

    def _sleeps(self, pid: int, at: int) -> bool:
        """Whether a wakeup is the next thing that the task does."""
        steps = self.next.get(pid, [])
        place = bisect_right(steps, (at, True))
        return place < len(steps) and steps[place][1]


def _seconds(ns: int) -> str:
    return f"{ns // 1_000_000_000}.{ns // 1000 % 1_000_000:06}"


def _where(line: Line) -> str:
    return f" (line {line.line})" if line.line else ""
