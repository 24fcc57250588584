"""The decorator of tree nodes: data classes that the type checker keeps from being changed.

Generating what a frozen data class has on top (comparison, hash, text) takes about a millisecond a class, and
there are some fifty. Nodes compare by identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, eq_default=False)
def node(cls: type[Class]) -> type[Class]:
    return dataclass(eq=False, repr=False)(cls)
