"""How fast the simulator is: beside a plain SimPy model of the same machine, by the number of tasks, and its memory.

    python -m benchmarks.sim_speed stdlib_policies/fair.sched --rounds 5

The machine has 8 CPUs. `sleeping`: tasks run 200 to 400 us and sleep so long that they want nine tenths of the CPUs.
`queued`: all want to run all the time, so that the queue is as long as there are tasks. An event is one of the
simulation: a wakeup, the end of what a task runs, a tick, a CPU that is asked to choose; the callbacks are in it.
The time is the processor time of one core, building left out. Both models are run in turns, and the ratio is that of
a round.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.plain_model import PlainModel
from schedc import api
from schedc.verifier.sim import Phase, Program, Scenario, Task, build, machine
from schedc.verifier.sim.result import result_of, rows_of
from schedc.verifier.sim.run import script
from schedc.verifier.sim.scenario import MS, SECOND, US

CPUS, LOAD = 8, 0.9
SIZES = (10, 100, 1000, 10_000)
HORIZONS = (1, 4, 16, 64)


class Cost(NamedTuple):
    """What one run took."""

    events: int
    runs: int
    """How often a task came onto a CPU."""
    seconds: float
    kilobytes: int

    @property
    def event_ns(self) -> float:
        return 1e9 * self.seconds / self.events


def bursts(tasks: int) -> list[tuple[int, int]]:
    """What each task runs and then sleeps, in ns."""
    runs = [200 * US + task % 9 * 25 * US for task in range(tasks)]
    return [(run, max(50 * US, round(run * (tasks / CPUS / LOAD - 1)))) for run in runs]


def sleeping(tasks: int, end: int) -> Scenario:
    """The machine is nearly full, and queues are short."""
    made = (Task((Phase("run", run), Phase("sleep", sleep)), "task") for run, sleep in bursts(tasks))
    return Scenario(machine(CPUS), tuple(made), end=end, timeout=30 * SECOND)


def queued(tasks: int, end: int) -> Scenario:
    """All wait for a CPU."""
    return Scenario(machine(CPUS), (Task((Phase("run", SECOND),), "task"),) * tasks, end=end, timeout=1000 * SECOND)


def simulated(program: Program, scenario: Scenario) -> Cost:
    """One run of the core, as a process of its own."""
    text = "\n".join([*script(program, scenario), "events 1000000000"]) + "\n"
    with subprocess.Popen(
        [build.executable(program), "600"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(text)
        process.stdin.close()
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    result = result_of(rows_of(told), program.counters)
    if result.exit.kind or result.trap:
        raise SystemExit(f"the run ended early: {result.exit.message or result.trap}")
    runs = sum(task.runs for task in result.tasks)
    return Cost(result.steps, runs, used.ru_utime + used.ru_stime, result.memory)


def plain(tasks: int, end: int) -> Cost:
    """The same tasks in SimPy."""
    model = PlainModel(CPUS, bursts(tasks))
    begin = time.process_time()
    events = model.run(end)
    return Cost(events, model.runs, time.process_time() - begin, 0)


def beside(program: Program, rounds: int) -> str:
    """A table of both models, and their ratio."""
    tasks, end = 64, 4 * SECOND
    pairs = [(simulated(program, sleeping(tasks, end)), plain(tasks, end)) for _ in range(rounds)]
    ratio = statistics.median((p.seconds / p.runs) / (s.seconds / s.runs) for s, p in pairs)
    title = f"{tasks} tasks, {CPUS} CPUs, {end // SECOND} s"
    rows = [f"| {title} | events | runs | events/s | runs/s |", "|---|---|---|---|---|"]
    for name, column in (("simulator", 0), ("SimPy", 1)):
        found = [pair[column] for pair in pairs]
        rate = [statistics.median(getattr(each, what) / each.seconds for each in found) for what in ("events", "runs")]
        rows.append(f"| {name} | {found[0].events} | {found[0].runs} | {rate[0]:,.0f} | {rate[1]:,.0f} |")
    return "\n".join([*rows, f"\nThe simulator does {ratio:.0f} times as many runs a second of processor time."])


def by_tasks(program: Program, rounds: int) -> str:
    """What an event costs."""
    rows = ["| tasks | sleeping, ns an event | queued, ns an event | log2 of the tasks |", "|---|---|---|---|"]
    for tasks in SIZES:
        costs = []
        for scenario in (sleeping(tasks, 10 * SECOND), queued(tasks, 200 * SECOND)):
            found = [simulated(program, scenario) for _ in range(rounds)]
            costs.append(statistics.median(each.event_ns for each in found))
        rows.append(f"| {tasks} | {costs[0]:.0f} | {costs[1]:.0f} | {math.log2(tasks):.1f} |")
    return "\n".join(rows)


def memory(program: Program) -> str:
    """The most that a run had in memory, by what it simulated."""
    rows = ["| simulated s | events | most memory, kB |", "|---|---|---|"]
    for seconds in HORIZONS:
        cost = simulated(program, sleeping(64, seconds * SECOND))
        rows.append(f"| {seconds} | {cost.events} | {cost.kilobytes} |")
    return "\n".join(rows)


def main(arguments: Sequence[str]) -> int:
    """Prints three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policy", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    compiled = api.compile(options.policy.read_text(encoding="utf-8"), options.policy.name)
    if compiled.built is None:
        raise SystemExit(f"{options.policy} is not accepted: see `schedc check {options.policy}`")
    program = Program.of(compiled)
    simulated(program, sleeping(8, 10 * MS))
    for part in (beside(program, options.rounds), by_tasks(program, options.rounds), memory(program)):
        print(part, end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
