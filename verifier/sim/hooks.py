"""A policy's program with a hook at each access to memory, where a callback may stop: for scenarios with stops.

The compiler puts the hooks of loads and stores in; those that change memory in one piece it leaves out.
"""

from __future__ import annotations

import re
from dataclasses import replace

from schedc.verifier.sim.build import POLICY_FLAGS
from schedc.verifier.sim.program import Program

_BEFORE = """_Bool may_stop(const char *place);
#define __sync_fetch_and_add(place, amount) (may_stop(#place), __sync_fetch_and_add(place, amount))
"""
_TABLE = "\nconst struct sim_variable shared_variables[] = {{\n{rows}\t{{ NULL, NULL, 0, 0, false }},\n}};\n"
_TYPE = r"(?:[us]\d+|bool|struct \w+|\})"
_SHARED = re.compile(rf"^(?:static )?(?:volatile )?{_TYPE} (\w+)(?:\[.*?\])*(?: = .*)?;", re.MULTILINE)
# Said to the compiler itself: the wheel's driver passes over its own option for it.
_LOADS_AND_STORES = ("type=1", "trace-loads", "trace-stores")
_FLAGS = tuple(word for each in _LOADS_AND_STORES for word in ("-Xclang", f"-fsanitize-coverage-{each}"))


def with_hooks(program: Program) -> Program:
    around = program.around
    flags = (*(around.flags or POLICY_FLAGS), *_FLAGS)
    names = dict.fromkeys(_SHARED.findall(program.c_source))
    rows = "".join(f'	{{ "{name}", (void *)&{name}, sizeof({name}), 0, false }},\n' for name in names)
    behind = around.behind + _TABLE.format(rows=rows)
    return replace(program, around=replace(around, before=_BEFORE + around.before, behind=behind, flags=flags))
