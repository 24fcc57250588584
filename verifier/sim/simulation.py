"""A workload file of the lab under several policies on the simulated machine: the lab's report, without its kernel.

The kernel's default scheduler is no sched_ext policy and is not simulated: the first policy is what the others are
compared with.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from schedc.verifier.exits import STALL
from schedc.verifier.measure.measure import MAX_SEEDS, Failed, Measured, Options
from schedc.verifier.measure.origin import Origin
from schedc.verifier.measure.subject import Subject, distinct
from schedc.verifier.measure.workload import SECOND, Workload
from schedc.verifier.sim import build, load
from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.program import Program
from schedc.verifier.sim.result import Result
from schedc.verifier.sim.run import simulate_load
from schedc.verifier.sim.scenario import Cpu


@dataclass(frozen=True)
class Contender:
    """A policy under its name in the report, and as the simulator takes it."""

    subject: Subject
    program: Program = field(repr=False)


@dataclass(frozen=True)
class Simulation:
    """`measured` begins with the base of the comparison."""

    workload: Workload
    options: Options
    cpus: tuple[Cpu, ...]
    core: str
    """SHA-256 of the simulator's core."""
    measured: tuple[Measured, ...]

    @property
    def ok(self) -> bool:
        return all(each.ok for each in self.measured)

    @property
    def origin(self) -> Origin:
        """Its CPUs run beside each other."""
        provenance: dict[str, Any] = {
            "core_sha256": self.core,
            "cpus": [[cpu.core, cpu.llc, cpu.node] for cpu in self.cpus],
            "instruction_ns": 1 << self.workload.shift,
            "instructions": load.COSTS,
        }
        detail = "the kernel's default scheduler is not simulated"
        return Origin("the simulator", "simulated: a model of sched_ext", detail, True, provenance)


def simulate_workload(
    workload: Workload, contenders: Sequence[Contender], cpus: Sequence[Cpu], seeds: int, at_once: int = 0
) -> Simulation:
    """Runs the workload under each, for every seed; `at_once` changes no figure. `SimError` where that cannot be."""
    if not contenders:
        raise SimError("there is nothing to simulate", "give a policy; the kernel's default is measured in the lab")
    if not 1 <= seeds <= MAX_SEEDS:
        raise SimError(f"{seeds} seeds are asked for", f"give 1 to {MAX_SEEDS}; 10 are usual")
    named = distinct([each.subject for each in contenders])
    for each in contenders:
        build.executable(each.program)
    jobs = [(each.program, seed) for each in contenders for seed in range(1, seeds + 1)]
    with ThreadPoolExecutor(max_workers=at_once or os.cpu_count() or 1) as pool:
        done = list(pool.map(lambda job: simulate_load(job[0], cpus, workload, job[1]), jobs))
    measured = []
    for number, subject in enumerate(named):
        mine = done[number * seeds : (number + 1) * seeds]
        runs = tuple(run for _, run in mine if run is not None)
        failed = tuple(_failed(result, seed) for seed, (result, run) in enumerate(mine, 1) if run is None)
        measured.append(Measured(subject, runs, failed, None))
    options = replace(Options(), kernel="simulated", cpus=len(cpus), seeds=seeds, costs=False)
    return Simulation(workload, options, tuple(cpus), build.core_digest(), tuple(measured))


def _failed(result: Result, seed: int) -> Failed:
    """Why a run says nothing about the workload."""
    if result.trap is not None:
        return Failed(seed, "trap", str(result.trap))
    text = f"{result.exit.reason}: {result.exit.message}, after {result.ended / SECOND:.1f} s"
    return Failed(seed, "stall" if result.exit.kind == STALL else "ended", text)
