"""Who is called: kernel functions, helpers and functions of the object itself."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from .elf import R_BPF_64_32, R_BPF_64_64, SHN_UNDEF, STT_FUNC, STT_SECTION
from .helpers import helper_name
from .insn import CALL, LD_IMM64, PSEUDO_CALL
from .object import Function, Object, kernel_name


class CallKind(Enum):
    HELPER = auto()
    KFUNC = auto()
    LOCAL = auto()
    UNKNOWN = auto()


class Call(NamedTuple):
    """A call instruction at `slot`. `name` is the kernel's or the object's name of what is called."""

    slot: int
    kind: CallKind
    name: str
    helper: int = 0
    function: Function | None = None


class Reference(NamedTuple):
    """A function whose address is taken at `slot`; `user` is the helper that it is given to."""

    slot: int
    function: Function | None
    user: int


def call_at(obj: Object, function: Function, slot: int) -> Call:
    """What the call at a slot of the function's section calls."""
    insn = obj.code[function.section_index][slot]
    relocation = obj.relocations[function.section_index].get(slot)
    if relocation is None:
        if insn.src == 0:
            return Call(slot, CallKind.HELPER, helper_name(insn.imm), helper=insn.imm)
        if insn.src == PSEUDO_CALL:
            return _local(obj, slot, function.section_index, slot + 1 + insn.imm)
        return Call(slot, CallKind.UNKNOWN, f"a kernel function by number {insn.imm}")
    symbol = obj.elf.symbols[relocation.symbol]
    if relocation.type != R_BPF_64_32 or insn.src != PSEUDO_CALL:
        return Call(slot, CallKind.UNKNOWN, f"{symbol.name!r} in an unusual way")
    if symbol.section == SHN_UNDEF:
        if insn.imm != -1:
            return Call(slot, CallKind.UNKNOWN, f"{symbol.name!r} in an unusual way")
        return Call(slot, CallKind.KFUNC, kernel_name(symbol.name))
    if symbol.type not in (STT_FUNC, STT_SECTION) or symbol.value % 8:
        return Call(slot, CallKind.UNKNOWN, f"{symbol.name!r}, which is no function")
    return _local(obj, slot, symbol.section, symbol.value // 8 + insn.imm + 1)


def _local(obj: Object, slot: int, section_index: int, target: int) -> Call:
    function = obj.function_at(section_index, target)
    if function is None:
        return Call(slot, CallKind.UNKNOWN, "an address that is not the start of a function")
    return Call(slot, CallKind.LOCAL, function.name, function=function)


def calls_of(obj: Object, function: Function) -> tuple[Call, ...]:
    code = obj.code[function.section_index]
    return tuple(
        call_at(obj, function, slot) for slot in range(function.start, function.end) if code[slot].op == CALL
    )


def references_of(obj: Object, function: Function) -> tuple[Reference, ...]:
    """Functions given to helpers as callbacks."""
    found = []
    code = obj.code[function.section_index]
    # Backwards, so that the next call after each reference is known: a callback's address is loaded
    # right before its use, and where it is not, the audit refuses it.
    user = 0
    for slot in range(function.end - 1, function.start - 1, -1):
        if code[slot].op == CALL:
            call = call_at(obj, function, slot)
            user = call.helper if call.kind is CallKind.HELPER else 0
        relocation = obj.relocations[function.section_index].get(slot)
        if relocation is None or code[slot].op != LD_IMM64:
            continue
        symbol = obj.elf.symbols[relocation.symbol]
        if relocation.type == R_BPF_64_64 and symbol.section in obj.code:
            at = symbol.value + code[slot].imm
            target = obj.function_at(symbol.section, at // 8) if at % 8 == 0 else None
            found.append(Reference(slot, target, user))
    return tuple(reversed(found))
