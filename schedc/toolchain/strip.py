"""Remove DWARF from an object and keep BTF, so that no external strip is needed.

Sections, symbols and names are laid out again in a fixed way. What stays, stays in its order; only
indices and offsets change. Written for what clang emits: anything else is refused, not guessed at.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_REL = struct.Struct("<QQ")
_SHT_SYMTAB, _SHT_STRTAB, _SHT_NOBITS, _SHT_REL = 2, 3, 8, 9
_SHT_LLVM_ADDRSIG = 0x6FFF4C03
_SHN_LORESERVE = 0xFF00
_MOST_ALIGN = 4096
_STB_LOCAL, _STT_NOTYPE = 0, 0


class StripError(Exception):
    """The object is not one that clang wrote."""


class _Section(NamedTuple):
    name: bytes
    type: int
    flags: int
    link: int
    info: int
    align: int
    entsize: int
    size: int
    data: bytes


class _Symbol(NamedTuple):
    name: bytes
    info: int
    other: int
    section: int
    value: int
    size: int


def strip_debug(data: bytes) -> bytes:
    """The object without `.debug_*`, the relocations of those, and labels that nothing refers to."""
    try:
        return _strip(data)
    except (struct.error, LookupError, ValueError, OverflowError) as error:
        raise StripError("not a whole ELF object") from error


def _strip(data: bytes) -> bytes:
    header = _HEADER.unpack_from(data)
    if header[0][:6] != b"\x7fELF\x02\x01" or header[1] != 1:
        raise StripError("not a little-endian ELF64 object")
    sections = _read_sections(data, offset=header[6], count=header[12], names=header[13])
    tables = [index for index, section in enumerate(sections) if section.type == _SHT_SYMTAB]
    if len(tables) != 1:
        raise StripError("not exactly one symbol table")
    symbols = _read_symbols(sections, tables[0])
    new_index = _keep_sections(sections)
    kept_symbols, new_symbol = _keep_symbols(sections, symbols, new_index)
    strings, place = _string_table(sections, kept_symbols, new_index)
    rebuilt = [
        _rebuild(sections, index, new_index, new_symbol, kept_symbols, place, strings)
        for index in sorted(new_index)
    ]
    return _write(header, rebuilt, place, names=_names_index(sections, header[13], new_index))


def _read_sections(data: bytes, *, offset: int, count: int, names: int) -> list[_Section]:
    raw = [_SECTION.unpack_from(data, offset + 64 * index) for index in range(count)]
    table = raw[names]
    strings = data[table[4] : table[4] + table[5]]
    sections = []
    for name, kind, flags, _address, start, size, link, info, align, entsize in raw:
        if align > _MOST_ALIGN:
            raise StripError("a section has an impossible alignment")
        body = b"" if kind in (0, _SHT_NOBITS) else data[start : start + size]
        if kind not in (0, _SHT_NOBITS) and len(body) != size:
            raise StripError("a section lies outside the file")
        sections.append(_Section(_string(strings, name), kind, flags, link, info, align, entsize, size, body))
    return sections


def _string(table: bytes, offset: int) -> bytes:
    return table[offset : table.index(b"\0", offset)]


def _read_symbols(sections: list[_Section], index: int) -> list[_Symbol]:
    strings = sections[sections[index].link].data
    return [
        _Symbol(_string(strings, name), info, other, section, value, size)
        for name, info, other, section, value, size in _SYMBOL.iter_unpack(sections[index].data)
    ]


def _keep_sections(sections: list[_Section]) -> dict[int, int]:
    """Old index -> new index. The address-significance table only speaks to a linker, by symbol index."""
    dropped = {
        index
        for index, section in enumerate(sections)
        if section.name.startswith(b".debug_") or section.type == _SHT_LLVM_ADDRSIG
    }
    dropped |= {
        i for i, section in enumerate(sections) if section.type == _SHT_REL and section.info in dropped
    }
    return {old: new for new, old in enumerate(i for i in range(len(sections)) if i not in dropped)}


def _keep_symbols(
    sections: list[_Section], symbols: list[_Symbol], new_index: dict[int, int]
) -> tuple[list[_Symbol], dict[int, int]]:
    used = {
        info >> 32
        for index in new_index
        if sections[index].type == _SHT_REL
        for _, info in _REL.iter_unpack(sections[index].data)
    }
    kept: list[_Symbol] = []
    new_symbol: dict[int, int] = {}
    for old, symbol in enumerate(symbols):
        gone = symbol.section < _SHN_LORESERVE and symbol.section not in new_index
        label = old > 0 and symbol.info == (_STB_LOCAL << 4 | _STT_NOTYPE) and old not in used
        if gone and old in used:
            raise StripError("a section that stays refers to debug data")
        if gone or label:
            continue
        new_symbol[old] = len(kept)
        section = symbol.section if symbol.section >= _SHN_LORESERVE else new_index[symbol.section]
        kept.append(symbol._replace(section=section))
    return kept, new_symbol


def _string_table(
    sections: list[_Section], symbols: list[_Symbol], new_index: dict[int, int]
) -> tuple[bytes, dict[bytes, int]]:
    """One table for section and symbol names, sorted, so that its bytes depend on the names alone."""
    names = {sections[index].name for index in new_index} | {symbol.name for symbol in symbols}
    place = {b"": 0}
    strings = bytearray(b"\0")
    for name in sorted(names - {b""}):
        place[name] = len(strings)
        strings += name + b"\0"
    return bytes(strings), place


def _rebuild(
    sections: list[_Section],
    index: int,
    new_index: dict[int, int],
    new_symbol: dict[int, int],
    symbols: list[_Symbol],
    place: dict[bytes, int],
    strings: bytes,
) -> _Section:
    section = sections[index]
    if section.type == _SHT_STRTAB:
        return section._replace(data=strings, size=len(strings))
    if section.type == _SHT_SYMTAB:
        body = b"".join(
            _SYMBOL.pack(place[s.name], s.info, s.other, s.section, s.value, s.size) for s in symbols
        )
        first_global = next((n for n, s in enumerate(symbols) if s.info >> 4 != _STB_LOCAL), len(symbols))
        return section._replace(data=body, size=len(body), link=new_index[section.link], info=first_global)
    if section.type == _SHT_REL:
        body = b"".join(
            _REL.pack(offset, new_symbol[info >> 32] << 32 | info & 0xFFFFFFFF)
            for offset, info in _REL.iter_unpack(section.data)
        )
        return section._replace(data=body, link=new_index[section.link], info=new_index[section.info])
    return section


def _names_index(sections: list[_Section], names: int, new_index: dict[int, int]) -> int:
    if sections[names].type != _SHT_STRTAB or names not in new_index:
        raise StripError("no section names")
    return new_index[names]


def _write(
    header: tuple[object, ...], sections: list[_Section], place: dict[bytes, int], *, names: int
) -> bytes:
    out = bytearray(_HEADER.size)
    rows: list[bytes] = []
    for section in sections:
        align = max(1, section.align)
        if section.type != 0:
            out += bytes(-len(out) % align)
        start = len(out) if section.type != 0 else 0
        out += section.data
        rows.append(
            _SECTION.pack(
                place[section.name],
                section.type,
                section.flags,
                0,
                start,
                section.size,
                section.link,
                section.info,
                section.align,
                section.entsize,
            )
        )
    out += bytes(-len(out) % 8)
    table = len(out)
    out += b"".join(rows)
    fields = list(header)
    fields[6], fields[12], fields[13] = table, len(sections), names
    _HEADER.pack_into(out, 0, *fields)
    return bytes(out)
