"""Machines of 1 to 64 CPUs, with SMT, caches and nodes; small ones most of the time."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from schedc.verifier.sim.scenario import MS, US, Cpu, machine

# cores, threads of each, cores of a cache, caches of a node: from what is easiest to read on
_SMALL = ((1, 1, 1, 1), (2, 1, 2, 1), (1, 2, 1, 1), (2, 1, 1, 2), (2, 2, 1, 1), (3, 1, 2, 1), (4, 1, 2, 2))
_LARGE = ((8, 2, 4, 1), (16, 1, 4, 2), (12, 2, 3, 2), (32, 1, 8, 2), (32, 2, 8, 2), (64, 1, 16, 4), (30, 2, 7, 2))


def _shape(shape: tuple[int, int, int, int]) -> tuple[Cpu, ...]:
    cores, threads, cores_per_llc, llcs_per_node = shape
    per_llc = cores_per_llc * threads
    return machine(cores * threads, smt=threads, per_llc=per_llc, per_node=llcs_per_node * per_llc)


_small, _large = [_shape(shape) for shape in _SMALL], [_shape(shape) for shape in _LARGE]
SINGLE = st.just(_small[0])
SMALL = st.sampled_from(_small)
SEVERAL = st.sampled_from(_small[1:])
ANY = st.sampled_from(_small * 3 + _large)
LARGE = st.sampled_from(_large)


_SKEWS = st.sampled_from((0, 0, US, -US, 50 * US, -50 * US, 2 * MS, -2 * MS))


@st.composite
def apart(draw: st.DrawFn, cpus: tuple[Cpu, ...]) -> tuple[Cpu, ...]:
    """With clocks that differ, by less than a tick: the kernel keeps unstable ones as close together."""
    return tuple(replace(cpu, skew=draw(_SKEWS)) for cpu in cpus)


def sets(cpus: tuple[Cpu, ...]) -> st.SearchStrategy[frozenset[int] | None]:
    """Everywhere, on one CPU, or on some."""
    every = range(len(cpus))
    one = st.sampled_from([frozenset({cpu}) for cpu in every])
    return st.one_of(st.none(), one, st.frozensets(st.sampled_from(every), min_size=1))
