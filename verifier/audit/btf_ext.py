""".BTF.ext: which function, which source line and which kernel field each instruction is about."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

from .btf import Btf
from .elf import ObjectError

MAX_RECORDS = 65536

_HEADER = struct.Struct("<HBBI")
_SPANS = struct.Struct("<IIII")
_CORE_SPAN = struct.Struct("<II")
_BLOCK = struct.Struct("<II")
_FUNC = struct.Struct("<II")
_LINE = struct.Struct("<IIII")
_CORE = struct.Struct("<IIII")


class CoreKind(IntEnum):
    FIELD_BYTE_OFFSET = 0
    FIELD_BYTE_SIZE = 1
    FIELD_EXISTS = 2
    FIELD_SIGNED = 3
    FIELD_LSHIFT = 4
    FIELD_RSHIFT = 5
    TYPE_ID_LOCAL = 6
    TYPE_ID_TARGET = 7
    TYPE_EXISTS = 8
    TYPE_SIZE = 9
    ENUMVAL_EXISTS = 10
    ENUMVAL_VALUE = 11
    TYPE_MATCHES = 12


class FuncInfo(NamedTuple):
    section: str
    insn: int
    type: int


class LineInfo(NamedTuple):
    section: str
    insn: int
    file: str
    line: int
    col: int


class CoreRelocation(NamedTuple):
    section: str
    insn: int
    type: int
    access: tuple[int, ...]
    kind: CoreKind


class BtfExt(NamedTuple):
    functions: tuple[FuncInfo, ...]
    lines: tuple[LineInfo, ...]
    core: tuple[CoreRelocation, ...]


def parse_btf_ext(data: memoryview, btf: Btf) -> BtfExt:
    if len(data) < _HEADER.size + _SPANS.size:
        raise ObjectError(".BTF.ext is too short for its header")
    magic, version, flags, length = _HEADER.unpack_from(data)
    if (magic, version, flags) != (0xEB9F, 1, 0) or length not in (24, 32) or length > len(data):
        raise ObjectError(".BTF.ext has an unknown header")
    func_at, func_size, line_at, line_size = _SPANS.unpack_from(data, _HEADER.size)
    core_at, core_size = _CORE_SPAN.unpack_from(data, 24) if length == 32 else (0, 0)
    if max(func_at + func_size, line_at + line_size, core_at + core_size) != len(data) - length:
        raise ObjectError(".BTF.ext's parts do not fit its section")
    body = data[length:]
    files: dict[int, str] = {}

    def file_name(offset: int) -> str:
        # A handful of names stand in thousands of records.
        if offset not in files:
            files[offset] = _plain(btf.string(offset))
        return files[offset]

    return BtfExt(
        tuple(
            FuncInfo(s, i, btf.get(t).id) for s, i, (_, t) in _records(body, func_at, func_size, _FUNC, btf)
        ),
        tuple(
            LineInfo(s, i, file_name(name), place >> 10, place & 0x3FF)
            for s, i, (_, name, _, place) in _records(body, line_at, line_size, _LINE, btf)
        ),
        tuple(_core(s, i, row, btf) for s, i, row in _records(body, core_at, core_size, _CORE, btf)),
    )


def _plain(name: str) -> str:
    while name.startswith("./"):
        name = name[2:]
    return name


def _records(
    body: memoryview, start: int, size: int, record: struct.Struct, btf: Btf
) -> list[tuple[str, int, tuple[int, ...]]]:
    if size == 0:
        return []
    if start % 4 or size % 4 or start + size > len(body):
        raise ObjectError("a part of .BTF.ext lies outside it")
    part = body[start : start + size]
    if len(part) < 4 or int.from_bytes(part[:4], "little") != record.size:
        raise ObjectError(".BTF.ext has records of an unknown size")
    found: list[tuple[str, int, tuple[int, ...]]] = []
    at = 4
    while at < len(part):
        if at + _BLOCK.size > len(part):
            raise ObjectError(".BTF.ext ends within a block")
        name, count = _BLOCK.unpack_from(part, at)
        at += _BLOCK.size
        if not 0 < count <= MAX_RECORDS - len(found) or at + count * record.size > len(part):
            raise ObjectError(".BTF.ext has an impossible number of records")
        section = btf.string(name)
        for row in record.iter_unpack(part[at : at + count * record.size]):
            if row[0] % 8:
                raise ObjectError(".BTF.ext points between instructions")
            found.append((section, row[0] // 8, row))
        at += count * record.size
    return found


def _core(section: str, insn: int, row: tuple[int, ...], btf: Btf) -> CoreRelocation:
    _, type_id, access, kind = row
    text = btf.string(access)
    parts = text.split(":")
    if len(parts) > 64 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ObjectError("a CO-RE relocation has no readable access path")
    if kind > max(CoreKind):
        raise ObjectError(f"a CO-RE relocation is of an unknown kind ({kind})")
    return CoreRelocation(section, insn, btf.get(type_id).id, tuple(map(int, parts)), CoreKind(kind))
