"""What weights do on a real kernel, in virtual time: one CPU, the same figures at every run.

With one CPU and busy tasks nothing depends on how fast the CPU is; a guest that is slow for its time (each
instruction takes 32 ns of it) makes a guest minute short for the host.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc.api import compile as compile_policy
from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang
from schedc.verifier.kernel import Subject
from schedc.verifier.vm.job import Job, Mix, ObjectJob, Shares, Starve, Workload
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult
from schedc.verifier.vm.run import run

pytestmark = pytest.mark.vm
ONE_SLOW_CPU = Machine(sockets=1, cores=1, icount_shift=5)
STARVE = Starve(busy=24, seconds=80)
STALL = 1026
BESIDE = """language 1
policy beside "Virtual time beside a queue without, in which nobody of the test waits."
queue first: fifo
queue ready: vtime from -20ms to 500ms
on enqueue(task) {
    if task.weight > 5000 { insert task into first for 5ms } else { insert task into ready at task.vtime for 5ms }
}
on dispatch(cpu, prev) { pull first or ready aging 50ms or keep prev for 5ms }
"""
LOOPED = """language 1
policy looped "Charged half at a time."
queue ready: vtime from -20ms to 500ms
on stopping(task, ran) { repeat 2 { task.vtime += ran scaled by task.weight / 2 } }
on dispatch(cpu, prev) { pull ready or keep prev for 5ms }
on enqueue(task) { insert task into ready at task.vtime for 5ms }
"""


def one_sided() -> bytes:
    """The control: a clamp that is missing on one side."""
    name = "one_sided.bpf.c"
    files = {name: (Path(__file__).parent / name).read_text(encoding="utf-8")}
    output = find_clang().compile_bpf(files, name, include_dirs=(INCLUDE,))
    assert output.object, output.diagnostics
    return output.object


def compiled(text: str) -> bytes:
    found = compile_policy(text).object
    assert found
    return found


def job(subject: Subject, name: str, work: Workload) -> ObjectJob:
    asked = subject.job(Mix())
    return ObjectJob(name, asked.data, settings=asked.settings, workloads=(work,))


@pytest.fixture(scope="module")
def results(library: dict[str, Subject]) -> dict[str, ObjectResult]:
    objects = (
        job(library["fair"], "shares", Shares((0, 19), seconds=20)),
        job(library["fair"], "starve", STARVE),
        ObjectJob("one-sided", one_sided(), workloads=(STARVE,)),
        ObjectJob("beside", compiled(BESIDE), workloads=(Shares((0, 19), seconds=20),)),
        ObjectJob("looped", compiled(LOOPED), workloads=(Shares((0, 0), seconds=10),)),
    )
    return {item.name: item for item in run(Job(objects, "7.3", ONE_SLOW_CPU)).objects}


@pytest.mark.parametrize("name", ["shares", "beside"])
def test_two_tasks_on_one_cpu_get_what_their_weights_say(results: dict[str, ObjectResult], name: str) -> None:
    shares = results[name]
    assert shares.ok, shares.headline()
    heavy, light = (task.cpu_seconds for task in shares.workloads[0].tasks)
    # By weight the light one is due 15/1039 of 20 s, which is 0.29 s.
    assert 0.1 < light < 0.5
    assert heavy > 18


def test_a_task_that_is_kept_is_charged_in_a_loop_too(results: dict[str, ObjectResult]) -> None:
    looped = results["looped"]
    assert looped.ok, looped.headline()
    # Two tasks take turns of 5 ms; where nothing was charged, one waited 80 ms for the other.
    assert all(task.worst_wait < 0.05 for task in looped.workloads[0].tasks)


def test_the_lightest_task_is_not_starved(results: dict[str, ObjectResult]) -> None:
    starve = results["starve"]
    assert starve.ok, starve.headline()
    light = starve.workloads[0].tasks[-1]
    assert light.nice is None
    assert light.worst_wait < 20
    assert light.cpu_seconds > 0.01


def test_a_window_with_one_side_starves_it(results: dict[str, ObjectResult]) -> None:
    """The control: the watchdog ends it, or the lightest task waits far longer than under `fair`."""
    control = results["one-sided"]
    assert control.accepted
    if control.ok:
        light, fair = (each.workloads[0].tasks[-1] for each in (control, results["starve"]))
        assert light.worst_wait > 1.4 * fair.worst_wait
    else:
        assert control.exit and control.exit.kind == STALL, control.headline()
