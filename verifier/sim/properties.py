"""What must hold of every run, whatever the policy: each property is a function that says where it is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schedc.verifier.sim.result import Result
from schedc.verifier.sim.scenario import MS, Scenario

# How long a CPU may be idle while a task waits that could run there.
GRACE = 5 * MS
# Events that a policy causes by a CPU that it should not have chosen.
_NEVER = ("SELECT_CPU_FALLBACK", "DISPATCH_LOCAL_DSQ_OFFLINE")


@dataclass(frozen=True)
class Broken:
    """A property by its name, and what broke it."""

    name: str
    what: str


def broken(result: Result, scenario: Scenario, *, grace: int | None = GRACE) -> tuple[Broken, ...]:
    """All that does not hold; `grace` None for policies that leave CPUs idle on purpose."""
    found = [*no_trap(result), *no_abort(result)]
    if result.trap is None:
        found += [*no_task_lost(result), *allowed_cpus(result), *every_task_ran(result, scenario), *no_bad_cpu(result)]
        found += state_freed(result)
        if grace is not None:
            found += work_conserving(result, grace)
    return tuple(found)


def no_trap(result: Result) -> Iterator[Broken]:
    """No callback does what the compiler's checks or the machine forbid, and each ends."""
    if result.trap is not None:
        yield Broken("no_trap", str(result.trap))


def no_abort(result: Result) -> Iterator[Broken]:
    """The kernel does not end the scheduler."""
    if result.exit.kind:
        yield Broken("no_abort", f"{result.exit.reason}: {result.exit.message}")


def no_task_lost(result: Result) -> Iterator[Broken]:
    """Each enqueue puts its task into a queue. What schedc makes keeps tasks nowhere else."""
    for task in result.tasks:
        if task.held:
            yield Broken("no_task_lost", f"{task.name}[{task.pid}] was put nowhere, {_times(task.held)}")


def allowed_cpus(result: Result) -> Iterator[Broken]:
    """No task runs where it may not."""
    for task in result.tasks:
        if task.misplaced:
            yield Broken("allowed_cpus", f"{task.name}[{task.pid}] ran where it may not, {_times(task.misplaced)}")


def every_task_ran(result: Result, scenario: Scenario) -> Iterator[Broken]:
    """No wait was as long as one and a half of the watchdog's timeout, at which a stall is surely seen."""
    for task in result.tasks:
        if scenario.timeout and task.worst_wait > scenario.timeout * 3 // 2 and not result.exit.kind:
            yield Broken("every_task_ran", f"{task.name}[{task.pid}] waited {task.worst_wait / MS:g} ms")


def no_bad_cpu(result: Result) -> Iterator[Broken]:
    """The policy chooses no CPU that the kernel has to replace; in bypass the choice is the kernel's own."""
    for name in () if result.events.get("BYPASS_ACTIVATE") else _NEVER:
        if result.events.get(name):
            yield Broken("no_bad_cpu", f"SCX_EV_{name} is {result.events[name]}")


def state_freed(result: Result) -> Iterator[Broken]:
    """After its end the policy holds nothing of the kernel's."""
    if result.left:
        what = f"{result.left_by} took {result.left} of the kernel's CPU masks, and did not give back"
        yield Broken("state_freed", what)


def work_conserving(result: Result, grace: int) -> Iterator[Broken]:
    """No CPU is idle for longer than `grace` while a task waits that may run there."""
    gap = result.unserved
    if gap.length > grace:
        who = next((f"{task.name}[{task.pid}]" for task in result.tasks if task.pid == gap.pid), f"task {gap.pid}")
        yield Broken("work_conserving", f"CPU {gap.cpu} was idle for {gap.length / MS:g} ms while {who} waited")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
