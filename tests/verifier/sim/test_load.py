"""Workload files on the simulated machine: what is known of queues, shares and forks comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hand import by_hand

import schedc
from schedc.verifier.measure import read
from schedc.verifier.measure.figures import figures
from schedc.verifier.measure.result import Run
from schedc.verifier.sim import Program, Result, SimError, machine
from schedc.verifier.sim.load import COSTS
from schedc.verifier.sim.run import simulate_load
from schedc.verifier.sim.scenario import MS, SECOND, US

_FILES = sorted((Path(next(iter(schedc.__path__))).parent / "examples" / "workloads").glob("*.toml"))
# Programs from outside, such as a compiler, are not simulated.
KINDS = {"busy", "sleepers", "periodic", "jobs", "forks", "pairs", "requests"}
WORKLOADS = [path for path in _FILES if set(re.findall(r'^kind = "(\w+)"', path.read_text(), re.MULTILINE)) <= KINDS]
Library = Callable[..., Program]


def run(program: Program, text: str, cpus: int = 1, seed: int = 1, time: str = "1s") -> tuple[Run, Result]:
    workload = read(f'schema = 1\ntime = "{time}"\n{text}'.encode(), "w.toml")
    result, found = simulate_load(program, machine(cpus), workload, seed)
    assert found is not None, result.exit
    return found, result


@pytest.mark.parametrize("path", WORKLOADS, ids=lambda path: path.stem)
def test_the_examples_run_and_are_the_same_each_time(path: Path, library: Library) -> None:
    workload = read(path.read_bytes(), path.name)
    _, one = simulate_load(library("fair"), machine(2), workload, 1)
    _, again = simulate_load(library("fair"), machine(2), workload, 1)
    _, other = simulate_load(library("fair"), machine(2), workload, 2)
    assert one is not None and one == again and one != other
    assert sum(one.busy) <= 2 * one.window
    assert sum(group.cpu_total for group in one.groups) > 0


def test_a_queue_is_as_long_as_theory_says(library: Library) -> None:
    """M/D/1 at half load: the mean time in it is the service and half as much again."""
    text = '[[group]]\nname = "web"\nkind = "requests"\nservice = "1ms"\narrival = { exponential = "2ms" }'
    found, _ = run(library("fifo"), text, cpus=2, time="60s")
    assert found.groups[0].request.mean == pytest.approx(1.5 * MS, rel=0.05)
    assert found.groups[0].done == pytest.approx(30_000, rel=0.02)


def test_shares_follow_weights(library: Library) -> None:
    text = '[[group]]\nname = "a"\nkind = "busy"\n[[group]]\nname = "b"\nkind = "busy"\nnice = 5'
    found, _ = run(library("fair"), text, time="20s")
    heavy, light = (group.cpu_total for group in found.groups)
    assert heavy / light == pytest.approx(1024 / 335, rel=0.02)


def test_a_task_of_idle_policy_has_the_least_weight(library: Library) -> None:
    _, result = run(library("fair"), '[[group]]\nname = "i"\nkind = "busy"\nidle = true')
    assert result.tasks[0].weight == 1


def test_children_take_the_place_of_those_that_are_gone(library: Library) -> None:
    text = '[[group]]\nname = "make"\nkind = "forks"\ncount = 2\nservice = "1ms"'
    found, result = run(library("fair"), text, cpus=2)
    assert found.groups[0].done > 400
    assert len(result.tasks) <= 4
    each = MS + 2 * COSTS["fork"]
    assert found.groups[0].child_cpu == pytest.approx(found.groups[0].done * each, rel=0.05)


def test_jobs_end_the_run(library: Library) -> None:
    text = '[[group]]\nname = "job"\nkind = "jobs"\ncount = 4\nservice = "50ms"'
    one, _ = run(library("fair"), text, cpus=1)
    four, _ = run(library("fair"), text, cpus=4)
    assert one.groups[0].finished == pytest.approx(200 * MS, rel=0.02)
    assert four.groups[0].finished == pytest.approx(50 * MS, rel=0.02)
    assert four.window < 60 * MS


def test_a_round_of_a_pair_takes_the_kernels_time(library: Library) -> None:
    found, _ = run(library("fifo"), '[[group]]\nname = "p"\nkind = "pairs"')
    assert 5 * US < found.groups[0].request.mean < 100 * US
    assert found.groups[0].voluntary == pytest.approx(2 * found.groups[0].done, rel=0.01)


@pytest.mark.parametrize(
    ("flags", "per_llc", "together"), [("ARG(2, u64)", 1, True), ("ARG(2, u64)", 2, False), ("0", 1, False)]
)
def test_who_is_woken_synchronously_goes_to_the_waker(flags: str, per_llc: int, together: bool) -> None:
    """Where the CPUs share no cache: in one cache, or without the flag, each stays on its own, which is idle."""
    select = (
        f"bool idle; s32 cpu = scx_bpf_select_cpu_dfl(p, prev, {flags}, &idle);"
        "if (idle) insert(p, DSQ_LOCAL, 5000000, 0); return cpu;"
    )
    workload = read(b'schema = 1\n[[group]]\nname = "p"\nkind = "pairs"\n', "w.toml")
    _, found = simulate_load(by_hand(select_cpu=select), machine(2, per_llc=per_llc), workload, 1)
    assert found is not None
    assert (min(found.busy) < 0.01 * max(found.busy)) == together


def test_deadlines_are_missed_where_there_is_too_much_to_do(library: Library) -> None:
    text = '[[group]]\nname = "p"\nkind = "periodic"\nperiod = "10ms"\nservice = "6ms"\ncount = '
    few, _ = run(library("fifo"), text + "1")
    many, _ = run(library("fifo"), text + "2")
    assert few.groups[0].missed == 0 and few.groups[0].begun in (99, 100, 101)
    assert many.groups[0].missed > 50


def test_affinity_and_several_cpus(library: Library) -> None:
    """All on one of two CPUs: the report says so."""
    text = '[[group]]\nname = "a"\nkind = "busy"\ncount = 2\ncpus = "1"'
    found, _ = run(library("fair"), text, cpus=2)
    assert found.busy[0] == 0 and found.busy[1] == pytest.approx(SECOND, rel=0.01)
    workload = read(f"schema = 1\n{text}".encode(), "w.toml")
    shown = {each.label: value for each, value in figures(found, workload, 2, True).items()}
    assert shown["balance between CPUs"] == pytest.approx(0.5, abs=0.01)
    assert shown["CPU time unused while tasks wait"] == pytest.approx(50, abs=1)


def test_a_cpu_that_is_not_there_is_refused(library: Library) -> None:
    with pytest.raises(SimError, match="names CPU 1, and there are 1"):
        run(library("fair"), '[[group]]\nname = "a"\nkind = "busy"\ncpus = "1"')


def test_a_scheduler_that_is_ended_has_no_figures() -> None:
    workload = read(b'schema = 1\n[[group]]\nname = "a"\nkind = "busy"\n', "w.toml")
    result, found = simulate_load(by_hand(enqueue="insert(p, 99, 1, flags);"), machine(1), workload, 1)
    assert found is None and result.exit.message == "non-existent DSQ 0x63"
