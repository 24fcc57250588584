"""Frozen data as plain JSON values and back, checked on the way: what comes from a file is hostile until then."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from schedc.verifier.fuzz.errors import FuzzError

Made = TypeVar("Made")
_WORD = 1 << 64
_MOST_TEXT, _MOST_ITEMS = 4096, 10_000


def to_plain(value: Any) -> Any:
    """Fields at their defaults are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((each.name, getattr(value, each.name), each.default) for each in fields(value))
        return {name: to_plain(held) for name, held, default in pairs if default is MISSING or held != default}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def from_plain(made: type[Made], value: Any, place: str) -> Made:
    """`FuzzError` with the place where the value is not what the type says."""
    if not isinstance(value, dict):
        raise FuzzError("an object is expected", place=place)
    hints, known = _hints(made), {each.name: each for each in fields(made)}  # type: ignore[arg-type]
    for name in value:
        if name not in known:
            raise FuzzError(f"there is no `{str(name)[:40]}`", f"there are: {', '.join(known)}", place)
    for name, each in known.items():
        if each.default is MISSING and each.default_factory is MISSING and name not in value:
            raise FuzzError(f"`{name}` is missing", place=place)
    return made(**{name: _read(hints[name], held, f"{place}.{name}") for name, held in value.items()})


@cache
def _hints(made: type) -> dict[str, Any]:
    return get_type_hints(made)


def _read(wanted: Any, value: Any, place: str) -> Any:
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (types.UnionType,):
        return None if value is None else _read(next(each for each in inner if each is not type(None)), value, place)
    if origin in (tuple, frozenset):
        return origin(_read(inner[0], each, f"{place}[{at}]") for at, each in enumerate(_list(value, place)))
    if origin is not None and issubclass(origin, Mapping):
        return _table(inner[1], value, place)
    if is_dataclass(wanted):
        return from_plain(wanted, value, place)  # type: ignore[arg-type]
    return _single(wanted, value, place)


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise FuzzError(f"a list of at most {_MOST_ITEMS} is expected", place=place)
    return value


def _table(wanted: Any, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > _MOST_ITEMS:
        raise FuzzError("an object is expected", place=place)
    return {_single(str, name, place): _read(wanted, held, f"{place}.{name}") for name, held in value.items()}


def _single(wanted: Any, value: Any, place: str) -> Any:
    if type(value) is not wanted:
        kind = {int: "a whole number", str: "a text", bool: "true or false"}.get(wanted, "something else")
        raise FuzzError(f"{kind} is expected", place=place)
    if isinstance(value, str) and (len(value) > _MOST_TEXT or not value.isprintable()):
        raise FuzzError("a shorter text of one line is expected", place=place)
    if wanted is int and not -_WORD < value < _WORD:
        raise FuzzError("a number of 64 bits is expected", place=place)
    return value
