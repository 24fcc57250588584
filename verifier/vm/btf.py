"""A kernel's type information (BTF), read as far as to say whether schedulers can load on it.

A kernel function with an argument that the verifier supplies is there twice: `f_impl` with it, and `f`, which
programs call, without. Builds whose tools did not know that leave it in `f`. Every call of such a function is then
refused, for an argument too few.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct("<HBBIIIII")
_TYPE = struct.Struct("<III")
_PAIR = struct.Struct("<II")
_MAGIC = 0xEB9F
_INT, _PTR, _ARRAY, _STRUCT, _UNION, _ENUM, _CONST, _FUNC, _PROTO = 1, 2, 3, 4, 5, 6, 10, 12, 13
_VAR, _DATASEC, _DECL_TAG, _ENUM64, _LAST = 14, 15, 17, 19, 19
# Bytes behind a type's three words: once, and for each of its members.
_EXTRA = {
    _INT: (4, 0),
    _ARRAY: (12, 0),
    _STRUCT: (0, 12),
    _UNION: (0, 12),
    _ENUM: (0, 8),
    _PROTO: (0, 8),
    _VAR: (4, 0),
    _DATASEC: (0, 12),
    _DECL_TAG: (4, 0),
    _ENUM64: (0, 12),
}
_PREFIX, _WHOLE, _SUPPLIED = b"scx_bpf_", b"_impl", b"bpf_prog_aux"


class Unreadable(Exception):
    """These bytes are no BTF."""


@dataclass(frozen=True)
class _Type:
    kind: int
    name: int
    members: int
    target: int
    """The type that it points to or wraps; for others a size."""
    at: int
    """Where its members are."""


class _Btf:
    """Types by their number; 0 is void."""

    def __init__(self, data: bytes) -> None:
        magic, _, _, header, types, types_size, strings, strings_size = _HEADER.unpack_from(data)
        if magic != _MAGIC:
            raise Unreadable("it does not begin as BTF does")
        if len(data) < header + max(types + types_size, strings + strings_size):
            raise Unreadable("its end is missing")
        self.types_data = data[header + types : header + types + types_size]
        self.strings = data[header + strings : header + strings + strings_size]
        self.types = [_Type(0, 0, 0, 0, 0), *self._read()]

    def _read(self) -> Iterator[_Type]:
        at, end = 0, len(self.types_data)
        while at < end:
            name, info, target = _TYPE.unpack_from(self.types_data, at)
            kind, members = info >> 24 & 0x1F, info & 0xFFFF
            if not 1 <= kind <= _LAST:
                raise Unreadable(f"there is a type of the unknown kind {kind}")
            at += _TYPE.size
            yield _Type(kind, name, members, target, at)
            once, each = _EXTRA.get(kind, (0, 0))
            at += once + each * members

    def name(self, item: _Type) -> bytes:
        return self.strings[item.name : self.strings.index(b"\0", item.name)]

    def parameters(self, function: _Type) -> list[_Type]:
        proto = self.types[function.target]
        if proto.kind != _PROTO:
            raise Unreadable("a function has no prototype")
        pairs = (_PAIR.unpack_from(self.types_data, proto.at + 8 * nth) for nth in range(proto.members))
        return [self.types[number] for _, number in pairs]

    def is_supplied(self, parameter: _Type) -> bool:
        """A pointer to the program's own description, which no program can pass."""
        if parameter.kind != _PTR:
            return False
        pointed = self.types[parameter.target]
        if pointed.kind == _CONST:
            pointed = self.types[pointed.target]
        return pointed.kind == _STRUCT and self.name(pointed) == _SUPPLIED


def problem(data: bytes) -> str:
    """Why no sched_ext object loads on a kernel with this BTF; empty where nothing speaks against it."""
    try:
        wrong = sorted(_wrong(_Btf(data)))
    except (Unreadable, struct.error, IndexError, ValueError) as error:
        return f"its BTF cannot be read: {error}"
    if not wrong:
        return ""
    others = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return f"its BTF gives {wrong[0]}(){others} an argument that programs cannot pass"


def _wrong(btf: _Btf) -> Iterator[str]:
    for item in btf.types:
        if item.kind != _FUNC:
            continue
        name = btf.name(item)
        if name.startswith(_PREFIX) and not name.endswith(_WHOLE):
            parameters = btf.parameters(item)
            if parameters and btf.is_supplied(parameters[-1]):
                yield name.decode("ascii", "replace")
