"""The stored figures of the library's policies, which `python -m benchmarks.library` measures and writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from schedc.library import figures_file
from schedc.record import record
from schedc.verifier.trouble import Trouble

SCHEMA = 1
MAKE = "python -m benchmarks.library"


class FiguresError(Trouble):
    """The file is not what the command writes."""


@record
class Interval:
    """`low` and `high` are None where there were too few seeds for an interval."""

    median: float
    low: float | None
    high: float | None


@record
class Figure:
    """Of a group of tasks, or of all. `unit`: ns, /s, %, index or a count (empty); `better`: less, more, or empty.
    `default` and `median` are medians over the seeds, under the kernel's default and under the policy; `ratio` is the
    median of the seeds' ratios, None where the default has a 0; `word` says whether the policy has surely more, less,
    the same, or `unknown`."""

    group: str
    name: str
    unit: str
    better: str
    default: float
    median: float
    ratio: Interval | None
    word: str


@record
class CallbackTime:
    """Reading the clock included. `per_switch`: calls for each switch of the system."""

    callback: str
    mean_ns: float
    per_switch: float | None


@record
class CallbackBound:
    """At worst, as functions of the machine's size, such as `412 + 38·llcs`."""

    callback: str
    instructions: str
    kernel_calls: str


@record
class Costs:
    """From the compiled object. `stale`: of another text than the policy has."""

    command: str
    stale: bool
    clang: str
    callbacks: tuple[CallbackBound, ...]


@record
class Measured:
    """A policy beside the kernel's default on one workload. `stale`: made with another text than the policy has."""

    workload: str
    about: str
    command: str
    stale: bool
    kernel: str
    qemu: str
    time: str
    """What time is where it was measured."""
    seeds: int
    confidence: float
    """Of the intervals; 0: there are none."""
    failed: tuple[str, ...]
    """Runs that the policy did not come through."""
    per_switch_ns: float | None
    """Time in callbacks for each switch of the system."""
    callbacks: tuple[CallbackTime, ...]
    figures: tuple[Figure, ...]


def stored(name: str, source: str) -> tuple[Costs | None, tuple[Measured, ...]]:
    """What there is for a policy whose text has the SHA-256 `source`. `FiguresError` where the file is damaged."""
    path = figures_file()
    try:
        found = _policies(path).get(name)
        if found is None:
            return None, ()
        costs = _costs(found["costs"], source) if found["costs"] else None
        return costs, tuple(_measured(workload, each, source) for workload, each in found["measured"].items())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FiguresError(f"the stored figures are damaged ({error})", f"make them with `{MAKE}`", str(path)) from None


def _policies(path: Path) -> Mapping[str, Any]:
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(path, changed)


@cache
def _read(path: Path, changed: int) -> Mapping[str, Any]:
    """Once for each content of the file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["schema"] != SCHEMA:
        raise ValueError(f"schema {data['schema']}")
    policies: Mapping[str, Any] = data["policies"]
    return policies


def _costs(data: Mapping[str, Any], source: str) -> Costs:
    bounds = (CallbackBound(**each) for each in data["callbacks"])
    return Costs(data["command"], data["source_sha256"] != source, data["clang"], tuple(bounds))


def _measured(workload: str, data: Mapping[str, Any], source: str) -> Measured:
    same = {name: data[name] for name in ("about", "command", "kernel", "qemu", "time", "seeds", "confidence")}
    return Measured(
        workload=workload,
        stale=data["source_sha256"] != source,
        failed=tuple(data["failed"]),
        per_switch_ns=data["per_switch_ns"],
        callbacks=tuple(CallbackTime(**each) for each in data["callbacks"]),
        figures=tuple(_figure(each) for each in data["figures"]),
        **same,
    )


def _figure(data: Mapping[str, Any]) -> Figure:
    ratio = Interval(**data["ratio"]) if data["ratio"] is not None else None
    return Figure(**{**data, "ratio": ratio})
