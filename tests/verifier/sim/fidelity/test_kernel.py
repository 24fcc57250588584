"""The simulator and the kernel give the same sequence of callbacks for every story, exactly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang
from schedc.verifier.sim import Program, Scenario, simulate
from schedc.verifier.vm.job import Job, ObjectJob, Told
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult
from schedc.verifier.vm.run import run

sys.path.insert(0, str(Path(__file__).parent))

import log
from stories import LITTLE, ORDERS, STAGGER, STORIES, scenario

SOURCE = (Path(__file__).parent / "recorder.bpf.c").read_text(encoding="utf-8")
SHIFT = 2
"""An instruction takes 2^SHIFT ns."""
CPU = 1
"""Of two, so that kernel threads have the other one."""
FEW = ("naps", "runs longer than its slice", "two hogs", "a hog beside one that forks")


def kernel(names: Sequence[str], orders: Sequence[str]) -> list[ObjectResult]:
    """An object for each order, which goes through the stories; one boot."""
    files = {"recorder.bpf.c": SOURCE}
    output = find_clang().compile_bpf(files, "recorder.bpf.c", include_dirs=(INCLUDE,))
    assert output.object, output.diagnostics
    told = tuple(Told(STORIES[name], seconds=2, per=2 << SHIFT, cpu=CPU) for name in names)
    objects = tuple(
        ObjectJob(
            order,
            output.object,
            settings={"order": ORDERS[order]},
            readings=("seen", "nr_seen"),
            workloads=told,
            brief=True,
        )
        for order in orders
    )
    machine = Machine(sockets=1, cores=2, memory_mb=384, icount_shift=SHIFT)
    return list(run(Job(objects, "7.3", machine)).objects)


def real(names: Sequence[str], result: ObjectResult) -> dict[str, list[log.Entry]]:
    assert result.ok, result.headline()
    told = log.entries(result.readings["seen"], result.readings["nr_seen"][0])
    parts = log.stories(told, [len(STORIES[name]) for name in names])
    return {name: log.story(part, len(STORIES[name]), kernel=True) for name, part in zip(names, parts, strict=True)}


def simulated(order: str, name: str, told: Scenario) -> list[str]:
    program = Program("recorder", SOURCE, {"order": ORDERS[order]}, readings=("seen", "nr_seen"))
    result = simulate(program, told)
    assert not result.exit.kind and result.trap is None
    readings = result.readings
    found = log.story(log.entries(readings["seen"], readings["nr_seen"][0]), len(STORIES[name]), kernel=False)
    assert not log.is_disturbed(found)
    return log.named(found)


@pytest.mark.parametrize("order", ORDERS)
def test_nothing_depends_on_a_little_time(order: str) -> None:
    """What the kernel itself takes is less."""
    for name, tasks in STORIES.items():
        told = simulated(order, name, scenario(tasks))
        for little in (-LITTLE, LITTLE):
            assert simulated(order, name, scenario(tasks, later=little)) == told, name
            assert simulated(order, name, scenario(tasks, stagger=STAGGER + little)) == told, name


@pytest.mark.vm
@pytest.mark.parametrize(
    ("names", "orders"),
    [(FEW, ("virtual time",)), pytest.param(tuple(STORIES), tuple(ORDERS), marks=pytest.mark.slow)],
    ids=["few", "all"],
)
def test_the_same_callbacks(names: tuple[str, ...], orders: tuple[str, ...]) -> None:
    """A story in which a kernel thread took the CPU after all is told once more, at another time."""
    for order, result in zip(orders, kernel(names, orders), strict=True):
        again = disturbed(order, names, result)
        for name in again:
            assert disturbed(order, (name,), kernel((name,), (order,))[0]) == []


def disturbed(order: str, names: Sequence[str], result: ObjectResult) -> list[str]:
    """Those that say nothing; the others are the same."""
    found = real(names, result)
    clear = [name for name in names if not log.is_disturbed(found[name])]
    for name in clear:
        assert log.named(found[name]) == simulated(order, name, scenario(STORIES[name])), (order, name)
    return [name for name in names if name not in clear]
