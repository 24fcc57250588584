"""How large a body gets when its functions are written out: calls inside calls double quickly."""

from __future__ import annotations

from schedc.typed import tree as t
from schedc.typed.walk import walk

MAX_OPERATIONS = 8192


def size_of(body: t.Block | t.Expr, known: dict[t.Function, int]) -> int:
    """The nodes of a body and of all functions that it calls; `known` has the sizes of these."""
    return sum(1 + (known.get(node.function, 0) if isinstance(node, t.CallFunction) else 0) for node in walk(body))
