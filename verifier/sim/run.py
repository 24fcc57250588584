"""Runs a policy under a scenario, in a process of its own that cannot hang or hurt the caller."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

from schedc.api import CompileResult
from schedc.verifier.sim import build, topology
from schedc.verifier.sim.check import check
from schedc.verifier.sim.errors import SimError
from schedc.verifier.sim.program import Program
from schedc.verifier.sim.result import Result, parse
from schedc.verifier.sim.scenario import Scenario

# Seconds of processor time; and how much longer a loaded machine may take.
DEADLINE, PATIENCE = 60, 60


def simulate(
    compiled: CompileResult | Program, scenario: Scenario, *, trace: bool = False, deadline: int = DEADLINE
) -> Result:
    """Run the scenario, for at most `deadline` seconds of processor time. What the policy does wrong is in the result.

    `SimError`: the scenario says what cannot be, or was not over in time. Safe to call from threads.
    """
    program = compiled if isinstance(compiled, Program) else Program.of(compiled)
    check(scenario)
    text = "\n".join([*scenario.lines(trace), *_loader(program, scenario)]) + "\n"
    path = build.executable(program)
    try:
        done = subprocess.run(
            [path, str(deadline)], input=text, capture_output=True, text=True, env={}, timeout=deadline + PATIENCE,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SimError(
            f"the scenario was not over after {deadline + PATIENCE} s", "simulate a shorter time, or fewer tasks"
        ) from None
    return parse(done.stdout, program.counters)


def _loader(program: Program, scenario: Scenario) -> Iterator[str]:
    """What a loader does before it attaches, and when live params change."""
    for name, index, value in topology.variables(scenario.cpus):
        yield f"var {name} {index} {value}"
    for name, value in program.settings.items():
        yield f"var {name} 0 {value}"
    for number, group in enumerate(scenario.groups(), 1):
        yield f"match {number} {program.bits(group)}"
    for event in scenario.events:
        if event.kind == "param":
            yield f"at {event.time} var live_{event.group} 0 {event.value}"
