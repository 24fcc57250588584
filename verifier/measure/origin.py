"""Where figures are from, which decides what can be said. A report is the same for the lab and for the simulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from schedc.verifier.measure.workload import Workload

if TYPE_CHECKING:
    from schedc.verifier.measure.measure import Measured, Options


@dataclass(frozen=True)
class Origin:
    """What the runs were made on."""

    place: str
    """A kernel's release, or the simulator."""
    source: str
    """What time is there."""
    detail: str
    """What else decides the figures, for people."""
    parallel: bool
    """Whether several CPUs run beside each other."""
    provenance: Mapping[str, Any]
    """All that decides the figures."""


class Reportable(Protocol):
    """What a report is made of; `measured` begins with the base of the comparison."""

    @property
    def workload(self) -> Workload: ...

    @property
    def options(self) -> Options: ...

    @property
    def measured(self) -> tuple[Measured, ...]: ...

    @property
    def origin(self) -> Origin: ...

    @property
    def ok(self) -> bool: ...


def lab(cpus: int) -> str:
    """What time is in the lab."""
    if cpus == 1:
        return "lab: counted instructions, one CPU"
    return f"lab: counted instructions, {cpus} CPUs in turns; waits contain the others' turns"
