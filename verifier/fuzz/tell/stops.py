"""Callbacks that stopped in the middle: where, and what other CPUs did until they went on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from schedc.verifier.fuzz.words import duration, listed
from schedc.verifier.sim.result import Line

# What the kernel's names have around them is of its versions, not of what they do.
_DECORATION = re.compile(r"^__(?=scx_)|___\w+$")
_CALLBACKS = frozenset(
    {"select_cpu", "enqueue", "dequeue", "dispatch", "tick", "runnable", "running", "stopping", "quiescent",
     "update_idle", "init_task", "exit_task", "enable", "disable", "set_weight", "set_cpumask", "timer"}
)  # fmt: skip
_SHOWN = 4


@dataclass(frozen=True)
class Stopped:
    """`line` is where the callback stopped, `place` what it was about to touch, `until` when it went on (ns)."""

    line: Line
    callback: str
    place: str
    until: int
    meanwhile: tuple[Line, ...] = field(repr=False)


def stopped(trace: tuple[Line, ...]) -> Iterator[Stopped]:
    for at, line in enumerate(trace):
        what, _, rest = line.what.partition(".")
        if what != "stop":
            continue
        callback, _, place = rest.partition(".")
        end = next((there for there in range(at + 1, len(trace)) if _goes_on(trace[there], line)), len(trace))
        until = trace[end].time if end < len(trace) else trace[-1].time
        others = tuple(each for each in trace[at + 1 : end] if each.cpu != line.cpu)
        yield Stopped(line, callback, _DECORATION.sub("", place), until, others)


def _goes_on(line: Line, stop: Line) -> bool:
    return line.cpu == stop.cpu and line.what == f"go_on.{stop.what.partition('.')[2]}"


def sentences(trace: tuple[Line, ...], name: Callable[[int], str], at: Callable[[int], str]) -> Iterator[str]:
    """`name` is that of a task, `at` says which line of the policy it was."""
    found = [each for each in stopped(trace) if each.meanwhile]
    for each in found[-_SHOWN:]:
        whom = f" for {name(each.line.a)}" if each.line.a else ""
        yield (
            f"At {duration(each.line.time)} CPU {each.line.cpu} stopped in `{each.callback}`{whom} "
            f"({at(each.line.line)}), {_before(each.place)}."
        )
        yield f"Meanwhile {_did(each, name)}; at {duration(each.until)} CPU {each.line.cpu} went on."


def _before(place: str) -> str:
    if place == "memory":
        return "before an access to memory that CPUs share"
    is_call = place.startswith(("scx_", "bpf_", "sim_"))
    return f"before its call of {place}" if is_call else f"before an access to {place}"


def _did(each: Stopped, name: Callable[[int], str]) -> str:
    """What other CPUs were asked, in order, and what came of it."""
    said: dict[str, None] = {}
    for line in each.meanwhile:
        if line.what in _CALLBACKS:
            whom = f" for {name(line.pid)}" if line.pid >= 0 else ""
            said[f"CPU {line.cpu} went through `{line.what}`{whom}"] = None
        elif line.what == "run":
            said[f"{name(line.pid)} began to run on CPU {line.a}"] = None
        elif line.what == "wake":
            said[f"{name(line.pid)} woke up"] = None
    told = list(said)
    return listed(told[:_SHOWN] + ([f"{len(told) - _SHOWN} more"] if len(told) > _SHOWN else [])) or "others went on"
