"""What callbacks take for each scheduling decision: for every seed a run with the kernel's statistics on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from schedc.verifier.measure import MeasureError, Options, Subject, Workload, wire
from schedc.verifier.measure.measure import Callback, Costs, failure
from schedc.verifier.measure.result import run_of
from schedc.verifier.vm import result as vm
from schedc.verifier.vm.job import Job
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.run import run

# What goes with tasks that wake, wait, run and stop. The others come once for a task, a CPU or the scheduler.
DECIDING = (
    *("select_cpu", "enqueue", "dequeue", "dispatch", "core_sched_before", "update_idle", "tick"),
    *("runnable", "running", "stopping", "quiescent", "yield"),
)


@dataclass(frozen=True)
class Timed:
    """One scheduler, seed by seed."""

    name: str
    costs: tuple[Costs, ...]

    def per_decision(self) -> list[float]:
        """ns in callbacks for each switch of the system, reading the clock for each call included."""
        return [sum(call.total for call in _deciding(each)) / each.switches for each in self.costs]

    def means(self) -> dict[str, float]:
        """ns of a call, over all seeds, by callback."""
        calls = [call for each in self.costs for call in _deciding(each)]
        return {name: _mean([call for call in calls if call.name == name]) for name in _named(calls)}

    def calls(self) -> dict[str, float]:
        """Calls for each switch, over all seeds, by callback."""
        calls = [call for each in self.costs for call in _deciding(each)]
        switches = sum(each.switches for each in self.costs)
        return {name: sum(c.count for c in calls if c.name == name) / switches for name in _named(calls)}


def _deciding(costs: Costs) -> list[Callback]:
    return [call for call in costs.callbacks if call.name in DECIDING]


def _named(calls: Sequence[Callback]) -> list[str]:
    return [name for name in DECIDING if any(call.name == name and call.count for call in calls)]


def _mean(calls: Sequence[Callback]) -> float:
    return sum(call.total for call in calls) / sum(call.count for call in calls)


def timed(
    workload: Workload, subjects: Sequence[Subject], options: Options, say: Callable[[str], None]
) -> list[Timed]:
    """A boot for each scheduler; `MeasureError` where one does not come through."""
    guest = Machine(sockets=1, cores=options.cpus, icount_shift=workload.shift, awake=True)

    def one(subject: Subject) -> Timed:
        jobs = [
            replace(subject.run(wire.load(workload, seed), costs=True), name=f"seed {seed}")
            for seed in range(1, options.seeds + 1)
        ]
        say(f"{subject.name}: timing its callbacks")
        return Timed(subject.name, _costs(subject, workload, run(Job(tuple(jobs), options.kernel, guest)).objects))

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(one, subjects))


def _costs(subject: Subject, workload: Workload, results: Sequence[vm.ObjectResult]) -> tuple[Costs, ...]:
    found = []
    for seed, result in enumerate(results, 1):
        wrong = failure(result, seed)
        loads = [work.load for work in result.workloads if work.load is not None]
        if wrong is not None or not loads:
            why = f"{wrong.what}: {wrong.text}" if wrong else "the workload told nothing"
            raise MeasureError(f"{subject.name}, seed {seed}: {why}", "leave this scheduler out")
        calls = [Callback(each.callback, each.count, each.total_ns) for each in result.run_times if each.callback]
        found.append(Costs(tuple(calls), run_of(loads[0], workload, seed).switches))
    return tuple(found)
