"""A policy's program with the exploration around it: its variables in sections of their own, to be set back."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources

from schedc.verifier.sim.program import Around, Program

_SECTIONS = '#pragma clang section bss = "policy_bss" data = "policy_data"\n'
# What the program counts, for others to read: nothing that it does depends on it.
_COUNTED = re.compile(r"^u64 (counters|branches|promise_\w+|idle_from)\[", re.MULTILINE)


def explored(program: Program) -> Program:
    """The same policy, whose executable goes through all orders."""
    names = _COUNTED.findall(program.c_source)
    rows = "".join(f"	{{ {name}, sizeof({name}) }},\n" for name in names)
    table = f"\nconst struct {{\n\tvoid *from;\n\tu64 bytes;\n}} left_out[] = {{\n{rows}	{{ NULL, 0 }},\n}};\n"
    return replace(program, around=Around(before=_SECTIONS, behind=table, files=_files()))


@cache
def _files() -> dict[str, bytes]:
    folder = resources.files("schedc.verifier.exhaust") / "core"
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir(), key=lambda item: item.name)}
