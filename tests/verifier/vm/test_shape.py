"""Machines as people ask for them."""

from __future__ import annotations

import pytest

from schedc.verifier.vm import shape
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.machine import Machine


@pytest.mark.parametrize(
    ("cpus", "topology", "made"),
    [
        (None, None, Machine()),
        (1, None, Machine(sockets=1, cores=1)),
        (3, None, Machine(sockets=1, cores=3)),
        (16, None, Machine(sockets=2, cores=8)),
        (None, "cores=3", Machine(sockets=1, cores=3)),
        (None, "sockets=2, caches=2,threads=2,nodes=4", Machine(2, 1, 2, 4, caches=2)),
        (8, "sockets=2,cores=4", Machine(2, 4)),
        (6, "sockets=2,cores=4", Machine(2, 4, present=6)),
    ],
)
def test_what_is_asked_for(cpus: int | None, topology: str | None, made: Machine) -> None:
    assert shape.machine(cpus, topology) == made


@pytest.mark.parametrize(
    ("cpus", "topology", "said"),
    [
        (0, None, "0 CPUs"),
        (256, None, "256 CPUs"),
        (None, "", "`` is not part of a topology"),
        (None, "sockets", "`sockets` is not part"),
        (None, "dies=2", "`dies=2` is not part"),
        (None, "cores=2,cores=3", "twice"),
        (None, "cores=0", "cores=0: not a number"),
        (None, "cores=-1", "cores=-1: not a number"),
        (None, "cores=٣", "not a number"),
        (None, "cores=99999999999999999999", "not a number"),
        (None, "sockets=16,cores=16", "256 CPUs"),
        (9, "sockets=2,cores=4", "9 CPUs of 8"),
        (4, "sockets=2,cores=4,nodes=2", "not all of 2 nodes"),
        (None, "sockets=3,nodes=2", "3 last-level caches"),
        (None, "sockets=16,nodes=16", "768 MB"),
    ],
)
def test_what_cannot_be(cpus: int | None, topology: str | None, said: str) -> None:
    with pytest.raises(VmError, match=said) as raised:
        shape.machine(cpus, topology)
    assert raised.value.hint


def test_a_layout_counts_up_through_threads_cores_caches_and_nodes() -> None:
    assert Machine(1, 1, 2, 2, caches=4).layout() == {
        "cpu_core": (0, 0, 1, 1, 2, 2, 3, 3),
        "cpu_llc": (0, 0, 1, 1, 2, 2, 3, 3),
        "cpu_node": (0, 0, 0, 0, 1, 1, 1, 1),
    }
    assert Machine(2, 4, present=6).layout()["cpu_llc"] == (0, 0, 0, 0, 1, 1)
