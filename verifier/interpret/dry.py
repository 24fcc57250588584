"""What the virtual time of a task would be if it stopped: `stopping` without what is kept of it.

By docs/language.md nothing is written, nobody woken and no idle CPU looked for; what is read is what is kept so far.
"""

from __future__ import annotations

from schedc.typed import tree as t
from schedc.typed.walk import walk


def is_left_out(statement: t.Stmt) -> bool:
    """True if it has no part in that."""
    match statement:
        case t.Assign():
            return not _is_passing(statement)
        case t.For() | t.Repeat() if not any(_is_passing(node) for node in walk(statement.body)):
            return True
        case t.Let() | t.If() | t.Match() | t.For() | t.Repeat():
            return any(isinstance(node, t.Pick) and node.idle for node in walk(statement))
        case t.Return() | t.Break() | t.Continue():
            return False
        case _:
            return True


def is_whole(body: t.Block) -> bool:
    """True if nothing is left out."""
    return not any(isinstance(node, t.Stmt) and is_left_out(node) for node in walk(body))


def _is_passing(node: object) -> bool:
    """An assignment to a variable, or to the virtual time itself."""
    return isinstance(node, t.Assign) and isinstance(node.target, t.LocalRef | t.FieldRef)
