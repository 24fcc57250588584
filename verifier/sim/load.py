"""A workload file as the lines that the core's load generator reads, and what it tells as the lab's report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schedc.verifier.measure.workload import Draw, Group, Workload
from schedc.verifier.sim.scenario import group_lines, with_parents

# What the kernel's work takes, in instructions. From the lab: docs/simulator.md says how.
COSTS = {
    "callback": 80,
    "function": 120,
    "move": 350,
    "switch": 2200,
    "wakeup": 1500,
    "tick": 1500,
    "kick": 1100,
    "syscall": 1100,
    "fork": 350_000,
}
# A round of the lab's busy loop.
_INSTRUCTIONS_A_ROUND = 2


def groups(workload: Workload) -> tuple[str, ...]:
    """The control groups; the index in here, from 1 on, is the id."""
    return with_parents(workload.cgroups)


def lines(workload: Workload, seed: int, cpus: int) -> Iterator[str]:
    """For a machine of that many CPUs. Durations are in ns."""
    per = _INSTRUCTIONS_A_ROUND << workload.shift
    yield f"load {seed} {workload.time} {workload.warmup} {per}"
    for name, instructions in COSTS.items():
        yield f"cost {name} {instructions << workload.shift}"
    ids = groups(workload)
    yield from group_lines(ids, dict(workload.weights))
    for group in workload.groups:
        yield _group(group, cpus, ids.index(group.cgroup or "/") + 1)
        draws = {"service": group.service, "think": group.think, "arrival": group.arrival}
        yield from (_draw(what, draw) for what, draw in draws.items() if draw is not None)


def _group(group: Group, cpus: int, cgroup: int) -> str:
    deadline = group.deadline or group.period
    return (
        f"group {group.name} {group.kind} {group.count} {group.messengers} {group.nice} {int(group.idle)} "
        f"{_bits(group.cpus, cpus):x} {cgroup} {group.period} {deadline}"
    )


def _bits(text: str, cpus: int) -> int:
    """A list such as 0-1,3; all of them where it is empty."""
    bits = 0
    for part in text.split(",") if text else [f"0-{cpus - 1}"]:
        first, _, last = part.partition("-")
        bits |= sum(1 << cpu for cpu in range(int(first), int(last or first) + 1))
    return bits


def _draw(what: str, draw: Draw) -> str:
    return f"draw {what} {draw.shape} {draw.a} {draw.b} {draw.per_mille}"


def told(rows: Mapping[str, Sequence[Sequence[str]]], workload: Workload) -> dict[str, Any] | None:
    """The core's words in the form of the guest's line; None where the window was not gone through to its end."""
    if "window" not in rows:
        return None
    window, switches, unused = map(int, rows["window"][0])
    found = [_told_group(rows, index, group.name) for index, group in enumerate(workload.groups)]
    busy = [int(row[0]) for row in rows["busy"]]
    return {"window_ns": window, "switches": switches, "unused_ns": unused, "busy_ns": busy, "groups": found}


def _told_group(rows: Mapping[str, Sequence[Sequence[str]]], index: int, name: str) -> dict[str, Any]:
    def of(word: str) -> list[Sequence[str]]:
        return [row[1:] for row in rows.get(word, ()) if row[0] == str(index)]

    keys = ("begun", "done", "missed", "dropped", "finished_ns", "child_cpu_ns")
    found: dict[str, Any] = {"name": name, "cpu_ns": [int(row[0]) for row in of("used")]}
    found |= zip(keys, map(int, of("group")[0]), strict=True)
    found |= zip(("voluntary", "forced", "migrations"), map(int, of("switched")[0]), strict=True)
    for what, total, largest in of("seen"):
        buckets = [int(word) for row in of("bucket") if row[0] == what for word in row[1:]]
        found[what] = {"sum_ns": int(total), "max_ns": int(largest), "buckets": buckets}
    return found
