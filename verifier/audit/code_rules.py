"""The audit of instructions: calls, addresses, stores, jumps and loops.

What is left to the kernel's verifier: that every pointer is valid where it is used. Here only stores
to kernel objects are looked at, as far as a CO-RE relocation names the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .allow import CORE_KINDS, HELPER_PLACES, KFUNCS, WATCH, WRITABLE_FIELDS
from .btf_ext import CoreKind, CoreRelocation
from .calls import Call, CallKind, Reference, calls_of, references_of
from .cfg import build_cfg, slots
from .contexts import UNATTACHED, all_contexts
from .core_path import field_path
from .elf import R_BPF_64_64, SHN_LORESERVE, SHN_UNDEF, STT_SECTION, ObjectError
from .findings import Finding
from .helpers import LOOP, TIMER_SET_CALLBACK
from .insn import CALL, LD_IMM64, oddity, wide
from .loops import carrier
from .object import Function, Object


def audit_code(obj: Object, sched_file: str) -> Iterator[Finding]:
    code = _Code(obj, sched_file)
    for function in obj.functions:
        yield from code.function(function)
    yield from code.recursion()
    yield from code.core_relocations()


class _Code:
    def __init__(self, obj: Object, sched_file: str) -> None:
        self._obj = obj
        self._file = sched_file
        self._calls: Mapping[str, tuple[Call, ...]] = {f.name: calls_of(obj, f) for f in obj.functions}
        self._references: Mapping[str, tuple[Reference, ...]] = {
            f.name: references_of(obj, f) for f in obj.functions
        }
        self._contexts = all_contexts(obj, self._calls, self._references)

    def function(self, function: Function) -> Iterator[Finding]:
        yield from self._instructions(function)
        for call in self._calls[function.name]:
            yield from self._call(function, call)
        for reference in self._references[function.name]:
            yield from self._reference(function, reference)
        yield from self._flow(function)

    def _finding(self, rule: str, message: str, function: Function, slot: int) -> Finding:
        line = self._obj.sched_line(function, slot, self._file)
        return Finding(rule, message, function.name, slot - function.start, line)

    def _instructions(self, function: Function) -> Iterator[Finding]:
        code = self._obj.code[function.section_index]
        relocations = self._obj.relocations[function.section_index]
        begins = slots(code, function.start, function.end)
        for slot in begins:
            odd = oddity(code[slot])
            if odd is not None:
                yield self._finding("instruction", f"an instruction {odd}", function, slot)
            if code[slot].op == LD_IMM64:
                yield from self._address(function, slot)
            elif slot in relocations and code[slot].op != CALL:
                yield self._finding(
                    "relocation", "an instruction is filled in that should be fixed", function, slot
                )
        stray = relocations.keys() & (set(range(function.start, function.end)) - set(begins))
        for slot in sorted(stray):
            yield self._finding("relocation", "half of an instruction is filled in", function, slot)

    def _address(self, function: Function, slot: int) -> Iterator[Finding]:
        """A 64-bit load: a constant, or the address of a map, a variable, a function or a kernel function."""
        code = self._obj.code[function.section_index]
        relocation = self._obj.relocations[function.section_index].get(slot)
        if not wide(code, slot) or slot + 1 >= function.end:
            yield self._finding("instruction", "a 64-bit load is cut short", function, slot)
            return
        if code[slot].src:
            yield self._finding("address", "an address is loaded by a number of the kernel's", function, slot)
        if relocation is None:
            return
        symbol = self._obj.elf.symbols[relocation.symbol]
        if relocation.type != R_BPF_64_64:
            yield self._finding(
                "relocation", f"an address is of an unknown kind {relocation.type}", function, slot
            )
        elif symbol.section >= SHN_LORESERVE:
            yield self._finding(
                "address", f"an address is of {symbol.name!r}, which has none", function, slot
            )
        elif code[slot + 1].imm or (symbol.section == SHN_UNDEF and code[slot].imm):
            yield self._finding("address", f"an address is outside of {symbol.name!r}", function, slot)
        elif symbol.section != SHN_UNDEF and symbol.section not in self._obj.code:
            yield from self._data_address(function, slot, symbol.number)

    def _data_address(self, function: Function, slot: int, number: int) -> Iterator[Finding]:
        symbol = self._obj.elf.symbols[number]
        section = self._obj.elf.sections[symbol.section]
        at = symbol.value + self._obj.code[function.section_index][slot].imm
        if section.name == ".maps":
            if symbol.type == STT_SECTION or at != symbol.value:
                yield self._finding("address", "an address is within a map's definition", function, slot)
        elif not section.name.startswith((".rodata", ".data", ".bss")):
            yield self._finding("address", f"an address is in section {section.name}", function, slot)
        elif not 0 <= at <= section.size:
            yield self._finding("address", f"an address is outside of section {section.name}", function, slot)

    def _call(self, function: Function, call: Call) -> Iterator[Finding]:
        if call.kind is CallKind.UNKNOWN:
            yield self._finding("call", f"calls {call.name}", function, call.slot)
            return
        if call.kind is CallKind.LOCAL:
            if call.function is not None and call.function.is_program:
                yield self._finding(
                    "call", f"calls {call.name}, which the kernel enters", function, call.slot
                )
            return
        places = HELPER_PLACES.get(call.helper) if call.kind is CallKind.HELPER else KFUNCS.get(call.name)
        rule = "helper" if call.kind is CallKind.HELPER else "kfunc"
        if places is None:
            yield self._finding(rule, f"calls {call.name}, which no policy may call", function, call.slot)
            return
        wrong = sorted(self._contexts.get(function.name, frozenset()) - places - {UNATTACHED})
        for context in wrong:
            who = "a program that only watches" if context == WATCH else context
            yield self._finding(rule, f"calls {call.name}, which {who} may not", function, call.slot)

    def _reference(self, function: Function, reference: Reference) -> Iterator[Finding]:
        target = reference.function
        if target is None or target.is_program:
            yield self._finding("call", "takes the address of what is no callback", function, reference.slot)
        elif reference.user not in (LOOP, TIMER_SET_CALLBACK):
            yield self._finding(
                "call", f"takes the address of {target.name} to call it", function, reference.slot
            )

    def _flow(self, function: Function) -> Iterator[Finding]:
        try:
            cfg = build_cfg(self._obj, function)
        except ObjectError as error:
            yield self._finding("control-flow", str(error), function, function.start)
            return
        for block in cfg.irreducible:
            slot = cfg.blocks[block].end - 1
            yield self._finding("unbounded-loop", "jumps into the middle of a loop", function, slot)
        if cfg.irreducible:
            return
        for loop in cfg.loops:
            if carrier(self._obj, cfg, loop) is None:
                slot = cfg.blocks[loop.header].start
                yield self._finding("unbounded-loop", "has a loop that nothing is seen to end", function, slot)

    def recursion(self) -> Iterator[Finding]:
        """Functions that reach themselves, callbacks of bpf_loop included."""
        graph = {
            f.name: {call.function.name for call in self._calls[f.name] if call.function is not None}
            | {r.function.name for r in self._references[f.name] if r.function is not None and r.user == LOOP}
            for f in self._obj.functions
        }
        # What can be peeled off from below calls nothing that calls it back; the rest is a ring or above one.
        while leaves := {name for name, called in graph.items() if not called & graph.keys()}:
            graph = {name: called - leaves for name, called in graph.items() if name not in leaves}
        for function in self._obj.functions:
            if function.name in graph:
                yield self._finding(
                    "recursion", "calls itself, or a function that does", function, function.start
                )

    def core_relocations(self) -> Iterator[Finding]:
        places = {f.section: f.section_index for f in self._obj.functions}
        for row in self._obj.ext.core:
            index = places.get(row.section)
            code = self._obj.code.get(index, ()) if index is not None else ()
            if index is None or row.insn >= len(code):
                yield Finding("core", f"a CO-RE relocation is outside of {row.section}")
                continue
            function = next(
                f for f in self._obj.functions if f.section_index == index and f.start <= row.insn < f.end
            )
            if row.kind not in CORE_KINDS:
                yield self._finding(
                    "core", f"asks the kernel for {row.kind.name.lower()}", function, row.insn
                )
            elif code[row.insn].is_store:
                yield from self._kernel_store(function, row)

    def _kernel_store(self, function: Function, row: CoreRelocation) -> Iterator[Finding]:
        path = field_path(self._obj.btf, row.type, row.access)
        if row.kind is not CoreKind.FIELD_BYTE_OFFSET or path not in WRITABLE_FIELDS:
            yield self._finding(
                "kernel-store", f"stores to the kernel's {path or 'memory'}", function, row.insn
            )


__all__ = ["audit_code"]
