"""The library's policies as mutants are made of them, and what each promises beyond what holds of every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import TypeVar

from schedc import api
from schedc.build.compile import Built
from schedc.laws.prove import Proven
from schedc.verifier.mutate.mutation import Texts
from schedc.verifier.mutate.stories import STORIES
from schedc.verifier.sim import Program
from schedc.verifier.sim.properties import GRACE
from schedc.verifier.sim.scenario import MS

_Least = TypeVar("_Least", int, float)


@dataclass(frozen=True)
class Promise:
    """What a policy's own page says. Stories are named; tasks are counted in their order, from 0.

    own: it stands tasks that go to their CPU's own queue past the policy. grace: how long a CPU may be idle while a
    task waits (ns), None for as long as it likes; idle: the same for stories. by_weight: stories in which busy tasks
    share a CPU by their weights. keeps: dispatch says itself when the previous task goes on. runs: how long at least a
    task is left on its CPU each time (ns), by story and task. shares: the least part of one CPU's time that a task
    gets, waits: how long it waits at most (ns), both by story and task.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    own: bool = True
    grace: int | None = GRACE
    idle: Mapping[str, int] = field(default_factory=dict)
    by_weight: frozenset[str] = frozenset()
    keeps: bool = False
    runs: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    shares: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    waits: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


def _each(count: int, least: _Least) -> dict[int, _Least]:
    return dict.fromkeys(range(count), least)


# A timer of 1 ms mends what central's kicks miss; while a higher class has the boss, or it is off, it serves nobody.
_SERVED = {name: 4 * MS for name in STORIES if name not in ("a higher class", "the first CPU goes")}

# `lead` and `patience` are such that what they are for shows within the stories' five seconds.
PROMISES: dict[str, Promise] = {
    "fair": Promise(
        {"lead": "50ms"}, by_weight=frozenset({"hogs", "equal hogs", "one layer", "light ones", "a heavy one"}),
        keeps=True,
        runs={"equal hogs": _each(4, 3 * MS)},
        shares={"more hogs than CPUs": {0: 0.28, 3: 0.9}},
    ),
    "fifo": Promise(
        grace=None,
        runs={"equal hogs": _each(4, 18 * MS)},
        shares={"naps": dict.fromkeys(range(10), 0.38), "two nodes": dict.fromkeys(range(6), 0.6)},
    ),
    "desk": Promise(
        {"patience": "50ms"},
        by_weight=frozenset({"one layer"}),
        keeps=True,
        runs={"equal hogs": _each(4, 3 * MS)},
        shares={"hogs": {2: 0.6}, "a heavy one": {0: 0.75}, "light ones": {2: 0.75}, "other weights": {1: 0.6},
                "other groups": {1: 0.8}},
    ),
    "priority": Promise(
        {"patience": "100ms", "patience_low": "200ms"},
        keeps=True,
        runs={"equal hogs": _each(4, 6 * MS)},
        shares={"hogs": {2: 0.75}, "a heavy one": {0: 0.8}, "light ones": {2: 0.8}, "other weights": {1: 0.6}},
    ),
    "central": Promise(
        own=False, grace=None, idle=_SERVED,
        runs={"pinned": {1: 18 * MS, 2: 18 * MS}},
        shares={"a CPU is back": _each(3, 0.55)},
        waits={"a kernel thread behind a hog": {1: MS // 2}},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A policy that was compiled, and all that is needed to compile its mutants."""

    name: str
    promise: Promise
    proven: Proven
    built: Built
    program: Program
    texts: Texts


def subject(name: str) -> Subject:
    """A policy of the library, with the params that its promise names."""
    text = (resources.files("schedc.stdlib_policies") / f"{name}.sched").read_text(encoding="utf-8")
    compiled = api.compile(text, f"{name}.sched")
    proven, built = compiled.check.proven, compiled.built
    if proven is None or built is None:
        raise ValueError(f"the library's {name} does not compile")
    promise, texts = PROMISES[name], Texts.of(built.c_source)
    program = replace(Program.of(compiled, promise.settings), c_source=texts.alone())
    return Subject(name, promise, proven, built, program, texts)
