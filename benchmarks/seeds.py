"""Schedulers seed by seed in the lab: one load of the object for a seed, under it all workloads, callbacks timed.

That the kernel times callbacks costs both sides a reading of the clock for each call. It saves half of the runs, and
what tasks wait is some thousand times longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from schedc.verifier.measure import MeasureError, Options, Subject, Workload, wire
from schedc.verifier.measure.figures import Figure, figures
from schedc.verifier.measure.measure import Callback, Costs, failure
from schedc.verifier.measure.result import Run, run_of
from schedc.verifier.vm import result as vm
from schedc.verifier.vm.job import Job, ObjectJob
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.run import run

# What goes with tasks that wake, wait, run and stop. The others come once for a task, a CPU or the scheduler.
DECIDING = (
    *("select_cpu", "enqueue", "dequeue", "dispatch", "core_sched_before", "update_idle", "tick"),
    *("runnable", "running", "stopping", "quiescent", "yield"),
)


@dataclass(frozen=True)
class Seeds:
    """One scheduler; the tuples have an entry for each seed."""

    subject: Subject
    kernel: str
    qemu: str
    costs: tuple[Costs, ...]
    figures: tuple[dict[Figure, float], ...]

    def per_decision(self) -> list[float]:
        """ns in callbacks for each switch of the system."""
        return [sum(call.total for call in _deciding(each)) / each.switches for each in self.costs]

    def means(self) -> dict[str, float]:
        """ns of a call, over all seeds, by callback."""
        return {name: sum(c.total for c in calls) / sum(c.count for c in calls) for name, calls in self._calls()}

    def calls(self) -> dict[str, float]:
        """Calls for each switch, over all seeds, by callback."""
        switches = sum(each.switches for each in self.costs)
        return {name: sum(call.count for call in calls) / switches for name, calls in self._calls()}

    def _calls(self) -> list[tuple[str, list[Callback]]]:
        calls = [call for each in self.costs for call in _deciding(each) if call.count]
        found = [(name, [call for call in calls if call.name == name]) for name in DECIDING]
        return [(name, same) for name, same in found if same]


def _deciding(costs: Costs) -> list[Callback]:
    return [call for call in costs.callbacks if call.name in DECIDING]


def seen(
    subjects: Sequence[Subject], workloads: Sequence[Workload], options: Options, say: Callable[[str], None]
) -> list[Seeds]:
    """A boot for each scheduler; `MeasureError` where one does not come through."""
    guest = Machine(sockets=1, cores=options.cpus, icount_shift=workloads[0].shift, awake=True)

    def one(subject: Subject) -> Seeds:
        numbers = range(1, options.seeds + 1)
        done = run(Job(tuple(_job(subject, workloads, seed) for seed in numbers), options.kernel, guest))
        say(f"{subject.name}: done on {options.cpus} CPU{'s' * (options.cpus > 1)}")
        results = list(zip(numbers, done.objects, strict=True))
        runs = [_runs(subject, workloads, seed, result) for seed, result in results]
        costs = [_costs(result, each) for (_, result), each in zip(results, runs, strict=True)]
        served = [_figures(each, workloads, options.cpus) for each in runs]
        return Seeds(subject, done.kernel, done.qemu, tuple(costs), tuple(served))

    with ThreadPoolExecutor(max_workers=options.at_once or os.cpu_count() or 1) as pool:
        return list(pool.map(one, subjects))


def _job(subject: Subject, workloads: Sequence[Workload], seed: int) -> ObjectJob:
    loads = tuple(wire.load(workload, seed) for workload in workloads)
    return replace(subject.job, name=f"seed {seed}", workloads=loads, run_times=True)


def _runs(subject: Subject, workloads: Sequence[Workload], seed: int, result: vm.ObjectResult) -> list[Run]:
    loads = [work.load for work in result.workloads if work.load is not None]
    wrong = failure(result, seed)
    if wrong is not None or len(loads) != len(workloads):
        why = f"{wrong.what}: {wrong.text}" if wrong else "a workload told nothing"
        raise MeasureError(f"{subject.name}, seed {seed}: {why}", "leave it out with --only")
    return [run_of(line, workload, seed) for line, workload in zip(loads, workloads, strict=True)]


def _costs(result: vm.ObjectResult, runs: Sequence[Run]) -> Costs:
    calls = [Callback(each.callback, each.count, each.total_ns) for each in result.run_times if each.callback]
    return Costs(tuple(calls), sum(each.switches for each in runs))


def _figures(runs: Sequence[Run], workloads: Sequence[Workload], cpus: int) -> dict[Figure, float]:
    found: dict[Figure, float] = {}
    for each, workload in zip(runs, workloads, strict=True):
        found |= figures(each, workload, cpus)
    return found
