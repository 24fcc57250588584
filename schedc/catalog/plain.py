"""Records of the catalog as plain values, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from schedc.catalog.entry import Entry
from schedc.record import fields

SCHEMA = 1


def to_json(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """All fields of all entries."""
    return {"schema": SCHEMA, "policies": [{**plain(each), "stale": each.stale} for each in entries]}


def plain(value: Any) -> Any:
    """Records become objects of their fields."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    names = fields(type(value))
    return {name: plain(getattr(value, name)) for name in names} if names else value
