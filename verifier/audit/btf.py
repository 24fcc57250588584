"""A strict reader for BTF, the type information in an object.

Every index is checked when the table is read, so that what comes later can follow types without
looking out; the chains it follows are bounded, since a hostile table may be a ring.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

from .elf import ObjectError, string_at

MAX_TYPES = 65536
MAX_DEPTH = 64

_HEADER = struct.Struct("<HBBIIIII")
_TYPE = struct.Struct("<III")
_MAGIC = 0xEB9F


class Kind(IntEnum):
    VOID = 0
    INT = 1
    PTR = 2
    ARRAY = 3
    STRUCT = 4
    UNION = 5
    ENUM = 6
    FWD = 7
    TYPEDEF = 8
    VOLATILE = 9
    CONST = 10
    RESTRICT = 11
    FUNC = 12
    FUNC_PROTO = 13
    VAR = 14
    DATASEC = 15
    FLOAT = 16
    DECL_TAG = 17
    TYPE_TAG = 18
    ENUM64 = 19


# Words of four bytes after a type's head: fixed ones, and those for each member.
_FIXED = {Kind.INT: 1, Kind.ARRAY: 3, Kind.VAR: 1, Kind.DECL_TAG: 1}
_EACH = {Kind.STRUCT: 3, Kind.UNION: 3, Kind.ENUM: 2, Kind.FUNC_PROTO: 2, Kind.DATASEC: 3, Kind.ENUM64: 3}
_SIZED = frozenset((Kind.INT, Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64, Kind.FLOAT, Kind.DATASEC))
_REFERS = frozenset(
    (
        Kind.PTR,
        Kind.TYPEDEF,
        Kind.VOLATILE,
        Kind.CONST,
        Kind.RESTRICT,
        Kind.FUNC,
        Kind.FUNC_PROTO,
        Kind.VAR,
        Kind.DECL_TAG,
        Kind.TYPE_TAG,
    )
)
_QUALIFIERS = frozenset((Kind.TYPEDEF, Kind.VOLATILE, Kind.CONST, Kind.RESTRICT, Kind.TYPE_TAG))


class Member(NamedTuple):
    """A field (bit offset), enumerator (value), parameter, or variable of a section (offset and size)."""

    name: str
    type: int
    value: int
    size: int = 0


class Type(NamedTuple):
    """`type` is what it refers to, 0 for none; for an array the element, with `length` of them."""

    id: int
    kind: Kind
    name: str
    size: int
    type: int
    members: tuple[Member, ...] = ()
    length: int = 0
    linkage: int = 0


_VOID = Type(0, Kind.VOID, "void", 0, 0)


class Btf(NamedTuple):
    types: tuple[Type, ...]
    strings: memoryview

    def string(self, offset: int) -> str:
        return string_at(self.strings, offset)

    def get(self, index: int) -> Type:
        if not 0 <= index < len(self.types):
            raise ObjectError("a type id is out of range")
        return self.types[index]

    def resolve(self, index: int) -> Type:
        """The type behind typedefs and qualifiers."""
        found = self.get(index)
        for _ in range(MAX_DEPTH):
            if found.kind not in _QUALIFIERS:
                return found
            found = self.types[found.type]
        raise ObjectError("a chain of types does not end")

    def size_of(self, index: int) -> int:
        """Bytes that a value of the type takes."""
        times = 1
        for _ in range(MAX_DEPTH):
            found = self.resolve(index)
            if found.kind is Kind.PTR:
                return 8 * times
            if found.kind is not Kind.ARRAY:
                return found.size * times
            times *= found.length
            index = found.type
        raise ObjectError("a chain of types does not end")

    def named(self, kind: Kind, name: str) -> Type | None:
        return next((found for found in self.types if found.kind is kind and found.name == name), None)

    def describe(self, index: int) -> str:
        """A type in C's words, near enough for a report."""
        suffix = ""
        for _ in range(MAX_DEPTH):
            found = self.get(index)
            if found.kind is Kind.PTR:
                suffix = f"*{suffix}"
            elif found.kind is Kind.ARRAY:
                suffix = f"{suffix}[{found.length}]"
            elif found.kind is Kind.TYPEDEF or found.kind not in _QUALIFIERS:
                word = {Kind.STRUCT: "struct ", Kind.UNION: "union ", Kind.FWD: "struct "}.get(found.kind, "")
                return f"{word}{found.name or 'anonymous'}{' ' if suffix else ''}{suffix}"
            index = found.type
        return "unknown"


