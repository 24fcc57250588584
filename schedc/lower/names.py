"""Names of a policy in C: a prefix that says what it is, so that no name of the source can mean anything else."""

from __future__ import annotations

from schedc.typed import tree as t
from schedc.types.kinds import INDEXED, SIGNED, Kind, Type


def param(node: t.Param) -> str:
    return f"live_{node.name}" if node.live else f"param_{node.name}"


def local(name: str) -> str:
    return f"v_{name}"


def field(node: t.StateField) -> str:
    return f"s_{node.name}"


def global_(node: t.Global) -> str:
    return f"global_{node.name}"


def counter(node: t.Counter) -> str:
    return f"COUNT_{node.name}"


def queue(node: t.Queue) -> str:
    return f"QUEUE_{node.name}"


def pull(node: t.Queue) -> str:
    """What moves a task from the queue to this CPU."""
    return "pull_due" if node.holds else "pull"


def layer(node: t.Layer) -> str:
    return f"LAYER_{node.name}"


def function(node: t.Function) -> str:
    return f"fn_{node.name}"


def c_type(type_: Type) -> str:
    """The C type that holds a value."""
    kind = type_.kind
    if kind is Kind.TASK:
        return "struct task_struct *"
    if kind in SIGNED:
        return "s64"
    if kind is Kind.BOOL:
        return "bool"
    if kind in INDEXED:
        return "s32"
    return "u64"
