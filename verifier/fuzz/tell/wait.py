"""The wait that a story is about: from when to when, and what CPUs did in that time instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from schedc.verifier.sim.result import Line, Result

_WAITS = frozenset({"insert", "wake", "fork", "enqueue", "held"})


@dataclass(frozen=True)
class Wait:
    """`insert` is how the task was last queued before or in it, None if it was not; `lines` all that happened in it."""

    pid: int
    begin: int
    end: int
    insert: Line | None
    lines: tuple[Line, ...] = field(repr=False)

    @property
    def length(self) -> int:
        return self.end - self.begin

    def runs(self) -> Counter[int]:
        """How often each task began to run."""
        return Counter(line.pid for line in self.lines if line.what == "run")

    def chosen(self) -> Counter[tuple[int, int]]:
        """(line of the policy, other task): how often that line took it from a queue or let it go on."""
        return Counter(
            (line.line, line.pid)
            for line in self.lines
            if line.what in ("pull", "set_slice") and line.line and line.pid != self.pid
        )

    def sources(self) -> list[int]:
        """The queues that others were taken from."""
        return list(dict.fromkeys(line.a for line in self.lines if line.what == "pull" and line.pid != self.pid))

    def asked(self) -> Counter[int]:
        """CPU: how often it asked what to run."""
        return Counter(line.a for line in self.lines if line.what == "dispatch")

    def kicks(self) -> list[Line]:
        return [line for line in self.lines if line.what == "kick"]


def longest(result: Result, pid: int) -> Wait | None:
    """The task's longest wait; None if it never waited."""
    waits = list(_waits(result, pid))
    return max(waits, key=lambda wait: wait.length, default=None)


def between(result: Result, pid: int, begin: int, end: int) -> Wait:
    """A part of a wait that is known by its times."""
    trace = result.trace
    inserts = [line for line in trace if line.what == "insert" and line.pid == pid and line.time <= end]
    first = inserts[-1].time if inserts and inserts[-1].time < begin else begin
    lines = tuple(line for line in trace if first <= line.time <= end)
    return Wait(pid, begin, end, inserts[-1] if inserts else None, lines)


def _waits(result: Result, pid: int) -> Iterator[Wait]:
    begin: int | None = None
    start = 0
    for at, line in enumerate(result.trace):
        if line.pid != pid:
            continue
        if line.what in _WAITS and begin is None:
            begin, start = line.time, at
        elif line.what == "run" and begin is not None:
            yield _wait(pid, begin, line.time, result.trace[start:at])
            begin = None
    if begin is not None:
        yield _wait(pid, begin, result.ended, result.trace[start:])


def _wait(pid: int, begin: int, end: int, lines: Sequence[Line]) -> Wait:
    inserts = [line for line in lines if line.what == "insert" and line.pid == pid]
    return Wait(pid, begin, end, inserts[-1] if inserts else None, tuple(lines))
