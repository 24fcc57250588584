"""Schedulers that each do one thing wrong, compiled and run on a kernel: one boot for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc.lower.folder import INCLUDE
from schedc.toolchain import find_clang
from schedc.verifier.vm.job import Job, Mix, ObjectJob, Shares, Workload
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult
from schedc.verifier.vm.run import run

HERE = Path(__file__).parent
# Eight tasks that want the CPU all the time, and one that is to get it only when nobody else wants it.
CROWDED: Workload = Shares((*[0] * 8, None), seconds=12)
NAMES = tuple(sorted(path.name.removesuffix(".bpf.c") for path in HERE.glob("*.bpf.c")))


def control(name: str) -> bytes:
    """The object of one control."""
    files = {file: (HERE / file).read_text(encoding="utf-8") for file in (f"{name}.bpf.c", "control.h")}
    output = find_clang().compile_bpf(files, f"{name}.bpf.c", include_dirs=(INCLUDE,))
    assert output.object, output.diagnostics
    return output.object


@pytest.fixture(scope="session")
def controls() -> dict[str, ObjectResult]:
    """What came of each control."""
    crowd: Workload = Mix(tasks=100, seconds=12, offline=-1)
    objects = tuple(
        ObjectJob(name, control(name), workloads=(CROWDED if name == "starves" else crowd,), run_times=True)
        for name in NAMES
    )
    return {item.name: item for item in run(Job(objects, "7.3", Machine(icount_shift=3))).objects}
