"""Runs a policy under a scenario, in a process of its own that cannot hang or hurt the caller."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence

from schedc.api import CompileResult
from schedc.verifier.measure.result import Run, run_of
from schedc.verifier.measure.workload import Workload
from schedc.verifier.sim import build, load, topology
from schedc.verifier.sim.check import check
from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.hooks import with_hooks
from schedc.verifier.sim.program import Program
from schedc.verifier.sim.result import Result, result_of, rows_of
from schedc.verifier.sim.scenario import Cpu, Scenario, machine_lines

# Seconds of processor time; and how much longer a loaded machine may take.
DEADLINE, LOAD_DEADLINE, PATIENCE = 60, 600, 60
# A workload ends by its time; what it takes is bounded by the processor time.
MAX_EVENTS = 10**15


def simulate(
    compiled: CompileResult | Program, scenario: Scenario, *, trace: bool = False, deadline: int = DEADLINE
) -> Result:
    """Run the scenario, for at most `deadline` seconds of processor time. What the policy does wrong is in the result.

    `SimError`: the scenario says what cannot be, or was not over in time. Safe to call from threads.
    """
    program = compiled if isinstance(compiled, Program) else Program.of(compiled)
    return result_of(rows_of(told(program, scenario, trace=trace, deadline=deadline)), program.counters)


def told(program: Program, scenario: Scenario, *, trace: bool = False, deadline: int = DEADLINE) -> str:
    """All that the core, and what stands around the program, say of the scenario."""
    check(scenario)
    built = with_hooks(program) if scenario.stops else program
    return run(built, script(program, scenario, trace), deadline)


def script(program: Program, scenario: Scenario, trace: bool = False) -> list[str]:
    """The lines that the core reads for it."""
    return [*scenario.lines(trace), *_loader(program, scenario.cpus, scenario.groups()), *_params(scenario)]


def simulate_load(
    program: Program, cpus: Sequence[Cpu], workload: Workload, seed: int, *, deadline: int = LOAD_DEADLINE
) -> tuple[Result, Run | None]:
    """A workload file of the lab on that machine; there is no `Run` where the scheduler did not last to its end."""
    if workload.programs:
        programs = " and ".join(f"`{name}`" for name in workload.programs)
        raise SimError(f"workload `{workload.name}` runs {programs}", "real programs are for schedc measure")
    if workload.highest_cpu >= len(cpus):
        raise SimError(f"workload `{workload.name}` names CPU {workload.highest_cpu}, and there are {len(cpus)}")
    lines = [f"end 1\nseed {seed}\nevents {MAX_EVENTS}", *machine_lines(cpus)]
    lines += [*load.lines(workload, seed, len(cpus)), *_loader(program, cpus, load.groups(workload))]
    rows = rows_of(run(program, lines, deadline))
    line = load.told(rows, workload)
    return result_of(rows, program.counters), None if line is None else run_of(line, workload, seed)


def run(program: Program, lines: Sequence[str], deadline: int) -> str:
    """What one process of the core says, for at most `deadline` seconds of processor time."""
    path = build.executable(program)
    try:
        done = subprocess.run(
            [path, str(deadline)], input="\n".join(lines) + "\n", capture_output=True, text=True, env={},
            timeout=deadline + PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SimError(
            f"the scenario was not over after {deadline + PATIENCE} s", "simulate a shorter time, or fewer tasks"
        ) from None
    return done.stdout


def _loader(program: Program, cpus: Sequence[Cpu], groups: Sequence[str]) -> Iterator[str]:
    """What a loader does before it attaches."""
    for name, index, value in topology.variables(cpus):
        yield f"var {name} {index} {value}"
    for name, value in program.settings.items():
        yield f"var {name} 0 {value}"
    for number, group in enumerate(groups, 1):
        yield f"match {number} {program.bits(group)}"


def _params(scenario: Scenario) -> Iterator[str]:
    """What it does when live params change."""
    for event in scenario.events:
        if event.kind == "param":
            yield f"at {event.time} var live_{event.group} 0 {event.value}"
