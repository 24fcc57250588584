"""A param marked live changes what a running policy does, without a new load; a fixed one is set at load."""

from __future__ import annotations

import pytest

import schedc
from schedc.verifier.vm.job import Job, ObjectJob, Shares
from schedc.verifier.vm.run import run

pytestmark = pytest.mark.vm

POLICY = """language 1
policy dial "Counts tasks where the dial points."

param slice: duration = 5ms in 1ms..20ms
live param dial: count = 0 in 0..1

queue ready: fifo

counter low  "enqueued while the dial was 0"
counter high "enqueued while the dial was 1"

on enqueue(task) {
    if dial == 0 { low += 1 } else { high += 1 }
    insert task into ready for slice
}

on dispatch(cpu, prev) {
    pull ready
}
"""


def job(data: bytes, **more: object) -> ObjectJob:
    counters = {"low": 0, "high": 1}
    work = (Shares((0, 0), seconds=1), Shares((0, 0), seconds=1))
    return ObjectJob("dial", data, stride=8, counters=counters, workloads=work, **more)  # type: ignore[arg-type]


def test_a_live_param_changes_a_running_policy() -> None:
    compiled = schedc.compile(POLICY, "dial.sched")
    assert compiled.object is not None, compiled.diagnostics
    settings = {"param_slice": 2_000_000}
    jobs = (job(compiled.object, settings=settings), job(compiled.object, changes={"live_dial": 1}))
    still, turned = run(Job(jobs, "6.18")).objects
    assert still.ok and turned.ok
    assert sum(still.counters["low"]) > 0 and sum(still.counters["high"]) == 0
    assert sum(turned.counters["low"]) > 0 and sum(turned.counters["high"]) > 0
