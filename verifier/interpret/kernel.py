"""Whom an interpreted policy asks, and what it requests: the kernel, from the policy's side."""

from __future__ import annotations

from typing import Any, Protocol

from schedc.typed import tree as t
from schedc.verifier.interpret.machine import Task, Topology

# A queue and the entities that index it; or one of the kernel's own: ("local",), ("local", cpu), ("global",).
Instance = tuple[Any, ...]
LOCAL, GLOBAL = ("local",), ("global",)
DEFAULT_SLICE, READER_SLICE = 20_000_000, 1_000_000


class Kernel(Protocol):
    """Answers hold inside of one callback. Looks may come in any order, requests are made in the program's."""

    now: int
    cpu: int
    topology: Topology
    online: frozenset[int]
    active: frozenset[int]
    idle: set[int]

    def param(self, param: t.Param) -> int: ...
    def length(self, queue: Instance) -> int: ...
    def is_seen_empty(self, queue: Instance) -> bool:
        """Where the previous task takes part: nobody waits there."""
    def first(self, queue: Instance) -> int | None:
        """The position of the first task of an ordered queue."""
    def waiting(self, queue: Instance) -> list[Task]: ...
    def random(self) -> int: ...
    def claim(self, how: str, task: Task, cpu: int | None) -> int | None:
        """An idle CPU of the kernel's choice, `how` is near, any or core; or that CPU, if it is idle: this."""
    def insert(self, task: Task, queue: Instance, slice_: int, position: int | None, preempt: bool) -> None: ...
    def pull(self, queue: Instance) -> bool: ...
    def move(self, task: Task, queue: Instance) -> bool: ...
    def kick(self, cpu: int, how: str) -> None: ...
    def set_slice(self, task: Task, slice_: int) -> None: ...
    def start_timer(self, period: int) -> None: ...
