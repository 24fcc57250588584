"""Taking tasks from queues, and letting the previous task go on (docs/language.md, "Pulling")."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.interpret.frame import Frame, evaluate, meaning
from schedc.verifier.interpret.kernel import Instance, Kernel
from schedc.verifier.interpret.machine import Task
from schedc.verifier.interpret.numbers import distance

# How many of those that wait are looked at for one that may run on another CPU.
LOOKED_AT = 32


@meaning(t.PullChain)
def _chain(frame: Frame, node: t.PullChain) -> bool:
    prev = frame.prev if node.keep is not None else None
    if prev is not None and not prev.queued:
        prev = None
    own = _Own(frame, prev)
    if not _is_lone(frame, node):
        own.vtime()
    if _out_of_turn(frame, node):
        return True
    for source in node.sources:
        for queue in instances(frame, source.queue):
            if source.aging is not None:
                frame.run.memory["tried", source, frame.own_cpu] = frame.now
            if prev is not None and frame.run.home(prev) == queue:
                first = frame.kernel.first(queue) if queue[0].order is not None else None
                if _is_before(frame, prev, own, queue, first):
                    return _keep(frame, node, prev, own, contested=first is not None)
            if pull(frame.kernel, queue):
                return True
    return prev is not None and _keep(frame, node, prev, own, contested=False)


def _out_of_turn(frame: Frame, node: t.PullChain) -> bool:
    """Aging sources take turns to come first, if they were not tried for so long; one turn is the order's own."""
    memory, cpu = frame.run.memory, frame.own_cpu
    aged = [source for source in node.sources if source.aging is not None]
    if not aged:
        return False
    turn = memory["turn", node, cpu]
    memory["turn", node, cpu] = (turn + 1) % (len(aged) + 1)
    if turn == 0:
        return False
    source = aged[turn - 1]
    if max(0, frame.now - memory["tried", source, cpu]) < evaluate(frame, source.aging):
        return False
    memory["tried", source, cpu] = frame.now
    return any(pull(frame.kernel, queue) for queue in instances(frame, source.queue))


def pull(kernel: Kernel, queue: Instance) -> bool:
    """One that holds tasks back gives none before the time of its first one has come."""
    if queue[0].holds:
        first = kernel.first(queue)
        if first is None or first > kernel.now:
            return False
    return kernel.pull(queue)


def instances(frame: Frame, ref: t.QueueRef) -> Iterator[Instance]:
    """Those that an index means: `*` is each in turn."""
    choices = [
        range(frame.run.count(kind)) if isinstance(index, t.Star) else [evaluate(frame, index)]
        for index, kind in zip(ref.indices, ref.queue.dimensions, strict=True)
    ]
    return ((ref.queue, *indices) for indices in product(*choices))


class _Own:
    """The virtual time of the previous task, if it stopped now: worked out once, before a chain, and for a lone queue
    when it turns out that somebody waits there."""

    def __init__(self, frame: Frame, prev: Task | None) -> None:
        self._frame, self._prev = frame, prev
        self._found: int | None = None

    def vtime(self) -> int:
        if self._found is None:
            run = self._frame.run
            self._found = 0 if self._prev is None or not run.has_clocks else run.vtime_if_stopped(self._prev)
        return self._found


def _is_lone(frame: Frame, node: t.PullChain) -> bool:
    return len(node.sources) == 1 and node.sources[0].aging is None and frame.run.is_lone


def _is_before(frame: Frame, prev: Task, own: _Own, queue: Instance, first: int | None) -> bool:
    """Whether prev, queued where it was, would be chosen before all that wait there. `own`: its virtual time, if it
    stopped now; `first`: the head's position."""
    order = queue[0].order
    if order is None:
        return frame.kernel.is_seen_empty(queue)
    if first is None:
        return True
    if order is Kind.TIME:
        return frame.run.position_if_stopped(prev) <= first
    return distance(own.vtime(), first) <= 0


def _keep(frame: Frame, node: t.PullChain, prev: Task, own: _Own, contested: bool) -> bool:
    slice_ = evaluate(frame, node.keep)
    frame.run.go_on(prev, own.vtime, contested)
    frame.kernel.set_slice(prev, slice_)
    return True


@meaning(t.PullInto)
def _pull_into(frame: Frame, node: t.PullInto) -> bool:
    cpu = evaluate(frame, node.into.indices[0])
    if cpu not in frame.kernel.active:
        return False
    source, into = next(instances(frame, node.source)), (node.into.queue, cpu)
    return any(
        cpu in task.allowed and frame.kernel.move(task, into) for task in frame.kernel.waiting(source)[:LOOKED_AT]
    )