def parse_btf(data: memoryview) -> Btf:
    if len(data) < _HEADER.size:
        raise ObjectError("BTF is too short for its header")
    magic, version, flags, length, type_start, type_size, text_start, text_size = _HEADER.unpack_from(data)
    if (magic, version, flags, length) != (_MAGIC, 1, 0, _HEADER.size):
        raise ObjectError("BTF has an unknown header")
    # Types, then strings, then the end: any other order or a gap is something clang does not write.
    if (
        type_start != 0
        or type_size % 4
        or text_start != type_size
        or length + text_start + text_size != len(data)
    ):
        raise ObjectError("BTF's parts do not fit its section")
    body = data[length : length + type_size]
    strings = data[length + text_start :]
    if not text_size or strings[0] or strings[-1]:
        raise ObjectError("BTF's strings have no beginning or end")
    types = _read_types(body, strings)
    for found in types:
        _check_references(found, len(types))
    return Btf(types, strings)


def _read_types(body: memoryview, strings: memoryview) -> tuple[Type, ...]:
    types = [_VOID]
    at = 0
    while at < len(body):
        if len(types) > MAX_TYPES or at + _TYPE.size > len(body):
            raise ObjectError("BTF has too many types, or half of one")
        name, info, word = _TYPE.unpack_from(body, at)
        number = info >> 24 & 31
        if number == 0 or number > Kind.ENUM64 or info & 0x60FF0000:
            raise ObjectError(f"BTF has a type of an unknown kind ({number})")
        kind, count = Kind(number), info & 0xFFFF
        words = _FIXED.get(kind, 0) + _EACH.get(kind, 0) * count
        at += _TYPE.size
        if at + 4 * words > len(body):
            raise ObjectError("BTF ends within a type")
        rest = struct.unpack_from(f"<{words}I", body, at)
        at += 4 * words
        types.append(_make(len(types), kind, string_at(strings, name), word, rest, bool(info >> 31), strings))
    return tuple(types)


def _make(
    index: int, kind: Kind, name: str, word: int, rest: tuple[int, ...], flag: bool, strings: memoryview
) -> Type:
    size = word if kind in _SIZED else 0
    refers = word if kind in _REFERS else 0
    if kind is Kind.ARRAY:
        return Type(index, kind, name, 0, rest[0], length=rest[2])
    if kind in (Kind.VAR, Kind.DECL_TAG):
        return Type(index, kind, name, 0, refers, linkage=rest[0])
    if kind is Kind.FUNC:
        return Type(index, kind, name, 0, refers)
    members: tuple[Member, ...] = ()
    if kind in (Kind.STRUCT, Kind.UNION):
        # With the flag set, an offset's top byte is the width of a bit field.
        mask = 0xFFFFFF if flag else 0xFFFFFFFF
        members = tuple(
            Member(string_at(strings, n), t, o & mask)
            for n, t, o in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        )
    elif kind is Kind.DATASEC:
        members = tuple(
            Member("", t, o, s) for t, o, s in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        )
    elif kind is Kind.FUNC_PROTO:
        members = tuple(
            Member(string_at(strings, n), t, 0) for n, t in zip(rest[::2], rest[1::2], strict=True)
        )
    elif kind is Kind.ENUM:
        members = tuple(
            Member(string_at(strings, n), 0, v) for n, v in zip(rest[::2], rest[1::2], strict=True)
        )
    elif kind is Kind.ENUM64:
        members = tuple(
            Member(string_at(strings, n), 0, h << 32 | v)
            for n, v, h in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        )
    return Type(index, kind, name, size, refers, members)


def _check_references(found: Type, count: int) -> None:
    if found.type >= count or any(member.type >= count for member in found.members):
        raise ObjectError(f"BTF type {found.id} refers to a type that does not exist")
