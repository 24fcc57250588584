"""The decorator of tree nodes: data classes that the type checker keeps from being changed.

What `dataclasses` makes for a class takes about a millisecond, there are more than a hundred classes, and
a policy uses some of them: here a class gets its constructor when the first node of it is made, and no
comparison. Nodes compare by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast, dataclass_transform

Class = TypeVar("Class")
Value = TypeVar("Value")


class _Made:
    """The default of a field that each node gets one of its own for."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


def field(*, default_factory: Callable[[], Value]) -> Value:
    return cast(Value, _Made(default_factory))


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def node(cls: type[Class]) -> type[Class]:
    names = dict.fromkeys((*fields(cls), *vars(cls).get("__annotations__", ())))

    made: Any = cls

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        made.__init__ = constructor = _constructor(cls, fields(cls))
        constructor(self, *values, **named)

    made.__match_args__ = tuple(names)  # type: ignore[misc]
    made.__init__ = __init__
    return cls


def fields(kind: type[Any]) -> tuple[str, ...]:
    """The names of a class's fields, those of its base first."""
    names: tuple[str, ...] = getattr(kind, "__match_args__", ())
    return names


def changed(original: Value, changes: dict[str, Any]) -> Value:
    """A copy of a node with other values in some fields."""
    copy = object.__new__(type(original))
    copy.__dict__.update(original.__dict__, **changes)
    return copy


def _constructor(cls: type[Any], names: tuple[str, ...]) -> Callable[..., None]:
    """A function of the fields in order, with their defaults, as `dataclasses` would write it."""
    defaults: dict[str, Any] = {f"_{name}": getattr(cls, name) for name in names if hasattr(cls, name)}
    parameters = [f"{name}=_{name}" if f"_{name}" in defaults else name for name in names]
    lines = [f"def __init__(self, {', '.join(parameters)}):", " pass"]
    for name in names:
        value = name
        if isinstance(defaults.get(f"_{name}"), _Made):
            value = f"{name}.factory() if {name} is _{name} else {name}"
        lines.append(f" self.{name} = {value}")
    exec("\n".join(lines), defaults)
    return cast(Callable[..., None], defaults["__init__"])
