"""What the recorder wrote: for each callback what it was told, its answers, its requests and what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# The words of a request or an answer that has to come in the recorded order, by its first letter.
_ORDERED = frozenset("ilvkStcx")
_LOOKS = frozenset("qf")


@dataclass
class Call:
    """One callback. `steps` come in order; `looks` are by queue and by how many steps came before.

    `memory`: (row, index, value) and `task_memory`: (pid, row, value) that are different behind it.
    """

    name: str
    now: int
    cpu: int
    a: int
    b: int
    pid: int
    masks: tuple[int, int, int] = (0, 0, 0)
    task: list[str] = field(default_factory=list)
    steps: list[list[str]] = field(default_factory=list)
    looks: dict[tuple[str, int, int], int | None] = field(default_factory=dict)
    waiting: dict[tuple[int, int], list[tuple[int, int, int]]] = field(default_factory=dict)
    inputs: list[tuple[int, int]] = field(default_factory=list)
    memory: list[tuple[int, int, int]] = field(default_factory=list)
    task_memory: list[tuple[int, int, int]] = field(default_factory=list)
    result: int = 0


def calls(text: str) -> Iterator[Call]:
    """Those that came to their end, in their order."""
    call: Call | None = None
    for line in text.splitlines():
        if not line.startswith("r "):
            continue
        what, rest = line[2], line[4:].split(" ")
        if what == ">":
            now, cpu, a, b, pid = map(int, rest[1:])
            call = Call(rest[0], now, cpu, a, b, pid)
        elif call is not None and what == "<":
            call.result = int(rest[0])
            yield call
            call = None
        elif call is not None:
            _add(call, what, rest)


def _add(call: Call, what: str, rest: list[str]) -> None:
    at = len(call.steps)
    if what == "c" and rest[0] == "this" and rest[2] == "-1":
        return  # whose claim is refused has only looked
    if what in _ORDERED:
        call.steps.append([what, *rest])
    elif what in _LOOKS:
        call.looks[what, int(rest[0]), at] = int(rest[1]) if len(rest) > 1 else None
    elif what == "w":
        queue, pid, cpu, allowed = map(int, rest)
        call.waiting.setdefault((queue, at), []).append((pid, cpu, allowed))
    elif what == "m":
        online, active, idle = map(int, rest)
        call.masks = online, active, idle
    elif what == "p":
        call.task = rest
    elif what == "=":
        call.inputs.append((int(rest[0]), int(rest[2])))
    elif what == "s":
        row, index, value = map(int, rest)
        call.memory.append((row, index, value))
    elif what == "T":
        pid, row, value = map(int, rest)
        call.task_memory.append((pid, row, value))
