"""Law 3: queues keep their discipline. The checker types order, kind and index; this states what was found, and
refuses a tree in which a queue is used in two ways (which the checker does not make)."""

from __future__ import annotations

from schedc.laws.verdict import Level, Verdict
from schedc.typed import tree as t
from schedc.typed.walk import walk_policy


def check(policy: t.Policy) -> Verdict:
    for node in walk_policy(policy):
        if isinstance(node, t.Insert) and node.queue is not None:
            ordered = node.queue.queue.order is not None
            if ordered != (node.at is not None) or len(node.queue.indices) != len(node.queue.queue.dimensions):
                raise AssertionError("a queue is used against its order")
    return Verdict(3, "queues keep their discipline", Level.PROVED, "each queue has one order and is indexed by entities")
