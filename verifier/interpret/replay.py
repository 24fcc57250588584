"""The kernel of a recording: it gives the answers that the compiled policy got, and takes only the same requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from schedc.lower.plan import MAX_COUNT, Plan
from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.interpret.kernel import GLOBAL, LOCAL, Instance
from schedc.verifier.interpret.machine import Task, Topology
from schedc.verifier.interpret.recording import Call
from schedc.verifier.sim.scenario import Cpu

_BUILTIN, _LOCAL_ON = 1 << 63, 3 << 62
_PREEMPT, _ENQUEUE_PREEMPT = {"": 0, "idle": 1, "preempt": 2}, 1 << 32
_KTHREAD = 0x200000


class Differs(Exception):
    """The interpreter wants something else than what the compiled policy did."""

    def __init__(self, interpreted: str, compiled: str) -> None:
        super().__init__(f"the interpreter: {interpreted}; the compiled policy: {compiled}")
        self.interpreted, self.compiled = interpreted, compiled


class Replay:
    """A `Kernel`; `begin` gives it the next callback. `params` are those that are not at their defaults."""

    def __init__(self, plan: Plan, cpus: Sequence[Cpu], groups: Sequence[str], params: Mapping[str, int]) -> None:
        self.topology = Topology(cpus)
        self._plan, self._groups = plan, groups
        self._params = {param: params.get(param.name, param.default) for param in plan.policy.params}
        self._live = [param for param in plan.policy.params if param.live]
        self._ids: dict[Instance, int] = {}

    def begin(self, call: Call) -> Task | None:
        """The task that the callback is about."""
        self.call, self._at = call, 0
        self.now, self.cpu = call.now, call.cpu
        self.online, self.active = _cpus(call.masks[0]), _cpus(call.masks[1])
        self.idle = set(_cpus(call.masks[2]))
        for row, value in call.inputs:
            self._params[self._live[row]] = _signed(value) if self._live[row].type.kind is Kind.DIFFERENCE else value
        return self._task(call.task) if call.task else None

    def _task(self, words: list[str]) -> Task:
        numbers = [int(word) for word in words[:12]]
        pid, cpu, weight, nice, uid, flags, allowed, stays, mask, slice_left, executed, group = numbers
        return Task(
            pid, cpu, weight, nice, uid, bool(flags & _KTHREAD), allowed == 1, bool(stays), _cpus(mask), slice_left,
            executed, self.group(group), words[12] == "1", words[13],
        )  # fmt: skip

    def group(self, number: int) -> str:
        """The path of a control group, by its id."""
        return self._groups[number - 1]

    def end(self) -> None:
        self._skip_vain_pulls()
        if self._at < len(self.call.steps):
            raise Differs("nothing more", _words(self.call.steps[self._at]))

    # ---- answers

    def param(self, param: t.Param) -> int:
        return self._params[param]

    def _look(self, what: str, queue: Instance) -> int | None:
        key = what, self._id(queue), self._at
        if key not in self.call.looks:
            raise Differs(f"looks at {_name(queue)}", "does not look there")
        return self.call.looks[key]

    def length(self, queue: Instance) -> int:
        key = "q", self._id(queue), self._at
        if key not in self.call.looks and ("f", *key[1:]) in self.call.looks:
            return 0 if self._look("f", queue) is None else 1
        return self._look("q", queue) or 0

    def is_seen_empty(self, queue: Instance) -> bool:
        """A pull that follows says as much as a look."""
        key = "q", self._id(queue), self._at
        if key not in self.call.looks and self._next()[:2] == ["l", str(key[1])]:
            return False
        return self.length(queue) == 0

    def first(self, queue: Instance) -> int | None:
        return self._look("f", queue)

    def waiting(self, queue: Instance) -> list[Task]:
        found = self.call.waiting.get((self._id(queue), self._at), [])
        return [Task(pid, cpu, allowed=_cpus(mask)) for pid, cpu, mask in found]

    def random(self) -> int:
        return int(self._take("x", "draws a number")[1])

    def claim(self, how: str, task: Task, cpu: int | None) -> int | None:
        """The kernel's choice is one of the idle CPUs where the task may run; that one, if it is asked for it.

        To ask for one that is not idle decides nothing: either of the two may look at it first.
        """
        if how == "this" and cpu not in self.idle:
            return None
        step = self._take("c", f"claims a CPU, {how} {cpu}")
        wanted = [how, str(-1 if cpu is None else cpu)]
        if step[1:3] != wanted:
            raise Differs(f"claims a CPU, {how} {cpu}", _words(step))
        return self._claimed(int(step[3]), {cpu} if how == "this" else task.allowed)

    def _claimed(self, found: int, among: Collection[int | None]) -> int | None:
        possible = self.idle & set(among)
        if found < 0:
            return None
        if found not in possible:
            raise Differs(f"one of {sorted(possible)}", f"claims CPU {found}")
        self.idle.discard(found)
        return found

    # ---- requests

    def insert(self, task: Task, queue: Instance, slice_: int, position: int | None, preempt: bool) -> None:
        flags = (self.call.a if self.call.name == "enqueue" else 0) | (_ENQUEUE_PREEMPT if preempt else 0)
        where = [] if position is None else [position]
        self._request("i", task.pid, self._id(queue), slice_, flags, *where)
        task.slice_left = slice_

    def pull(self, queue: Instance) -> bool:
        return self._asked("l", self._id(queue))

    def move(self, task: Task, queue: Instance) -> bool:
        return self._asked("v", task.pid, self._id(queue))

    def kick(self, cpu: int, how: str) -> None:
        self._request("k", cpu, _PREEMPT[how])

    def set_slice(self, task: Task, slice_: int) -> None:
        self._request("S", task.pid, slice_)
        task.slice_left = slice_

    def start_timer(self, period: int) -> None:
        self._request("t", period)

    def _request(self, what: str, *numbers: int) -> None:
        wanted = [what, *map(str, numbers)]
        step = self._take(what, _words(wanted))
        if step != wanted:
            raise Differs(_words(wanted), _words(step))

    def _asked(self, what: str, *numbers: int) -> bool:
        wanted = [what, *map(str, numbers)]
        step = self._take(what, _words(wanted))
        if step[:-1] != wanted:
            raise Differs(_words(wanted), _words(step))
        return step[-1] == "1"

    def _next(self) -> list[str]:
        return self.call.steps[self._at] if self._at < len(self.call.steps) else []

    def _skip_vain_pulls(self) -> None:
        """A pull from a queue that was just seen empty decides nothing."""
        while (step := self._next()) and step[0] == "l" and step[2] == "0":
            queue = int(step[1])
            seen = {self.call.looks.get((what, queue, self._at), 1) for what in "qf"}
            if not seen & {0, None}:
                return
            self._at += 1

    def _take(self, what: str, wanted: str) -> list[str]:
        if what != "l":
            self._skip_vain_pulls()
        step = self._next()
        if not step or step[0] != what:
            raise Differs(wanted, _words(step) if step else "nothing more")
        self._at += 1
        return step

    # ---- queues by the numbers that the compiled policy has for them

    def _id(self, queue: Instance) -> int:
        found = self._ids.get(queue)
        if found is None:
            found = self._ids[queue] = self._number(queue)
        return found

    def _number(self, queue: Instance) -> int:
        if queue == GLOBAL:
            return _BUILTIN | 1
        if queue[0] == LOCAL[0]:
            return _BUILTIN | 2 if len(queue) == 1 else _LOCAL_ON | queue[1]
        number = 0
        for index, kind in zip(queue[1:], queue[0].dimensions, strict=True):
            size = len(self._plan.policy.layers) if kind is Kind.LAYER else MAX_COUNT[kind]
            number = number * size + index
        return self._plan.queues[queue[0]].base + number

    def number(self, queue: Instance) -> int:
        return self._id(queue)


_VERBS = {
    "i": "inserts (task, queue, slice, flags, position)", "l": "pulls (queue, moved)", "k": "kicks (CPU, flags)",
    "v": "moves (task, queue, moved)", "S": "sets the slice (task, slice)", "t": "starts a timer (period)",
    "c": "claims a CPU (how, which, found)", "x": "draws a number",
}  # fmt: skip


def _words(step: list[str]) -> str:
    return f"{_VERBS[step[0]]} {' '.join(step[1:])}"


def _name(queue: Instance) -> str:
    return f"{queue[0].name}{list(queue[1:])}" if isinstance(queue[0], t.Queue) else str(queue)


@lru_cache(1024)
def _cpus(bits: int) -> frozenset[int]:
    return frozenset(cpu for cpu in range(bits.bit_length()) if bits >> cpu & 1)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def encoded(value: Any) -> int:
    """A value as the compiled policy keeps it."""
    return (-1 if value is None else int(value)) % (1 << 64)
