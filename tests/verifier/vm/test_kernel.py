"""A real 6.18 kernel takes, runs, refuses and ejects hand-written objects, in as few boots as can be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schedc.verifier.vm.job import Job, Mix, ObjectJob, Shares, Starve
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult, Run
from schedc.verifier.vm.run import run

pytestmark = pytest.mark.vm
HERE = Path(__file__).parent
ROOM = 8  # CPUs that the object's topology arrays have room for
CGROUPS = ("/web.slice", "/web.slice/front", "/web.slice/back", "/batch.slice")


def compile_tiny(target: Path, *defines: str, room: int = ROOM) -> bytes:
    """The hand-written scheduler, whole or broken in a known way."""
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "bpfel-freestanding-none", "-mcpu=v3"]
    command += ["-O2", "-g", f"-DTOPO_ROOM={room}", *(f"-D{define}" for define in defines)]
    subprocess.run([*command, "-c", "tiny.bpf.c", "-o", str(target)], cwd=HERE, check=True)
    return target.read_bytes()


def whole(data: bytes) -> ObjectJob:
    """Everything that a job can ask for, at once."""
    return ObjectJob(
        "whole",
        data,
        settings={"slice_ns": 3_000_000},
        cgroups=((0, "/web.slice/*"), (3, "/*.slice")),
        stride=2,
        counters={"queued": 0, "pulled": 1},
        readings=("slice_ns", "seen_llcs", "seen_last", "seen_near"),
        workloads=(
            Mix(seconds=3),
            Shares((0, 0, None), cpu=1, seconds=2),
            Starve(busy=4, cpus="0-1", seconds=2),
        ),
        run_times=True,
    )


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One boot for all tests of this file."""
    folder = tmp_path_factory.mktemp("tiny")
    short = (Mix(seconds=3),)
    objects = (
        whole(compile_tiny(folder / "whole.o")),
        ObjectJob("rejected", compile_tiny(folder / "rejected.o", "REJECTED")),
        ObjectJob("absent", compile_tiny(folder / "absent.o", "ABSENT_QUEUE"), workloads=short),
        ObjectJob("unserved", compile_tiny(folder / "unserved.o", "UNSERVED"), workloads=short),
        ObjectJob("small", compile_tiny(folder / "small.o", room=2)),
        ObjectJob("wrong-name", compile_tiny(folder / "tiny.o"), settings={"no_such": 1}),
        ObjectJob("late", compile_tiny(folder / "late.o"), workloads=(Mix(tasks=20, seconds=9),), timeout=1),
        ObjectJob("not-an-object", b"not an ELF file"),
    )
    return run(Job(objects, "6.18", cgroups=CGROUPS))


@pytest.fixture
def of(outcome: Run) -> Callable[[str], ObjectResult]:
    """An object's result by its name."""
    return {item.name: item for item in outcome.objects}.__getitem__


def test_one_boot_for_all_and_one_for_the_late_one(outcome: Run) -> None:
    assert outcome.kernel.startswith("6.18.")
    assert outcome.boots == 2
    assert outcome.topology["cpu_llc"] == (0, 0, 1, 1)


def test_whole_runs_to_a_clean_end(of: Callable[[str], ObjectResult]) -> None:
    result = of("whole")
    assert result.ok, result
    assert result.state["state"] == "enabled" and result.state["root/ops"] == "tiny"
    assert result.state_after["state"] == "disabled"
    assert result.exit and result.exit.clean and "unregistered" in result.exit.reason
    assert result.dropped == ("not_in_any_kernel",)
    assert "SCX_EV_SELECT_CPU_FALLBACK" in result.events


def test_programs_have_figures(of: Callable[[str], ObjectResult]) -> None:
    programs = {program.callback: program for program in of("whole").programs}
    assert {"select_cpu", "enqueue", "dispatch", "init", "exit"} <= programs.keys()
    assert all(program.verified_insns and program.xlated_insns for program in programs.values())
    times = {time.callback: time for time in of("whole").run_times}
    assert times["enqueue"].count > 100 and times["enqueue"].mean_ns > 0


