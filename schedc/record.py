"""Classes of plain fields, for the type checker what `dataclasses` makes.

A class of `dataclasses` takes about a millisecond to make, `dataclasses` itself ten to load, and there are
well over a hundred classes: here a class gets its constructor when the first of it is made, and the rest
works for all classes alike.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, cast, dataclass_transform

Class = TypeVar("Class")
Value = TypeVar("Value")


class _Made:
    """The default of a field that each object gets one of its own for."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


def field(*, default_factory: Callable[[], Value]) -> Value:
    return cast(Value, _Made(default_factory))


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Class]) -> type[Class]:
    """A value: compared by its fields, and never changed."""
    made = _with_fields(cls, "_set(self, {name!r}, {value})")
    values = attrgetter(*fields(cls))

    def __eq__(self: Any, other: Any) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(values(self))

    made.__eq__, made.__hash__, made.__repr__ = __eq__, __hash__, _shown
    made.__setattr__ = made.__delattr__ = _refused
    return cls


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def node(cls: type[Class]) -> type[Class]:
    """A part of a tree: each is only equal to itself; the type checker keeps it from being changed."""
    _with_fields(cls, "self.{name} = {value}")
    return cls


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def struct(cls: type[Class]) -> type[Class]:
    """Fields that may be changed."""
    _with_fields(cls, "self.{name} = {value}")
    return cls


def fields(kind: type[Any]) -> tuple[str, ...]:
    """The names of a class's fields, those of its base first."""
    names: tuple[str, ...] = getattr(kind, "__match_args__", ())
    return names


def changed(original: Value, **changes: Any) -> Value:
    """A copy with other values in some fields."""
    copy = object.__new__(type(original))
    copy.__dict__.update({name: getattr(original, name) for name in fields(type(original))}, **changes)
    return copy


def _with_fields(cls: type[Any], setting: str) -> Any:
    """`setting` is the statement that sets a field."""
    made: Any = cls

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        made.__init__ = constructor = _constructor(cls, setting)
        constructor(self, *values, **named)

    names = dict.fromkeys((*fields(cls), *vars(cls).get("__annotations__", ())))
    made.__match_args__ = tuple(names)  # type: ignore[misc]
    made.__init__ = __init__
    return made


def _constructor(cls: type[Any], setting: str) -> Callable[..., None]:
    """A function of the fields in order, with their defaults, as `dataclasses` would write it."""
    names = fields(cls)
    scope: dict[str, Any] = {f"_{name}": getattr(cls, name) for name in names if hasattr(cls, name)}
    parameters = [f"{name}=_{name}" if f"_{name}" in scope else name for name in names]
    lines = [f"def __init__(self, {', '.join(parameters)}):", " pass"]
    for name in names:
        value = name
        if isinstance(scope.get(f"_{name}"), _Made):
            value = f"{name}.factory() if {name} is _{name} else {name}"
        lines.append(" " + setting.format(name=name, value=value))
    scope["_set"] = object.__setattr__
    exec("\n".join(lines), scope)
    return cast(Callable[..., None], scope["__init__"])


def _shown(self: Any) -> str:
    parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in fields(type(self)))
    return f"{type(self).__name__}({parts})"


def _refused(self: Any, name: str, *_: Any) -> NoReturn:
    raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")
