"""A compiled policy as the audit sees it: programs, lines, variables, kernel functions, maps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from schedc.record import record

from .btf import Btf, Kind, parse_btf
from .btf_ext import BtfExt, LineInfo, parse_btf_ext
from .elf import (
    SHN_LORESERVE,
    SHN_UNDEF,
    STB_LOCAL,
    STB_WEAK,
    STT_FUNC,
    STT_OBJECT,
    Elf,
    ObjectError,
    Relocation,
    Section,
    Symbol,
    parse_elf,
)
from .insn import MAX_INSNS, Insn, decode
from .maps import PAGE, MapDef, read_maps
from .ops import OpsTable, read_ops
from .poly import Poly

MAX_FUNCTIONS = 256
_DATA_SECTIONS = (".data", ".bss", ".rodata")


class Function(NamedTuple):
    """A run of instructions, by slot in its section. Those outside `.text` are where the kernel enters."""

    name: str
    section: str
    section_index: int
    start: int
    length: int
    is_global: bool

    @property
    def is_program(self) -> bool:
        return self.section != ".text"

    @property
    def end(self) -> int:
        return self.start + self.length


class Variable(NamedTuple):
    name: str
    section: str
    offset: int
    size: int
    type: int
    type_name: str


class Extern(NamedTuple):
    """A name that the kernel has to provide. `kernel_name` is what libbpf looks for: a flavour, the part
    after the last `___`, is cut off."""

    name: str
    kernel_name: str
    weak: bool
    symbol: int


@record
class Object:
    elf: Elf
    btf: Btf
    ext: BtfExt
    code: Mapping[int, tuple[Insn, ...]]
    """Instructions by section index."""
    functions: tuple[Function, ...]
    starts: Mapping[tuple[int, int], Function]
    """By section index and first slot."""
    variables: tuple[Variable, ...]
    externs: tuple[Extern, ...]
    maps: tuple[MapDef, ...]
    ops: tuple[OpsTable, ...]
    lines: Mapping[str, tuple[LineInfo, ...]]
    """By section, in order of instruction."""
    relocations: Mapping[int, Mapping[int, Relocation]]
    """Section index -> slot -> what is filled in there at load."""

    @staticmethod
    def parse(data: bytes) -> Object:
        """Read an object, or raise ObjectError; no other exception, for any bytes."""
        elf = parse_elf(data)
        btf = parse_btf(_need(elf, ".BTF").data)
        ext = parse_btf_ext(_need(elf, ".BTF.ext").data, btf)
        code = _decode_all(elf)
        functions = _functions(elf, code)
        return Object(
            elf,
            btf,
            ext,
            MappingProxyType(code),
            functions,
            MappingProxyType({(f.section_index, f.start): f for f in functions}),
            _variables(elf, btf),
            _externs(elf),
            read_maps(btf),
            read_ops(elf, btf),
            MappingProxyType(_lines(ext)),
            MappingProxyType({i: _by_slot(elf, i) for i in code}),
        )

    @property
    def programs(self) -> tuple[Function, ...]:
        return tuple(function for function in self.functions if function.is_program)

    def insns(self, function: Function) -> tuple[Insn, ...]:
        return self.code[function.section_index][function.start : function.end]

    def line_at(self, section: str, slot: int) -> LineInfo | None:
        """The source line of an instruction: its own record, or the last one before it."""
        records = self.lines.get(section, ())
        place = bisect_right(records, slot, key=lambda info: info.insn)
        return records[place - 1] if place else None

    def sched_line(self, function: Function, slot: int, sched_file: str) -> int | None:
        """The nearest line of the policy at or before an instruction, within its function. Code from our
        headers that was inlined has lines of its own; the policy's line before it is what led there."""
        records = self.lines.get(function.section, ())
        place = bisect_right(records, slot, key=lambda info: info.insn)
        while place and records[place - 1].insn >= function.start:
            place -= 1
            if records[place].file == sched_file and records[place].line:
                return records[place].line
        return None

    def function_at(self, section_index: int, slot: int) -> Function | None:
        """The function that starts exactly there."""
        return self.starts.get((section_index, slot))

    def map_memory(self) -> Mapping[str, Poly]:
        """Bytes by map, global variables included, as polynomials in `cpus`, `tasks` and `cgroups`."""
        memory = {found.name: found.memory() for found in self.maps}
        for section in self.elf.sections:
            if section.size and section.name.startswith(_DATA_SECTIONS):
                pages = -(-section.size // PAGE)
                memory[section.name] = Poly.constant(pages * PAGE)
        return MappingProxyType(memory)


def _need(elf: Elf, name: str) -> Section:
    section = elf.section(name)
    if section is None:
        raise ObjectError(f"the object has no {name} section")
    return section


def _decode_all(elf: Elf) -> dict[int, tuple[Insn, ...]]:
    code = {section.number: decode(section.data) for section in elf.sections if section.is_code}
    if sum(map(len, code.values())) > MAX_INSNS:
        raise ObjectError("the object has more instructions than any scheduler")
    return code


def _functions(elf: Elf, code: Mapping[int, tuple[Insn, ...]]) -> tuple[Function, ...]:
    found = [
        _function(symbol, elf.sections[symbol.section])
        for symbol in elf.symbols
        if symbol.type == STT_FUNC and symbol.section not in (SHN_UNDEF,) and symbol.section < SHN_LORESERVE
    ]
    found.sort(key=lambda function: (function.section_index, function.start))
    if len(found) > MAX_FUNCTIONS:
        raise ObjectError("the object has more functions than the kernel takes")
    names = {function.name for function in found}
    if len(names) != len(found):
        raise ObjectError("two functions have the same name")
    for section_index, insns in code.items():
        inside = [function for function in found if function.section_index == section_index]
        _check_cover(inside, len(insns), elf.sections[section_index])
    return tuple(found)


def _function(symbol: Symbol, section: Section) -> Function:
    if not section.is_code or symbol.value % 8 or symbol.size % 8 or not symbol.size or not symbol.name:
        raise ObjectError(f"function {symbol.name!r} is not a whole number of instructions in a code section")
    start, count = symbol.value // 8, symbol.size // 8
    return Function(symbol.name, section.name, section.number, start, count, symbol.bind != STB_LOCAL)


def _check_cover(functions: list[Function], count: int, section: Section) -> None:
    """Functions fill their section: code that belongs to none would escape the audit."""
    at = 0
    for function in functions:
        if function.start != at:
            raise ObjectError(f"the functions of {section.name} overlap or leave a gap")
        at = function.end
    if at != count:
        raise ObjectError(f"{section.name} has code that belongs to no function")


def _variables(elf: Elf, btf: Btf) -> tuple[Variable, ...]:
    """Variables in data sections. BTF has their types, the symbol table their places."""
    symbols = {symbol.name: symbol for symbol in elf.symbols if symbol.type == STT_OBJECT and symbol.section}
    found = []
    for section in btf.types:
        if section.kind is not Kind.DATASEC or section.name == ".ksyms":
            continue
        for member in section.members:
            variable = btf.get(member.type)
            if variable.kind is not Kind.VAR or variable.name not in symbols:
                raise ObjectError(f"{section.name} lists a variable that the object does not have")
            symbol = symbols[variable.name]
            if elf.sections[symbol.section].name != section.name:
                raise ObjectError(f"variable {variable.name} is not in the section that BTF says")
            text = btf.describe(variable.type)
            found.append(
                Variable(variable.name, section.name, symbol.value, member.size, variable.type, text)
            )
    return tuple(found)


def _externs(elf: Elf) -> tuple[Extern, ...]:
    return tuple(
        Extern(symbol.name, kernel_name(symbol.name), symbol.bind == STB_WEAK, symbol.number)
        for symbol in elf.symbols[1:]
        if symbol.section == SHN_UNDEF
    )


def kernel_name(name: str) -> str:
    """libbpf's rule for flavours: the last `___` between other characters starts one."""
    for at in range(len(name) - 5, -1, -1):
        if name[at] != "_" and name[at + 1 : at + 4] == "___" and name[at + 4] != "_":
            return name[: at + 1]
    return name


def _lines(ext: BtfExt) -> dict[str, tuple[LineInfo, ...]]:
    lines: dict[str, list[LineInfo]] = {}
    for info in ext.lines:
        lines.setdefault(info.section, []).append(info)
    return {section: tuple(sorted(found, key=lambda info: info.insn)) for section, found in lines.items()}


def _by_slot(elf: Elf, section_index: int) -> Mapping[int, Relocation]:
    rows = elf.relocations.get(section_index, ())
    if any(row.offset % 8 for row in rows):
        raise ObjectError("a relocation points between instructions")
    return MappingProxyType({row.offset // 8: row for row in rows})
