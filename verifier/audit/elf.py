"""A strict reader for ELF64 objects as clang writes them for BPF.

The audit decides what root loads, so its view of a file must be the loader's. Whatever two readers
could see differently is refused: overlapping sections, doubled names, names that are not plain text,
kinds of sections that no BPF object has.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MAX_BYTES = 8 * 1024 * 1024
MAX_SECTIONS = 1024
MAX_SYMBOLS = 65536
MAX_RELOCATIONS = 131072
MAX_NAME = 512

SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_NOBITS, SHT_REL = 0, 1, 2, 3, 8, 9
SHT_LLVM_ADDRSIG = 0x6FFF4C03
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHN_UNDEF, SHN_LORESERVE, SHN_ABS = 0, 0xFF00, 0xFFF1
STB_LOCAL, STB_GLOBAL, STB_WEAK = 0, 1, 2
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_SECTION, STT_FILE = 0, 1, 2, 3, 4
R_BPF_64_64, R_BPF_64_ABS64, R_BPF_64_ABS32, R_BPF_64_NODYLD32, R_BPF_64_32 = 1, 2, 3, 4, 10

_EM_BPF = 247
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_REL = struct.Struct("<QQ")
_KNOWN_TYPES = frozenset(
    (SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_NOBITS, SHT_REL, SHT_LLVM_ADDRSIG)
)


class ObjectError(Exception):
    """The bytes are not an object that can be audited; the text says why."""


class Section(NamedTuple):
    number: int
    name: str
    type: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    data: memoryview

    @property
    def is_code(self) -> bool:
        return self.type == SHT_PROGBITS and bool(self.flags & SHF_EXECINSTR)


class Symbol(NamedTuple):
    number: int
    name: str
    value: int
    size: int
    bind: int
    type: int
    visibility: int
    section: int


class Relocation(NamedTuple):
    offset: int
    type: int
    symbol: int


class Elf(NamedTuple):
    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]
    relocations: Mapping[int, tuple[Relocation, ...]]
    """By the index of the section that they change."""

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name == name), None)


def parse_elf(data: bytes) -> Elf:
    if len(data) > MAX_BYTES:
        raise ObjectError("the object is larger than any scheduler")
    view = memoryview(data).toreadonly()
    sections = _read_sections(view)
    _check_layout(sections, len(data))
    symbols = _read_symbols(sections)
    return Elf(sections, symbols, MappingProxyType(_read_relocations(sections, len(symbols))))


def _read_sections(view: memoryview) -> tuple[Section, ...]:
    if len(view) < _HEADER.size:
        raise ObjectError("too short for an ELF header")
    (
        ident,
        kind,
        machine,
        version,
        entry,
        programs,
        table,
        flags,
        header_size,
        _,
        program_count,
        row,
        count,
        names,
    ) = _HEADER.unpack_from(view)
    if ident[:7] != b"\x7fELF\x02\x01\x01" or any(ident[7:]):
        raise ObjectError("not a little-endian ELF64 object")
    if (kind, machine, version) != (1, _EM_BPF, 1):
        raise ObjectError("not a relocatable BPF object")
    if entry or programs or flags or program_count or header_size != _HEADER.size or row != _SECTION.size:
        raise ObjectError("an unusual ELF header")
    if not 0 < count <= MAX_SECTIONS or not 0 < names < count:
        raise ObjectError("an impossible number of sections")
    if table < _HEADER.size or table % 8 or table + count * _SECTION.size > len(view):
        raise ObjectError("the section table lies outside the file")
    rows = [_SECTION.unpack_from(view, table + index * _SECTION.size) for index in range(count)]
    strings = _body(view, rows[names])
    if rows[names][1] != SHT_STRTAB:
        raise ObjectError("the section names are not a string table")
    return tuple(_section(view, strings, index, fields) for index, fields in enumerate(rows))


def _section(view: memoryview, strings: memoryview, index: int, row: tuple[int, ...]) -> Section:
    name, kind, flags, address, offset, size, link, info, align, _ = row
    if kind not in _KNOWN_TYPES or (kind == SHT_NULL) != (index == 0):
        raise ObjectError(f"section {index} is of a kind ({kind:#x}) that no BPF object has")
    if address or align & (align - 1) or align > 4096 or size > MAX_BYTES:
        raise ObjectError(f"section {index} has an impossible address, alignment or size")
    return Section(index, string_at(strings, name), kind, flags, offset, size, link, info, _body(view, row))


def _body(view: memoryview, row: tuple[int, ...]) -> memoryview:
    kind, offset, size = row[1], row[4], row[5]
    if kind in (SHT_NULL, SHT_NOBITS):
        return view[:0]
    if offset + size > len(view):
        raise ObjectError("a section lies outside the file")
    return view[offset : offset + size]


def string_at(strings: memoryview, offset: int) -> str:
    """The text at an offset of a string table; only short printable ASCII is a name."""
    if offset >= len(strings):
        raise ObjectError("a name lies outside its string table")
    raw = bytes(strings[offset : offset + MAX_NAME + 1])
    end = raw.find(b"\0")
    if end < 0:
        raise ObjectError("a name has no end")
    text = raw[:end]
    if not text.isascii() or not text.decode("ascii").isprintable():
        raise ObjectError("a name is not plain text")
    return text.decode("ascii")


def _check_layout(sections: tuple[Section, ...], size: int) -> None:
    seen: set[str] = set()
    for section in sections[1:]:
        if not section.name or section.name in seen:
            raise ObjectError(
                f"two sections are named {section.name!r}" if section.name else "a section has no name"
            )
        seen.add(section.name)
    stored = sorted((s.offset, s.size) for s in sections if s.size and s.type not in (SHT_NULL, SHT_NOBITS))
    end = _HEADER.size
    for start, length in stored:
        if start < end:
            raise ObjectError("sections overlap in the file")
        end = start + length


def _read_symbols(sections: tuple[Section, ...]) -> tuple[Symbol, ...]:
    tables = [section for section in sections if section.type == SHT_SYMTAB]
    if len(tables) != 1:
        raise ObjectError("not exactly one symbol table")
    table = tables[0]
    if table.size % _SYMBOL.size or table.size > MAX_SYMBOLS * _SYMBOL.size:
        raise ObjectError("an impossible symbol table")
    if not 0 < table.link < len(sections) or sections[table.link].type != SHT_STRTAB:
        raise ObjectError("the symbol table has no names")
    strings = sections[table.link].data
    symbols = tuple(
        Symbol(index, string_at(strings, name), value, size, info >> 4, info & 15, other, section)
        for index, (name, info, other, section, value, size) in enumerate(_SYMBOL.iter_unpack(table.data))
    )
    for symbol in symbols:
        _check_symbol(symbol, sections)
    return symbols


def _check_symbol(symbol: Symbol, sections: tuple[Section, ...]) -> None:
    if symbol.bind > STB_WEAK or symbol.type > STT_FILE or symbol.visibility > 3:
        raise ObjectError(f"symbol {symbol.name!r} is of an unknown kind")
    if symbol.section >= SHN_LORESERVE:
        if symbol.section != SHN_ABS or symbol.type != STT_FILE:
            raise ObjectError(f"symbol {symbol.name!r} is in a special section")
        return
    if symbol.section >= len(sections):
        raise ObjectError(f"symbol {symbol.name!r} is in a section that does not exist")
    if symbol.section != SHN_UNDEF and symbol.value + symbol.size > sections[symbol.section].size:
        raise ObjectError(f"symbol {symbol.name!r} lies outside its section")


def _read_relocations(sections: tuple[Section, ...], symbols: int) -> dict[int, tuple[Relocation, ...]]:
    found: dict[int, tuple[Relocation, ...]] = {}
    total = 0
    for section in sections:
        if section.type != SHT_REL:
            continue
        total += section.size // _REL.size
        if section.size % _REL.size or total > MAX_RELOCATIONS:
            raise ObjectError("an impossible relocation table")
        target = section.info
        if (
            not 0 < target < len(sections)
            or section.name != f".rel{sections[target].name}"
            or target in found
        ):
            raise ObjectError(f"the relocations {section.name} are not of one known section")
        if not 0 < section.link < len(sections) or sections[section.link].type != SHT_SYMTAB:
            raise ObjectError(f"the relocations {section.name} have no symbols")
        found[target] = _relocation_rows(section, sections[target], symbols)
    return found


def _relocation_rows(section: Section, target: Section, symbols: int) -> tuple[Relocation, ...]:
    rows = tuple(Relocation(at, info & 0xFFFFFFFF, info >> 32) for at, info in _REL.iter_unpack(section.data))
    seen: set[int] = set()
    for row in rows:
        if row.symbol >= symbols or row.offset >= target.size or row.offset in seen:
            raise ObjectError(f"a relocation of {target.name} is out of range or doubled")
        seen.add(row.offset)
    return rows