def test_variables_go_in_and_come_back(of: Callable[[str], ObjectResult]) -> None:
    result = of("whole")
    assert result.readings["slice_ns"] == (3_000_000,)
    assert result.readings["seen_llcs"] == (2,)
    assert result.readings["seen_last"] == (31,)  # the last CPU of the lists is 3, its cache is 1
    assert result.readings["seen_near"] == (10,)  # nearest to cache 1 is itself, then 0
    assert sum(result.counters["queued"]) > sum(result.counters["pulled"]) > 0


def test_cgroup_patterns_become_ids(of: Callable[[str], ObjectResult]) -> None:
    assert of("whole").layer_groups == 4  # two slices, and the two groups below one of them


def test_threads_and_nodes(tmp_path: Path) -> None:
    machine = Machine(sockets=2, cores=1, threads=2, nodes=2)
    asked = ObjectJob("nodes", compile_tiny(tmp_path / "nodes.o"), readings=("seen_near",), workloads=())
    result = run(Job((asked,), "7.3", machine))
    assert result.objects[0].ok and result.objects[0].alive
    assert result.topology == {"cpu_core": (0, 0, 1, 1), "cpu_llc": (0, 0, 1, 1), "cpu_node": (0, 0, 1, 1)}


def test_mix_survives_a_cpu_going_away(of: Callable[[str], ObjectResult]) -> None:
    mix = of("whole").workloads[0]
    assert mix.kind == "mix" and mix.alive
    assert (mix.offline_cpu, mix.offline_cpus, mix.offline_errno, mix.online_errno) == (3, 1, 0, 0)
    kinds = {kind.kind: kind for kind in mix.kinds}
    assert kinds["realtime"].tasks == 2 and kinds["realtime"].cpu_seconds > 0.05 and kinds["twin"].tasks
    assert kinds["pinned"].rounds and kinds["churn"].rounds and kinds["idle"].cpu_seconds > 0
    assert sum(kind.tasks for kind in mix.kinds) >= 300


def test_shares_and_starve_tell_each_task(of: Callable[[str], ObjectResult]) -> None:
    _, shares, starve = of("whole").workloads
    assert [task.nice for task in shares.tasks] == [0, 0, None]
    # A FIFO knows no weights: each of three tasks gets a third of one CPU.
    assert all(0.4 < task.cpu_seconds < 1.0 for task in shares.tasks)
    assert len(starve.tasks) == 5 and starve.tasks[-1].nice is None
    assert 0 < starve.tasks[-1].worst_wait < 2


def test_refused_by_the_verifier(of: Callable[[str], ObjectResult]) -> None:
    result = of("rejected")
    assert not result.ok and not result.accepted and result.attached is None
    failure = result.failure
    assert failure and failure.stage == "load" and failure.errno in (13, 22)
    assert failure.program == "tiny_enqueue"
    assert "unbounded min value" in failure.message
    assert failure.file == "tiny.bpf.c" and failure.line and "counters[ctx[1]]++" in failure.source
    assert "processed" in failure.log


def test_ejected_at_run_time(of: Callable[[str], ObjectResult]) -> None:
    result = of("absent")
    assert result.accepted and result.attached and not result.alive and not result.ok
    assert result.exit and result.exit.kind == 1024
    assert "invalid DSQ ID" in result.exit.message
    assert any("sched_ext" in line for line in result.klog)


def test_a_queue_that_nobody_serves_is_a_stall(of: Callable[[str], ObjectResult]) -> None:
    result = of("unserved")
    assert result.accepted and not result.alive
    assert result.exit and result.exit.kind == 1026 and "stall" in result.exit.reason


def test_a_late_one_is_ended_tried_once_more_and_reported(of: Callable[[str], ObjectResult]) -> None:
    late = of("late")
    assert late.accepted and not late.ok
    assert late.tries == 2 and late.problems[0].startswith("timeout")
    assert of("not-an-object").tries == 1  # it came after, in the same boot


def test_what_does_not_fit_is_refused_clearly(of: Callable[[str], ObjectResult]) -> None:
    small, wrong, no_elf = of("small").failure, of("wrong-name").failure, of("not-an-object").failure
    assert small and small.stage == "topology" and "topo_cpu_llc has 2 elements" in small.why
    assert wrong and wrong.stage == "settings" and "no_such" in wrong.why
    assert no_elf and no_elf.stage == "open"
