"""A policy that runs: what each event does, the policy's own handler and what every policy gets beside it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

# What nodes of the tree mean is said in these modules.
from schedc.laws.prove import Proven
from schedc.lower.lifted import cgroup_patterns
from schedc.typed import tree as t
from schedc.typed.walk import walk_policy
from schedc.types.kinds import PLACES, Kind
from schedc.verifier.interpret import expressions, picks, pulls, statements
from schedc.verifier.interpret.dry import is_whole
from schedc.verifier.interpret.expressions import INFINITE
from schedc.verifier.interpret.frame import Frame, evaluate
from schedc.verifier.interpret.groups import Groups
from schedc.verifier.interpret.kernel import DEFAULT_SLICE, LOCAL, Instance, Kernel
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.memory import Memory
from schedc.verifier.interpret.numbers import distance

SECOND = 1_000_000_000
# While a CPU is offline, how often each other one looks into the queues that may have lost theirs.
RESCUE_INTERVAL = 10_000_000
MODULES = (expressions, picks, pulls, statements)
# What select_cpu answers where the CPU that the policy wants cannot take the task: one that can.
SUBSTITUTE = -1


class PolicyRun:
    """The state of one run; each method is one event. `clock` is where the clocks of queues begin."""

    def __init__(self, proven: Proven, kernel: Kernel, clock: int = 0) -> None:
        self.policy, self.guarded, self.kernel = proven.policy, proven.guarded, kernel
        self.memory = Memory(proven.policy, clock)
        self.groups = Groups()
        self.offline: set[int] = set()
        self._statement: Any = proven.policy
        self._clocks = [queue for queue in self.policy.queues if queue.order is Kind.VTIME]
        self.moves_on = any(queue.order is Kind.TIME for queue in self.policy.queues)
        self._lone = self._lone_instance()
        stopping = self.policy.handlers.get("stopping")
        self._only_charges = stopping is None or is_whole(stopping.body)
        nodes = list(walk_policy(self.policy))
        self._infinite = any(isinstance(node, t.BuiltinValue) and node.name == "infinite" for node in nodes)
        self._fills_local = any(isinstance(node, t.Insert) and node.local is not None for node in nodes)

    # ---- where things are

    def at(self, node: Any) -> None:
        self._statement = node

    def place(self) -> int:
        """The line of the statement that runs, or ran last."""
        return self.policy.source.line_column(self._statement.span.start)[0]

    def count(self, kind: Kind) -> int:
        if kind is Kind.CGROUP:
            return len(self.groups)
        return len(self.policy.layers) if kind is Kind.LAYER else self.kernel.topology.nr[kind]

    def instances(self, queue: t.Queue) -> list[Instance]:
        return [(queue, *each) for each in product(*(range(self.count(kind)) for kind in queue.dimensions))]

    def _lone_instance(self) -> Instance | None:
        """The policy's only queue, where all tasks are at home. One of times has no place for who was not in it."""
        if len(self.policy.queues) != 1 or self.moves_on:
            return None
        (queue,) = self.policy.queues
        sizes = [len(self.policy.layers) if kind is Kind.LAYER else 2 for kind in queue.dimensions]
        return (queue, *([0] * len(sizes))) if all(size == 1 for size in sizes) else None

    def home(self, task: Task) -> Instance | None:
        """The queue in which the task was last, or will be."""
        return self._lone or self.memory["home", task.pid]

    def position_if_stopped(self, task: Task) -> int:
        """Where it would stand in a queue that is ordered by time: it moves on by what it ran."""
        return int(self.memory["position", task.pid] or 0) + task.executed - int(self.memory["ran_from", task.cpu])

    # ---- handlers

    def _frame(self, event: str, task: Task | None, cpu: int | None = None, flags: int = 0) -> Frame:
        frame = Frame(self, event, task, flags)
        handler = self.policy.handlers.get(event)
        if handler is None:
            return frame
        self.at(handler)
        frame.own_cpu = cpu
        for formal in handler.formals:
            if formal.type.kind is Kind.TASK:
                frame.names[formal] = task
            elif formal.type.kind is Kind.CPU:
                frame.names[formal] = cpu
                frame.own_names = () if event == "select_cpu" else (formal,)
        return frame

    def _run(self, event: str, frame: Frame) -> Any:
        handler = self.policy.handlers.get(event)
        return statements.run_block(frame, handler.body).value if handler is not None else None

    def init(self) -> None:
        self.offline = set(range(self.count(Kind.CPU))) - self.kernel.online
        for timer in self.policy.timers:
            self.kernel.start_timer(evaluate(Frame(self, "every"), timer.period))

    def timer(self, index: int) -> None:
        timer = next(each for each in self.policy.timers if each.index == index)
        self.at(timer)
        frame = Frame(self, "every")
        statements.run_block(frame, timer.body)
        self.kernel.start_timer(evaluate(frame, timer.period))

    def init_task(self, task: Task) -> None:
        self.memory.forget_task(task.pid)
        self.memory["cgroup", task.pid] = self.groups.place(task.cgroup)
        self._decide_layer(task)
        self.memory["layer_at", task.pid] = 0

    def enable(self, task: Task) -> None:
        """A task begins at the clock, if there is only one, and in no queue."""
        frame = self._frame("enable", task)
        self.memory["home", task.pid] = None
        if len(self._clocks) == 1 and not [kind for kind in self._clocks[0].dimensions if self._several(kind)]:
            clock = (self._clocks[0], *([0] * len(self._clocks[0].dimensions)))
            self.memory["vtime", task.pid] = self.memory["clock", clock]
        self._decide_layer(task)
        self._run("enable", frame)

    def _several(self, kind: Kind) -> bool:
        return kind is not Kind.LAYER or len(self.policy.layers) > 1

    def cgroup_init(self, path: str, weight: int) -> None:
        """State of the group that had the place before is forgotten."""
        place = self.groups.begin(path, weight)
        if place is None:
            return
        for field in self.policy.state_of(Kind.CGROUP):
            self.memory.forget(field, place)

    def cgroup_exit(self, path: str) -> None:
        self.groups.end(path)

    def cgroup_set_weight(self, path: str, weight: int) -> None:
        self.groups.weigh(path, weight)

    def cgroup_move(self, task: Task) -> None:
        self.memory["cgroup", task.pid] = self.groups.place(task.cgroup)
        if cgroup_patterns(self.policy):
            self._decide_layer(task)

    def redecide(self, task: Task) -> None:
        self._decide_layer(task)

    def _decide_layer(self, task: Task) -> None:
        """The first layer whose condition the task meets."""
        for layer in self.policy.layers:
            frame = Frame(self, "layer", task)
            frame.names = _EveryName(task)
            if layer.condition is None or evaluate(frame, layer.condition):
                self.memory["layer", task.pid] = layer.index
                self.memory["layer_at", task.pid] = self.kernel.now
                return

    def select_cpu(self, task: Task, prev: int) -> int:
        frame = self._frame("select_cpu", task, prev)
        return int(self._run("select_cpu", frame))

    def usable(self, frame: Frame, cpu: int) -> int:
        """A CPU that is returned is one where the task may run, else another one is chosen for it."""
        if cpu in self.kernel.active and frame.task is not None and cpu in frame.task.allowed:
            return cpu
        return SUBSTITUTE

    def enqueue(self, task: Task, flags: int) -> None:
        frame = self._frame("enqueue", task, flags=flags)
        if task.pinned and task.kthread:
            if self._fills_local:
                self.kernel.claim("this", task, task.cpu)
            self.kernel.insert(task, LOCAL, DEFAULT_SLICE, None, preempt=self._infinite)
            return
        if self.policy.layers and self.kernel.now - self.memory["layer_at", task.pid] > SECOND:
            self._decide_layer(task)
        self._run("enqueue", frame)

    def dispatch(self, cpu: int, prev: Task | None) -> None:
        frame = self._frame("dispatch", prev, cpu)
        frame.prev = prev
        frame.own_cpu = cpu
        self._run("dispatch", frame)
        if self.guarded and self.offline and (not self.kernel.length(LOCAL) or self._is_rescue_due(cpu)):
            self._rescue()

    def _is_rescue_due(self, cpu: int) -> bool:
        if max(0, self.kernel.now - self.memory["rescued", cpu]) < RESCUE_INTERVAL:
            return False
        self.memory["rescued", cpu] = self.kernel.now
        return True

    def _rescue(self) -> None:
        """While any CPU is offline, the queues that it may have served are served by all others now and then, and by
        who has found nothing else."""
        ordered = sorted(self.policy.queues, key=lambda queue: queue.order is not Kind.VTIME)
        orphans = (queue for each in ordered for queue in self.instances(each) if self._is_orphan(queue))
        any(pulls.pull(self.kernel, queue) for queue in orphans)

    def _is_orphan(self, queue: Instance) -> bool:
        topology = self.kernel.topology
        return all(
            kind not in PLACES or set([index] if kind is Kind.CPU else topology.members(kind, index)) <= self.offline
            for kind, index in zip(queue[0].dimensions, queue[1:], strict=True)
        )

    def cpu_online(self, cpu: int) -> None:
        frame = self._frame("cpu_online", None, cpu)
        self.offline.discard(cpu)
        self._run("cpu_online", frame)

    def cpu_offline(self, cpu: int) -> None:
        """Called on that CPU. Its tasks that wait go back to it, for the kernel to send elsewhere; others are looked
        for by the CPU that is told."""
        frame = self._frame("cpu_offline", None, cpu)
        self.offline.add(cpu)
        for each in sorted(self.policy.queues, key=lambda queue: queue.order is not Kind.VTIME):
            for queue in self.instances(each):
                for task in self.kernel.waiting(queue):
                    if task.cpu == cpu:
                        self.kernel.move(task, LOCAL)
        told = self.told(cpu, None)
        if self.guarded and told is not None:
            self.kernel.kick(told, "")
        self._run("cpu_offline", frame)

    def running(self, task: Task) -> None:
        self._advance_clock(task)
        self._begin(task)

    def _advance_clock(self, task: Task) -> None:
        """A queue's clock follows the tasks that come from it."""
        home = self.home(task)
        if home is None or home[0].order is not Kind.VTIME:
            return
        vtime = self.memory["vtime", task.pid]
        if distance(self.memory["clock", home], vtime) < 0:
            self.memory["clock", home] = vtime

    def _begin(self, task: Task) -> None:
        self.memory["ran_from", task.cpu] = task.executed
        frame = self._frame("running", task, task.cpu)
        self._run("running", frame)

    def stopping(self, task: Task) -> None:
        self._stop(task, dry=False)

    def _stop(self, task: Task, dry: bool) -> None:
        frame = self._frame("stopping", task, task.cpu)
        frame.dry = dry
        handler = self.policy.handlers.get("stopping")
        for formal in handler.formals if handler is not None else ():
            if formal.type.kind is Kind.DURATION:
                frame.names[formal] = task.executed - self.memory["ran_from", task.cpu]
        self._run("stopping", frame)

    def told(self, cpu: int, own: int | None) -> int | None:
        """Who is kicked in place of a CPU that is offline: one that serves its queues; None for `own`, which does."""
        if not self.guarded or cpu not in self.offline:
            return cpu
        other = min(self.kernel.online)
        return None if other == own else other

    def other(self, event: str, task: Task, flags: int = 0) -> None:
        """runnable, quiescent, tick. An infinite slice is one while nobody waits in the CPU's own queue."""
        if event == "tick" and self._infinite and task.slice_left == INFINITE and self.kernel.length(LOCAL):
            self.kernel.set_slice(task, 0)
        self._run(event, self._frame(event, task, task.cpu, flags))

    # ---- keeping the previous task

    @property
    def has_clocks(self) -> bool:
        return bool(self._clocks)

    @property
    def is_lone(self) -> bool:
        return self._lone is not None

    def vtime_if_stopped(self, task: Task) -> int:
        """Its virtual time if it stopped now."""
        with self.memory.trial():
            self._stop(task, dry=True)
            return int(self.memory["vtime", task.pid])

    def go_on(self, task: Task, own: Callable[[], int], contested: bool) -> None:
        """As if it had stopped, waited and been chosen; what it runs while nobody waits is not charged. `own`: what
        its virtual time is then; where `stopping` does nothing else, it has been gone through for that."""
        home = self.home(task)
        if home is not None and home[0].order is Kind.TIME:
            self.memory["position", task.pid] = self.position_if_stopped(task)
        stands = home is not None and home[0].order is Kind.VTIME
        if not (self.has_clocks and self._only_charges):
            self.stopping(task)
        elif contested or not stands:
            self.memory["vtime", task.pid] = own()
        if stands and contested:
            self._advance_clock(task)
        elif stands:
            self.memory["vtime", task.pid] = self.memory["clock", home]
        self._begin(task)


class _EveryName(dict[t.Local, Any]):
    """In a layer's condition there is one name, the task's."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def __missing__(self, key: t.Local) -> Task:
        return self._task
