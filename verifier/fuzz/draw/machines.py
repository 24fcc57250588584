"""Machines of 1 to 64 CPUs, with SMT, caches and nodes; small ones most of the time."""

from __future__ import annotations

from hypothesis import strategies as st

from schedc.verifier.sim.scenario import Cpu, machine

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
ANY = st.sampled_from(_small * 3 + _large)
LARGE = st.sampled_from(_large)


def sets(cpus: tuple[Cpu, ...]) -> st.SearchStrategy[frozenset[int] | None]:
    """Everywhere, on one CPU, or on some."""
    every = range(len(cpus))
    one = st.sampled_from([frozenset({cpu}) for cpu in every])
    return st.one_of(st.none(), one, st.frozensets(st.sampled_from(every), min_size=1))
