"""The struct_ops table: which function is which callback of the scheduler, and its plain fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .btf import Btf, Kind, Type
from .elf import R_BPF_64_ABS64, STT_FUNC, Elf, ObjectError, Relocation, Section

SECTION = ".struct_ops.link"


class OpsTable(NamedTuple):
    """One variable of `.struct_ops.link`. `odd` describes what a table of callbacks should not have."""

    name: str
    struct: str
    callbacks: Mapping[str, str]
    """Member -> function."""
    values: Mapping[str, bytes]
    """Members that hold no pointer -> their bytes, where not all zero."""
    odd: tuple[str, ...]


def read_ops(elf: Elf, btf: Btf) -> tuple[OpsTable, ...]:
    section, listed = elf.section(SECTION), btf.named(Kind.DATASEC, SECTION)
    if section is None:
        return ()
    if listed is None:
        raise ObjectError(f"{SECTION} has no type information")
    places = {symbol.name: symbol for symbol in elf.symbols if symbol.section == section.number}
    tables = []
    for member in listed.members:
        variable = btf.get(member.type)
        symbol = places.get(variable.name)
        shape = btf.resolve(variable.type)
        if variable.kind is not Kind.VAR or symbol is None or shape.kind is not Kind.STRUCT:
            raise ObjectError(f"{SECTION} holds something that is not a table of callbacks")
        if symbol.value + shape.size > section.size:
            raise ObjectError(f"table {variable.name} lies outside {SECTION}")
        tables.append(_table(elf, btf, section, variable.name, symbol.value, shape))
    return tuple(tables)


def _table(elf: Elf, btf: Btf, section: Section, name: str, base: int, shape: Type) -> OpsTable:
    relocations = {row.offset: row for row in elf.relocations.get(section.number, ())}
    callbacks: dict[str, str] = {}
    values: dict[str, bytes] = {}
    odd: list[str] = []
    for member in shape.members:
        at, size = base + member.value // 8, btf.size_of(member.type)
        body = bytes(section.data[at : at + size])
        relocation = relocations.pop(at, None)
        is_pointer = btf.resolve(member.type).kind is Kind.PTR
        if relocation is not None and is_pointer:
            callbacks[member.name] = _function_name(elf, relocation, body, odd)
        elif relocation is not None:
            odd.append(f"member {member.name} holds an address")
        elif any(body) and is_pointer:
            odd.append(f"member {member.name} is a fixed address")
        elif any(body):
            values[member.name] = body
    odd.extend(f"an address at offset {at}" for at in relocations if base <= at < base + shape.size)
    return OpsTable(name, shape.name, MappingProxyType(callbacks), MappingProxyType(values), tuple(odd))


def _function_name(elf: Elf, relocation: Relocation, body: bytes, odd: list[str]) -> str:
    symbol = elf.symbols[relocation.symbol]
    if relocation.type != R_BPF_64_ABS64 or symbol.type != STT_FUNC or any(body):
        odd.append(f"a callback is not simply a function ({symbol.name!r})")
    return symbol.name
