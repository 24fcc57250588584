"""Where callbacks stop in the middle, while other CPUs go on: many places in one draw."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from schedc.verifier.sim.scenario import MS, US, Stop

# How many, among how many accesses: from few near the beginning to many over all of a short story.
_COUNTS = (5, 30, 120)
_AMONG = (100, 1000, 10_000, 60_000)
# From what an interrupt takes to what a hypervisor does.
_LENGTHS = (5 * US, 50 * US, US, MS)


def _stops(seed: int, count: int, among: int, ns: int) -> tuple[Stop, ...]:
    where = Random(seed).sample(range(1, among + 1), min(count, among))
    return tuple(Stop(access, ns) for access in sorted(where))


STOPS: st.SearchStrategy[tuple[Stop, ...]] = st.builds(
    _stops, st.integers(0, 1 << 32), st.sampled_from(_COUNTS), st.sampled_from(_AMONG), st.sampled_from(_LENGTHS)
)
