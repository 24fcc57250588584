"""Every node of a typed tree, outermost first; declarations that a node refers to are not entered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schedc.syntax.node import fields
from schedc.typed import tree as t

_DECLARATIONS = (
    t.Param, t.Layer, t.Queue, t.StateField, t.Global, t.Counter, t.Promise, t.Local, t.Function, t.Average,
)  # fmt: skip
_NODES = (t.Expr, t.Stmt, t.Block, t.IfLet, t.PullSource, t.Star, t.Handler, t.Timer)
_CHILDREN: dict[type[Any], tuple[str, ...]] = {}


def walk(node: Any) -> Iterator[Any]:
    """The node itself and all below it, in the order of evaluation as far as the tree shows it."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tuple):
            stack.extend(reversed(current))
        elif isinstance(current, _NODES):
            yield current
            stack.extend(getattr(current, name) for name in reversed(_names(type(current))))


def _names(kind: type[Any]) -> tuple[str, ...]:
    names = _CHILDREN.get(kind)
    if names is None:
        names = _CHILDREN[kind] = tuple(
            name for name in fields(kind) if name not in ("span", "type", "close", "event", "name_span")
        )
    return names


def walk_policy(policy: t.Policy) -> Iterator[Any]:
    """All nodes of all code of a policy."""
    for function in policy.functions:
        yield from walk(function.body)
    for handler in policy.handlers.values():
        yield from walk(handler)
    for timer in policy.timers:
        yield from walk(timer)
    for layer in policy.layers:
        yield from walk(layer.condition)
    for queue in policy.queues:
        yield from walk(queue.window)
