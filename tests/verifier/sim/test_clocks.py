"""Clocks that differ between CPUs: who reads the time gets that of the CPU where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand import by_hand

from schedc.verifier.sim import Phase, Scenario, SimError, Task, machine, simulate
from schedc.verifier.sim.scenario import MS, SECOND

ROUNDS = tuple(Task((Phase("run", MS), Phase("sleep", MS)), f"on{cpu}", cpus=frozenset({cpu})) for cpu in range(2))
NOTING = replace(
    by_hand(dispatch="extern u64 seen[2]; WRITE_ONCE(seen[cpu & 1], scx_bpf_now()); pull(READY);", extra="u64 seen[2];"), readings=("seen",)
)


def seen(skew: int) -> tuple[int, ...]:
    first, second = machine(2)
    return simulate(NOTING, Scenario((first, replace(second, skew=skew)), ROUNDS, end=20 * MS)).readings["seen"]


@pytest.mark.parametrize("skew", [2 * MS, -2 * MS])
def test_the_time_is_that_of_the_cpu(skew: int) -> None:
    (first, second), (same, other) = seen(0), seen(skew)
    assert (same, other) == (first, second + skew)


def test_a_clock_that_is_far_off_is_refused() -> None:
    with pytest.raises(SimError, match="the clock of CPU 1 is more than 1 s from the time"):
        seen(2 * SECOND)
