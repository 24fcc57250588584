"""The text of the kernel's trace buffer, as events. Names of tasks are whatever the tasks say they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# `  busy-3-141     [002] d..2.    12.345678: sched_switch: ...`: a name may hold any of these marks, so the last
# part that looks like a CPU and a time, before the first event's name, is the one that counts.
_LINE = re.compile(r"^\s*.{1,16}-\d+\s+\[(\d{1,4})\]\s+\S+\s+(\d{1,12})\.(\d{6}): (\w+): (.*)$")
_SWITCH = re.compile(
    r"^prev_comm=(.*) prev_pid=(\d+) prev_prio=-?\d+ prev_state=(\S+) ==> "
    r"next_comm=(.*) next_pid=(\d+) next_prio=(-?\d+)$"
)
_WAKEUP = re.compile(r"^comm=(.*) pid=(\d+) prio=-?\d+ target_cpu=(\d+)$")
_MIGRATE = re.compile(r"^comm=(.*) pid=(\d+) prio=-?\d+ orig_cpu=(\d+) dest_cpu=(\d+)$")


@dataclass(frozen=True)
class Task:
    """`pid` is the thread's number; 0 is the idle task of every CPU."""

    pid: int
    name: str


@dataclass(frozen=True)
class Switch:
    """At `us` (microseconds since boot) `cpu` went from one task to another."""

    us: int
    cpu: int
    before: Task
    state: str
    """Why the first one stopped: R is preempted, S sleeps, D waits for a device, X is dead."""
    after: Task
    priority: int
    """Of the second one; below 100 is real time."""


@dataclass(frozen=True)
class Wakeup:
    """`cpu` is the waker's."""

    us: int
    cpu: int
    task: Task
    target: int


@dataclass(frozen=True)
class Migration:
    us: int
    cpu: int
    task: Task
    source: int
    target: int


@dataclass(frozen=True)
class Note:
    """Any other event, such as sched_ext's own."""

    us: int
    cpu: int
    name: str
    text: str


Event = Switch | Wakeup | Migration | Note


def read(lines: Iterable[str]) -> Iterator[Event]:
    """The events in the order of the text, which is that of time; comments and what is cut off are left out."""
    for line in lines:
        found = _LINE.match(line)
        event = _event(found) if found else None
        if event is not None:
            yield event


def _event(line: re.Match[str]) -> Event | None:
    cpu, us, name, rest = int(line[1]), int(line[2]) * 1_000_000 + int(line[3]), line[4], line[5].rstrip()
    if name == "sched_switch":
        found = _SWITCH.match(rest)
        if found is None:
            return None
        before, after = Task(int(found[2]), found[1]), Task(int(found[5]), found[4])
        return Switch(us, cpu, before, found[3], after, int(found[6]))
    if name in ("sched_wakeup", "sched_wakeup_new"):
        found = _WAKEUP.match(rest)
        return Wakeup(us, cpu, Task(int(found[2]), found[1]), int(found[3])) if found else None
    if name == "sched_migrate_task":
        found = _MIGRATE.match(rest)
        return Migration(us, cpu, Task(int(found[2]), found[1]), int(found[3]), int(found[4])) if found else None
    return Note(us, cpu, name, rest)
