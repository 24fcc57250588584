"""The machine as a policy sees it, and a task as the kernel shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schedc.types.kinds import Kind
from schedc.verifier.sim.scenario import Cpu

_PLACES = (Kind.CORE, Kind.LLC, Kind.NODE)


@dataclass
class Task:
    """What the kernel says of a task when a callback begins. `queued`: it could go on running."""

    pid: int
    cpu: int
    weight: int = 0
    nice: int = 0
    uid: int = 0
    kthread: bool = False
    pinned: bool = False
    stays: bool = False
    allowed: frozenset[int] = frozenset()
    slice_left: int = 0
    executed: int = 0
    cgroup: str = "/"
    queued: bool = False
    comm: str = ""

    def may_run_on(self, cpu: int) -> bool:
        """`stays`: it must not migrate at the moment."""
        return cpu in self.allowed and (not self.stays or cpu == self.cpu)


class Topology:
    """Which place is inside which."""

    def __init__(self, cpus: Sequence[Cpu]) -> None:
        self.cpus = cpus
        self.nr = {
            Kind.CPU: len(cpus), Kind.CORE: max(cpu.core for cpu in cpus) + 1,
            Kind.LLC: max(cpu.llc for cpu in cpus) + 1, Kind.NODE: max(cpu.node for cpu in cpus) + 1,
        }  # fmt: skip
        self._of_cpu = {kind: [int(getattr(cpu, kind.value)) for cpu in cpus] for kind in _PLACES}
        self._members: dict[Kind, list[list[int]]] = {kind: [[] for _ in range(self.nr[kind])] for kind in _PLACES}
        for kind in _PLACES:
            for cpu, place in enumerate(self._of_cpu[kind]):
                self._members[kind][place].append(cpu)

    def place(self, owner: Kind, index: int, wanted: Kind) -> int:
        """The core, cache or node that a place is in."""
        inside = index if owner is Kind.CPU else self._members[owner][index][0]
        return self._of_cpu[wanted][inside]

    def members(self, kind: Kind, index: int) -> list[int]:
        """The CPUs of a place, in their order."""
        return self._members[kind][index]

    def nearest(self, kind: Kind, cpu: int) -> list[int]:
        """All caches or nodes: the CPU's own, those of its node, the others."""
        own = self.place(Kind.CPU, cpu, kind)
        node = self.cpus[cpu].node
        of_node = {getattr(each, kind.value) for each in self.cpus if each.node == node}
        return sorted(range(self.nr[kind]), key=lambda place: (place != own, place not in of_node, place))
