"""From the runner's lines to results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schedc.verifier.exits import exit_reason
from schedc.verifier.vm import verifier_log
from schedc.verifier.vm.boot import Line
from schedc.verifier.vm.result import (
    BusyTask,
    Exit,
    Failure,
    Kind,
    ObjectResult,
    Program,
    RunTime,
    WorkloadResult,
)

SECOND = 1e9
FAULTS = ("timeout", "crash")


def by_object(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each object that was begun, from its `object` line on."""
    groups: list[list[Line]] = []
    for line in lines:
        if line["t"] == "object":
            groups.append([])
        if groups and line["t"] != "bye":
            groups[-1].append(line)
    return groups


def timelines(groups: Iterable[list[Line]], blob: bytes) -> list[str]:
    """Each object's part of the blob, in the order in which they were sent; empty where none was asked for."""
    found, start = [], 0
    for group in groups:
        size = sum(line["bytes"] for line in group if line["t"] == "timeline")
        found.append(blob[start : start + size].decode("utf-8", "replace"))
        start += size
    return found


def ended(lines: list[Line]) -> bool:
    """The runner was done with the object and the guest was fit for the next one."""
    return any(line["t"] == "done" and line["ended"] for line in lines)


def undisturbed(lines: list[Line]) -> bool:
    """Ended by itself: neither killed at its timeout nor crashed."""
    return ended(lines) and not any(line["t"] == "error" and line["what"] in FAULTS for line in lines)


def _programs(load: Line) -> tuple[Program, ...]:
    programs = load.get("programs", [])
    starts = [item["load_start_ns"] for item in programs]
    ends = starts[1:] + starts[-1:]
    return tuple(
        Program(
            name=item["name"],
            callback=item["callback"],
            source_insns=item["source_insns"],
            verified_insns=item["verified_insns"],
            xlated_insns=item["xlated_insns"],
            jited_bytes=item["jited_bytes"],
            load_ms=max(end - start, 0) / 1e6,
        )
        for item, start, end in zip(programs, starts, ends, strict=True)
    )


def _workload(line: Line) -> WorkloadResult:
    tasks = tuple(
        BusyTask(None if item["idle"] else item["nice"], item["cpu_ns"] / SECOND, item["worst_ns"] / SECOND)
        for item in line.get("tasks", [])
    )
    kinds = tuple(
        Kind(
            item["kind"],
            item["tasks"],
            item["rounds"],
            item["without_progress"],
            item["worst_ns"] / SECOND,
            item["cpu_ns"] / SECOND,
        )
        for item in line.get("kinds", [])
    )
    return WorkloadResult(
        kind=line["kind"],
        asked=line["asked_ns"] / SECOND,
        passed=line["passed_ns"] / SECOND,
        alive=line["alive"],
        tasks=tasks,
        kinds=kinds,
        switches=line.get("switches", 0),
        offline_cpu=line.get("offline_cpu", -1),
        offline_cpus=line.get("offline_cpus", 0),
        offline_errno=line.get("offline_errno", 0),
        online_errno=line.get("online_errno", 0),
        offline_seconds=line.get("offline_ns", 0) / SECOND,
        online_seconds=line.get("online_ns", 0) / SECOND,
        load=line if line["kind"] == "load" else None,
    )


def _exit(end: Line) -> Exit | None:
    if "exit_kind" not in end:
        return None
    kind = end["exit_kind"]
    return Exit(kind, end.get("exit_code", 0), end.get("exit_reason") or exit_reason(kind), end.get("exit_msg", ""))


def _failure(lines: dict[str, Line]) -> Failure | None:
    fail = lines.get("fail")
    if fail:
        return verifier_log.failure(fail["stage"], fail["errno"], fail["why"], fail["log"])
    attach = lines.get("attach")
    if attach and not attach["ok"]:
        return Failure("attach", attach["errno"], "the kernel loaded the object but did not attach it")
    return None


def _run_times(end: Line) -> tuple[RunTime, ...]:
    return tuple(
        RunTime(item["name"], item["callback"], item["count"], item["total_ns"])
        for item in end.get("run_times", [])
    )


def _rows(found: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(values) for name, values in found.items()}


def object_result(
    kernel: str, group: list[Line], problems: tuple[str, ...] = (), tries: int = 1
) -> ObjectResult:
    """One object's lines, also when they stop in the middle."""
    lines: dict[str, Line] = {line["t"]: line for line in group}
    nothing: dict[str, Any] = {}
    load, end = lines.get("load", nothing), lines.get("end", lines.get("default", nothing))
    attached, detach = lines.get("attached", nothing), lines.get("detach", nothing)
    told = tuple(f"{line['what']}: {line['text']}" for line in group if line["t"] == "error")
    attach = lines.get("attach")
    return ObjectResult(
        name=lines["object"]["name"],
        kernel=kernel,
        accepted="load" in lines or "default" in lines,
        programs=_programs(load),
        verified_insns=load.get("verified_insns", 0),
        load_seconds=load.get("load_ns", 0) / SECOND,
        dropped=tuple(lines.get("opened", nothing).get("dropped", ())),
        failure=_failure(lines),
        layer_groups=lines.get("layers", nothing).get("groups", 0),
        attached=attach["ok"] if attach else None,
        attach_errno=attach["errno"] if attach else 0,
        alive=attached.get("alive"),
        state=attached.get("state", {}),
        state_after=detach.get("state", {}),
        events=attached.get("events", {}),
        exit=_exit(end),
        counters=_rows(end.get("counters", {})),
        readings=_rows(end.get("readings", {})),
        run_times=_run_times(end),
        workloads=tuple(_workload(line) for line in group if line["t"] == "workload"),
        klog=tuple(end.get("klog", ())),
        dump=tuple(lines.get("dump", nothing).get("lines", ())),
        problems=told + problems,
        tries=tries,
    )
