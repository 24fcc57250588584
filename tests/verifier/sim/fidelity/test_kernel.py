"""The simulator and the kernel give the same sequence of callbacks for nearly every story."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang
from schedc.verifier.sim import Program, simulate
from schedc.verifier.vm.job import Job, ObjectJob, Told
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult
from schedc.verifier.vm.run import run

sys.path.insert(0, str(Path(__file__).parent))

import log
from stories import LAST, ORDERS, STORIES, scenario

SOURCE = (Path(__file__).parent / "recorder.bpf.c").read_text(encoding="utf-8")
SHIFT = 2
"""An instruction takes 2^SHIFT ns."""


@pytest.fixture(scope="module")
def kernel() -> dict[str, ObjectResult]:
    """An object for each order, which goes through all stories; one boot."""
    files = {"recorder.bpf.c": SOURCE}
    output = find_clang().compile_bpf(files, "recorder.bpf.c", include_dirs=(INCLUDE,))
    assert output.object, output.diagnostics
    told = tuple(Told(steps, seconds=2, per=2 << SHIFT) for steps in (*STORIES.values(), LAST))
    objects = tuple(
        ObjectJob(
            order, output.object, settings={"order": number}, readings=("seen", "nr_seen"), workloads=told, brief=True
        )
        for order, number in ORDERS.items()
    )
    machine = Machine(sockets=1, cores=1, memory_mb=384, icount_shift=SHIFT)
    return dict(zip(ORDERS, run(Job(objects, "7.3", machine)).objects, strict=True))


def simulated(order: str, name: str) -> list[str]:
    program = Program("recorder", SOURCE, {"order": ORDERS[order]}, readings=("seen", "nr_seen"))
    result = simulate(program, scenario(STORIES[name]))
    assert not result.exit.kind and result.trap is None
    readings = result.readings
    return log.story(log.entries(readings["seen"], readings["nr_seen"][0]), len(STORIES[name]), kernel=False)


def real(name: str, result: ObjectResult) -> list[str]:
    assert result.ok, result.headline()
    sizes = [len(tasks) for tasks in (*STORIES.values(), LAST)]
    told = log.stories(log.entries(result.readings["seen"], result.readings["nr_seen"][0]), sizes)
    return log.story(told[list(STORIES).index(name)], len(STORIES[name]), kernel=True)


@pytest.mark.slow
@pytest.mark.vm
def test_the_same_callbacks(kernel: dict[str, ObjectResult]) -> None:
    """Which of them differs depends on what else is told; why is not known. More than one in five is a fault."""
    both = [(simulated(order, name), real(name, kernel[order])) for order in ORDERS for name in STORIES]
    differ = [pair for pair in both if pair[0] != pair[1]]
    assert len(differ) * 5 <= len(both), differ[0]
