"""The audit of an object: only allowed sections, programs, maps, kernel functions and instructions.

Independent of the lowering: it reads the object alone, so that an error of the compiler, or an object
that the compiler never made, is caught before root loads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import allow
from .btf import Kind
from .code_rules import audit_code
from .contexts import entry_contexts
from .elf import SHT_NOBITS, Section
from .findings import Finding
from .maps import MapDef
from .object import Function, Object
from .ops import OpsTable

MAX_FINDINGS = 200
_CALLBACK_SECTIONS = (allow.STRUCT_OPS, allow.STRUCT_OPS_SLEEPABLE)
_OPS_STRUCT = "sched_ext_ops"


def audit_object(obj: Object, *, sched_file: str) -> list[Finding]:
    """Every rule that the object breaks, at most `MAX_FINDINGS`; an empty list is a pass."""
    findings: list[Finding] = []
    for finding in _all(obj, sched_file):
        findings.append(finding)
        if len(findings) == MAX_FINDINGS:
            break
    return findings


def _all(obj: Object, sched_file: str) -> Iterator[Finding]:
    yield from _sections(obj)
    yield from _license(obj)
    yield from _externs(obj)
    yield from _maps(obj)
    yield from _ops(obj)
    yield from _programs(obj)
    yield from audit_code(obj, sched_file)


def _sections(obj: Object) -> Iterator[Finding]:
    for section in obj.elf.sections[1:]:
        if not _known_section(section):
            yield Finding("section", f"section {section.name!r} has no place in a policy")
    for index, rows in obj.elf.relocations.items():
        section = obj.elf.sections[index]
        plain = section.name.startswith((".BTF", ".debug_")) or section.name == ".struct_ops.link"
        if rows and not plain and not section.is_code:
            yield Finding("relocation", f"section {section.name!r} holds addresses")
    for found in obj.btf.types:
        if found.kind is Kind.DATASEC and found.name not in allow.DATA_SECTIONS | {".ksyms"}:
            yield Finding("section", f"type information for section {found.name!r} has no place in a policy")


def _known_section(section: Section) -> bool:
    name = section.name
    if name in allow.WATCH_SECTIONS or name.startswith(_CALLBACK_SECTIONS):
        return section.is_code
    if name == ".text":
        return section.is_code
    if section.is_code:
        return False
    if name == ".bss":
        return section.type == SHT_NOBITS
    known = allow.DATA_SECTIONS | allow.TABLE_SECTIONS | allow.CONSTANT_SECTIONS
    # Debug data is stripped before load; libbpf does not look at it where it is not.
    return name in known or name.startswith((".rel", ".debug_"))


def _license(obj: Object) -> Iterator[Finding]:
    section = obj.elf.section("license")
    if section is None or bytes(section.data) not in allow.LICENSES:
        yield Finding(
            "license", "the licence is not GPL, and the kernel's functions are only for GPL programs"
        )


def _externs(obj: Object) -> Iterator[Finding]:
    ksyms = obj.btf.named(Kind.DATASEC, ".ksyms")
    functions = (
        {obj.btf.get(m.type).name for m in ksyms.members if obj.btf.get(m.type).kind is Kind.FUNC}
        if ksyms
        else set()
    )
    for extern in obj.externs:
        variable = extern.kernel_name in allow.KERNEL_VARIABLES
        if not variable and extern.kernel_name not in allow.KFUNCS:
            yield Finding("kfunc", f"{extern.name!r} is no kernel function that a policy may use")
        elif not variable and extern.name not in functions:
            yield Finding("kfunc", f"{extern.name} is not declared as a kernel function")
        if not extern.weak:
            yield Finding(
                "strong-extern", f"{extern.name} is not weak: a kernel without it would refuse the object"
            )


def _maps(obj: Object) -> Iterator[Finding]:
    section = obj.elf.section(".maps")
    if section is not None and any(section.data):
        yield Finding("map", "a map has initial contents")
    for found in obj.maps:
        yield from _map(found)


def _map(found: MapDef) -> Iterator[Finding]:
    if found.type not in allow.MAP_TYPES:
        yield Finding("map", f"map {found.name} is of {found.type_name}, which no policy may have")
    if found.flags & ~allow.MAP_FLAGS:
        yield Finding("map", f"map {found.name} has the flags {found.flags:#x}")
    for attribute in found.unknown:
        yield Finding("map", f"map {found.name} has the attribute {attribute}")


def _ops(obj: Object) -> Iterator[Finding]:
    if len(obj.ops) != 1:
        yield Finding("ops", f"{len(obj.ops)} tables of callbacks instead of one")
    for table in obj.ops:
        if table.struct != _OPS_STRUCT:
            yield Finding("ops", f"table {table.name} is a {table.struct!r}, not a scheduler")
        for odd in table.odd:
            yield Finding("ops", f"table {table.name}: {odd}")
        yield from _members(table)


def _members(table: OpsTable) -> Iterator[Finding]:
    for member in table.callbacks:
        if member not in allow.CALLBACKS:
            yield Finding("ops", f"{member} is no callback that a policy may have")
    for member in allow.REQUIRED:
        if member not in table.callbacks:
            yield Finding(
                "ops",
                f"the callback {member} is missing, and the kernel would do without or end the scheduler",
            )
    for member in table.values:
        if member not in allow.FIELDS:
            yield Finding("ops", f"{member} is no field that a policy may set")
    timeout = int.from_bytes(table.values.get("timeout_ms", b""), "little")
    if timeout > allow.MAX_TIMEOUT_MS:
        yield Finding("ops", f"timeout_ms is {timeout}, more than the kernel takes")
    if not _good_name(table.values.get("name", b"")):
        yield Finding("ops", "the scheduler's name is missing or not plain")


def _good_name(body: bytes) -> bool:
    name, _, rest = body.partition(b"\0")
    plain = name.isascii() and all(chr(char).isalnum() or chr(char) in "_.-" for char in name)
    return bool(name) and plain and not any(rest)


def _programs(obj: Object) -> Iterator[Finding]:
    contexts = entry_contexts(obj)
    names = {function.name: function for function in obj.functions}
    for program in obj.programs:
        if not program.is_global:
            yield Finding("program", "a program that the kernel enters is static", program.name)
        if program.section.startswith(_CALLBACK_SECTIONS):
            yield from _callback(program, contexts[program.name])
    for table in obj.ops:
        for member, function in table.callbacks.items():
            target = names.get(function)
            if target is None or not target.section.startswith(
                (allow.STRUCT_OPS, allow.STRUCT_OPS_SLEEPABLE)
            ):
                yield Finding("program", f"the callback {member} is not a struct_ops program", function)


def _callback(program: Function, contexts: set[str]) -> Iterator[Finding]:
    if len([f for f in contexts if f in allow.CALLBACKS]) != 1:
        yield Finding("program", "a program is not exactly one callback of the table", program.name)
    if program.section.startswith(allow.STRUCT_OPS_SLEEPABLE) and not contexts <= allow.SLEEPABLE:
        yield Finding("program", "a callback that may not sleep is marked as sleepable", program.name)
