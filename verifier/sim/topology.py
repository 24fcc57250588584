"""The tables of the machine that a loader gives to a program, for a simulated one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schedc.verifier.sim.scenario import Cpu

# The rows of a table of distances are as long as the program has room for.
_ROW = {"llc": 128, "node": 32}


def variables(cpus: Sequence[Cpu]) -> Iterator[tuple[str, int, int]]:
    """Name, index and value of every element; a program that has no such table does not ask."""
    places = {
        "core": [cpu.core for cpu in cpus], "llc": [cpu.llc for cpu in cpus], "node": [cpu.node for cpu in cpus],
    }  # fmt: skip
    yield "topo_nr_cpus", 0, len(cpus)
    for kind, place in places.items():
        yield f"topo_nr_{kind}s", 0, max(place) + 1
        for at, index in enumerate(place):
            yield f"topo_cpu_{kind}", at, index
        yield from _members(kind, place)
    for cpu in reversed(cpus):
        yield "topo_llc_node", cpu.llc, cpu.node
        yield "topo_core_llc", cpu.core, cpu.llc
    yield from _near("llc", [_node_of(cpus, llc) for llc in range(max(places["llc"]) + 1)])
    yield from _near("node", list(range(max(places["node"]) + 1)))


def _members(kind: str, place: list[int]) -> Iterator[tuple[str, int, int]]:
    """The CPUs of each place in one row, and where each place begins."""
    row = sorted(range(len(place)), key=lambda cpu: (place[cpu], cpu))
    for at, cpu in enumerate(row):
        yield f"topo_{kind}_cpu", at, cpu
    for index in range(max(place) + 2):
        yield f"topo_{kind}_start", index, sum(1 for each in place if each < index)


def _node_of(cpus: Sequence[Cpu], llc: int) -> int:
    return next((cpu.node for cpu in cpus if cpu.llc == llc), 0)


def _near(kind: str, nodes: list[int]) -> Iterator[tuple[str, int, int]]:
    """All places, nearest first: itself, those of its node, the others in their order."""
    for at, node in enumerate(nodes):
        order = sorted(range(len(nodes)), key=lambda other: (other != at, nodes[other] != node, other))
        for index, other in enumerate(order):
            yield f"topo_{kind}_near", at * _ROW[kind] + index, other
