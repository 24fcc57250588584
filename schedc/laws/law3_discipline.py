"""Law 3: queues keep their discipline. The checker types order, kind and index, and gives a handler one task;
this states what was found, and refuses a tree in which that is not so (which the checker does not make)."""

from __future__ import annotations

from schedc.laws.verdict import Level, Verdict
from schedc.typed import tree as t
from schedc.typed.walk import walk


def check(policy: t.Policy) -> Verdict:
    for handler in policy.handlers.values():
        for node in walk(handler.body):
            if isinstance(node, t.Insert):
                _check_insert(node, handler)
    detail = "each queue has one order and is indexed by entities"
    return Verdict(3, "queues keep their discipline", Level.PROVED, detail)


def _check_insert(node: t.Insert, handler: t.Handler) -> None:
    if not (isinstance(node.task, t.LocalRef) and node.task.local is handler.formals[0]):
        raise AssertionError("a task is inserted that the handler was not given")
    if node.queue is None:
        return
    ordered = node.queue.queue.order is not None
    if ordered != (node.at is not None) or len(node.queue.indices) != len(node.queue.queue.dimensions):
        raise AssertionError("a queue is used against its order")
