"""Guests see the CPUs, caches and nodes that were asked for, and policies with queues for each run there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from schedc.verifier.kernel import Options, Subject, verify
from schedc.verifier.kernel.show import text
from schedc.verifier.vm import shape

from .conftest import compiled

pytestmark = pytest.mark.vm


SHAPES = {
    "one": (1, None, (0,), (0,), (0,)),
    "uneven": (6, "sockets=2,cores=4,nodes=2", tuple(range(6)), (0, 0, 0, 0, 1, 1), (0, 0, 0, 0, 1, 1)),
    "large": (
        None,
        "sockets=2,caches=2,cores=2,threads=2,nodes=2",
        tuple(cpu // 2 for cpu in range(16)),
        tuple(cpu // 4 for cpu in range(16)),
        tuple(cpu // 8 for cpu in range(16)),
    ),
}


@pytest.mark.parametrize(
    ("name", "policies"), [("one", ["desk"]), ("uneven", ["by_node"]), ("large", ["by_node", "desk"])]
)
def test_queues_of_a_place_meet_real_places(library: dict[str, Subject], name: str, policies: list[str]) -> None:
    cpus, topology, core, llc, node = SHAPES[name]
    known = library | {"by_node": compiled(Path(__file__).parent / "by_node.sched")}
    machine = replace(shape.machine(cpus, topology), icount_shift=3)
    outcome = verify([known[each] for each in policies], Options(("7.3",), seconds=1, tasks=40, machine=machine))
    assert outcome.ok, "\n".join(text(outcome))
    assert outcome.runs[0].topology == {"cpu_core": core, "cpu_llc": llc, "cpu_node": node}
    for verdict in outcome.verdicts:
        for taken in verdict.result.counters.values():
            assert sum(taken) == sum(taken[: len(core)]) > 0 or name == "one"
