"""What one run of a workload told, as frozen data. What comes from the guest is checked here: a policy runs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from schedc.verifier.measure.errors import MeasureError
from schedc.verifier.measure.histogram import BUCKETS, Histogram
from schedc.verifier.measure.workload import Workload

MAX_SAID = 400


@dataclass(frozen=True)
class GroupRun:
    """The tasks of a group, in the window. Times in ns."""

    name: str
    begun: int
    done: int
    missed: int
    dropped: int
    finished: int
    """When the last job was done, from the start."""
    cpu: tuple[int, ...]
    """Of each task."""
    child_cpu: int
    voluntary: int
    forced: int
    migrations: int
    woken: Histogram
    """From a wakeup to the first instruction."""
    request: Histogram
    """From when work was due to its end."""
    gap: Histogram
    """A busy task's time without the CPU, each time."""
    fault: str = ""
    """How a program ended that failed; empty where none did."""

    @property
    def cpu_total(self) -> int:
        """CPU time of the group, with its children's."""
        return sum(self.cpu) + self.child_cpu


@dataclass(frozen=True)
class Run:
    """One seed under one scheduler."""

    seed: int
    window: int
    """How long was measured, in ns."""
    switches: int
    """Of the whole system, in the window."""
    groups: tuple[GroupRun, ...]
    busy: tuple[int, ...] = ()
    """How long each CPU had one of the tasks, in ns; empty where CPUs do not run beside each other."""
    unused: int = 0
    """CPU time in which a CPU had nothing while a task waited, in ns."""


def run_of(line: Mapping[str, Any], workload: Workload, seed: int) -> Run:
    """The guest's line; `MeasureError` where it is not what the load generator writes."""
    groups = line.get("groups")
    if not isinstance(groups, list) or len(groups) != len(workload.groups):
        raise MeasureError("the guest's report has other groups than the workload", "report this")
    found = tuple(_group(item, group.name) for item, group in zip(groups, workload.groups, strict=True))
    busy, unused = _numbers(line, "busy_ns"), _number(line, "unused_ns")
    return Run(seed, _number(line, "window_ns"), _number(line, "switches"), found, busy, unused)


def _number(line: object, key: str) -> int:
    value = line.get(key, 0) if isinstance(line, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 64:
        raise MeasureError(f"the guest's report has no number `{key}`", "report this")
    return value


def _numbers(line: Mapping[str, Any], key: str) -> tuple[int, ...]:
    values = line.get(key, [])
    good = isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 64 for value in values)
    if not good:
        raise MeasureError(f"the guest's report has no numbers `{key}`", "report this")
    return tuple(values)


def _group(line: Mapping[str, Any], name: str) -> GroupRun:
    if not isinstance(line, dict) or line.get("name") != name:
        raise MeasureError(f"the guest's report has no group `{name}`", "report this")
    return GroupRun(
        name=name,
        begun=_number(line, "begun"),
        done=_number(line, "done"),
        missed=_number(line, "missed"),
        dropped=_number(line, "dropped"),
        finished=_number(line, "finished_ns"),
        cpu=_numbers(line, "cpu_ns"),
        child_cpu=_number(line, "child_cpu_ns"),
        voluntary=_number(line, "voluntary"),
        forced=_number(line, "forced"),
        migrations=_number(line, "migrations"),
        woken=_histogram(line.get("woken")),
        request=_histogram(line.get("request")),
        gap=_histogram(line.get("gap")),
        fault=_fault(line),
    )


def _fault(line: Mapping[str, Any]) -> str:
    if not _number(line, "failed"):
        return ""
    signal, said = _number(line, "signal"), line.get("said", "")
    how = f"was killed by signal {signal}" if signal else f"ended with status {_number(line, 'status')}"
    lines = said[:MAX_SAID].splitlines() if isinstance(said, str) else []
    words = "; ".join("".join(char for char in text if char.isprintable()) for text in lines)
    return f"`{line['name']}` {how}" + (f": {words}" if words else "")


def _histogram(line: object) -> Histogram:
    if line is None:
        return Histogram()
    if not isinstance(line, dict):
        raise MeasureError("the guest's report has a histogram that is none", "report this")
    flat = _numbers(line, "buckets")
    buckets = tuple(zip(flat[::2], flat[1::2], strict=False))
    rising = all(one[0] < other[0] for one, other in pairwise(buckets))
    if len(flat) % 2 or not rising or any(bucket >= BUCKETS for bucket, _ in buckets):
        raise MeasureError("the guest's report has a histogram with other buckets", "report this")
    count = sum(number for _, number in buckets)
    unfinished = _number(line, "open")
    if unfinished > count:
        raise MeasureError("the guest's report has a histogram with more open values than values", "report this")
    return Histogram(count, _number(line, "sum_ns"), _number(line, "max_ns"), buckets, unfinished)
