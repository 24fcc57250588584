"""All that must hold of a run: what holds of every policy, and what this one promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schedc.verifier.mutate.subjects import Promise
from schedc.verifier.sim import Broken, Result, Scenario, broken

# Shares are rounded by ticks, and a window is wide: so far they may be off, for tasks of some weight.
_SHARE_OFF, _LEAST_WEIGHT = 1.25, 30


def judge(result: Result, story: Scenario, name: str, promise: Promise) -> tuple[Broken, ...]:
    """`name` is that of the story, empty for one that was drawn."""
    found = list(broken(result, story, grace=promise.idle.get(name, promise.grace)))
    if result.trap is not None or result.exit.kind:
        return tuple(found)
    if name in promise.by_weight:
        found += shares_by_weight(result)
    if promise.keeps and _undisturbed(story):
        found += keeps_by_itself(result)
    found += long_enough(result, promise.runs.get(name, {}))
    found += enough(result, promise.shares.get(name, {}))
    found += soon_enough(result, promise.waits.get(name, {}))
    return tuple(found)


def _undisturbed(story: Scenario) -> bool:
    """True if all that happens is that busy tasks share one CPU."""
    busy = all(
        task.start == 0 and task.repeat == 0 and task.cpus is None and not task.kthread
        and all(phase.kind == "run" for phase in task.phases) for task in story.tasks
    )  # fmt: skip
    return busy and len(story.cpus) == 1 and not story.events


def shares_by_weight(result: Result) -> Iterator[Broken]:
    """Busy tasks have a CPU in proportion to their weights."""
    tasks = [task for task in result.tasks if task.weight >= _LEAST_WEIGHT]
    weights, ran = sum(task.weight for task in tasks), sum(task.ran for task in tasks)
    for task in tasks:
        due = ran * task.weight / weights
        if not due / _SHARE_OFF <= task.ran <= due * _SHARE_OFF:
            yield Broken("shares_by_weight", f"{task.name} ran for {task.ran} ns, {due:.0f} are its weight's")


def keeps_by_itself(result: Result) -> Iterator[Broken]:
    """The previous task goes on because the policy says so, never because the kernel found nothing else."""
    kept = result.events.get("DISPATCH_KEEP_LAST", 0)
    if kept:
        yield Broken("keeps_by_itself", f"the kernel kept the last task {kept} times")


def long_enough(result: Result, runs: Mapping[int, int]) -> Iterator[Broken]:
    """A task is left on its CPU for as long as the policy's slice says, on average."""
    for at, least in runs.items():
        task = result.tasks[at]
        if task.ran < least * max(1, task.runs):
            mean = task.ran // max(1, task.runs)
            yield Broken("long_enough", f"{task.name} ran for {mean} ns at a time, not {least}")


def enough(result: Result, shares: Mapping[int, float]) -> Iterator[Broken]:
    """A task gets the part of a CPU that the policy is there to give it."""
    for at, least in shares.items():
        task = result.tasks[at]
        if task.ran < least * result.ended:
            yield Broken("enough", f"{task.name} had {task.ran / result.ended:.0%} of a CPU, not {least:.0%}")


def soon_enough(result: Result, waits: Mapping[int, int]) -> Iterator[Broken]:
    """A task waits no longer than the policy says."""
    for at, most in waits.items():
        task = result.tasks[at]
        if task.worst_wait > most:
            yield Broken("soon_enough", f"{task.name} waited {task.worst_wait} ns, not {most}")
