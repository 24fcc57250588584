"""The kernel's trace text becomes slices that can be trusted: none overlap, and every task that ran has a name."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from schedc.verifier.kernel import Options, verify
from schedc.verifier.timeline import Guest, to_json
from schedc.verifier.timeline.events import Task, read
from schedc.verifier.timeline.slices import slices

from ..kernel.conftest import LIBRARY, compiled

BUSY, LIGHT, IDLE = Task(7, "busy-0"), Task(8, "a b] c=1"), Task(0, "swapper/0")


def switch(us: int, cpu: int, before: Task, after: Task, state: str = "S") -> str:
    return (
        f"          {before.name}-{before.pid}       [{cpu:03}] d..2.    {us // 10**6}.{us % 10**6:06}: sched_switch: "
        f"prev_comm={before.name} prev_pid={before.pid} prev_prio=120 prev_state={state} ==> "
        f"next_comm={after.name} next_pid={after.pid} next_prio=120"
    )


def wakeup(us: int, cpu: int, task: Task, target: int) -> str:
    return (
        f"          <idle>-0       [{cpu:03}] dNh4.    {us // 10**6}.{us % 10**6:06}: sched_wakeup: "
        f"comm={task.name} pid={task.pid} prio=120 target_cpu={target:03}"
    )


def found(*lines: str) -> list[tuple[int, int, int, int, str]]:
    return [(each.cpu, each.task.pid, each.start, each.end, each.state) for each in slices(read(lines))]


def test_slices_run_from_switch_to_switch() -> None:
    assert found(
        "# tracer: nop",
        switch(100, 0, IDLE, BUSY),
        switch(150, 0, BUSY, LIGHT, "R+"),
        switch(180, 0, LIGHT, IDLE),
        switch(200, 0, IDLE, BUSY),
        wakeup(230, 1, LIGHT, 1),
    ) == [(0, 7, 100, 150, "R+"), (0, 8, 150, 180, "S"), (0, 7, 200, 230, "")]


def test_what_is_not_known_is_not_drawn() -> None:
    """A CPU's buffer was too small: between the second and the third line some are missing."""
    assert found(
        switch(90, 0, BUSY, IDLE),
        switch(100, 0, IDLE, BUSY),
        switch(180, 0, LIGHT, IDLE),
        "          busy-0-7       [000] d..2.    0.000190: sched_switch: prev_comm=busy",
        "CPU:0 [LOST 12 EVENTS]",
        "",
    ) == []


def test_a_wakeup_is_an_arrow_from_the_waker_to_the_slice() -> None:
    text = "\n".join(
        [
            switch(90, 1, IDLE, BUSY),
            wakeup(90, 1, LIGHT, 0),
            switch(100, 0, IDLE, LIGHT),
            wakeup(120, 1, LIGHT, 0),  # it runs already
            switch(125, 1, BUSY, IDLE),
            switch(130, 0, LIGHT, IDLE),
            wakeup(135, 1, LIGHT, 0),  # by a timer, on an idle CPU
            switch(140, 0, IDLE, LIGHT),
        ]
    )
    items = to_json([Guest("one", text), Guest("two", text)])["traceEvents"]
    flows = [(each["pid"], each["ph"], each["tid"], each["ts"]) for each in items if each.get("cat") == "wakeup"]
    assert flows == [(1, "s", 10001, 0), (1, "f", 10000, 10), (2, "s", 20001, 0), (2, "f", 20000, 10)]
    importable(items)


def test_a_name_is_only_a_name() -> None:
    sly = Task(9, "x prev_pid=1 ==>")
    (only,) = found(switch(1, 0, IDLE, sly), switch(5, 0, sly, IDLE))
    assert only == (0, 9, 1, 5, "S")
    assert json.loads(json.dumps(to_json([Guest('"\n\x00', switch(1, 0, IDLE, sly))])))


def importable(items: list[dict[str, Any]]) -> None:
    """What Perfetto's importer of this format asks, or it counts an error and leaves the item out."""
    open_slice: dict[tuple[int, int], tuple[float, float]] = {}
    named = {(each["pid"], each["tid"]) for each in items if each["name"] == "thread_name"}
    processes = {each["pid"] for each in items}
    assert 0 not in processes and not {tid for _, tid in named} & (processes | {0})
    assert len({tid for _, tid in named}) == len(named)
    begun: set[int] = set()
    assert all(each["args"]["name"] for each in items if each["ph"] == "M")
    timed = [each for each in items if each["ph"] != "M"]
    order = [(each["pid"], each["ts"]) for each in timed]
    assert order == sorted(order)
    for each in timed:
        place, now = (each["pid"], each["tid"]), each["ts"]
        assert place in named and type(now) is int and now >= 0 and each["name"]
        start, end = open_slice.get(place, (-1, -1))
        if each["ph"] == "X":
            assert end <= now and type(each["dur"]) is int and each["dur"] >= 0
            open_slice[place] = (now, now + each["dur"])
        elif each["ph"] == "s":
            assert type(each["id"]) is int and each["id"] not in begun and start <= now < end
            begun.add(each["id"])
        elif each["ph"] == "f":
            assert each["id"] in begun and each["bp"] == "e" and start == now
        else:
            assert each["ph"] == "I" and each["s"] == "t"


def check(process: int, items: list[dict[str, Any]]) -> None:
    """No two slices of a CPU overlap, all are named, and every arrow ends where a slice begins."""
    ran = [each for each in items if each["ph"] == "X" and each["pid"] == process]
    for cpu in {each["tid"] for each in ran}:
        mine = sorted((each["ts"], each["ts"] + each["dur"]) for each in ran if each["tid"] == cpu)
        assert all(end <= start for (_, end), (start, _) in pairwise(mine))
    assert all(each["name"] not in ("", f"[{each['args']['pid']}]") for each in ran)
    starts = {(each["tid"], each["ts"]) for each in ran}
    assert all((each["tid"], each["ts"]) in starts for each in items if each["ph"] == "f" and each["pid"] == process)


@pytest.mark.vm
def test_a_real_run_can_be_drawn() -> None:
    fair = compiled(next(path for path in LIBRARY if path.stem == "fair"))
    outcome = verify([fair], Options(("6.18",), seconds=3, tasks=60, timeline=True))
    assert outcome.ok
    items = to_json([Guest("fair", outcome.verdicts[0].result.timeline)])["traceEvents"]
    check(1, items)
    importable(items)
    ran = [each for each in items if each["ph"] == "X"]
    kinds = {each["name"].split("-")[0] for each in ran}
    assert {"busy", "sleeper", "pair", "churn", "realtime", "pinned", "twin"} <= kinds
    tracks = {each["tid"] for each in ran}
    assert len(tracks) == 4
    # What a CPU did is known for most of the time, of which the load leaves little unused.
    for track in sorted(tracks)[:2]:
        assert sum(each["dur"] for each in ran if each["tid"] == track) > 2_000_000
    assert any(each["cat"] == "real-time" for each in ran) and any(each["ph"] == "f" for each in items)
