"""From what the tasks saw to figures, and which of them a machine of several CPUs in turns cannot give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from schedc.verifier.measure.histogram import Histogram
from schedc.verifier.measure.result import GroupRun, Run
from schedc.verifier.measure.workload import SECOND, Group, Workload

PERCENTS = (50.0, 90.0, 99.0, 99.9)
# What the kernel gives a task for its nice level, from -20 to 19; a SCHED_IDLE task has 3.
WEIGHTS = (
    *(88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916),
    *(9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277),
    *(1024, 820, 655, 526, 423, 335, 272, 215, 172, 137),
    *(110, 87, 70, 56, 45, 36, 29, 23, 18, 15),
)
IDLE_WEIGHT = 3


@dataclass(frozen=True)
class Figure:
    """`unit`: ns, /s, %, a count (empty) or an index from 0 to 1 (index). `better`: less, more, or empty."""

    group: str
    name: str
    unit: str
    better: str = ""

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.group} {self.name}" if self.group else self.name


@dataclass(frozen=True)
class Refusal:
    """A figure that the lab does not give here, why, and where it is to be had."""

    figure: str
    reason: str
    instead: str


def refusals(workload: Workload, cpus: int, parallel: bool = False) -> tuple[Refusal, ...]:
    """What cannot be said on that many CPUs, unless they run in `parallel`."""
    if cpus == 1 or parallel:
        return ()
    reason = f"{cpus} CPUs take turns on one virtual clock: nothing runs in parallel, and an idle one gives time away"
    instead = "one CPU here; the simulator, KVM or a real host for several"
    names = ["throughput", "balance between CPUs"]
    names += ["makespan"] if any(group.ends for group in workload.groups) else []
    return tuple(Refusal(name, reason, instead) for name in names)


def figures(run: Run, workload: Workload, cpus: int, parallel: bool = False) -> dict[Figure, float]:
    """All that this run says. What there were too few samples for is left out."""
    found: dict[Figure, float] = {}
    total = sum(group.cpu_total for group in run.groups)
    for group, seen in zip(workload.groups, run.groups, strict=True):
        found.update(_distributions(group, seen))
        found.update(_counts(group, seen))
        if cpus == 1 or parallel:
            found.update(_rates(group, seen, run.window))
        if total:
            found[Figure(group.name, "share of the CPU time", "%")] = 100 * seen.cpu_total / total
    found[Figure("", "switches", "/s")] = run.switches * SECOND / run.window if run.window else 0.0
    if cpus > 1:
        found[Figure("", "migrations", "")] = float(sum(group.migrations for group in run.groups))
    found.update(_balance(run))
    fairness = _fairness(run, workload)
    if fairness is not None:
        found[Figure("", "fairness of busy tasks", "index", "more")] = fairness
    return found


SEEN: dict[str, Callable[[GroupRun], Histogram]] = {
    "wakeup": lambda seen: seen.woken,
    "request": lambda seen: seen.request,
    "wait": lambda seen: seen.gap,
}
"""What is seen of a group, as distributions."""


def unfinished(runs: Iterable[Run]) -> dict[str, int]:
    """How many values of each group's distributions had no end when the window closed, over all seeds: these are in
    the distributions as far as they went. Only what there is, such as `web request`."""
    found: Counter[str] = Counter()
    for run in runs:
        for group in run.groups:
            found.update({f"{group.name} {what}": values(group).open for what, values in SEEN.items()})
    return {label: count for label, count in found.items() if count}


def enough(histogram: Histogram, percent: float) -> bool:
    """Whether there are values above that percentile, so that it is not just the largest."""
    return histogram.count * (100 - percent) >= 100


def _distributions(group: Group, seen: GroupRun) -> Iterator[tuple[Figure, float]]:
    for what, values in SEEN.items():
        histogram = values(seen)
        for percent in PERCENTS:
            if enough(histogram, percent):
                figure = Figure(group.name, f"{what} p{percent:g}", "ns", "less")
                yield figure, float(histogram.percentile(percent))
        if histogram.count:
            yield Figure(group.name, f"{what} max", "ns", "less"), float(histogram.max)


def _counts(group: Group, seen: GroupRun) -> Iterator[tuple[Figure, float]]:
    if group.kind == "periodic" and seen.begun:
        # What was due and is not done has not met its deadline either.
        late = seen.missed + seen.begun - seen.done
        yield Figure(group.name, "missed deadlines", "%", "less"), 100 * late / seen.begun
    if group.kind == "requests" and group.arrival is not None:
        yield Figure(group.name, "dropped", "", "less"), float(seen.dropped)


def _rates(group: Group, seen: GroupRun, window: int) -> Iterator[tuple[Figure, float]]:
    if group.ends:
        if seen.done == group.count:
            yield Figure(group.name, "makespan", "ns", "less"), float(seen.finished)
    elif group.kind != "busy" and window:
        yield Figure(group.name, "throughput", "/s", "more"), seen.done * SECOND / window


def _balance(run: Run) -> Iterator[tuple[Figure, float]]:
    """How well the work is spread over the CPUs, where the run says what each had."""
    if len(run.busy) > 1:
        yield Figure("", "balance between CPUs", "index", "more"), jain([float(busy) for busy in run.busy])
        unused = 100 * run.unused / (run.window * len(run.busy)) if run.window else 0.0
        yield Figure("", "CPU time unused while tasks wait", "%", "less"), unused


def weight(group: Group) -> int:
    """What the group's tasks are due, each."""
    return IDLE_WEIGHT if group.idle else WEIGHTS[group.nice + 20]


def jain(values: list[float]) -> float:
    """Jain's index: 1 where all have the same, 1/n where one has all."""
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 1.0


def _fairness(run: Run, workload: Workload) -> float | None:
    """Over busy tasks that compete on equal terms, of CPU time for the weight; None where there are none."""
    busy = [
        (group, seen) for group, seen in zip(workload.groups, run.groups, strict=True) if group.kind == "busy"
    ]
    terms = {(group.cpus, group.cgroup) for group, _ in busy}
    values = [ns / weight(group) for group, seen in busy for ns in seen.cpu]
    return jain(values) if len(terms) == 1 and len(values) > 1 else None
