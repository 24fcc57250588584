"""Maps and the memory they take."""

from __future__ import annotations

from enum import IntEnum

from schedc.record import record

from .btf import Btf, Kind, Member, Type
from .elf import ObjectError
from .poly import Poly

PAGE = 4096
NO_PREALLOC = 1


class MapType(IntEnum):
    HASH = 1
    ARRAY = 2
    PERCPU_HASH = 5
    PERCPU_ARRAY = 6
    LRU_HASH = 9
    LRU_PERCPU_HASH = 10
    TASK_STORAGE = 29
    CGRP_STORAGE = 32


_NUMBERS = {"type", "max_entries", "map_flags", "key_size", "value_size"}
_TYPES = {"key": "key_size", "value": "value_size"}
# What one element costs the kernel beside its key and value: struct htab_elem, and for storage the
# element with its list nodes and its owner.
_HASH_OVERHEAD = 48
_BUCKET = 16
_STORAGE_OVERHEAD = 128


@record
class MapDef:
    """A map as defined in `.maps`. `unknown` names attributes that are not among the plain ones."""

    name: str
    type: int
    key_size: int
    value_size: int
    max_entries: int
    flags: int
    value_type: str
    unknown: tuple[str, ...] = ()

    @property
    def type_name(self) -> str:
        return MapType(self.type).name.lower() if self.type in set(MapType) else f"type {self.type}"

    def memory(self) -> Poly:
        """Bytes when full. A storage map grows with `tasks` or `cgroups`, a per-CPU one with `cpus`.
        Kernel bookkeeping is included as 6.12 to 7.3 have it, to within some bytes an element."""
        key, value = _up(self.key_size, 8), _up(self.value_size, 8)
        if self.type == MapType.ARRAY:
            return Poly.constant(_up(value * self.max_entries, PAGE))
        if self.type == MapType.PERCPU_ARRAY:
            return Poly.symbol("cpus") * (value * self.max_entries) + 8 * self.max_entries
        if self.type in (MapType.TASK_STORAGE, MapType.CGRP_STORAGE):
            owner = "tasks" if self.type == MapType.TASK_STORAGE else "cgroups"
            return Poly.symbol(owner) * (value + _STORAGE_OVERHEAD)
        buckets = _BUCKET * (1 << max(0, self.max_entries - 1).bit_length())
        entry = key + _HASH_OVERHEAD
        if self.type in (MapType.PERCPU_HASH, MapType.LRU_PERCPU_HASH):
            return Poly.symbol("cpus") * (value * self.max_entries) + (entry + 8) * self.max_entries + buckets
        return Poly.constant((entry + value) * self.max_entries + buckets)


def read_maps(btf: Btf) -> tuple[MapDef, ...]:
    """The maps that `.maps` defines by BTF, in order."""
    section = btf.named(Kind.DATASEC, ".maps")
    if section is None:
        return ()
    return tuple(_read_map(btf, btf.get(member.type)) for member in section.members)


def _read_map(btf: Btf, variable: Type) -> MapDef:
    shape = btf.resolve(variable.type)
    if variable.kind is not Kind.VAR or shape.kind is not Kind.STRUCT:
        raise ObjectError(".maps holds something that is not a map definition")
    numbers: dict[str, int] = {}
    unknown: list[str] = []
    value_type = ""
    for member in shape.members:
        if member.name in _NUMBERS:
            _set(numbers, member.name, _number(btf, member), variable)
        elif member.name in _TYPES:
            target = _pointee(btf, member)
            _set(numbers, _TYPES[member.name], btf.size_of(target), variable)
            value_type = btf.describe(target) if member.name == "value" else value_type
        else:
            unknown.append(member.name)
    return MapDef(
        variable.name,
        numbers.get("type", 0),
        numbers.get("key_size", 0),
        numbers.get("value_size", 0),
        numbers.get("max_entries", 0),
        numbers.get("map_flags", 0),
        value_type,
        tuple(unknown),
    )


def _set(numbers: dict[str, int], name: str, value: int, variable: Type) -> None:
    if numbers.setdefault(name, value) != value:
        raise ObjectError(f"map {variable.name} gives {name} twice")


def _pointee(btf: Btf, member: Member) -> int:
    pointer = btf.resolve(member.type)
    if pointer.kind is not Kind.PTR:
        raise ObjectError(f"map attribute {member.name} is not written as libbpf wants it")
    return pointer.type


def _number(btf: Btf, member: Member) -> int:
    """libbpf's `__uint(name, N)` is a pointer to an array of N."""
    array = btf.resolve(_pointee(btf, member))
    if array.kind is not Kind.ARRAY:
        raise ObjectError(f"map attribute {member.name} is not written as libbpf wants it")
    return array.length


def _up(value: int, to: int) -> int:
    return -(-value // to) * to
