"""What a simulated run tells, as plain frozen data. Times are in nanoseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schedc.verifier.exits import exit_reason
from schedc.verifier.sim.errors import SimError


@dataclass(frozen=True)
class Line:
    """One thing that happened: a callback by its name, or insert, pull, move, kick, run, idle, wake, fork, held, ...

    `pid` is that of the task it is about, -1 if there is none; what `a` and `b` are is in docs/simulator.md.
    `line`: that of the policy, where the program tells it; 0 for the kernel, and for what schedc made.
    """

    time: int
    cpu: int
    what: str
    pid: int
    a: int
    b: int
    line: int = 0


@dataclass(frozen=True)
class TaskResult:
    """`place` at the end: running, local, queue, global, asleep, dead, unborn; or `held`, by no queue at all.

    A wait is from becoming runnable, or being switched out, to running; the last one may have been cut off.
    `held`: how often enqueue put the task nowhere. `misplaced`: how often it began to run where it may not.
    """

    pid: int
    name: str
    place: str
    cpu: int
    ran: int
    runs: int
    waits: int
    worst_wait: int
    total_wait: int
    migrations: int
    held: int
    misplaced: int
    weight: int


@dataclass(frozen=True)
class Exit:
    """Why the kernel ended the scheduler, in its words; `kind` is 0 if it did not."""

    kind: int
    code: int
    message: str

    @property
    def reason(self) -> str:
        return exit_reason(self.kind)


# What UBSan finds, by the number that clang gives the check.
_CHECKS = {
    0: "overflows a signed number",
    1: "goes on where it cannot",
    3: "divides by zero",
    10: "reads a value that its type does not have",
    12: "overflows a signed number",
    13: "overflows a signed number",
    18: "reads or writes behind the end of an array",
    19: "computes an address outside of what it is for",
    20: "shifts by more bits than a number has",
    21: "overflows a signed number",
    22: "uses an address where nothing is",
}
# What the machine finds, and what has no end.
_SIGNALS = {0: "calls the kernel without end", 11: "uses memory that is not its own", 24: "does not end"}


@dataclass(frozen=True)
class Trap:
    """A callback did what no program may: `signal` is the machine's, 0 a callback without an end. `check` is the number
    of the compiler's check that found it, or -1."""

    signal: int
    callback: str
    pid: int
    time: int
    line: int = 0
    check: int = -1

    def __str__(self) -> str:
        what = _SIGNALS.get(self.signal, f"traps (signal {self.signal})")
        return f"{self.callback} {_CHECKS.get(self.check, what)}, for task {self.pid} at {self.time} ns"


@dataclass(frozen=True)
class Unserved:
    """The longest that a task waited while a CPU on which it may run was idle."""

    length: int
    cpu: int
    pid: int
    until: int


@dataclass(frozen=True)
class Promise:
    """What the policy's own watcher counted."""

    seen: int
    broken: int
    worst: int


@dataclass(frozen=True)
class Result:
    """`ended`: when; `steps`: events of the simulation; `refused`: forks for which there was no room.

    `branches`: counters that the program has of its branches; `costs`: the most kernel functions that a call of each
    callback called; `slices`: the shortest and the longest that the policy gave; `left`: references that it still
    holds after its end, and `left_by` the callback that took them; `stops`: how many of the scenario's there were, and
    `stopped` how long all of them together.
    """

    tasks: tuple[TaskResult, ...] = ()
    busy: tuple[int, ...] = ()
    events: Mapping[str, int] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    exit: Exit = Exit(0, 0, "")
    trap: Trap | None = None
    unserved: Unserved = Unserved(0, -1, -1, 0)
    ended: int = 0
    steps: int = 0
    refused: int = 0
    branches: tuple[int, ...] = ()
    costs: Mapping[str, int] = field(default_factory=dict)
    slices: tuple[int, int] | None = None
    left: int = 0
    left_by: str = ""
    stops: int = 0
    stopped: int = 0
    readings: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    trace: tuple[Line, ...] = field(default=(), repr=False)
    trace_cut: bool = False
    memory: int = field(default=0, compare=False)
    """The most that the simulator had, in kB; 0 where the system does not tell."""


Rows = dict[str, list[list[str]]]
"""The core's lines by their first word; each has the other words."""


def rows_of(text: str) -> Rows:
    """`SimError` if the core refused the scenario."""
    rows: Rows = {}
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        rows.setdefault(word, []).append(rest.split(" "))
    if "refused" in rows:
        raise SimError(f"the simulator refuses the scenario: {' '.join(rows['refused'][0])}")
    return rows


def result_of(rows: Rows, counters: tuple[str, ...]) -> Result:
    """`SimError` if the core's words end in the middle."""
    trace = tuple(_line(row) for row in rows.get("t", ()))
    if "trap" in rows:
        return Result(trace=trace, trap=_trap(rows["trap"][0]))
    if "left" not in rows:
        raise SimError("the simulator ended without a result")
    return _result(rows, trace, counters)


def _line(row: list[str]) -> Line:
    return Line(int(row[0]), int(row[1]), row[2], *map(int, row[3:7]))


def _trap(row: list[str]) -> Trap:
    if row[1] == "-":
        raise SimError(f"the simulator itself failed: signal {row[0]} at {row[3]} ns")
    return Trap(int(row[0]), row[1], *map(int, row[2:]))


def _numbers(rows: Iterable[list[str]]) -> list[list[int]]:
    return [[int(word) for word in row] for row in rows]


def _result(rows: Rows, trace: tuple[Line, ...], counters: tuple[str, ...]) -> Result:
    kind, code, *message = rows["exit"][0]
    ended, steps, cut, refused = _numbers(rows["ran"])[0]
    totals = [total for _, total in _numbers(rows.get("counter", ()))]
    promises = zip(*(_numbers(rows.get(f"promise_{part}", ())) for part in ("seen", "broken", "worst")), strict=True)
    return Result(
        tasks=tuple(_task(row) for row in rows.get("task", ())),
        busy=tuple(busy for _, busy, _ in _numbers(rows["cpu"])),
        events={name: int(count) for name, count in rows["event"]},
        counters={name: totals[column] for column, name in enumerate(counters)},
        promises=tuple(Promise(seen[1], broken[1], worst[1]) for seen, broken, worst in promises),
        exit=Exit(int(kind), int(code), " ".join(message).strip()),
        unserved=Unserved(*_numbers(rows["unserved"])[0]),
        readings=_readings(rows),
        ended=ended,
        steps=steps,
        refused=refused,
        branches=tuple(count for _, count in _numbers(rows.get("branches", ()))),
        costs={name: int(most) for name, most in rows.get("cost", ())},
        slices=_slices(rows),
        left=int(rows["left"][0][0]),
        left_by=rows["left"][0][1],
        stops=int(rows["stopped"][0][0]),
        stopped=int(rows["stopped"][0][1]),
        trace=trace,
        trace_cut=bool(cut),
        memory=int(rows["memory"][0][0]),
    )


def _slices(rows: dict[str, list[list[str]]]) -> tuple[int, int] | None:
    """None if the policy gave no slice, of which none can be longer than the longest."""
    shortest, longest = _numbers(rows["slices"])[0]
    return (shortest, longest) if shortest <= longest else None


def _readings(rows: Rows) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for name, _, value in rows.get("reading", ()):
        found.setdefault(name, []).append(int(value))
    return {name: tuple(values) for name, values in found.items()}


def _task(row: list[str]) -> TaskResult:
    return TaskResult(int(row[0]), row[1], row[2], *map(int, row[3:]))
