"""From events to slices: which task ran on which CPU from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schedc.verifier.timeline.events import Event, Switch, Task, Wakeup


@dataclass(frozen=True)
class Slice:
    """Microseconds since boot; `end` is after `start` or at it."""

    cpu: int
    task: Task
    start: int
    end: int
    state: str
    """What it did then; empty where the record ends before it did anything."""
    priority: int
    woken: Wakeup | None
    """What made it run, where it had slept."""


@dataclass
class _Running:
    task: Task
    since: int
    priority: int
    woken: Wakeup | None


def slices(events: Iterable[Event]) -> Iterator[Slice]:
    """The slices of all CPUs by their ends; on one CPU no two overlap. The idle task has none.

    A task that ran since before the record begins has no slice until it runs again, and neither has one whose
    switch is not in the record: what is not known is not drawn.
    """
    running: dict[int, _Running] = {}
    waiting: dict[int, Wakeup] = {}  # by thread; a wakeup of one that runs already wakes nobody
    last = 0
    for event in events:
        last = max(last, event.us)
        if isinstance(event, Wakeup) and not any(event.task.pid == each.task.pid for each in running.values()):
            waiting[event.task.pid] = event
        if not isinstance(event, Switch):
            continue
        ended = running.pop(event.cpu, None)
        if ended is not None and ended.task.pid == event.before.pid and event.us >= ended.since:
            yield _slice(event.cpu, ended, event.us, event.state)
        if event.after.pid:
            woken = waiting.pop(event.after.pid, None)
            running[event.cpu] = _Running(event.after, event.us, event.priority, woken)
    for cpu, task in running.items():
        yield _slice(cpu, task, last, "")


def _slice(cpu: int, ran: _Running, end: int, state: str) -> Slice:
    return Slice(cpu, ran.task, ran.since, max(end, ran.since), state, ran.priority, ran.woken)
