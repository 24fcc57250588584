"""What a run has to show, and which of it a result does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from schedc.verifier.exits import STALL
from schedc.verifier.kernel import dump
from schedc.verifier.vm.result import ObjectResult

ENDLESS_NS = 100_000_000  # of one callback: nothing else runs on its CPU meanwhile
# Each says that a task was put on a CPU where it cannot run; the kernel repaired it silently.
FORBIDDEN_EVENTS = {
    "SCX_EV_SELECT_CPU_FALLBACK": "select_cpu",
    "SCX_EV_DISPATCH_LOCAL_DSQ_OFFLINE": "enqueue",
}
_ALARMING = re.compile(r"\b(BUG|WARNING|Oops|hung|blocked for|lockup|self-detected stall)\b")


class What(Enum):
    """A kind of broken expectation."""

    VERIFIER = "the verifier takes every program"
    MALFORMED = "the kernel describes its functions correctly"
    LOAD = "the object loads"
    ATTACH = "the scheduler attaches"
    ERROR = "the scheduler is there to the end, and its exit record is clean"
    STALL = "every task runs before the watchdog's time is over"
    EVENT = "no task is sent to a CPU where it cannot run"
    END = "the run comes to an end"
    WARNING = "the kernel warns of nothing"
    HOTPLUG = "a CPU goes offline and comes back"


@dataclass(frozen=True)
class Broken:
    """One expectation that was not met. `callback`: where to look for the cause, if anywhere."""

    what: What
    detail: str
    callback: str = ""
    queue: int | None = None
    """The policy's queue, by its id, where a task waited too long."""


def broken(result: ObjectResult) -> tuple[Broken, ...]:
    """Everything that was expected of this run and did not happen; empty when all is well."""
    found = [*_not_taken(result)]
    if found:
        return tuple(found)
    return (*_ended(result), *_events(result), *_workloads(result), *_warnings(result), *_no_end(result))


def _not_taken(result: ObjectResult) -> Iterator[Broken]:
    failure = result.failure
    if failure is None:
        return
    said = failure.message or failure.why
    if result.kernel_problem:
        yield Broken(What.MALFORMED, f"{result.kernel_problem}: {said}")
    elif failure.stage == "attach":
        yield Broken(What.ATTACH, f"{failure.why} (errno {failure.errno})", "init")
    elif failure.stage == "load" and failure.program:
        yield Broken(What.VERIFIER, said, failure.program.removeprefix("policy_"))
    else:
        yield Broken(What.LOAD, f"{failure.stage}: {said}")


def _ended(result: ObjectResult) -> Iterator[Broken]:
    end = result.exit
    if end is not None and end.kind == STALL:
        yield _stall(result, end.message or end.reason)
    elif end is not None and not end.clean and end.kind:
        text = ": ".join(part for part in (end.reason, end.message) if part)
        yield Broken(What.ERROR, f"{text} (exit kind {end.kind})", _to_blame(result, end.message))
    elif not result.problems and not (result.attached and result.alive):
        yield Broken(What.ERROR, "it was gone before it was taken off")
    elif not result.problems and (end is None or not end.clean):
        yield Broken(What.ERROR, "it left no exit record")


def _stall(result: ObjectResult, said: str) -> Broken:
    """Where the task that waited is known to be: nowhere, or in a queue that dispatch did not serve."""
    named = re.match(r"(.+\[\d+\]) failed to run for", said)
    task = dump.waiting(result.dump, named[1]) if named else None
    if task is not None and task.forgotten:
        return Broken(What.STALL, f"{said}; the scheduler was given it and put it nowhere", "enqueue")
    if task is not None:
        return Broken(What.STALL, said, "dispatch", task.queue)
    slowest = max(result.run_times, key=lambda each: each.mean_ns, default=None)
    if slowest is not None and slowest.mean_ns > ENDLESS_NS:
        took = f"; {slowest.callback} takes {slowest.mean_ns / 1e6:.0f} ms a call"
        return Broken(What.STALL, said + took, slowest.callback)
    return Broken(What.STALL, said, "dispatch")


def _to_blame(result: ObjectResult, message: str) -> str:
    """The kernel's messages name the callback where they can, its backtrace often does."""
    named = re.search(r"\bops\.(\w+)", message)
    return named[1] if named else dump.callback(result.dump)


def _events(result: ObjectResult) -> Iterator[Broken]:
    for event, callback in FORBIDDEN_EVENTS.items():
        count = result.events.get(event, 0)
        if count:
            yield Broken(What.EVENT, f"{event} {count}", callback)


def _workloads(result: ObjectResult) -> Iterator[Broken]:
    for work in result.workloads:
        if work.alive and (work.offline_errno or work.online_errno):
            numbers = f"errno {work.offline_errno} going, {work.online_errno} coming back"
            yield Broken(What.HOTPLUG, f"CPU {work.offline_cpu}: {numbers}", "cpu_offline")


def _warnings(result: ObjectResult) -> Iterator[Broken]:
    lines = [line for line in result.klog if _ALARMING.search(line)]
    # A stall has its own entry, and its log speaks of it at length.
    if lines and not (result.exit and result.exit.kind == STALL):
        yield Broken(What.WARNING, lines[0])


def _no_end(result: ObjectResult) -> Iterator[Broken]:
    for problem in result.problems:
        yield Broken(What.END, problem)
